"""The process that reads a foreign file: bounded memory and time, no network, no other program, two files to write.

Nothing in the file is executed anyway; this is the second wall. Answers one line of JSON.
"""

import codecs
import contextlib
import ctypes
import hashlib
import json
import os
import resource
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from gpu_service.snapshots.array_file import write_arrays
from gpu_service.snapshots.errors import SnapshotError, damaged, printable
from gpu_service.snapshots.facts import guess_kimg, header
from gpu_service.snapshots.parts import Contents
from gpu_service.snapshots.reader import map_file, read_contents, sentences, take_numbers
from gpu_service.snapshots.training_file import save_training

MEMORY_BYTES, MEMORY_PER_FILE_BYTE = 1 << 30, 4
CPU_SECONDS = 240
OPEN_FILES = 64
PIECE_BYTES = 16 << 20
NEW_USER_AND_NETWORK = 0x10000000 | 0x40000000
# Looked up while importing is still allowed: old pickles write text in the one, zips name their members in the other.
for encoding in ("raw-unicode-escape", "cp437"):
    codecs.lookup(encoding)
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


def main(name: str, source: Path, target: Path, training: Path | None = None) -> dict[str, object]:
    """Read `source`, write a snapshot to `target` and what trains it to `training`; say what it is, or why not."""
    shut_in(file_bytes=source.stat().st_size)
    try:
        with ThreadPoolExecutor(2) as hashing:
            data = map_file(source)
            sums = {kind: hashing.submit(_sum_of, data, kind) for kind in ("md5", "sha256")}
            return _convert(name, source, target, training, sums)
    except SnapshotError as error:
        return {"error": str(error), "here": error.here}
    except Exception as error:
        refusal = damaged(printable(name), f"reading it stopped with {type(error).__name__}")
        return {"error": str(refusal), "here": refusal.here}


def _convert(
    name: str, source: Path, target: Path, training: Path | None, sums: dict[str, Future[str]]
) -> dict[str, object]:
    contents, size = read_contents(source, name=name), source.stat().st_size
    part = contents.generator
    with sentences(source, name=name):
        tensors, warnings = take_numbers(part.tensors, file_bytes=size)
        if training is not None:
            warnings += save_training(contents, training, file_bytes=size)
    origin = {
        "kimg": guess_kimg(name) if contents.kimg is None else contents.kimg,
        "original_name": name,
        "original_bytes": size,
        "original_md5": sums["md5"].result(),
        "original_sha256": sums["sha256"].result(),
        "warnings": _warnings(contents, warnings),
    }
    write_arrays(tensors, target, metadata=header(part.kind, part.config, origin))
    return {"kind": part.kind, "config": part.config, "warnings": origin["warnings"]}


def _warnings(contents: Contents, more: list[str]) -> list[str]:
    return [*contents.warnings, *more]


def _sum_of(data: memoryview, kind: str) -> str:
    """MD5 (what people quote of published networks) or SHA-256 of the file, in hexadecimal."""
    total = hashlib.new(kind, usedforsecurity=False)
    for start in range(0, len(data), PIECE_BYTES):
        total.update(data[start : start + PIECE_BYTES])
    return total.hexdigest()


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
    print(json.dumps(main(sys.argv[1], *map(Path, sys.argv[2:]))))  # noqa: T201
