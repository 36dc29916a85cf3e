"""How long `make run` takes to a served page: the first time, with an empty data folder, and the second.

    python bench/start.py [--json] [--starts 3]

Seconds from the command to a sign-in page that answers 200, and to the sign-in link on the terminal. What is installed
and built stays: the figure is that of a clone in use. Gate of issue 2: the second start within 8 s.
"""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from _figures import Figure, tell

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from tests.end_to_end.conftest import SIGN_IN_LINK, answers
from tests.services import free_port

GATE_SECONDS = 8.0
LIMIT_SECONDS = 150.0


@dataclass(frozen=True)
class Start:
    """Seconds from the command."""

    page: float
    link: float
    stopping: float


def command() -> list[str]:
    """`make run`, unless make would first install or build something: that is no start."""
    setting_up = subprocess.run(
        ["make", "-q", "frontend/dist/.built", ".venv/.installed"], cwd=REPOSITORY, capture_output=True, check=False
    )
    return ["make", "run"] if setting_up.returncode == 0 else [sys.executable, "manage.py", "run"]


def start(data: Path, words: list[str]) -> Start:
    """Start, wait for page and link, stop with Ctrl-C."""
    port = free_port()
    log = data.parent / f"run-{port}.log"
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("STUDIO_", "DJANGO_", "MAKE"))}
    environment = inherited | {"PORT": str(port), "STUDIO_DATA": str(data), "PYTHONUNBUFFERED": "1"}
    began = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(
            words,
            cwd=REPOSITORY,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        page = _seconds_until(lambda: answers(f"http://127.0.0.1:{port}/sign-in/"), began, process, log)
        link = _seconds_until(lambda: bool(SIGN_IN_LINK.search(log.read_text(errors="replace"))), began, process, log)
    finally:
        stopping = stop(process)
    return Start(page, link, stopping)


def _seconds_until(probe, began: float, process: subprocess.Popen[bytes], log: Path) -> float:
    while not probe():
        taken = time.perf_counter() - began
        if process.poll() is not None or taken > LIMIT_SECONDS:
            sys.exit(f"The studio did not start within {taken:.0f} s.\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.05)
    return time.perf_counter() - began


def stop(process: subprocess.Popen[bytes]) -> float:
    """Ctrl-C, as a terminal sends it to all of the foreground. -> seconds"""
    began = time.perf_counter()
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(5)
    return time.perf_counter() - began


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--starts", type=int, default=3, help="how many later starts; the median counts")
    options = parser.parse_args()
    words = command()
    with tempfile.TemporaryDirectory(prefix="phosphene-start-") as folder:
        first, *later = [start(Path(folder) / "data", words) for _ in range(1 + options.starts)]
    name = "`make run`" if words[0] == "make" else "`manage.py run`"
    figures = [
        Figure(f"second {name} to a served page", statistics.median(s.page for s in later), "s", at_most=GATE_SECONDS),
        Figure(f"second {name} to the sign-in link", statistics.median(s.link for s in later), "s"),
        Figure("first, data folder empty, to a served page", first.page, "s"),
        Figure("first, demo project made, to the sign-in link", first.link, "s"),
        Figure("Ctrl-C to everything ended", statistics.median(s.stopping for s in later), "s"),
    ]
    return tell(f"Start, {options.starts} later starts, median", figures, as_json=options.json)


if __name__ == "__main__":
    sys.exit(main())
