"""Our own form of a snapshot: one safetensors file whose header carries the facts as JSON.

Every tensor's name and shape is checked against the architecture before a number is read.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError, safe_open

from gpu_service.networks import find
from gpu_service.snapshots.errors import SnapshotError, cut_short, damaged, printable
from gpu_service.snapshots.facts import (
    FACTS_KEY,
    FORM,
    LAYOUTS,
    ORIGIN_FIELDS,
    TRAINING_KEY,
    SnapshotFacts,
    check_origin,
    guess_kimg,
    header,
    training_path,
)
from gpu_service.snapshots.isolation import read_in_child
from gpu_service.snapshots.parts import Unreadable, check_shapes
from gpu_service.whole_files import replacing

if TYPE_CHECKING:
    import torch

    from gpu_service.networks.base import Network

LARGEST_HEADER = 8 << 20
FLOAT_TYPES = ("F32", "F16", "BF16")

__all__ = [
    "LAYOUTS",
    "SnapshotFacts",
    "guess_kimg",
    "import_snapshot",
    "is_safetensors",
    "load_network",
    "read_facts",
    "write",
]


def import_snapshot(path: Path, *, to: Path, name: str | None = None, with_training: bool = False) -> SnapshotFacts:
    """Read a foreign file, or one of ours, and keep it as `to` in our form. Raises SnapshotError, then keeps nothing.

    `name` is the file's own name where `path` has another, as blobs do. `with_training` also keeps what training goes
    on from beside it (see `training_path`), where the file holds that.
    """
    shown = name or path.name
    with replacing(to) as partial, replacing(training_path(to), or_nothing=True) as training:
        if is_safetensors(path):
            facts = read_facts(path, name=shown)
            tensors = _read_tensors(path, shown)
            origin = {key: getattr(facts, key) for key in (*ORIGIN_FIELDS, "warnings")}
            _write(partial, facts.kind, facts.config, tensors, origin)
        else:
            read_in_child(path, to=partial, training_to=training if with_training else None, name=shown)
        return read_facts(partial, name=shown)


def write(network: "Network", path: Path, **origin: Any) -> SnapshotFacts:
    """Keep a network's weights as `path`; `origin` = kimg and original_… of SnapshotFacts. Same weights, same bytes."""
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in network.tensors().items()}
    with replacing(path) as partial:
        _write(partial, network.kind, network.to_json(), tensors, origin)
        return read_facts(partial)


def read_facts(path: Path, *, name: str | None = None) -> SnapshotFacts:
    """Check a snapshot of ours from its header alone. Raises SnapshotError where it lies, is cut or is not ours."""
    shown = printable(name or path.name)
    entries = _read_header(path, shown)
    note = entries.pop("__metadata__", {})
    if TRAINING_KEY in note:
        raise SnapshotError(f"“{shown}” is what training goes on from. Choose the snapshot that lies beside it.")
    try:
        stored = json.loads(note[FACTS_KEY])
        kind, config = stored["kind"], stored["config"]
        if stored["form"] != FORM or kind not in LAYOUTS or not isinstance(config, dict):
            raise KeyError(kind)
        origin = check_origin(stored)
    except (KeyError, TypeError, ValueError) as error:
        raise SnapshotError(
            f"“{shown}” is a safetensors file that Phosphene did not write. Import the network's .pkl instead."
        ) from error
    try:
        wanted = LAYOUTS[kind](config)
        check_shapes({key: tuple(entry["shape"]) for key, entry in entries.items()}, wanted)
        if any(entry["dtype"] not in FLOAT_TYPES for entry in entries.values()):
            raise Unreadable("holds whole numbers where weights should be")
    except Unreadable as error:
        raise SnapshotError(f"“{shown}” {error}.") from error
    except ValueError as error:
        raise SnapshotError(f"“{shown}” describes a network that cannot be. {error}") from error
    return SnapshotFacts.of(kind, config, names=entries, **origin)


def load_network(path: Path, *, device: "torch.device | str" = "cpu", dtype: "torch.dtype | None" = None) -> "Network":
    """Build the network of a snapshot of ours, checked again from the file. Raises SnapshotError."""
    import torch

    facts = read_facts(path)
    tensors = _read_tensors(path, path.name)
    network = find(facts.kind).from_tensors(
        facts.config, tensors, device=torch.device(device), dtype=dtype or torch.float32
    )
    network.aspect = facts.aspect
    return network


def _write(
    path: Path,
    kind: str,
    config: Mapping[str, object],
    tensors: "Mapping[str, torch.Tensor]",
    origin: Mapping[str, Any],
) -> None:
    from safetensors.torch import save_file

    save_file(dict(tensors), path, metadata=header(kind, config, origin))


def _read_tensors(path: Path, shown: str) -> "dict[str, torch.Tensor]":
    try:
        with safe_open(path, framework="pt") as file:
            return {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - not a dict
    except SafetensorError as error:
        raise damaged(printable(shown), "its tensors do not fit its header") from error


def _read_header(path: Path, shown: str) -> dict[str, Any]:
    """The JSON header, with every tensor's place checked against the file's length."""
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        raw = file.read(min(length, LARGEST_HEADER))
    if size < 8 or length > LARGEST_HEADER or raw[:1] != b"{":
        raise damaged(shown, "it does not begin as a safetensors file does")
    if len(raw) < length:
        raise cut_short(shown, size)
    try:
        header = json.loads(raw)
        ends = [entry["data_offsets"][1] for key, entry in header.items() if key != "__metadata__"]
        needed = 8 + length + max(ends, default=0)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise damaged(shown, "its header is no list of tensors") from error
    if needed > size:
        raise cut_short(shown, size, expected=needed)
    try:
        with safe_open(path, framework="numpy"):
            return dict(header)
    except SafetensorError as error:
        raise damaged(shown, "its tensors do not fit its header") from error


def is_safetensors(path: Path) -> bool:
    """Whether it begins as a safetensors file does."""
    with path.open("rb") as file:
        start = file.read(9)
    return len(start) == 9 and start[8:] == b"{" and int.from_bytes(start[:8], "little") <= LARGEST_HEADER
