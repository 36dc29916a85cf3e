"""Bending values at a raised sampling rate: filter up, leaky ReLU with gain √2, clamp, filter down.

Filters are symmetric, so their direction does not matter. `bend` is the definition, tap by tap; `bend_in_bands` gives
the same numbers on the CPU in a fraction of the time.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

GAIN, SLOPE = 2**0.5, 0.2
TILE = 16  # high-rate samples along each axis that one product makes
CACHED = 1 << 18  # numbers that a core keeps at hand
FAINT = 1e-6  # share of a filter in the plane that float32 hardly tells from nothing


@dataclass(frozen=True)
class Bend:
    """How one layer is resampled; see `LayerPlan`. `padding` is counted at the high rate, negative where it cuts."""

    up: int
    down: int
    padding: tuple[int, int]
    out_size: int
    clamp: float | None


def bend(x: Tensor, up_taps: Tensor, down_taps: Tensor, plan: Bend) -> Tensor:
    """[N, C, r, r] -> [N, C, R, R]; `up_taps` [K], `down_taps` [K] or [K, K]. Gradients flow through it."""
    pictures, channels, height, width = x.shape
    spread = x.new_zeros(pictures, channels, height, plan.up, width, plan.up)
    spread[:, :, :, 0, :, 0] = x
    y = functional.pad(spread.flatten(4).flatten(2, 3), [*plan.padding, *plan.padding])
    for shape in ((1, -1), (-1, 1)):
        kernel = (up_taps * plan.up).view(1, 1, *shape).expand(channels, -1, -1, -1)
        y = functional.conv2d(y, kernel, groups=channels)
    y = functional.leaky_relu(y, SLOPE) * GAIN
    y = y if plan.clamp is None else y.clamp(-plan.clamp, plan.clamp)
    plane = down_taps if down_taps.ndim == 2 else torch.outer(down_taps, down_taps)
    return functional.conv2d(y, plane.expand(channels, 1, -1, -1), stride=plan.down, groups=channels)


def bend_in_bands(x: Tensor, up_taps: Tensor, down_taps: Tensor, plan: Bend) -> Tensor:
    """The same as products with banded matrices, channels last, a few rows at a time: nothing of the high rate is kept.

    A tile of samples costs one small matrix product, where the sum tap by tap would go through memory for every tap.
    """
    bands = Bands(up_taps, down_taps, plan)
    return torch.stack([bands.bend(picture) for picture in x.permute(0, 2, 3, 1)]).permute(0, 3, 1, 2)


class Bands:
    """The matrices and counts of one layer, the same for rows and columns.

    Tile k is the high samples k · T … k · T + T - 1; on the way down it also needs the last `overlap` ones before it.
    """

    def __init__(self, up_taps: Tensor, down_taps: Tensor, plan: Bend, *, faint: float = FAINT) -> None:
        self.plan, low = plan, plan.padding[0]
        unit = math.lcm(plan.up, plan.down)
        self.tile = -(-TILE // unit) * unit
        self.step, self.made = self.tile // plan.up, self.tile // plan.down  # samples that a tile reads and makes
        self.overlap = down_taps.shape[-1] - plan.down
        high = plan.out_size * plan.down + self.overlap
        self.tiles = -(-high // self.tile)
        self.first = -(low // plan.up)  # the sample that the first tile begins with; below 0: zeros before
        places = torch.arange(self.tile)[:, None]
        reach = (self.tile + len(up_taps) - 2 - low) // plan.up - self.first + 1
        self.rise = _banded(up_taps * plan.up, (torch.arange(reach) + self.first) * plan.up + low - places)
        # A row's last tile reads on into the next row; enough of them follow for that to matter to nobody.
        self.columns = max(self.tiles, -(-((high + len(up_taps) - 2 - low) // plan.up - self.first + 1) // self.step))
        across = torch.arange(self.tile + self.overlap) - places[: self.made] * plan.down
        self.falls = [(_banded(a * GAIN, across), _banded(b, across)) for a, b in _axes(down_taps, faint)]

    def bend(self, x: Tensor) -> Tensor:
        """[r, r, C] -> [R, R, C]"""
        channels, tile, count = x.shape[2], self.tile, self.tile * self.columns
        source = self._lay_out(x)
        low = x.new_zeros(count * self.step + len(self.rise[0]), channels)
        rows_at_once = min(max(CACHED // (self.columns * tile * channels), 1), tile)
        high = x.new_zeros(rows_at_once * self.columns * tile + self.overlap, channels)
        held = [x.new_zeros(self.overlap + tile, self.columns * self.made * channels) for _ in self.falls]
        out = x.new_empty(self.tiles * self.made, self.columns * self.made * channels)
        for index, rows in enumerate(out.split(self.made)):
            read = source[index * self.step : index * self.step + len(self.rise[0])]
            torch.mm(self.rise, read, out=low[: count * self.step].view(tile, -1))
            for keep in held:
                keep[: self.overlap] = keep[tile:].clone()
            for first in range(0, tile, rows_at_once):
                some = min(rows_at_once, tile - first) * self.columns
                _multiply(self.rise, low[first * self.columns * self.step :], step=self.step, out=high[: some * tile])
                self._activate(high)
                for keep, (across, _down) in zip(held, self.falls, strict=True):
                    bent = keep[self.overlap + first : self.overlap + first + rows_at_once].view(-1, channels)
                    _multiply(across, high, step=tile, out=bent)
            torch.mm(self.falls[0][1], held[0], out=rows)
            for keep, (_across, down) in zip(held[1:], self.falls[1:], strict=True):
                rows.addmm_(down, keep)
        start, side = self.overlap // self.plan.down, self.plan.out_size
        return out.view(len(out), -1, channels)[start : start + side, :side]

    def _lay_out(self, x: Tensor) -> Tensor:
        """The samples that the tiles read, zeros around them. [r, r, C] -> [rows, columns · C]"""
        size = x.shape[0]
        rows, columns = (self.tiles - 1) * self.step + len(self.rise[0]), self.columns * self.step
        edges = [0, 0, -self.first, columns + self.first - size, -self.first, rows + self.first - size]
        return functional.pad(x, edges).flatten(1)

    def _activate(self, high: Tensor) -> None:
        functional.leaky_relu_(high, SLOPE)  # its gain is in the matrices that follow
        if self.plan.clamp is not None:
            high.clamp_(-self.plan.clamp / GAIN, self.plan.clamp / GAIN)


def _axes(taps: Tensor, faint: float) -> list[tuple[Tensor, Tensor]]:
    """The filter along columns and along rows; several pairs to add where one is not enough."""
    if taps.ndim == 1:
        return [(taps, taps)]
    left, strength, right = torch.linalg.svd(taps.double())
    kept = int((strength > faint * strength[0]).sum())
    return [(right[i].to(taps), (left[:, i] * strength[i]).to(taps)) for i in range(kept)]


def _banded(taps: Tensor, places: Tensor) -> Tensor:
    """A matrix of the taps at those places, zero where a place is none. [rows, columns]"""
    is_tap = (places >= 0) & (places < len(taps))
    return torch.where(is_tap, taps[places.clamp(0, len(taps) - 1)], 0)


def _multiply(matrix: Tensor, rows: Tensor, *, step: int, out: Tensor) -> None:
    """Each stretch of rows, `step` apart, through the matrix. `rows` [≥ B · step, C], `out` [B · rows of matrix, C]"""
    made, reach = matrix.shape
    channels = rows.shape[1]
    stretches = rows.as_strided((len(out) // made, reach, channels), (step * channels, channels, 1))
    torch.bmm(matrix.expand(len(stretches), -1, -1), stretches, out=out.view(-1, made, channels))
