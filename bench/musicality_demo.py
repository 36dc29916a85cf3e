"""How much the demo scene's film moves with its music: presets paced and faithful, and the music off.

    python bench/musicality_demo.py [--json]

Three films of the whole demo track at 64×64, made by the command line, judged from the mp4 alone by musicality.py.
Baseline: the film with music off, and each curve's own ceiling. Gates of issue 2, for paced: r ≥ 0.6, z ≥ 0.75 of its
ceiling, second witness z ≥ 2; with music off |z| < 2.5. Faithful stands beside them without a gate.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from _figures import Figure, tell
from musicality import judge

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from gpu_service.music.demo_track import write_demo_track
from gpu_service.music.musicality import Musicality

REPOSITORY = Path(__file__).resolve().parent.parent
# The demo project's network.
SPECIES, SEED = "smoke", "1"
GATE_R, GATE_SHARE, GATE_SECOND, GATE_OFF = 0.6, 0.75, 2.0, 2.5
FILMS = {"paced": ["--preset", "paced"], "faithful": ["--preset", "faithful"], "music off": ["--set", "music=false"]}
LIMIT_SECONDS = 170


@dataclass(frozen=True)
class Demo:
    """The files that the command line is given."""

    song: Path
    snapshots: Path
    data: Path


def call(words: list[str], *, demo: Demo) -> None:
    """One command of gpu_service. Its last words when it fails."""
    environment = os.environ | {"GPU_DATA": str(demo.data)}
    command = [sys.executable, "-m", "gpu_service", *words]
    done = subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False
    )
    if done.returncode != 0:
        sys.exit(f"{' '.join(words)} failed: {done.stderr.strip()[-800:]}")


def make_demo(folder: Path) -> Demo:
    demo = Demo(folder / "demo.wav", folder / "network", folder / "data")
    write_demo_track(demo.song)
    call(["pattern", "--species", SPECIES, "--seed", SEED, "--out", str(demo.snapshots)], demo=demo)
    return demo


def film(name: str, demo: Demo, folder: Path) -> Musicality:
    """Draw the whole track at 64×64 and judge the file."""
    out = folder / f"{name.replace(' ', '-')}.mp4"
    scene = [str(demo.song), "--snapshots-dir", str(demo.snapshots), "--size", "64", "--fps", "30"]
    call(["render", *scene, *FILMS[name], "--out", str(out)], demo=demo)
    return judge(out, None)


def figures(name: str, found: Musicality) -> list[Figure]:
    """The same four figures of each film; gates where the issue sets them."""
    paced, off = name == "paced", name == "music off"
    return [
        Figure(f"{name}: r", found.onset.r, at_least=GATE_R if paced else None),
        Figure(f"{name}: z ÷ its ceiling", found.onset.share, at_least=GATE_SHARE if paced else None),
        Figure(
            f"{name}: z",
            found.onset.z,
            at_least=-GATE_OFF if off else None,
            at_most=GATE_OFF if off else None,
        ),
        Figure(
            f"{name}: second witness, z",
            found.energy.z,
            at_least=GATE_SECOND if paced else -GATE_OFF if off else None,
            at_most=GATE_OFF if off else None,
        ),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="phosphene-musicality-") as name:
        folder = Path(name)
        demo = make_demo(folder)
        found = {name: film(name, demo, folder) for name in FILMS}
    lines = [figure for name, measured in found.items() for figure in figures(name, measured)]
    details = {name: asdict(measured) for name, measured in found.items()}
    return tell("Demo scene's film, 64 × 64, whole track", lines, as_json=options.json, films=details)


if __name__ == "__main__":
    sys.exit(main())
