"""New networks with random weights. The same settings and seed are always the same network."""

import torch
from torch import Tensor

from gpu_service.networks.filters import low_pass
from gpu_service.networks.mapping import MAPPING_RATE
from gpu_service.networks.stylegan2 import StyleGan2
from gpu_service.networks.stylegan2_layout import StyleGan2Config
from gpu_service.networks.stylegan2_layout import tensor_shapes as stylegan2_shapes
from gpu_service.networks.stylegan3 import StyleGan3
from gpu_service.networks.stylegan3_layout import StyleGan3Config, layer_plans
from gpu_service.networks.stylegan3_layout import tensor_shapes as stylegan3_shapes

Shapes = dict[str, tuple[int, ...]]


def random_stylegan2(config: StyleGan2Config, seed: int) -> StyleGan2:
    """A StyleGAN2 as training starts with it: normal weights, noise of strength 0, an average w of 0."""
    tensors = _draw(stylegan2_shapes(config), torch.Generator().manual_seed(seed))
    tap = torch.tensor([1.0, 3, 3, 1]) / 8
    for name in tensors:
        if name.endswith(".resample_filter"):
            tensors[name] = torch.outer(tap, tap)
        elif name.endswith(".noise_strength"):
            tensors[name] = torch.zeros(())
    return StyleGan2.from_tensors(config.to_json(), tensors, device=torch.device("cpu"), dtype=torch.float32)


def random_stylegan3(config: StyleGan3Config, seed: int) -> StyleGan3:
    """A StyleGAN3 as training starts with it: normal weights, designed filters, an input that nothing moves."""
    chance = torch.Generator().manual_seed(seed)
    tensors = _draw(stylegan3_shapes(config), chance)
    width = config.channels(0)
    waves = torch.randn(width, 2, generator=chance)
    length = waves.norm(dim=1, keepdim=True)
    tensors["synthesis.input.freqs"] = waves / (length * (length.square() / 4).exp()) * config.cutoff(0)
    tensors["synthesis.input.phases"] = torch.rand(width, generator=chance) - 0.5
    tensors["synthesis.input.transform"] = torch.eye(3)
    tensors["synthesis.input.affine.weight"] = torch.zeros(4, config.w_dim)
    tensors["synthesis.input.affine.bias"] = torch.tensor([1.0, 0, 0, 0])
    for name, kernel in designed_filters(config).items():
        tensors[name] = kernel
    return StyleGan3.from_tensors(config.to_json(), tensors, device=torch.device("cpu"), dtype=torch.float32)


def designed_filters(config: StyleGan3Config) -> dict[str, Tensor]:
    """The filters of every layer by the names of their tensors, float32."""
    filters = {}
    for plan in layer_plans(config):
        if plan.up_taps > 1:
            kernel = low_pass(plan.up_taps, cutoff=plan.in_cutoff, half_width=plan.in_half_width, rate=plan.high_rate)
            filters[f"synthesis.{plan.name}.up_filter"] = torch.from_numpy(kernel).float()
        if plan.down_taps > 1:
            kernel = low_pass(
                plan.down_taps,
                cutoff=plan.out_cutoff,
                half_width=plan.out_half_width,
                rate=plan.high_rate,
                is_radial=plan.is_radial,
            )
            filters[f"synthesis.{plan.name}.down_filter"] = torch.from_numpy(kernel).float()
    return filters


def _draw(shapes: Shapes, chance: torch.Generator) -> dict[str, Tensor]:
    """Weights, constants and noise maps ~ N(0, 1); biases 0, those of styles 1; magnitudes 1."""
    tensors = {}
    for name, shape in shapes.items():
        if name.endswith(("affine.bias", "magnitude_ema")):
            tensors[name] = torch.ones(shape)
        elif name.endswith((".bias", "w_avg")):
            tensors[name] = torch.zeros(shape)
        else:
            tensors[name] = torch.randn(shape, generator=chance)
        if name.startswith("mapping.fc"):
            tensors[name] /= MAPPING_RATE  # stored over the rate multiplier
    return tensors
