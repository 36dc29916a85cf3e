"""Reading a file of weights that other programs wrote, without running anything in it.

`read_pickle` reads here and now; `read_in_child` does so in a process of its own with limits, as the product does.
"""

import json
import mmap
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import gpu_service
from gpu_service.snapshots.errors import SnapshotError, asks_to_run, cut_short, damaged, printable
from gpu_service.snapshots.nvidia import Unreadable, read_stylegan2
from gpu_service.snapshots.pickle_machine import PickleMachine
from gpu_service.snapshots.pickle_parts import ForbiddenName, Malformed, Record, Source, Truncated
from gpu_service.snapshots.stand_ins import (
    CHECKPOINT_TABLE,
    NETWORK_TABLE,
    Storage,
    StorageSketch,
    describe_storage,
)

LARGEST_FILE = 4 << 30
LARGEST_INDEX = 64 << 20
CHILD_SECONDS = 300


@dataclass(frozen=True)
class ReadNetwork:
    """A generator out of a foreign file: its kind, settings as JSON values, float32 tensors by name."""

    kind: str
    config: dict[str, object]
    tensors: dict[str, np.ndarray]


def read_pickle(path: Path, *, name: str | None = None, expected_bytes: int | None = None) -> ReadNetwork:
    """Read NVIDIA's StyleGAN2 `.pkl`. `name` is the file's name for sentences. Raises SnapshotError."""
    shown, size = printable(name or path.name), path.stat().st_size
    if size == 0:
        raise SnapshotError(f"“{shown}” is empty. Choose another file.")
    if size > LARGEST_FILE:
        raise SnapshotError(f"“{shown}” is larger than any network that Phosphene reads (4 GB).")
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            if data[:4] == b"PK\x03\x04":
                raise Unreadable(_name_checkpoint(path))
            _refuse_foreign_start(data)
            return _take_generator(PickleMachine(NETWORK_TABLE).run(Source(data)))
    except ForbiddenName as error:
        raise asks_to_run(shown, str(error)) from error
    except Truncated as error:
        raise cut_short(shown, size, expected=expected_bytes) from error
    except Malformed as error:
        raise damaged(shown, str(error)) from error
    except Unreadable as error:
        raise SnapshotError(f"“{shown}” {error}.") from error


def _refuse_foreign_start(data: mmap.mmap) -> None:
    """A pickle of the protocols in use begins with 0x80 and its protocol; say plainly when this is no pickle at all."""
    if data[:1] != b"\x80":
        raise Unreadable("is no network snapshot. Choose a .pkl of StyleGAN2, or a .safetensors that Phosphene wrote")


def _take_generator(content: Any) -> ReadNetwork:
    """Find the generator in what the pickle held, or say what the file is instead."""
    if isinstance(content, tuple) and any(isinstance(part, Record) and part.name == "tf network" for part in content):
        raise Unreadable(_name_tensorflow(content))
    generator = content.get("G_ema") if type(content) is dict else content
    if not isinstance(generator, Record):
        raise Unreadable("holds no generator that Phosphene knows. It reads the .pkl files of stylegan2-ada-pytorch")
    config, tensors = read_stylegan2(generator)
    return ReadNetwork("stylegan2", config.to_json(), tensors)


def _name_tensorflow(content: tuple[Any, ...]) -> str:
    """TensorFlow files are a triple (G, D, Gs); their version tells StyleGAN1 from StyleGAN2."""
    versions = [part.state.get("version") for part in content if isinstance(part, Record)]
    if any(type(version) is int and version < 4 for version in versions):
        return "is a StyleGAN1 network. This version of Phosphene reads StyleGAN2"
    return "is a StyleGAN2 network of TensorFlow's. Convert it with stylegan2-ada-pytorch's legacy.py first"


def _name_checkpoint(path: Path) -> str:
    """What a torch .pt is: its index is read by the same machine, its numbers are left alone."""
    other = "is a zip file without a network. Phosphene reads the .pkl files of stylegan2-ada-pytorch"
    try:
        with zipfile.ZipFile(path) as archive:
            index = [info for info in archive.infolist() if info.filename.endswith("/data.pkl")]
            if len(index) != 1 or index[0].file_size > LARGEST_INDEX or index[0].compress_type != zipfile.ZIP_STORED:
                return other
            content = PickleMachine(CHECKPOINT_TABLE, persistent=_empty_storage).run(Source(archive.read(index[0])))
    except (zipfile.BadZipFile, OSError, EOFError) as error:
        raise Truncated from error
    if type(content) is dict and type(content.get("g_ema")) is dict and "input.input" in content["g_ema"]:
        return "is a StyleGAN2 network in rosinality's form. This version of Phosphene reads NVIDIA's .pkl form"
    return "is a torch checkpoint without a known network. Phosphene reads the .pkl files of stylegan2-ada-pytorch"


def _empty_storage(identity: Any) -> Storage:
    """A storage of the right length whose zeros take no memory."""
    sketch: StorageSketch = describe_storage(identity)
    return Storage(np.broadcast_to(np.zeros((), np.float32), max(sketch.count, 0)))


def read_in_child(path: Path, *, to: Path, name: str | None = None, seconds: int = CHILD_SECONDS) -> dict[str, Any]:
    """Read `path` in a process with limits, which writes bare safetensors to `to`. Answers kind and config."""
    shown = printable(name or path.name)
    package_root = str(Path(gpu_service.__file__).resolve().parent.parent)
    command = [sys.executable, "-P", "-m", "gpu_service.snapshots.child", str(path.resolve()), str(to.resolve()), shown]
    surroundings = {"PYTHONPATH": package_root, "OPENBLAS_NUM_THREADS": "1", "PYTHONUTF8": "1"}
    try:
        done = subprocess.run(command, env=surroundings, capture_output=True, timeout=seconds, check=False, text=True)
    except subprocess.TimeoutExpired as error:
        raise _beyond_limits(shown) from error
    try:
        answer = json.loads(done.stdout) if done.returncode == 0 else {}
    except json.JSONDecodeError:
        answer = {}
    if "error" in answer:
        raise SnapshotError(answer["error"], here=answer.get("here"))
    if "config" not in answer:
        to.unlink(missing_ok=True)
        raise _beyond_limits(shown)
    return dict(answer)


def _beyond_limits(shown: str) -> SnapshotError:
    return SnapshotError(
        f"“{shown}” needs more memory, time or rights to read than any network, so it was refused. Nothing was kept."
    )
