"""A stranger's projection file looked through in a process of its own: bounded memory and time, whatever the file does.

Nothing of the file is run anyway; this is for what a damaged file does to the library that unpacks it. No torch.
"""

import contextlib
import json
import resource
import subprocess
import sys
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from gpu_service.errors import RenderError
from gpu_service.projection.file import Projection, read_projection
from gpu_service.projection.safe_hdf5 import bad

MEMORY_BYTES, MEMORY_PER_FILE_BYTE = 1 << 30, 4
CPU_SECONDS, CHILD_SECONDS = 240, 300


@dataclass(frozen=True)
class ProjectionSummary:
    """What a list of projections shows of a file."""

    frames: int
    num_ws: int
    w_dim: int
    fps: Fraction
    width: int
    height: int
    space: str
    network_md5: str
    network_path: str
    target_path: str
    is_complete: bool
    steps: int


def check_projection(path: Path) -> ProjectionSummary:
    """Look through a file, an unfinished one too. RenderError where it is none, damaged or hostile."""
    command = [sys.executable, "-P", "-m", "gpu_service.projection.check", str(path.absolute())]
    root = str(Path(__file__).resolve().parent.parent.parent)
    surroundings = {"PYTHONPATH": root, "OPENBLAS_NUM_THREADS": "1", "PYTHONUTF8": "1"}
    try:
        done = subprocess.run(
            command, env=surroundings, capture_output=True, timeout=CHILD_SECONDS, check=False, text=True
        )
        answer = json.loads(done.stdout) if done.returncode == 0 else {}
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        answer = {}
    if "error" in answer:
        raise RenderError(answer["error"], kind="bad_input", field="projection")
    if "frames" not in answer:
        raise bad(path, "needs more memory or time to read than any projection, so it was refused")
    return ProjectionSummary(**{**answer, "fps": Fraction(answer["fps"])})


def summary(read: Projection) -> ProjectionSummary:
    """The same of a file that was read already."""
    facts = read.facts
    height, width = read.final(0).shape[:2]
    return ProjectionSummary(
        frames=len(read),
        num_ws=read.num_ws,
        w_dim=read.w_dim,
        fps=facts.fps,
        width=width,
        height=height,
        space=facts.space,
        network_md5=facts.network_md5,
        network_path=facts.network_path,
        target_path=facts.target_path,
        is_complete=facts.is_complete and len(read) >= facts.frame_count,
        steps=facts.steps,
    )


def _shut_in(file_bytes: int) -> None:
    limits = {
        resource.RLIMIT_AS: MEMORY_BYTES + MEMORY_PER_FILE_BYTE * file_bytes,
        resource.RLIMIT_CPU: CPU_SECONDS,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in limits.items():
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


def _main(path: Path) -> dict[str, object]:
    try:
        _shut_in(path.stat().st_size)
        found = summary(read_projection(path, unfinished=True))
        return {**vars(found), "fps": str(found.fps)}
    except RenderError as error:
        return {"error": str(error)}


if __name__ == "__main__":
    print(json.dumps(_main(Path(sys.argv[1]))))  # noqa: T201
