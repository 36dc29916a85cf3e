"""NVIDIA's code as a baseline: imported from a checkout that whoever runs the bench has; no part of this repository."""

import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from gpu_service.networks.stylegan2 import StyleGan2
from gpu_service.networks.stylegan3 import StyleGan3

HERE = Path(__file__).resolve().parent
MODULES = ("training", "torch_utils", "dnnlib")


@contextmanager
def checkout(folder: Path) -> Iterator[None]:
    """Its modules can be imported meanwhile; afterwards another checkout's may be, by the same names.

    Ours in this folder are out of reach until then: one is called as a package of theirs is.
    """
    before = list(sys.path)
    sys.path[:] = [str(folder), *(place for place in before if Path(place).resolve() != HERE)]
    try:
        yield
    finally:
        sys.path[:] = before
        for name in [name for name in sys.modules if name.partition(".")[0] in MODULES]:
            del sys.modules[name]


class Reference:
    """Their generator with our weights. Float32, the noise that is in the file."""

    def __init__(self, generator: nn.Module) -> None:
        self.generator = generator.eval().requires_grad_(False)

    def draw(self, w: Tensor) -> Tensor:
        """[N, num_ws, W] -> [N, 3, R, R]"""
        drawn: Tensor = self.generator.synthesis(w, noise_mode="const", force_fp32=True)
        return drawn


def stylegan2_reference(folder: Path, network: StyleGan2) -> Reference:
    """From a checkout of stylegan2-ada-pytorch. SystemExit says what is missing."""
    config = network.config
    synthesis = {"channel_base": config.channel_base, "channel_max": config.channel_max}
    return _build(
        folder,
        "training.networks",
        network,
        img_resolution=config.resolution,
        mapping_kwargs={"num_layers": config.mapping_layers},
        synthesis_kwargs={**synthesis, "num_fp16_res": 4, "conv_clamp": config.conv_clamp},
    )


def stylegan3_reference(folder: Path, network: StyleGan3) -> Reference:
    """From a checkout of stylegan3."""
    config = network.config
    return _build(
        folder,
        "training.networks_stylegan3",
        network,
        img_resolution=config.resolution,
        mapping_kwargs={"num_layers": config.mapping_layers},
        channel_base=config.channel_base,
        channel_max=config.channel_max,
    )


def _build(folder: Path, module: str, network: StyleGan2 | StyleGan3, **settings: Any) -> Reference:
    config = network.config
    with checkout(folder):
        try:
            make = importlib.import_module(module).Generator
        except (ImportError, AttributeError) as error:
            raise SystemExit(f"{folder} holds no checkout with {module}.Generator: {error}") from error
        generator = make(z_dim=config.z_dim, c_dim=config.c_dim, w_dim=config.w_dim, img_channels=3, **settings)
        _take(generator, network.tensors())
        # Their operators look for one another when they first run.
        reference = Reference(generator)
        reference.draw(network.average_w().expand(1, network.num_ws, -1))
    return reference


def _take(generator: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    missing, left = generator.load_state_dict(dict(tensors), strict=False)
    if missing or left:
        raise SystemExit(f"The reference's tensors differ from ours: without {missing[:3]}, unknown {left[:3]}.")
