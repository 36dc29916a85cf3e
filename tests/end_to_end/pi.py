"""The capture agent as a process of its own, as on a Raspberry Pi beside the studio."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import REPOSITORY
from tests.end_to_end.conftest import wait_for

CODE = re.compile(r"\b(\w{4}-\w{4})\b\n")


@dataclass
class Pi:
    """The capture agent on a machine of its own: a folder for its settings and one for its spool."""

    home: Path
    running: subprocess.Popen[bytes] | None = None

    def start(self, *arguments: str) -> Path:
        """Run `phosphene-capture` with these words; -> the file of what it says."""
        log = self.home / f"{arguments[0]}.log"
        own = {
            "PHOSPHENE_CAPTURE_CONFIG": str(self.home / "config"),
            "PHOSPHENE_CAPTURE_STATE": str(self.home / "state"),
            "PHOSPHENE_CAPTURE_FLOOR_MIB": "16",
            "PYTHONPATH": str(REPOSITORY),
            "PYTHONUNBUFFERED": "1",
        }
        with log.open("wb") as said:
            self.running = subprocess.Popen(
                [sys.executable, "-m", "capture_agent.cli", *arguments],
                cwd=self.home,
                env=os.environ | own,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
            )
        return log

    def code(self, log: Path) -> str:
        """The one that `pair` shows."""
        return wait_for(lambda: CODE.search(log.read_text()), 60, "the code", log=log)[1]

    def wait(self, seconds: float = 60) -> int:
        """Until it ends by itself. -> its exit code"""
        assert self.running is not None
        return self.running.wait(seconds)

    def stop(self) -> None:
        if self.running is not None and self.running.poll() is None:
            self.running.terminate()
            try:
                self.running.wait(15)
            except subprocess.TimeoutExpired:
                self.running.kill()
                self.running.wait(5)
