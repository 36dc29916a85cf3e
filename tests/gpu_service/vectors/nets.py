"""Small generators with random weights."""

import torch

from gpu_service.networks.stylegan2 import StyleGan2
from gpu_service.networks.stylegan2_layout import StyleGan2Config, tensor_shapes


def little_stylegan2(*, classes: int = 0, z_dim: int = 12, w_dim: int = 10, seed: int = 0) -> StyleGan2:
    """32 × 32 pixels, 8 rows of w, an average w that is not zero."""
    config = StyleGan2Config(
        z_dim=z_dim,
        w_dim=w_dim,
        c_dim=classes,
        resolution=32,
        mapping_layers=2,
        channel_base=256,
        channel_max=16,
        conv_clamp=256,
    )
    chance = torch.Generator().manual_seed(seed)
    tensors = {name: torch.randn(shape, generator=chance) for name, shape in tensor_shapes(config).items()}
    for index in range(config.mapping_layers):
        tensors[f"mapping.fc{index}.weight"] *= 100  # stored over the rate multiplier
    tap = torch.tensor([1.0, 3, 3, 1])
    for name in tensors:
        if name.endswith("resample_filter"):
            tensors[name] = torch.outer(tap, tap) / 64
    return StyleGan2.from_tensors(config.to_json(), tensors, device=torch.device("cpu"), dtype=torch.float32)
