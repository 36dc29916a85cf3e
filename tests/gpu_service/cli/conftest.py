"""Commands, run in this process."""

import sys
from pathlib import Path
from typing import Any

import pytest

from gpu_service.cli import main


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Any:
    """Run a command in this process. -> (code, standard output, standard error)"""
    monkeypatch.setenv("GPU_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("GPU_DEVICE", "cpu")

    def command(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["gpu_service", *map(str, words)])
        code = 0
        try:
            main()
        except SystemExit as ending:
            code = int(ending.code or 0)
        told = capsys.readouterr()
        return code, told.out, told.err

    return command
