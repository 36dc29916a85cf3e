"""A network that draws pictures it was given, so that what a figure should be is known."""

import torch
from torch import Tensor


class Copier:
    """z of two numbers chooses a picture; `synthesis` shows it about −1…1."""

    z_dim, num_ws = 2, 1

    def __init__(self, pictures: Tensor, *, classes: int = 0) -> None:
        """uint8 [n, 3, S, S]"""
        self.pictures, self.num_classes = pictures, classes
        self.asked: list[Tensor] = []

    def mapping(self, z: Tensor, *, labels: Tensor | None = None) -> Tensor:
        if labels is not None:
            self.asked.append(labels)
        return z[:, None]

    def synthesis(self, w: Tensor, *, noise_mode: str = "const", noise: list[int] | None = None) -> Tensor:
        chosen = (torch.special.ndtr(w[:, 0, 0]) * len(self.pictures)).long().clamp(max=len(self.pictures) - 1)
        return (self.pictures[chosen].float() - 127.5) / 127.5


def blobs(count: int, *, side: int = 32, seed: int = 0) -> Tensor:
    """Soft colourful pictures with some grain, no two alike. uint8 [n, 3, S, S]"""
    chance = torch.Generator().manual_seed(seed)
    coarse = torch.rand(count, 3, 4, 4, generator=chance) * 255
    soft = torch.nn.functional.interpolate(coarse, size=side, mode="bicubic", align_corners=False)
    return (soft + torch.randn(soft.shape, generator=chance) * 12).clamp(0, 255).to(torch.uint8)
