"""Data folders of a studio, made once in a run of the tests and copied: its tables alone, or with its demo project.

Migrating takes seconds and the demo a quarter of a minute; a test of neither need not wait for them. The first start on
an empty folder is walked in tests/end_to_end/test_faults.py (with the demo) and tests/studio/site/test_run.py.
"""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from tests.conftest import REPOSITORY

# The demo's portraits to train on are drawn after the first start, for a minute, beside whatever a test looks at.
WITHOUT_PORTRAITS = """
from studio.jobs.models import Job
assert Job.objects.filter(kind="make_sample_portraits", state="queued").update(state="cancelled") == 1
"""


def with_tables(data: Path) -> Path:
    """Fill `data` with a studio's tables and its first account. -> `data`"""
    shutil.copytree(_tables(), data, dirs_exist_ok=True)
    return data


def with_demo(data: Path) -> Path:
    """Fill `data` with the demo project too. Its sample portraits will not be drawn. -> `data`"""
    shutil.copytree(_demo(), data, dirs_exist_ok=True)
    return data


@cache
def _tables() -> Path:
    data = _folder()
    _manage(data, "setup")
    return data


@cache
def _demo() -> Path:
    data = with_tables(_folder())
    _manage(data, "setup", "--demo")
    _manage(data, "shell", "-v", "0", "-c", WITHOUT_PORTRAITS)
    return data


def _folder() -> Path:
    """Gone when the tests end."""
    folder = Path(tempfile.mkdtemp(prefix="phosphene-prepared-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _manage(data: Path, *arguments: str) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("STUDIO_", "DJANGO_"))}
    environment = clean | {"STUDIO_DATA": str(data)}
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
