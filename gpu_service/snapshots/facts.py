"""What is known of a snapshot without its numbers, and how a file of ours carries it. No torch."""

import hashlib
import json
import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from gpu_service.networks import cppn_species, stylegan2_layout, stylegan3_layout
from gpu_service.networks.stylegan2_layout import StyleGan2Config
from gpu_service.networks.stylegan3_layout import StyleGan3Config

FACTS_KEY, TRAINING_KEY = "phosphene", "phosphene_training"
FORM = 1
AVERAGE = "mapping.w_avg"
# Kept beside the settings in a snapshot's header; everything else follows from the settings.
ORIGIN_FIELDS = ("kimg", "original_name", "original_bytes", "original_md5", "original_sha256", "aspect")
TYPES = {"kimg": int, "original_bytes": int, "aspect": float}
MOST_WARNINGS, LONGEST_WARNING = 32, 1000
MOST_ASPECT = 100.0
# Fixed or drawn by chance, not trained.
BUFFERS = (
    "noise_const",
    "resample_filter",
    "w_avg",
    "up_filter",
    "down_filter",
    "magnitude_ema",
    "transform",
    "freqs",
    "phases",
)

# How each kind reads its settings, and what tensors follow from them.
LAYOUTS: dict[str, Callable[[Mapping[str, object]], dict[str, tuple[int, ...]]]] = {
    "stylegan2": lambda values: stylegan2_layout.tensor_shapes(StyleGan2Config.from_json(values)),
    "stylegan3": lambda values: stylegan3_layout.tensor_shapes(StyleGan3Config.from_json(values)),
    "cppn": lambda values: cppn_species.tensor_shapes(cppn_species.CppnConfig.from_json(values)),
}


@dataclass(frozen=True)
class SnapshotFacts:
    """What is known of a snapshot without its numbers. `kimg` = thousands of pictures it was trained on.

    `parameters` counts trained numbers. `architecture` is equal for networks of equal shapes, `training_run` for the
    snapshots of one training as far as names tell. `has_average` says whether the file holds an average w. `aspect` is
    width over height of what was padded to squares for its training.
    """

    kind: str
    config: dict[str, object]
    z_dim: int
    w_dim: int
    num_ws: int
    num_classes: int
    native_size: tuple[int, int]
    mapping_layers: int = 0
    tensors: int = 0
    parameters: int = 0
    architecture: str = ""
    training_run: str = ""
    has_average: bool = True
    kimg: int | None = None
    original_name: str | None = None
    original_bytes: int | None = None
    original_md5: str | None = None
    original_sha256: str | None = None
    aspect: float | None = None
    warnings: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, object]:
        """Plain values for a database row or a message."""
        return asdict(self)

    @classmethod
    def of(
        cls, kind: str, config: Mapping[str, object], *, names: Collection[str] | None = None, **origin: Any
    ) -> Self:
        """Facts of a network, its shapes made from the settings; `names` = the tensors that its file holds."""
        shapes = LAYOUTS[kind](config)
        held = set(shapes) if names is None else set(names)
        architecture = _hash_of(kind, shapes)
        return cls(
            kind,
            dict(config),
            **_sizes(kind, config),
            mapping_layers=_whole(config.get("mapping_layers")),
            tensors=len(held),
            parameters=sum(math.prod(shape) for name, shape in shapes.items() if not name.endswith(BUFFERS)),
            architecture=architecture,
            training_run=training_run_key(architecture, str(origin.get("original_name") or "")),
            has_average=AVERAGE in held or AVERAGE not in shapes,
            **origin,
        )


def header(kind: str, config: Mapping[str, object], origin: Mapping[str, Any]) -> dict[str, str]:
    """The metadata of a snapshot's safetensors file.

    One key with sorted JSON: the order of several is left to chance and would change the file's hash.
    """
    stored = {"form": FORM, "kind": kind, "config": dict(config), **origin}
    for name in ("warnings", "aspect"):
        if not stored.get(name):
            stored.pop(name, None)
    return {FACTS_KEY: json.dumps(stored, sort_keys=True)}


def check_origin(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The notes about a snapshot's origin; types only, they are for people. Raises ValueError."""
    origin = {key: stored.get(key) for key in ORIGIN_FIELDS}
    for key, value in origin.items():
        if value is not None and type(value) is not TYPES.get(key, str):
            raise ValueError(key)
    if origin["aspect"] is not None and not 1 / MOST_ASPECT <= origin["aspect"] <= MOST_ASPECT:
        raise ValueError("aspect")
    warnings = stored.get("warnings", [])
    if type(warnings) is not list or len(warnings) > MOST_WARNINGS or any(type(line) is not str for line in warnings):
        raise ValueError("warnings")
    return {**origin, "warnings": [line[:LONGEST_WARNING] for line in warnings]}


def training_path(snapshot: Path) -> Path:
    """Where a snapshot's training file lies: net.safetensors -> net.training.safetensors."""
    return snapshot.with_name(f"{snapshot.stem}.training.safetensors")


def guess_kimg(name: str) -> int | None:
    """The training age that NVIDIA and most people write into the name: network-snapshot-005200.pkl -> 5200."""
    found = _kimg_in(name)
    return int(found[1] or found[2] or found[3]) if found else None


def training_run_key(architecture: str, name: str) -> str:
    """Equal for the snapshots of one training run: the same shapes, and the same name but for the age in it."""
    found = _kimg_in(name)
    stem = name[: found.start()] + name[found.end() :] if found else name
    stem = re.sub(r"\.(pkl|pt|pth|safetensors)$", "", stem.lower()).strip(" -_.")
    return f"{architecture}/{stem}"


def _kimg_in(name: str) -> re.Match[str] | None:
    pattern = r"(?<=snapshot)-(\d{3,6})(?=\D|$)|[-_](\d{1,6})kimg|[-_](\d{4,6})(?=\.\w+$)"
    for found in re.finditer(pattern, name):
        # 1024 at the end of a name is the size of its pictures; 001024 is an age, and so is 000000.
        if not found[3] or found[3].startswith("0") or int(found[3]) & (int(found[3]) - 1):
            return found
    return None


def _sizes(kind: str, config: Mapping[str, object]) -> dict[str, Any]:
    if kind == "cppn":
        return {
            "z_dim": cppn_species.Z_DIM,
            "w_dim": cppn_species.STYLE_DIM,
            "num_ws": 1,
            "num_classes": 0,
            "native_size": cppn_species.NATIVE_SIZE,
        }
    net = (StyleGan3Config if kind == "stylegan3" else StyleGan2Config).from_json(config)
    return {
        "z_dim": net.z_dim,
        "w_dim": net.w_dim,
        "num_ws": net.num_ws,
        "num_classes": net.c_dim,
        "native_size": (net.resolution, net.resolution),
    }


def _hash_of(kind: str, shapes: Mapping[str, tuple[int, ...]]) -> str:
    return hashlib.sha256(json.dumps([kind, sorted(shapes.items())]).encode()).hexdigest()[:12]


def _whole(value: object) -> int:
    return value if type(value) is int else 0
