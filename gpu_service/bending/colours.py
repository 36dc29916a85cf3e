"""Bends that change values in their places: blend, hue, invert, multiply, ablate, threshold.

Maps are float32 [N, C, H, W], strengths [N].
"""

import torch
from torch import Tensor

from gpu_service.bending.how import How

WHITE = 1.0


def blend(maps: Tensor, strength: Tensor, _how: How) -> Tensor:
    """Fades to white."""
    return maps + _wide(strength) * (WHITE - maps)


def hue(maps: Tensor, strength: Tensor, _how: How) -> Tensor:
    """Turns the hue by s turns; the highest and the lowest of the three colours stay, so any range will do."""
    red, green, blue = maps.unbind(dim=1)
    highest, lowest = maps.amax(dim=1), maps.amin(dim=1)
    spread = highest - lowest
    safe = torch.where(spread > 0, spread, torch.ones_like(spread))
    place = torch.where(
        highest == red,
        (green - blue) / safe,
        torch.where(highest == green, 2 + (blue - red) / safe, 4 + (red - green) / safe),
    )
    place = torch.remainder(place + 6 * strength[:, None, None], 6)
    shares = torch.stack([(place - 3).abs() - 1, 2 - (place - 2).abs(), 2 - (place - 4).abs()], dim=1)
    return lowest[:, None] + spread[:, None] * shares.clamp(0, 1)


def invert(maps: Tensor, strength: Tensor, _how: How) -> Tensor:
    """x becomes -x."""
    return maps * (1 - 2 * _wide(strength))


def multiply(maps: Tensor, strength: Tensor, _how: How) -> Tensor:
    """x becomes (1 + s) x."""
    return maps * (1 + _wide(strength))


def ablate(maps: Tensor, strength: Tensor, _how: How) -> Tensor:
    """x becomes (1 - s) x: silence at 1."""
    return maps * (1 - _wide(strength))


def threshold(maps: Tensor, strength: Tensor, how: How) -> Tensor:
    """Fades to 1 above the level and 0 elsewhere."""
    return torch.lerp(maps, (maps > how.bend.level).to(maps), _wide(strength))


def _wide(strength: Tensor) -> Tensor:
    return strength[:, None, None, None]
