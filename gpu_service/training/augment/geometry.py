"""Where each picture is moved to, as matrices. Karras et al. 2020 (ADA), appendix B, figure 20, in its order.

A matrix leads from a place in the new picture back to a place in the old one: (x, y, 1), pixels from the middle,
x to the right, y down. Transforms that come later are multiplied on the right. [n, 3, 3]
"""

import math

import torch
from torch import Tensor

from gpu_service.training.augment.draws import Draws

BLITS = ("xflip", "rotate90", "xint")  # pixels are copied as they are
MOVES = ("scale", "rotate", "aniso", "xfrac")  # pixels are worked out anew
LARGEST_SHIFT = 0.125  # of whole pixels, share of the width either way
SHIFT_DEVIATION = 0.125  # of parts of pixels, share of the width
SCALE_DEVIATION = 0.2 * math.log(2)  # of the logarithm
Kinds = frozenset[str]


def blits(draws: Draws, p: Tensor | float, kinds: Kinds, size: int) -> Tensor:
    """Mirroring, quarter turns and whole pixels. [n, 3, 3]"""
    found = _unmoved(draws)
    if "xflip" in kinds:
        is_flipped = draws.happens("xflip", p) & (draws.even("xflip")[:, 0] >= 0.5)
        sign = torch.where(is_flipped, -1.0, 1.0).to(found)
        found = found @ _scaling(sign, torch.ones_like(sign))
    if "rotate90" in kinds:
        quarters = torch.floor(draws.even("rotate90")[:, 0] * 4)
        found = found @ _quarter_turns(_where(draws, "rotate90", p, quarters, 0))
    if "xint" in kinds:
        shift = torch.round((draws.even("xint") * 2 - 1) * LARGEST_SHIFT * size)
        found = found @ _shift(_where(draws, "xint", p, shift, 0))
    return found


def moves(draws: Draws, p: Tensor | float, kinds: Kinds, size: int) -> tuple[Tensor, Tensor]:
    """Scaling, turning, stretching and parts of pixels: matrices [n, 3, 3], and whom any of it happens to, bool [n]."""
    found = _unmoved(draws)
    moved = torch.zeros(len(draws), dtype=torch.bool, device=found.device)
    # Before and after stretching, each with a chance that leaves 1 - p for no turn at all.
    p_turn = 1 - (1 - torch.as_tensor(p, device=found.device).clamp(0, 1)) ** 0.5
    for gate, kind in ORDER:
        if kind in kinds:
            strength = p_turn if kind == "rotate" else p
            moved = moved | draws.happens(gate, strength)
            found = found @ MATRICES[gate](draws, strength, size)
    return found, moved


def _scale(draws: Draws, p: Tensor | float, size: int) -> Tensor:
    factor = _where(draws, "scale", p, torch.exp(draws.normal("scale")[:, 0] * SCALE_DEVIATION), 1)
    return _scaling(1 / factor, 1 / factor)


def _stretch(draws: Draws, p: Tensor | float, size: int) -> Tensor:
    factor = _where(draws, "aniso", p, torch.exp(draws.normal("aniso")[:, 0] * SCALE_DEVIATION), 1)
    return _scaling(1 / factor, factor)


def _turn_first(draws: Draws, p: Tensor | float, size: int) -> Tensor:
    return _turn(_where(draws, "rotate_first", p, _any_angle(draws, "rotate_first"), 0))


def _turn_last(draws: Draws, p: Tensor | float, size: int) -> Tensor:
    return _turn(_where(draws, "rotate_last", p, _any_angle(draws, "rotate_last"), 0))


def _shift_any(draws: Draws, p: Tensor | float, size: int) -> Tensor:
    return _shift(_where(draws, "xfrac", p, draws.normal("xfrac") * SHIFT_DEVIATION * size, 0))


ORDER = (
    ("scale", "scale"),
    ("rotate_first", "rotate"),
    ("aniso", "aniso"),
    ("rotate_last", "rotate"),
    ("xfrac", "xfrac"),
)
MATRICES = {
    "scale": _scale,
    "rotate_first": _turn_first,
    "aniso": _stretch,
    "rotate_last": _turn_last,
    "xfrac": _shift_any,
}


def _where(draws: Draws, gate: str, p: Tensor | float, value: Tensor, neutral: float) -> Tensor:
    """The value where the gate is open, exactly what changes nothing elsewhere. [n, …]"""
    happens = draws.happens(gate, p)
    return torch.where(happens if value.ndim == 1 else happens[:, None], value, neutral)


def _any_angle(draws: Draws, gate: str) -> Tensor:
    return (draws.even(gate)[:, 0] * 2 - 1) * math.pi


def _unmoved(draws: Draws) -> Tensor:
    return torch.eye(3, dtype=draws.evens.dtype, device=draws.evens.device).repeat(len(draws), 1, 1)


def _scaling(x: Tensor, y: Tensor) -> Tensor:
    return torch.diag_embed(torch.stack([x, y, torch.ones_like(x)], dim=1))


def _quarter_turns(quarters: Tensor) -> Tensor:
    """Back by so many quarters; cosine and sine are exactly 0 and ±1. [n] -> [n, 3, 3]"""
    cosine = torch.where(quarters == 0, 1.0, torch.where(quarters == 2, -1.0, 0.0)).to(quarters)
    sine = torch.where(quarters == 1, 1.0, torch.where(quarters == 3, -1.0, 0.0)).to(quarters)
    return _rotation(cosine, sine)


def _turn(angle: Tensor) -> Tensor:
    return _rotation(torch.cos(angle), torch.sin(angle))


def _rotation(cosine: Tensor, sine: Tensor) -> Tensor:
    """A picture's turn against the clock, undone: y points down. [n], [n] -> [n, 3, 3]"""
    zero, one = torch.zeros_like(cosine), torch.ones_like(cosine)
    rows = [torch.stack(row, dim=1) for row in ((cosine, -sine, zero), (sine, cosine, zero), (zero, zero, one))]
    return torch.stack(rows, dim=1)


def _shift(by: Tensor) -> Tensor:
    """The picture goes right and down by that many pixels; its places are looked up left and up. [n, 2] -> [n, 3, 3]"""
    matrix = torch.eye(3, dtype=by.dtype, device=by.device).repeat(len(by), 1, 1)
    matrix[:, :2, 2] = -by
    return matrix
