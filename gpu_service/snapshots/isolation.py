"""Starting the process that reads a foreign file, and believing no more of its answer than can be checked."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import gpu_service
from gpu_service.snapshots.errors import SnapshotError, printable

CHILD_SECONDS = 300


def read_in_child(
    path: Path, *, to: Path, training_to: Path | None = None, name: str | None = None, seconds: int = CHILD_SECONDS
) -> dict[str, Any]:
    """Read `path` in a process with limits, which writes a snapshot of ours to `to`.

    With `training_to` it also writes what can be trained on. Answers {kind, config, warnings}. Raises SnapshotError,
    and then neither file is there.
    """
    shown = printable(name or path.name)
    package_root = str(Path(gpu_service.__file__).resolve().parent.parent)
    places = [str(place.resolve()) for place in (path, to, *([training_to] if training_to else []))]
    told = (name or path.name).replace("\0", "")
    command = [sys.executable, "-P", "-m", "gpu_service.snapshots.child", told, *places]
    surroundings = {"PYTHONPATH": package_root, "OPENBLAS_NUM_THREADS": "1", "PYTHONUTF8": "1"}
    try:
        done = subprocess.run(command, env=surroundings, capture_output=True, timeout=seconds, check=False, text=True)
        answer = json.loads(done.stdout) if done.returncode == 0 else {}
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        answer = {}
    if "config" in answer:
        return dict(answer)
    for place in (to, training_to):
        if place is not None:
            place.unlink(missing_ok=True)
    if "error" in answer:
        raise SnapshotError(answer["error"], here=answer.get("here"))
    raise SnapshotError(
        f"“{shown}” needs more memory, time or rights to read than any network, so it was refused. Nothing was kept."
    )
