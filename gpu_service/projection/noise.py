"""The noise maps of a generator as something to be fitted: split into layers, kept free of pattern, normalised.

How a pattern is measured is from Karras et al., “Analyzing and Improving the Image Quality of StyleGAN”, 2020, appendix
D. There it is one more loss, some thousand times as large as the picture's, and the steps go into it. Here the maps are
put back to where no pattern is after each step, which needs no drawing: the picture alone says where to go.
"""

import torch
from torch import Tensor
from torch.nn import functional

SMALLEST_PX = 8
# Of the equations that are solved for: where two of them nearly agree, neither runs away.
STIFFNESS = 1e-6


class NoiseLayout:
    """Maps of a generator, all layers in one row [n, numbers]. `sides` in pixels, layer by layer."""

    def __init__(self, sides: list[int]) -> None:
        self.sides = sides
        self.sizes = [side * side for side in sides]

    @property
    def numbers(self) -> int:
        """In all maps of a picture."""
        return sum(self.sizes)

    def split(self, noise: Tensor) -> list[Tensor]:
        """[n, numbers] -> [n, 1, R, R] of each layer"""
        parts = noise.split(self.sizes, dim=1)
        return [part.reshape(len(noise), 1, side, side) for part, side in zip(parts, self.sides, strict=True)]

    def pattern(self, noise: Tensor) -> Tensor:
        """How much each picture's maps resemble themselves one pixel further, at all sizes down to 8. -> [n]"""
        total = noise.new_zeros(len(noise))
        for level in self.split(noise):
            while True:
                for axis in (2, 3):
                    total = total + (level * level.roll(1, dims=axis)).mean(dim=(1, 2, 3)).square()
                if level.shape[-1] <= SMALLEST_PX:
                    break
                level = functional.avg_pool2d(level, 2)
        return total

    @torch.no_grad()
    def straighten(self, noise: Tensor, *, times: int = 1) -> None:
        """Take the pattern out by steps of Newton's, the smallest change that does it; normalise. In place."""
        for level in self.split(noise):
            for _ in range(times):
                for row in range(len(level)):
                    _straighten(level[row, 0])
                _normalise(level)

    @torch.no_grad()
    def normalise(self, noise: Tensor) -> None:
        """Every map to mean 0 and mean square 1, in place."""
        for level in self.split(noise):  # views of the same numbers
            _normalise(level)


def _normalise(level: Tensor) -> None:
    level -= level.mean(dim=(2, 3), keepdim=True)
    level *= level.square().mean(dim=(2, 3), keepdim=True).rsqrt()


def _straighten(level: Tensor) -> None:
    """One map [R, R]: each likeness with its neighbour is a number that shall be 0, and has a gradient."""
    likenesses, gradients = [], []
    small, factor = level, 1
    while True:
        for axis in (0, 1):
            further = small.roll(1, dims=axis)
            likenesses.append((small * further).mean())
            gradient = (further + small.roll(-1, dims=axis)) / small.numel()
            gradients.append(gradient.repeat_interleave(factor, 0).repeat_interleave(factor, 1).flatten() / factor**2)
        if small.shape[-1] <= SMALLEST_PX:
            break
        small, factor = functional.avg_pool2d(small[None], 2)[0], factor * 2
    slope = torch.stack(gradients)  # [likenesses, R·R]
    square = slope @ slope.T
    square.diagonal().add_(STIFFNESS * square.diagonal().mean())
    level -= (torch.linalg.solve(square, torch.stack(likenesses)) @ slope).view_as(level)
