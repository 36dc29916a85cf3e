"""The click test: a click at 1.000 s of every kind of file, and where it is afterwards.

    python bench/click.py [--json]

Milliseconds off its place in the samples, in the waveform, in the decoded playback proxy, in the decoded sound of a
film of the whole track and of one that begins at 0.5 s. Baseline: the file as it was made. Gate of issue 2:
5 ms everywhere.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from _figures import Figure, tell

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import torch

from gpu_service.film.render import render_film
from gpu_service.music import ffmpeg
from gpu_service.music.decode import decode
from gpu_service.music.peaks import find_peaks
from gpu_service.music.proxy import write_proxy
from gpu_service.music.sound import Sound
from tests.gpu_service.little import LittleScene, write_snapshots
from tests.gpu_service.music.signals import FORMATS, click, encode

GATE_MILLISECONDS = 5.0
CLICK_SECONDS = 1.0
FILM_RATE = 48_000
LATER_FRAME, FILM_FPS = 5, 10
PLACES = ("samples", "waveform", "proxy", "film", "film from 0.5 s")


def first_hit(samples: np.ndarray, rate: int) -> float:
    """When the sound first reaches half of its peak, seconds. Samples are [n] or [n, channels]."""
    level = np.abs(samples).reshape(len(samples), -1).max(axis=1)
    return int(np.argmax(level > level.max() / 2)) / rate


def seen(sound: Sound) -> float:
    """Where the waveform rises, seconds."""
    samples_per_pixel, rows = min(find_peaks(sound).levels.items())
    highest = rows[:, 1]
    return int(np.argmax(highest > highest.max() // 2)) * samples_per_pixel / sound.sample_rate


def heard_from_proxy(sound: Sound, folder: Path) -> float:
    write_proxy(sound, folder / "proxy.m4a")
    proxy = decode(folder / "proxy.m4a", pcm_path=folder / "proxy.pcm")
    return first_hit(proxy.samples(), proxy.sample_rate)


def heard_in_film(original: Path, snapshots: list[Path], folder: Path, *, first_frame: int) -> float:
    """Where the click is, seconds on the track's clock."""
    little = LittleScene(song=original, snapshots=snapshots)
    film = render_film(
        little.recipe(width=32, height=32, fps=str(FILM_FPS), first_frame=first_frame),
        files=little.files,
        out=folder / "film.mp4",
        device=torch.device("cpu"),
        threads=1,
        report=lambda _progress: None,
    )
    heard = ffmpeg.read_from(film.path, demuxer="mov").audio.filter("aresample", FILM_RATE, first_pts=0)
    with ffmpeg.running(heard.output("pipe:1", format="f32le", ac=1), limit_seconds=60) as child:
        samples = np.frombuffer(child.stdout.read(), np.float32)
    return first_hit(samples, FILM_RATE) + first_frame / FILM_FPS


def offsets(name: str, snapshots: list[Path], folder: Path) -> dict[str, float]:
    """Milliseconds off by place; positive is late."""
    original = encode(click(at_seconds=CLICK_SECONDS), folder / name, FORMATS[name])
    sound = decode(original, pcm_path=folder / "track.pcm")
    found: dict[str, Callable[[], float]] = {
        "samples": lambda: first_hit(sound.samples(), sound.sample_rate),
        "waveform": lambda: seen(sound),
        "proxy": lambda: heard_from_proxy(sound, folder),
        "film": lambda: heard_in_film(original, snapshots, folder, first_frame=0),
        "film from 0.5 s": lambda: heard_in_film(original, snapshots, folder, first_frame=LATER_FRAME),
    }
    return {place: (found[place]() - CLICK_SECONDS) * 1000 for place in PLACES}


def print_table(table: dict[str, dict[str, float]]) -> None:
    print(f"{'milliseconds off':18}" + "".join(f"{place:>17}" for place in PLACES))
    for name, row in table.items():
        print(f"{name:18}" + "".join(f"{row[place]:+17.2f}" for place in PLACES))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        snapshots = write_snapshots(folder)
        table = {name: offsets(name, snapshots, folder) for name in FORMATS}
    if not options.json:
        print_table(table)
    worst = [
        Figure(
            f"click, {place}: furthest off of {len(table)} formats",
            max(abs(row[place]) for row in table.values()),
            "ms",
            at_most=GATE_MILLISECONDS,
        )
        for place in PLACES
    ]
    return tell("Click at 1.000 s", worst, as_json=options.json, milliseconds=table)


if __name__ == "__main__":
    sys.exit(main())
