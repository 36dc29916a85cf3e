"""Run every bench and write bench/RESULTS.md: the day, the machine, and each figure beside its gate.

    python bench/report.py [--only preview,start] [--out bench/RESULTS.md] [--data FOLDER]

One after the other, each in a process of its own with a limit. FOLDER holds what is no part of Phosphene: music/,
clips/talking_head_a.mp4, squeezenet/squeezenet_v1.1_features.safetensors; without it the benches that need them are
left out. A bench that fails is a line with its reason. What stands below the table, written by hand of single runs, is
kept. Exit status 1 when a gate is missed or a bench fails.
"""

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from _figures import Figure, from_json

FOLDER = Path(__file__).resolve().parent
# In the order of the report; each takes --json.
BENCHES = (
    *("preview", "preview_draw", "explorer", "film", "cppn", "analysis", "engine_plan", "click", "musicality_demo"),
    *("library", "library_scoring", "library_page", "capture_upload", "snapshot_read", "training", "start"),
    *("audio_reactive", "sync", "echo", "click_times", "desk_page"),
)
# The words for those that need data, in its folder.
WITH_DATA = {
    "beats": ("--music", "music"),
    "musicality_tracks": ("--tracks", "music"),
    "projection": ("--features", "squeezenet/squeezenet_v1.1_features.safetensors", "clips/talking_head_a.mp4"),
}
LIMIT_SECONDS = 420.0
LIMITS = {"training": 1500.0, "sync": 900.0, "musicality_tracks": 1200.0, "projection": 1500.0}
STOP_SECONDS = 30.0


@dataclass(frozen=True)
class Ran:
    """What one bench found, or why it found nothing."""

    name: str
    seconds: float
    load: float
    figures: tuple[Figure, ...] = ()
    failure: str = ""

    @property
    def is_good(self) -> bool:
        return not self.failure and all(figure.is_good is not False for figure in self.figures)


def machine() -> str:
    """Processor, cores, system, and how busy it was at the start."""
    loads = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    hardware = f"{processor()}, {os.cpu_count()} cores, {memory_gib():.0f} GiB"
    return f"{hardware}; {platform.system()}, Python {platform.python_version()}; load average at the start {loads}"


def processor() -> str:
    """The processor's own name where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3


def words_of(name: str, data: Path | None) -> list[str]:
    """What the bench is told of the data."""
    told = WITH_DATA.get(name, ())
    return [word if word.startswith("--") else str((data or Path()) / word) for word in told]


def run(name: str, data: Path | None) -> Ran:
    """One bench. When it takes too long it gets Ctrl-C first, so that it ends what it started."""
    print(f"{name} …", file=sys.stderr, flush=True)
    load, began = os.getloadavg()[0], time.monotonic()
    limit = LIMITS.get(name, LIMIT_SECONDS)
    child = subprocess.Popen(
        [sys.executable, str(FOLDER / f"{name}.py"), "--json", *words_of(name, data)],
        cwd=FOLDER.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        said, complaint = child.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        return Ran(name, time.monotonic() - began, load, failure=f"not done after {limit:.0f} s")
    finally:
        end(child)
    taken = time.monotonic() - began
    try:
        figures = tuple(from_json(one) for one in json.loads(said.splitlines()[-1])["figures"])
    except (ValueError, KeyError, IndexError, TypeError):
        words = complaint.strip().splitlines() or ["it said nothing"]
        return Ran(name, taken, load, failure=f"ended with {child.returncode}: {words[-1][:300]}")
    return Ran(name, taken, load, figures)


def end(child: subprocess.Popen[str]) -> None:
    """Ctrl-C, and when that is not heard, the end. Nothing when it has ended."""
    if child.poll() is not None:
        return
    child.send_signal(signal.SIGINT)
    try:
        child.communicate(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()


def by_hand(path: Path) -> str:
    """The sections below the table of a former report."""
    former = path.read_text(encoding="utf-8") if path.is_file() else ""
    return former[place:] if (place := former.find("\n## ")) >= 0 else ""


def written(rans: list[Ran], *, about: str) -> str:
    """The report as Markdown."""
    lines = [
        "# Figures",
        "",
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, by `make bench`. {about}.",
        "",
        "Each ratio is measured in one run against the baseline that the bench names. A line without a gate stands",
        "beside the others for comparison.",
        "",
        "| what | measured | gate | |",
        "|---|---:|---:|---|",
    ]
    for ran in rans:
        lines.append(f"| **`bench/{ran.name}.py`**, {ran.seconds:.0f} s, load before {ran.load:.1f} | | | |")
        lines += [f"| {one.what} | {one.measured} | {one.gate} | {one.verdict} |" for one in ran.figures]
        if ran.failure:
            lines.append(f"| {ran.failure.replace('|', '/')} | | | failed |")
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", help="benches by name, with commas")
    parser.add_argument("--data", type=Path, help="where music/, clips/ and squeezenet/ are")
    parser.add_argument("--out", type=Path, default=FOLDER / "RESULTS.md")
    options = parser.parse_args()
    there = [*BENCHES, *(WITH_DATA if options.data else ())]
    names = options.only.split(",") if options.only else there
    unknown = [name for name in names if name not in there]
    if unknown:
        parser.error(f"There is no bench named {', '.join(unknown)}. There are: {', '.join(there)}.")
    about = machine()
    # Ended from outside, the bench that runs is ended too.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(1))
    rans = [run(name, options.data) for name in names]
    report = written(rans, about=about) + by_hand(options.out)
    options.out.write_text(report, encoding="utf-8")
    print(report)
    return 0 if all(ran.is_good for ran in rans) else 1


if __name__ == "__main__":
    sys.exit(main())
