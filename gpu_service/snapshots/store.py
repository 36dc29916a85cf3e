"""Our own form of a snapshot: one safetensors file whose header carries the facts as JSON.

Every tensor's name and shape is checked against the architecture before a number is read.
"""

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from safetensors import SafetensorError, safe_open

from gpu_service.networks import cppn_species, find, stylegan2_layout
from gpu_service.snapshots.errors import SnapshotError, cut_short, damaged, printable
from gpu_service.snapshots.nvidia import Unreadable, check_shapes
from gpu_service.snapshots.pickle_reader import read_in_child

if TYPE_CHECKING:
    import torch

    from gpu_service.networks.base import Network

FACTS_KEY = "phosphene"
FORM = 1
LARGEST_HEADER = 8 << 20
FLOAT_TYPES = ("F32", "F16", "BF16")

# How each kind reads its settings, and what tensors follow from them. No torch is needed to check a file.
LAYOUTS: dict[str, Callable[[Mapping[str, object]], dict[str, tuple[int, ...]]]] = {
    "stylegan2": lambda values: stylegan2_layout.tensor_shapes(stylegan2_layout.StyleGan2Config.from_json(values)),
    "cppn": lambda values: cppn_species.tensor_shapes(cppn_species.CppnConfig.from_json(values)),
}


@dataclass(frozen=True)
class SnapshotFacts:
    """What is known of a snapshot without its numbers. `kimg` = thousands of pictures it was trained on."""

    kind: str
    config: dict[str, object]
    z_dim: int
    w_dim: int
    num_ws: int
    num_classes: int
    native_size: tuple[int, int]
    kimg: int | None = None
    original_name: str | None = None
    original_bytes: int | None = None
    original_md5: str | None = None
    original_sha256: str | None = None

    def to_json(self) -> dict[str, object]:
        """Plain values for a database row or a message."""
        return asdict(self)

    @classmethod
    def of(cls, kind: str, config: Mapping[str, object], **origin: Any) -> Self:
        """Facts of a network, its shapes made from the settings."""
        if kind == "stylegan2":
            net = stylegan2_layout.StyleGan2Config.from_json(config)
            side = (net.resolution, net.resolution)
            return cls(kind, dict(config), net.z_dim, net.w_dim, net.num_ws, net.c_dim, side, **origin)
        cppn_species.CppnConfig.from_json(config)
        style = cppn_species.STYLE_DIM
        return cls(kind, dict(config), cppn_species.Z_DIM, style, 1, 0, cppn_species.NATIVE_SIZE, **origin)


ORIGIN_FIELDS = tuple(field.name for field in fields(SnapshotFacts))[7:]


def import_snapshot(path: Path, *, to: Path, name: str | None = None) -> SnapshotFacts:
    """Read a foreign file, or one of ours, and keep it as `to` in our form. Raises SnapshotError, then keeps nothing.

    `name` is the file's own name where `path` has another, as blobs do.
    """
    shown = name or path.name
    with _replacing(to) as partial:
        if _is_safetensors(path):
            facts = read_facts(path, name=shown)
            tensors = _read_tensors(path, shown)
            origin = {key: getattr(facts, key) for key in ORIGIN_FIELDS}
        else:
            answer = read_in_child(path, to=partial, name=shown)
            tensors = _read_tensors(partial, shown)
            facts = SnapshotFacts.of(answer["kind"], answer["config"])
            origin = {"original_name": shown, "kimg": guess_kimg(shown), **_fingerprints(path)}
        _write(partial, facts.kind, facts.config, tensors, origin)
        return read_facts(partial, name=shown)


def write(network: "Network", path: Path, **origin: Any) -> SnapshotFacts:
    """Keep a network's weights as `path`; `origin` = kimg and original_… of SnapshotFacts. Same weights, same bytes."""
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in network.tensors().items()}
    with _replacing(path) as partial:
        _write(partial, network.kind, network.to_json(), tensors, origin)
        return read_facts(partial)


def read_facts(path: Path, *, name: str | None = None) -> SnapshotFacts:
    """Check a snapshot of ours from its header alone. Raises SnapshotError where it lies, is cut or is not ours."""
    shown = printable(name or path.name)
    header = _read_header(path, shown)
    note = header.pop("__metadata__", {})
    try:
        stored = json.loads(note[FACTS_KEY])
        kind, config = stored["kind"], stored["config"]
        if stored["form"] != FORM or kind not in LAYOUTS or not isinstance(config, dict):
            raise KeyError(kind)
        origin = _check_origin({key: stored.get(key) for key in ORIGIN_FIELDS})
    except (KeyError, TypeError, ValueError) as error:
        raise SnapshotError(
            f"“{shown}” is a safetensors file that Phosphene did not write. Import the network's .pkl instead."
        ) from error
    try:
        wanted = LAYOUTS[kind](config)
        check_shapes({key: tuple(entry["shape"]) for key, entry in header.items()}, wanted)
        if any(entry["dtype"] not in FLOAT_TYPES for entry in header.values()):
            raise Unreadable("holds whole numbers where weights should be")
    except Unreadable as error:
        raise SnapshotError(f"“{shown}” {error}.") from error
    except ValueError as error:
        raise SnapshotError(f"“{shown}” describes a network that cannot be. {error}") from error
    return SnapshotFacts.of(kind, config, **origin)


def load_network(path: Path, *, device: "torch.device | str" = "cpu", dtype: "torch.dtype | None" = None) -> "Network":
    """Build the network of a snapshot of ours, checked again from the file. Raises SnapshotError."""
    import torch

    facts = read_facts(path)
    tensors = _read_tensors(path, path.name)
    if not all(torch.isfinite(tensor).all() for tensor in tensors.values()):
        raise SnapshotError(f"“{printable(path.name)}” holds numbers that are not finite. Import it again.")
    return find(facts.kind).from_tensors(
        facts.config, tensors, device=torch.device(device), dtype=dtype or torch.float32
    )


def guess_kimg(name: str) -> int | None:
    """The training age that NVIDIA and most people write into the name: network-snapshot-005200.pkl -> 5200."""
    if found := re.search(r"snapshot-(\d{3,6})\D|[-_](\d{1,6})kimg", name):
        return int(found[1] or found[2])
    found = re.search(r"[-_](\d{4,6})\.\w+$", name)
    # 1024 at the end of a name is the size of its pictures.
    return int(found[1]) if found and int(found[1]) & (int(found[1]) - 1) else None


def _write(
    path: Path,
    kind: str,
    config: Mapping[str, object],
    tensors: "Mapping[str, torch.Tensor]",
    origin: Mapping[str, Any],
) -> None:
    from safetensors.torch import save_file

    facts = {"form": FORM, "kind": kind, "config": config, **origin}
    # One metadata key with sorted JSON: the order of several is left to chance and would change the file's hash.
    save_file(dict(tensors), path, metadata={FACTS_KEY: json.dumps(facts, sort_keys=True)})


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


def _check_origin(origin: dict[str, Any]) -> dict[str, Any]:
    """Types only: these are notes for people. Raises ValueError."""
    for key, value in origin.items():
        wanted = int if key in ("kimg", "original_bytes") else str
        if value is not None and type(value) is not wanted:
            raise ValueError(key)
    return origin


def _is_safetensors(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(9)
    return len(start) == 9 and start[8:] == b"{" and int.from_bytes(start[:8], "little") <= LARGEST_HEADER


def _fingerprints(path: Path) -> dict[str, Any]:
    """MD5 (what people quote of published networks) and SHA-256 of the original, in one reading."""
    md5, sha256 = hashlib.md5(usedforsecurity=False), hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            md5.update(piece)
            sha256.update(piece)
    return {
        "original_bytes": path.stat().st_size,
        "original_md5": md5.hexdigest(),
        "original_sha256": sha256.hexdigest(),
    }


class _replacing:
    """A temporary name beside the target that becomes the target when all went well, and vanishes otherwise."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __enter__(self) -> Path:
        handle, name = tempfile.mkstemp(prefix=f".{self.target.name}.", suffix=".part", dir=self.target.parent)
        os.close(handle)
        self.partial = Path(name)
        return self.partial

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        if kind is None:
            self.partial.replace(self.target)
        else:
            self.partial.unlink(missing_ok=True)
