"""The parts that others make: the sound by numpy, snapshots and catalogue by the render service's own command."""

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType

from gpu_service.protocol import SnapshotsResult, VisualizerInfo
from studio.blobs.models import Blob
from studio.blobs.store import put_path
from studio.settings.environment import REPOSITORY

LIMIT_SECONDS = 180


class DemoError(Exception):
    """Shown as it stands."""


def demo_track_file(folder: Path) -> Path:
    """Compose the demo track. -> a FLAC file"""
    from gpu_service.music.demo_track import TITLE, write_demo_track

    path = folder / f"{TITLE}.flac"
    write_demo_track(path)
    return path


class Children:
    """Two runs of `python -m gpu_service`, side by side: the catalogue and the six snapshots."""

    def __init__(self, folder: Path, *, species: str, seed: int, is_wanted: bool) -> None:
        self.folder = folder / "pattern"
        self._catalogue = start_command("visualizers", "--json") if is_wanted else None
        words = ("pattern", "--species", species, "--seed", str(seed), "--out", str(self.folder))
        self._pattern = start_command(*words) if is_wanted else None

    def __enter__(self) -> "Children":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for child in (self._catalogue, self._pattern):
            if child is not None and child.poll() is None:
                child.kill()
                child.wait()

    def catalogue(self) -> list[VisualizerInfo]:
        return [VisualizerInfo.model_validate(entry) for entry in json.loads(answer_of(self._catalogue))]

    def snapshots(self) -> tuple[SnapshotsResult, dict[str, Blob]]:
        """What was made, and its files, stored."""
        answer_of(self._pattern)
        result = SnapshotsResult.model_validate_json((self.folder / "snapshots.json").read_bytes())
        names = [name for made in result.snapshots for name in (made.file, made.thumbnail, made.sheet) if name]
        return result, {name: put_path(self.folder / name) for name in names}


def start_command(*words: str) -> "subprocess.Popen[str]":
    """A run of the render service's command, with its words kept for `answer_of`."""
    return subprocess.Popen(
        [sys.executable, "-m", "gpu_service", *words],
        cwd=REPOSITORY,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answer_of(child: "subprocess.Popen[str] | None") -> str:
    """What it said, when it is done. Raises DemoError with its own sentence."""
    assert child is not None
    try:
        said, fault = child.communicate(timeout=LIMIT_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise DemoError(f"The render service's command took longer than {LIMIT_SECONDS} s.") from error
    if child.returncode != 0:
        # The command wraps its sentence to the terminal's width.
        words = " ".join(fault.split())[-400:] or "it said nothing"
        raise DemoError(f"The render service's command failed: {words}")
    return said
