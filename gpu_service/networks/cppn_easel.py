"""An easel: one size and quality of picture, set up once and drawn on again and again.

Fields may be painted coarser than the ink and brought up by bicubic interpolation; ink may be finer than the picture
and averaged down. Work goes in bands of rows, so that memory stays small at any size.
"""

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional

from gpu_service.networks.base import Quality
from gpu_service.networks.cppn_fields import CppnWeights, FieldPainter, make_canvas
from gpu_service.networks.cppn_inks import Light, develop, make_vignette
from gpu_service.networks.cppn_species import Species, find_species
from gpu_service.networks.crew import share_out

# A band of the ink stays in a core's cache; flat bands would pay too much for their margins.
BAND_PIXELS, LEAST_BAND_ROWS = 1 << 15, 32
KEPT_EASELS = 4
# Bicubic interpolation looks two field rows beyond its own, the slope of the ink one pixel.
MARGIN_ROWS = 3


@dataclass(frozen=True)
class Grain:
    """How fine: field cells per picture pixel along one axis (½, 1 or 2), ink samples per pixel (1 or 2)."""

    fields: float
    ink: int


def choose_grain(species: Species, quality: Quality, *, short_side: int) -> Grain:
    """The cheapest grain that the quality allows for this species at this size."""
    film = Grain(2, 2) if species.ink == "lines" else Grain(1, 2)  # thin lines need a field cell under every ink sample
    if quality == "once":
        return Grain(1, 1)
    if quality == "film" or short_side < species.single_ink_from:
        return film
    return Grain(0.5, 1) if short_side >= species.half_fields_from else Grain(1, 1)


class Easel:
    """Draws pictures at one size and quality. Holds the mapped points, no weights, so that all siblings share it."""

    def __init__(
        self, species: str, *, fold: int, angle: float, height: int, width: int, quality: Quality, device: torch.device
    ) -> None:
        self.species = find_species(species)
        grain = choose_grain(self.species, quality, short_side=min(height, width))
        canvas = make_canvas(height, width, cells_per_pixel=grain.fields, device=device)
        self.painter = FieldPainter(canvas, species=species, fold=fold, angle=angle)
        self.ink = grain.ink
        self.enlarge = round(grain.ink / grain.fields)  # 1 or 2 ink rows per field row
        self.height, self.width = height * self.ink, width * self.ink
        self.vignette = make_vignette(self.height, self.width, device=device)
        self.step = 2 / (min(height, width) * self.ink)
        self.bands = self._plan_bands(BAND_PIXELS if device.type == "cpu" else self.height * self.width)

    def _plan_bands(self, pixels: int) -> list[tuple[int, int]]:
        """Ranges of ink rows of about `pixels` each; edges fall on whole field rows and whole picture rows."""
        rows = max(pixels // self.width // 4 * 4, LEAST_BAND_ROWS)
        return [(top, min(top + rows, self.height)) for top in range(0, self.height, rows)]

    def draw(self, weights: CppnWeights, style: Tensor, *, palettes: Tensor, exponent: float, out: Tensor) -> None:
        """Draw one style into `out`, sRGB 0…1. style [16], out [3, height, width]"""
        fields = self.painter.paint(weights, style)

        def ink_band(band: tuple[int, int]) -> None:
            top, bottom = band
            inked = self._ink_band(fields, top, bottom, palettes=palettes, exponent=exponent)
            if self.ink > 1:
                inked = functional.avg_pool2d(inked[None], self.ink)[0]
            out[:, top // self.ink : bottom // self.ink] = inked

        share_out(self.bands, ink_band)

    def _ink_band(self, fields: Tensor, top: int, bottom: int, *, palettes: Tensor, exponent: float) -> Tensor:
        """Inked rows `top`…`bottom`. A margin gives slopes and curves what they would see in the whole."""
        scale = self.enlarge
        first, last = max(top // scale - MARGIN_ROWS, 0), min(-(-bottom // scale) + MARGIN_ROWS, fields.shape[1])
        part = fields[:, first:last]
        if scale > 1:
            part = functional.interpolate(part[None], scale_factor=scale, mode="bicubic", align_corners=False)[0]
        above = first * scale
        begin, end = max(top - 1, 0), min(bottom + 1, self.height)
        part = part[:, begin - above : end - above, : self.width]
        light = Light(palettes, exponent, self.step, self.vignette[begin:end])
        return develop(part, species=self.species, light=light)[:, top - begin : bottom - begin]


@lru_cache(maxsize=KEPT_EASELS)
def set_up(
    species: str, *, fold: int, angle: float, height: int, width: int, quality: Quality, device: torch.device
) -> Easel:
    """An easel for these pictures, from the last few used or new."""
    return Easel(species, fold=fold, angle=angle, height=height, width=width, quality=quality, device=device)
