"""How much a film moves with its music, from the mp4 alone (specs/cppn.md §8; DESIGN.md §7).

python bench/musicality.py film.mp4 [--track song.ogg] [--json]
"""

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from gpu_service.music import ffmpeg
from gpu_service.music.decode import decode
from gpu_service.music.errors import MusicError
from gpu_service.music.musicality import Musicality, changes, measure_musicality

SIDE = 64


def film_fps(film: Path) -> Fraction:
    """The frame rate that the file states."""
    asking = ffmpeg.read_from(film, demuxer="mov").output("-", format="null", t=0)
    said = "\n".join(ffmpeg.run(asking, limit_seconds=30).facts)
    found = re.search(r"Video:.*?, ([\d.]+) fps", said)
    if found is None:
        raise MusicError(f"“{film.name}” holds no pictures. Choose an MP4 film.")
    return exact_rate(float(found[1]))


def exact_rate(stated: float) -> Fraction:
    """ffmpeg rounds to two places: 29.97 and its kin are n·1000/1001, others what they seem."""
    whole = round(stated * 1001 / 1000)
    if stated % 1 and abs(whole * 1000 / 1001 - stated) < 0.006:
        return Fraction(whole * 1000, 1001)
    return Fraction(stated).limit_denominator(100)


def film_frames(film: Path) -> Iterator[np.ndarray]:
    """Every frame at 64×64, uint8 RGB [64, 64, 3]."""
    small = ffmpeg.read_from(film, demuxer="mov")["v:0"].filter("scale", SIDE, SIDE, flags="area")
    raw = small.output("pipe:1", format="rawvideo", pix_fmt="rgb24", fps_mode="passthrough")
    size = SIDE * SIDE * 3
    with ffmpeg.running(raw, limit_seconds=1800) as child:
        while len(data := child.stdout.read(size)) == size:
            yield np.frombuffer(data, np.uint8).reshape(SIDE, SIDE, 3)


def judge(film: Path, track: Path | None) -> Musicality:
    fps = film_fps(film)
    with tempfile.TemporaryDirectory() as folder:
        sound = decode(track or film, pcm_path=Path(folder) / "track.pcm")
        return measure_musicality(changes(film_frames(film)), sound.mono(), sound.sample_rate, fps=fps)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("film", type=Path)
    parser.add_argument("--track", type=Path, help="the music, when it is not in the film")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    try:
        found = judge(options.film, options.track)
    except (MusicError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(found.to_json()))
        return 0
    print(
        f"{options.film.name}: {found.frames} frames, change {found.mean_change:.4f} mean, {found.max_change:.4f} most"
    )
    for name, witness in (("onset strength", found.onset), ("rise of energy", found.energy)):
        print(
            f"  {name:15} r {witness.r:+.2f} at lag {witness.lag}   z {witness.z:+.2f} of {witness.ceiling:.2f}"
            f" possible = {witness.share:.0%}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
