"""Chance of the augmentation, drawn before anything is applied: numbers of a whole batch can be cut and used again.

Which kinds happen is decided by the strength p when the numbers are used, so the same numbers serve every p.
"""

from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor

BANDS = 4

# One gate each: the kind happens to a picture where its number lies under p.
GATES = (
    *("xflip", "rotate90", "xint"),
    *("scale", "rotate_first", "aniso", "rotate_last", "xfrac"),
    *("brightness", "contrast", "lumaflip", "hue", "saturation"),
    *(f"filter_{band}" for band in range(BANDS)),
    *("noise", "cutout"),
)
# Where in the rows of even (0…1) and normal numbers a kind finds its own.
EVEN = {
    "xflip": slice(0, 1),
    "rotate90": slice(1, 2),
    "xint": slice(2, 4),
    "rotate_first": slice(4, 5),
    "rotate_last": slice(5, 6),
    "lumaflip": slice(6, 7),
    "hue": slice(7, 8),
    "cutout": slice(8, 10),
}
NORMAL = {
    "scale": slice(0, 1),
    "aniso": slice(1, 2),
    "xfrac": slice(2, 4),
    "brightness": slice(4, 5),
    "contrast": slice(5, 6),
    "saturation": slice(6, 7),
    "filter": slice(7, 7 + BANDS),
    "noise": slice(7 + BANDS, 8 + BANDS),
}
EVEN_NUMBERS = max(place.stop for place in EVEN.values())
NORMAL_NUMBERS = max(place.stop for place in NORMAL.values())


@dataclass(frozen=True)
class Draws:
    """One row for each picture."""

    gates: Tensor  # [n, gates], 0…1
    evens: Tensor  # [n, EVEN_NUMBERS], 0…1
    normals: Tensor  # [n, NORMAL_NUMBERS]
    seeds: Tensor  # [n] int64, of each picture's noise

    def __len__(self) -> int:
        return len(self.seeds)

    def __getitem__(self, which: slice | Tensor) -> Self:
        """Some of the pictures, in that order."""
        return type(self)(self.gates[which], self.evens[which], self.normals[which], self.seeds[which])

    def happens(self, gate: str, p: Tensor | float) -> Tensor:
        """Whose picture that kind happens to at strength p. bool [n]"""
        return self.gates[:, GATES.index(gate)] < p

    def even(self, kind: str) -> Tensor:
        """[n, numbers of that kind], 0…1"""
        return self.evens[:, EVEN[kind]]

    def normal(self, kind: str) -> Tensor:
        """[n, numbers of that kind]"""
        return self.normals[:, NORMAL[kind]]

    def to(self, device: torch.device, dtype: torch.dtype) -> Self:
        """The same numbers, to be reckoned with there."""
        gates, evens, normals = (some.to(device, dtype) for some in (self.gates, self.evens, self.normals))
        return type(self)(gates, evens, normals, self.seeds.to(device))


def draw(pictures: int, chance: torch.Generator) -> Draws:
    """Numbers for that many pictures, on the generator's device, the same amount for every pipe and strength."""
    device = chance.device
    return Draws(
        gates=torch.rand(pictures, len(GATES), generator=chance, device=device),
        evens=torch.rand(pictures, EVEN_NUMBERS, generator=chance, device=device),
        normals=torch.randn(pictures, NORMAL_NUMBERS, generator=chance, device=device),
        seeds=torch.randint(0, 2**62, (pictures,), generator=chance, device=device),
    )
