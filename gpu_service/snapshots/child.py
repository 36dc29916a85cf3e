"""The process that reads a foreign file: bounded memory and time, no network, no other program, one file to write.

Nothing in the file is executed anyway; this is the second wall. Answers one line of JSON.
"""

import contextlib
import ctypes
import json
import os
import resource
import sys
from pathlib import Path

from safetensors.numpy import save_file

from gpu_service.snapshots.errors import SnapshotError
from gpu_service.snapshots.pickle_reader import read_pickle

MEMORY_BYTES, MEMORY_PER_FILE_BYTE = 2 << 30, 4
CPU_SECONDS = 240
OPEN_FILES = 64
NEW_USER_AND_NETWORK = 0x10000000 | 0x40000000
FORBIDDEN_EVENTS = (
    "compile",
    "ctypes",
    "exec",
    "import",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.remove",
    "os.rename",
    "os.spawn",
    "os.system",
    "pickle.find_class",
    "socket",
    "subprocess",
)


def main(source: Path, target: Path, name: str) -> dict[str, object]:
    """Read `source`, write its tensors to `target`, and say what they are, or why not."""
    shut_in(file_bytes=source.stat().st_size)
    try:
        network = read_pickle(source, name=name)
        save_file(network.tensors, target)
    except SnapshotError as error:
        return {"error": str(error), "here": error.here}
    return {"kind": network.kind, "config": network.config}


def shut_in(*, file_bytes: int) -> None:
    """Give up every right that reading does not need. What the system does not know is left out."""
    limits = {
        resource.RLIMIT_AS: MEMORY_BYTES + MEMORY_PER_FILE_BYTE * file_bytes,
        resource.RLIMIT_CPU: CPU_SECONDS,
        resource.RLIMIT_FSIZE: max(2 * file_bytes, 1 << 20),
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in limits.items():
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).unshare(NEW_USER_AND_NETWORK)
    sys.addaudithook(_stop_at)


def _stop_at(event: str, _arguments: tuple[object, ...]) -> None:
    if event.startswith(FORBIDDEN_EVENTS):
        os._exit(77)


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])))  # noqa: T201
