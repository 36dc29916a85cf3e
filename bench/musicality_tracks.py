"""How much every visualizer moves with real music: each track with a beat, the faithful and the tuned preset.

    python bench/musicality_tracks.py --tracks FOLDER [--only audio-reactive] [--kept FILE.json] [--seconds 30] [--json]

Films of the sample network at 64 × 64 and 30 frames a second, the first half minute of each track (musicality.py judges
a film that you have). Of each: z as a share of its ceiling, z of the second witness, and z of the same film with the
music's influence at zero, by both witnesses. In a short film without music a few slow changes may lie beside the beats
by chance, so such films are drawn with as many seeds as make a minute together, and the mean z counts. A track is
rhythmic where the studio's own detector finds its attacks on straight lines. Gates of issue 6, for tuned presets on
rhythmic tracks: 0.75 and 2.5; without music |z| < 2.5. Each film that is judged is put into FILE at once, so that a
bench which was ended goes on.
"""

import argparse
import json
import math
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean

from _figures import Figure, tell

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

# As the drawing process has it, before torch is loaded.
os.environ["OMP_WAIT_POLICY"] = "PASSIVE"

import torch
from _musicality_films import Cinema, Film

from gpu_service.music.analysis import analyse
from gpu_service.music.decode import decode
from gpu_service.music.no_beats import UNSTEADY
from gpu_service.whole_files import write_whole

# Of a film without music, over all its seeds.
ENOUGH_SECONDS = 60.0
GATE_SHARE, GATE_WITNESS, GATE_OFF = 0.75, 2.5, 2.5
FILMS = (
    Film("noise-blend", "faithful"),
    Film("noise-blend", "paced", is_tuned=True),
    Film("projection-blend", "faithful"),
    Film("projection-blend", "paced", is_tuned=True),
    Film("raw-audio", "raw"),
    Film("raw-audio", "struck", is_tuned=True),
    Film("audio-reactive", "faithful"),
    Film("audio-reactive", "hits", is_tuned=True),
)


@dataclass(frozen=True)
class Track:
    """A track with a beat. `steadiness` 0…1 is the share of its attacks that lie on straight lines."""

    path: Path
    seconds: float
    steadiness: float

    @property
    def is_rhythmic(self) -> bool:
        return self.steadiness >= UNSTEADY


@dataclass(frozen=True)
class Row:
    """A film and its twin without music; z by (onsets, rise of energy)."""

    track: Track
    film: Film
    share: float
    z: float
    witness: float
    off: tuple[float, float]


def tracks_in(folder: Path, most_seconds: float) -> list[Track]:
    """Those in which the detector finds a beat."""
    found = []
    for path in sorted(folder.iterdir()):
        with tempfile.TemporaryDirectory() as name:
            facts = analyse(decode(path, pcm_path=Path(name) / "track.pcm")).facts
        if facts.no_beats is None:
            found.append(Track(path, min(facts.duration_seconds, most_seconds), facts.steadiness))
    return found


class Judge:
    """Films by track, from the file where they were judged before."""

    def __init__(self, cinema: Cinema, kept: Path | None) -> None:
        self.cinema, self.kept = cinema, kept
        self.known = json.loads(kept.read_text("utf-8")) if kept and kept.exists() else {}

    def __call__(self, film: Film, track: Track) -> dict[str, dict[str, float]]:
        key = self.cinema.key(film, track.path, track.seconds)
        if key not in self.known:
            self.known[key] = self.cinema.judge(film, track.path, track.seconds).to_json()
            found = self.known[key]
            said = f"{found['onset']['share']:.2f} of the ceiling, z {found['onset']['z']:.2f}"
            print(f"{track.path.name}, {film.name}: {said}, {found['energy']['z']:.2f}", file=sys.stderr, flush=True)
            if self.kept:
                write_whole(self.kept, json.dumps(self.known))
        return self.known[key]

    def row(self, film: Film, track: Track) -> Row:
        on = self(film, track)
        silent = replace(film, hears=False).takes(math.ceil(ENOUGH_SECONDS / track.seconds))
        off = [self(each, track) for each in silent]
        means = [fmean(each[witness]["z"] for each in off) for witness in ("onset", "energy")]
        return Row(track, film, on["onset"]["share"], on["onset"]["z"], on["energy"]["z"], (means[0], means[1]))


def figures(film: Film, rows: Sequence[Row]) -> list[Figure]:
    """The worst of the rhythmic tracks; without music, of all."""
    rhythmic = [row for row in rows if row.track.is_rhythmic]
    gates = (GATE_SHARE, GATE_WITNESS) if film.is_tuned else (None, None)
    return [
        Figure(f"{film.name}: least share of the ceiling", min(row.share for row in rhythmic), at_least=gates[0]),
        Figure(f"{film.name}: least z of the second witness", min(row.witness for row in rhythmic), at_least=gates[1]),
        Figure(
            f"{film.name}: greatest |z| with the music off",
            max(abs(z) for row in rows for z in row.off),
            at_most=GATE_OFF,
        ),
    ]


def table(rows: Sequence[Row]) -> str:
    """All of it, as Markdown."""
    lines = [
        "| track | steadiness | film | share of the ceiling | z | second witness | music off, z | second witness |",
        "|---|---:|---|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        front = f"| {row.track.path.stem} | {row.track.steadiness:.2f} | {row.film.name} "
        lines.append(
            f"{front}| {row.share:.2f} | {row.z:.2f} | {row.witness:.2f} | {row.off[0]:.2f} | {row.off[1]:.2f} |"
        )
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tracks", type=Path, required=True, help="a folder of music")
    parser.add_argument("--only", default="", help="part of a visualizer's or preset's name")
    parser.add_argument("--seconds", type=float, default=30.0, help="of each track, from its beginning, at most")
    parser.add_argument("--kept", type=Path, help="what was judged before, and where it is kept")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    films = [film for film in FILMS if options.only in film.name]
    tracks = tracks_in(options.tracks, options.seconds)
    with tempfile.TemporaryDirectory(prefix="phosphene-musicality-") as name:
        judge = Judge(Cinema(Path(name)), options.kept)
        rows = [judge.row(film, track) for track in tracks for film in films]
    print(table(rows), file=sys.stderr)
    found = [figure for film in films for figure in figures(film, [row for row in rows if row.film == film])]
    return tell("Musicality, 64 × 64, sample network", found, as_json=options.json, table=table(rows))


if __name__ == "__main__":
    sys.exit(main())
