"""Fields: what a pattern network computes at each point, before any colour.

Coordinates run −1…1 over the short side, x to the right, y down; pixel centres; aspect kept.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from gpu_service.networks.cppn_species import find_species
from gpu_service.networks.crew import share_out

# A chunk of 24 rows × 8 k points stays in a core's cache from the first layer to the last.
CHUNK_POINTS = 8192


@dataclass(frozen=True)
class CppnWeights:
    """The tensors of a pattern network; shapes in `cppn_species.tensor_shapes`."""

    first_weight: Tensor
    first_bias: Tensor
    first_style: Tensor
    hidden_weight: Tensor
    hidden_bias: Tensor
    hidden_style: Tensor
    out_weight: Tensor
    out_bias: Tensor
    style: Tensor
    warp_push: Tensor
    warp_phase: Tensor
    warp_direction: Tensor
    warp_style: Tensor
    exposure: Tensor  # m: colours are raised to exp(m)
    level: Tensor  # κ: how far a style moves the picture


@dataclass(frozen=True)
class Canvas:
    """A grid of points. `x`, `y` [N] in short-side units, row by row; `step` is one pixel in the same units."""

    height: int
    width: int
    x: Tensor
    y: Tensor
    step: float


def make_canvas(height: int, width: int, *, cells_per_pixel: float = 1, device: torch.device | str = "cpu") -> Canvas:
    """Cell centres over a picture of that size. Half a cell per pixel rounds up, past the edge."""
    rows, columns = math.ceil(height * cells_per_pixel), math.ceil(width * cells_per_pixel)
    short = min(height, width)
    step = 2 / (short * cells_per_pixel)
    across = (torch.arange(columns, dtype=torch.float64) + 0.5) * step - width / short
    down = (torch.arange(rows, dtype=torch.float64) + 0.5) * step - height / short
    y, x = torch.meshgrid(down.float(), across.float(), indexing="ij")
    return Canvas(rows, columns, x.flatten().to(device), y.flatten().to(device), step)


def activate(units: Tensor, names: tuple[str, ...]) -> Tensor:
    """Run each equal run of rows through its activation, in place. [..., C, N]"""
    for rows, name in zip(units.chunk(len(names), dim=-2), names, strict=True):
        ACTIVATIONS[name](rows)
    return units


def _atan(rows: Tensor) -> None:
    rows.atan_().div_(0.67)


def _atan_squared(rows: Tensor) -> None:
    rows.atan_().square_().sub_(0.45).div_(0.396)


ACTIVATIONS: dict[str, Callable[[Tensor], object]] = {
    "sin": torch.sin_,
    "tanh": torch.tanh_,
    "atan": _atan,
    "atan2": _atan_squared,
}


def chart_points(x: Tensor, y: Tensor, *, chart: str, fold: int, angle: float) -> Tensor:
    """Where each point lies on the species' own map, before any style. x, y [N] -> [2, N]"""
    if chart == "kaleido":
        radius = torch.sqrt(x * x + y * y + 1e-4)
        turned = torch.atan2(y, x) + angle
        # .985 rounds the mirror, so that no seam shows.
        folded = torch.acos(0.985 * torch.cos(fold * turned)) / fold + 0.4
        return torch.stack([radius * torch.cos(folded), radius * torch.sin(folded)])
    if chart == "tunnel":
        radius = torch.sqrt(x * x + y * y + 0.02)
        theta = torch.atan2(y, x)
        return torch.stack([1.4 * torch.log(radius), 0.8 * torch.cos(2 * theta + angle)])
    return torch.stack([x, y])


class FieldPainter:
    """Draws the four fields on one canvas, for any style and any network of the same species, fold and angle."""

    WARP = 0.35

    def __init__(self, canvas: Canvas, *, species: str, fold: int, angle: float) -> None:
        self.height, self.width = canvas.height, canvas.width
        self.species = find_species(species)
        self.points = _with_radius(chart_points(canvas.x, canvas.y, chart=self.species.chart, fold=fold, angle=angle))
        count = canvas.x.numel()
        size = CHUNK_POINTS if canvas.x.device.type == "cpu" else count
        self.chunks = [slice(start, start + size) for start in range(0, count, size)]

    def paint(self, weights: CppnWeights, style: Tensor) -> Tensor:
        """Fields f0…f3 for one style. [16] -> [4, height, width]"""
        fields = self.points.new_empty(weights.out_weight.shape[0], self.points.shape[1])
        first_bias = (weights.first_bias + weights.first_style @ style)[:, None]
        biases = [(b + s @ style)[:, None] for b, s in zip(weights.hidden_bias, weights.hidden_style, strict=True)]
        place = self._warp(weights, style) if self.species.chart == "warp" else self._lay

        def paint_chunk(chunk: slice) -> None:
            units = torch.addmm(first_bias, weights.first_weight, place(chunk))
            activate(units, self.species.activations)
            spare = torch.empty_like(units)
            for weight, bias in zip(weights.hidden_weight, biases, strict=True):
                activate(torch.addmm(bias, weight, units, out=spare), self.species.activations)
                units, spare = spare, units
            torch.addmm(weights.out_bias[:, None], weights.out_weight, units, out=fields[:, chunk])

        share_out(self.chunks, paint_chunk)
        return fields.view(-1, self.height, self.width)

    def _lay(self, chunk: slice) -> Tensor:
        """Mapped x, y and radius of a chunk. [3, n]"""
        return self.points[:, chunk]

    def _warp(self, weights: CppnWeights, style: Tensor) -> Callable[[slice], Tensor]:
        """The same, swayed by the style."""
        push = weights.warp_push * (self.WARP / weights.warp_push.shape[1] ** 0.5)
        direction = 1.3 * weights.warp_direction
        sway = (weights.warp_phase + 0.5 * weights.warp_style @ style)[:, None]

        def warped(chunk: slice) -> Tensor:
            plain = self.points[:2, chunk]
            waves = torch.addmm(sway, direction, plain).sin_()
            return _with_radius(torch.addmm(plain, push, waves))

        return warped


def _with_radius(points: Tensor) -> Tensor:
    """Put the radius under x and y. [2, N] -> [3, N]"""
    radius = torch.sqrt(points.square().sum(dim=0, keepdim=True).add_(1e-6))
    return torch.cat([points, radius])
