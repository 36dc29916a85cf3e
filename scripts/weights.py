"""Made-up snapshots for the pictures of our own pages: random weights in the files that people bring."""

import pickle
from dataclasses import dataclass
from pathlib import Path

from gpu_service.networks.base import Network
from gpu_service.networks.fresh import random_stylegan2, random_stylegan3
from gpu_service.networks.stylegan2_layout import StyleGan2Config
from gpu_service.networks.stylegan3_layout import StyleGan3Config
from gpu_service.snapshots.export import export
from gpu_service.snapshots.store import write

SIDE = 128
# Random weights draw in screaming colours.
FAINT = 0.12


@dataclass
class Program:
    """What a hostile file would have run."""

    command: str

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, (self.command,)


def draw_weights(folder: Path) -> list[Path]:
    """Three snapshots of one training, one with classes, a StyleGAN3-T and -R; a cut file, and one that asks to run."""
    shared = {"z_dim": 512, "w_dim": 512, "resolution": SIDE, "channel_base": 2048, "channel_max": 64}
    plain = {"mapping_layers": 8, "conv_clamp": 256.0}
    made = []
    for number, kimg in enumerate((400, 800, 1600)):
        network = random_stylegan2(StyleGan2Config(c_dim=0, **shared, **plain), seed=number)
        made.append(_state_dict(network, folder / f"portraits-{kimg:06}.pt"))
    classes = random_stylegan2(StyleGan2Config(c_dim=5, **shared, **plain), seed=7)
    made.append(_state_dict(classes, folder / "seasons-002000.pt"))
    for letter, is_radial in (("t", False), ("r", True)):
        kernel = 1 if is_radial else 3
        config = StyleGan3Config(c_dim=0, mapping_layers=2, conv_kernel=kernel, use_radial_filters=is_radial, **shared)
        made.append(_state_dict(random_stylegan3(config, seed=3), folder / f"tides-{letter}-005000.pt"))
    cut, asking = folder / "portraits-002000.pt", folder / "from-a-forum.pkl"
    cut.write_bytes(made[2].read_bytes()[:400_000])
    asking.write_bytes(pickle.dumps(Program("This text is printed by whoever trusts a pickle.")))
    return [*made, cut, asking]


def _state_dict(network: Network, to: Path) -> Path:
    for name, tensor in network.tensors().items():
        if name.endswith("torgb.weight"):
            tensor *= FAINT
    ours = to.with_suffix(".safetensors")
    write(network, ours)
    export(ours, "state_dict", to)
    ours.unlink()
    return to
