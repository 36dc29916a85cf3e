"""Reading a .pkl of about 290 MB, against reading its bytes and hashing them (MD5 and SHA-256, one pass, one thread).

    python bench/snapshot_read.py [--rounds 5] [--protocol 4] [--json]

The file is made here: a StyleGAN2 of 256 × 256 and its discriminator, random numbers in NVIDIA's layout. Ours is the
whole import: a process of its own, both sums, all names and shapes checked, the averaged generator written as
safetensors. All ways are measured in turn, so that all feel the same neighbours. Gate of issue 4: 2 ×.
"""

import argparse
import hashlib
import pickle
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from _figures import Figure, tell

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import torch

from gpu_service.networks import discriminator_layout, stylegan2_layout
from gpu_service.networks.discriminator_layout import DiscriminatorConfig
from gpu_service.networks.stylegan2_layout import StyleGan2Config
from gpu_service.snapshots.store import import_snapshot

GATE = 2.0
PIECE = 1 << 20
BUFFERS = ("resample_filter", "noise_const", "w_avg")
GENERATOR = StyleGan2Config(
    z_dim=512, w_dim=512, c_dim=0, resolution=256, mapping_layers=2, channel_base=16384, channel_max=512, conv_clamp=256
)
DISCRIMINATOR = DiscriminatorConfig(resolution=256, channel_base=16384, channel_max=512)


def main() -> int:
    """Make the file, read it in all ways in turn, tell the ratio."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--protocol", type=int, default=4, choices=[2, 3, 4])
    words.add_argument("--json", action="store_true")
    options = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network-snapshot-025000.pkl"
        write_snapshot(path, protocol=options.protocol)
        figures = measure(path, Path(folder) / "net.safetensors", rounds=options.rounds)
    return tell("Reading a snapshot", figures, as_json=options.json)


def measure(path: Path, target: Path, *, rounds: int) -> list[Figure]:
    """Medians of the rounds; a first round warms the file."""
    ways: dict[str, Callable[[], object]] = {
        "hash": lambda: fingerprints(path, "md5", "sha256"),
        "one sum": lambda: fingerprints(path, "sha256"),
        "import": lambda: import_snapshot(path, to=target),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds + 1):
        for name, way in ways.items():
            begun = time.perf_counter()
            way()
            taken[name].append(time.perf_counter() - begun)
    seconds = {name: statistics.median(times[1:]) for name, times in taken.items()}
    return [
        Figure("snapshot: import ÷ (read and hash)", seconds["import"] / seconds["hash"], at_most=GATE),
        Figure("snapshot: the file", path.stat().st_size / 1e6, "MB", digits=0),
        Figure("snapshot: read and hash, MD5 and SHA-256", seconds["hash"], "s"),
        Figure("snapshot: read and hash, SHA-256 alone", seconds["one sum"], "s"),
        Figure("snapshot: import", seconds["import"], "s"),
    ]


def fingerprints(path: Path, *kinds: str) -> list[str]:
    """The file's sums, read once."""
    sums = [hashlib.new(kind, usedforsecurity=False) for kind in kinds]
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            for total in sums:
                total.update(piece)
    return [total.hexdigest() for total in sums]


class Persistent:
    """Pickles as torch_utils.persistence objects do."""

    def __init__(self, meta: dict[str, Any]) -> None:
        self.meta = meta

    def __reduce__(self) -> tuple[Any, tuple[Any]]:
        return sys.modules["torch_utils.persistence"]._reconstruct_persistent_obj, (self.meta,)


def write_snapshot(path: Path, *, protocol: int) -> None:
    """G, D and G_ema with random numbers, as stylegan2-ada-pytorch keeps them."""
    persistence = ModuleType("torch_utils.persistence")

    def _reconstruct_persistent_obj(meta: Any) -> Any:
        return meta

    _reconstruct_persistent_obj.__module__ = persistence.__name__
    _reconstruct_persistent_obj.__qualname__ = "_reconstruct_persistent_obj"
    persistence._reconstruct_persistent_obj = _reconstruct_persistent_obj  # type: ignore[attr-defined]
    sys.modules |= {"torch_utils": ModuleType("torch_utils"), persistence.__name__: persistence}
    synthesis = {"channel_base": 16384, "channel_max": 512, "num_fp16_res": 4, "conv_clamp": 256}
    generator = {"_init_kwargs": {"synthesis_kwargs": synthesis}}
    judge = {"_init_kwargs": {"c_dim": 0, "img_resolution": 256, "img_channels": 3, **synthesis}}
    shapes = stylegan2_layout.tensor_shapes(GENERATOR)
    content = {
        "training_set_kwargs": {},
        "G": module(shapes, generator),
        "D": module(discriminator_layout.tensor_shapes(DISCRIMINATOR), judge),
        "G_ema": module(shapes, generator),
        "augment_pipe": None,
    }
    with path.open("wb") as file:
        pickle.dump(content, file, protocol=protocol)


def module(shapes: Mapping[str, tuple[int, ...]], state: dict[str, Any]) -> Persistent:
    """Modules within modules, every tensor of the given shapes random."""
    own = {name: torch.randn(shape) for name, shape in shapes.items() if "." not in name}
    children: dict[str, dict[str, tuple[int, ...]]] = {}
    for name, shape in shapes.items():
        head, _, rest = name.partition(".")
        if rest:
            children.setdefault(head, {})[rest] = shape
    parts = {
        "_parameters": {name: torch.nn.Parameter(tensor) for name, tensor in own.items() if name not in BUFFERS},
        "_buffers": {name: tensor for name, tensor in own.items() if name in BUFFERS},
        "_modules": {name: module(part, {}) for name, part in children.items()},
    }
    meta = {"type": "class", "version": 6, "module_src": "# left out\n" * 3000, "class_name": "Module"}
    return Persistent({**meta, "state": {**state, **parts}})


if __name__ == "__main__":
    sys.exit(main())
