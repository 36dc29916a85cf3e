"""The systemd unit: systemd accepts it, it is closed where it may be, and it restarts what a restart can mend."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from capture_agent import unit
from capture_agent.agent import CAMERA_SILENT_SECONDS, RESTART
from capture_agent.cli import WRONG_SETTINGS
from capture_agent.errors import CaptureError
from tests.conftest import missing

TRUE = Path(shutil.which("true") or "/bin/true")


@pytest.fixture
def text() -> str:
    return unit.filled_in(user="daemon", program=TRUE, state=Path("/var/tmp"))


def values(text: str, name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", text, re.MULTILINE)


def test_systemd_accepts_it(text: str, tmp_path: Path):
    if not shutil.which("systemd-analyze"):
        missing("There is no systemd-analyze here.")
    path = tmp_path / "phosphene-capture.service"
    path.write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(path)], capture_output=True, text=True, timeout=60
    )
    # It may have words for other units of this machine.
    about_ours = [line for line in done.stderr.splitlines() if str(path) in line]
    assert (done.returncode, about_ours) == (0, [])
    broken = tmp_path / "broken.service"
    broken.write_text(text.replace("WatchdogSec=60", "WatchdogSec=soon"))
    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(broken)], capture_output=True, text=True, timeout=60
    )
    assert "Failed to parse" in said.stderr


def test_it_restarts_what_a_restart_mends(text: str):
    assert values(text, "Restart") == ["always"]
    assert str(WRONG_SETTINGS) in values(text, "RestartPreventExitStatus")[0].split()
    assert str(RESTART) not in values(text, "RestartPreventExitStatus")[0].split()
    assert float(values(text, "WatchdogSec")[0]) > CAMERA_SILENT_SECONDS
    assert values(text, "StartLimitBurst")
    assert values(text, "Type") == ["notify"]


def test_it_is_closed(text: str):
    assert values(text, "ProtectSystem") == ["strict"]
    assert values(text, "NoNewPrivileges") == ["yes"]
    assert values(text, "CapabilityBoundingSet") == [""]
    assert values(text, "SupplementaryGroups") == ["video"]
    assert values(text, "ReadWritePaths") == ["/var/tmp"]
    assert values(text, "User") == ["daemon"]
    assert values(text, "ExecStart") == [f"{TRUE} run"]
    assert "{" not in text.split("[Unit]")[1]


def test_root_and_strange_paths_are_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(unit.getpass, "getuser", lambda: "root")
    with pytest.raises(CaptureError, match="not as root"):
        unit.unit_text(None)  # type: ignore[arg-type]
    with pytest.raises(CaptureError, match="without spaces"):
        unit.filled_in(user="pi", program=Path("/home/my pi/x"), state=Path("/var/tmp"))
