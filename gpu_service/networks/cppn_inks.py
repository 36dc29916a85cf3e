"""Inks: four fields become a colour.

Each ink takes fields [4, H, W] and answers OKLab [3, H, W]; `Light` says how; `develop` does the whole way to sRGB.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from gpu_service.networks.cppn_palettes import oklab_to_srgb
from gpu_service.networks.cppn_species import Species

GLOSS = 24


@dataclass(frozen=True)
class Light:
    """How a picture is inked: palettes [1, 3, 2, T], exponent (higher = darker), pixel step, vignette [H, W]."""

    palettes: Tensor
    exponent: float
    step: float
    vignette: Tensor


def develop(fields: Tensor, *, species: Species, light: Light) -> Tensor:
    """Ink the fields and darken the corners. [4, H, W] -> sRGB 0…1 [3, H, W]"""
    lab = INKS[species.ink](fields, light, species.amount)
    lab[0] *= light.vignette
    lab[1:] *= light.vignette * 0.7 + 0.3
    return oklab_to_srgb(lab.flatten(1)).view_as(lab)


def make_vignette(height: int, width: int, *, device: torch.device | str = "cpu") -> Tensor:
    """How much light each pixel keeps, .75 in the corners. [H, W]"""
    across = (torch.arange(width) + 0.5) * 2 / width - 1
    down = (torch.arange(height) + 0.5) * 2 / height - 1
    reach = (across[None, :] ** 2 + down[:, None] ** 2) / 2
    return (1 - 0.25 * smoothstep(reach, 0.25, 1)).to(device)


def smoothstep(value: Tensor, start: float | Tensor, end: float | Tensor) -> Tensor:
    """0 below `start`, 1 above `end`, smooth between."""
    t = ((value - start) / (end - start)).clamp_(0, 1)
    return t.square() * (3 - 2 * t)


def contrast(field: Tensor, scale: float = 1.0, shift: float = 0.0) -> Tensor:
    """The spec's c(scale·f + shift): a standardised field as a share 0…1."""
    return torch.sigmoid_((field * (1.7 * scale)).add_(1.7 * shift))


def slopes(field: Tensor, step: float) -> tuple[Tensor, Tensor]:
    """Central differences in coordinate units, so the size does not matter; edge pixels repeat. [H, W] each"""
    padded = functional.pad(field[None, None], (1, 1, 1, 1), mode="replicate")[0, 0]
    across = (padded[1:-1, 2:] - padded[1:-1, :-2]) / (2 * step)
    down = (padded[2:, 1:-1] - padded[:-2, 1:-1]) / (2 * step)
    return across, down


class Duo:
    """Two palettes mixed by the fourth field; called with t 0…1 it answers a colour.

    Reading the palettes and mixing them are one bilinear look-up.
    """

    def __init__(self, mixer: Tensor, palettes: Tensor) -> None:
        self.palettes = palettes
        self.where = torch.empty(1, *mixer.shape, 2, dtype=mixer.dtype, device=mixer.device)
        self.where[0, :, :, 1] = smoothstep(mixer, -0.1, 1.3).mul_(2).sub_(1)

    def __call__(self, t: Tensor) -> Tensor:
        """[H, W] -> OKLab [3, H, W]"""
        self.where[0, :, :, 0] = t.clamp(0, 1).mul_(2).sub_(1)
        found = functional.grid_sample(
            self.palettes, self.where, mode="bilinear", padding_mode="border", align_corners=True
        )
        return found[0]


def exposed(t: Tensor, exponent: float) -> Tensor:
    """t to the power of the exposure, kept off zero. In place."""
    return t.clamp_(1e-4, 1).pow_(exponent)


def smoke(fields: Tensor, light: Light, _amount: float) -> Tensor:
    """Ridges of light along f0 = 0, glowing where f1 is high, thinned along f2 = 0."""
    f0, f1, f2, f3 = fields
    glow = contrast(f1, 1.3)
    ridge = (f0 * 1.6).square_().neg_().exp_().mul_(glow * 0.8 + 0.2).neg_().add_(1)
    thread = (f2 * 2.2).square_().neg_().exp_().mul_(glow.neg_().add_(1)).mul_(-0.7).add_(1)
    t = ridge.mul_(thread).neg_().add_(1)
    return Duo(f3, light.palettes)(exposed(t.mul_(0.95).add_(0.02), light.exponent))


def bands(fields: Tensor, light: Light, count: float) -> Tensor:
    """Bands along f0, lit by f1."""
    f0, f1, f2, f3 = fields
    t = 0.5 - 0.5 * torch.cos(torch.pi * (count * f0 + 0.35 * f2))
    t = t.mul_(contrast(f1, 1.2).mul_(0.65).add_(0.35))
    return Duo(f3, light.palettes)(exposed(t.mul_(0.84).add_(0.02), light.exponent))


def relief(fields: Tensor, light: Light, height: float) -> Tensor:
    """f0 as a folded sheet, lit from the upper right, with a gloss."""
    f0, f1, _, f3 = fields
    across, down = (height * slope for slope in slopes(f0, light.step))
    upright = torch.rsqrt(1 + across.square() + down.square())
    lit = (upright * (-0.48 * across + 0.62 * down + 0.62)).clamp_(min=0)
    shine = (upright * (-0.27 * across + 0.345 * down + 0.9)).clamp_(min=0).pow_(GLOSS)
    t = torch.sigmoid_(1.7 * (0.9 * f1 + 0.25 * f0 - 0.35))
    lab = Duo(f3, light.palettes)(exposed(t.clone(), light.exponent).mul_(0.72).add_(0.08))
    lab[0] = (lab[0] * (0.30 + 0.95 * lit) + 0.28 * shine * (0.25 + 0.75 * t)).clamp_(max=0.98)
    lab[1:] *= (0.55 + 0.6 * lit) * (1 - 0.6 * shine)
    return lab


def lines(fields: Tensor, light: Light, _amount: float) -> Tensor:
    """Contour lines of f0 as thin glowing wires; where they crowd below about 3 pixels they dissolve."""
    f0, f1, f2, f3 = fields
    phase = 3.2 * f0
    across, down = slopes(phase, light.step)
    steep = torch.sqrt(across.square() + down.square() + 1e-6)
    distance = (phase - phase.round()).abs_() / steep
    half_width = torch.minimum(0.009 * (0.6 + 1.8 * contrast(f1)), 0.28 / steep)
    edge = 0.75 * light.step
    core = 1 - smoothstep(distance, half_width - edge, half_width + edge)
    limit = 1 - smoothstep(steep * light.step, 0.18, 0.45)
    glow = torch.exp(distance / -0.045) * limit
    strength = exposed(smoothstep(f1, -1.1, 1.2), light.exponent)
    duo, tint = Duo(f3, light.palettes), contrast(f2, 1.2)
    base = duo(0.03 + 0.24 * contrast(f0, 0.8, -0.3))
    amount = core * limit * (0.18 + 0.82 * strength)
    wire = torch.lerp(base, duo(0.45 + 0.53 * tint), amount)
    halo = glow * (0.10 + 0.45 * strength) * (1 - amount) * 0.8
    return wire + halo * (duo(0.38 + 0.4 * tint) - base)


INKS: dict[str, Callable[[Tensor, Light, float], Tensor]] = {
    "smoke": smoke,
    "bands": bands,
    "relief": relief,
    "lines": lines,
}
