"""Surfaces as grids of points, and which point of them each pixel sees.

Head frame: x to the right of the picture, y up, z towards the camera. The eyes are at y = 0, the chin is at y = -1.
"""

from dataclasses import dataclass

import numpy as np

from gpu_service.portraits.shapes import Array, unit

CAMERA = 9.0  # distance of the camera, in heads' halves


@dataclass(frozen=True)
class Grid:
    """A surface, [rows, columns, 3]: rows run downwards, columns run to the right as seen from outside."""

    points: Array
    # Numbers that travel with the points to the pixels, [rows, columns, N].
    extras: Array

    def part(self, rows: slice, columns: slice) -> "Grid":
        return Grid(self.points[rows, columns], self.extras[rows, columns])


@dataclass(frozen=True)
class Seen:
    """What the pixels see of a surface. Pixels are numbered row by row; all arrays are [pixels, ...]."""

    pixels: Array
    depth: Array  # z in the camera's frame
    normals: Array  # in the camera's frame
    places: Array  # in the surface's own frame
    extras: Array


@dataclass(frozen=True)
class Camera:
    """Where the middle of the eyes comes to lie (shares of the picture), and how large a unit is there."""

    eyes: tuple[float, float]
    scale: float
    size_px: int

    def pixels(self, points: Array) -> Array:
        """Points in the camera's frame (the eyes at 0), [..., 3] -> x and y in pixels, [..., 2]"""
        near = CAMERA / (CAMERA - points[..., 2:])
        flat = points[..., :2] * near * self.scale
        return (flat * [1, -1] + self.eyes) * self.size_px


def normals_of(points: Array) -> Array:
    """Outward normals of a grid, [rows, columns, 3]."""
    down = np.gradient(points, axis=0)
    right = np.gradient(points, axis=1)
    return unit(np.cross(down, right))


def see(grid: Grid, turn: Array, camera: Camera, centre: Array, *, back: bool = False) -> Seen:
    """Rasterise a grid that is turned by a matrix [3, 3]. `back`: its inner side, seen from within."""
    rows, columns, _ = grid.points.shape
    turned = (grid.points @ turn.T - centre).astype(np.float32)
    normals = (normals_of(grid.points) @ turn.T).astype(np.float32)
    at = camera.pixels(turned).astype(np.float32)
    values = np.concatenate([turned[..., 2:], normals, grid.points, grid.extras], axis=2, dtype=np.float32)
    pixels, found = _fill(at, values.reshape(rows * columns, -1), camera.size_px, back)
    facing = unit(found[:, 1:4])
    return Seen(pixels, found[:, 0], -facing if back else facing, found[:, 4:7], found[:, 7:])


def _fill(at: Array, values: Array, size: int, back: bool) -> tuple[Array, Array]:
    """The nearest triangle of each pixel, and the values there. The first value is the depth."""
    triangles = _in_view(at, size, back)
    a, b, c = (at.reshape(-1, 2)[triangles[:, corner]] for corner in range(3))
    area = _cross(b - a, c - a)
    low = np.ceil(np.minimum(np.minimum(a, b), c) - 0.5).clip(0, size).astype(np.int32)
    high = np.floor(np.maximum(np.maximum(a, b), c) - 0.5).clip(-1, size - 1).astype(np.int32)
    width, height = (high - low + 1).clip(0).T
    count = np.where((area > 0) if back else (area < 0), width * height, 0)
    which = np.repeat(np.arange(len(count)), count)
    step = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
    x = low[which, 0] + step % width[which]
    y = low[which, 1] + step // width[which]
    of_a, of_b = (line[which] for line in _weights(a, b, c, area))
    weight_a = of_a[:, 0] * x + of_a[:, 1] * y + of_a[:, 2]
    weight_b = of_b[:, 0] * x + of_b[:, 1] * y + of_b[:, 2]
    weight_c = 1 - weight_a - weight_b
    inside = np.flatnonzero((weight_a >= 0) & (weight_b >= 0) & (weight_c >= 0))
    corners = triangles[which[inside]]
    weights = np.stack([weight_a[inside], weight_b[inside], weight_c[inside]], axis=1)
    depth = np.einsum("ij,ij->i", values[corners, 0], weights)
    pixel = y[inside] * size + x[inside]
    order = np.argsort(depth, kind="stable")
    nearest = np.full(size * size, -1, np.int32)
    nearest[pixel[order]] = order  # of several values for one pixel, the last stays: the nearest
    pixels = np.flatnonzero(nearest >= 0)
    chosen = nearest[pixels]
    return pixels, np.einsum("ijk,ij->ik", values[corners[chosen]], weights[chosen])


def _weights(a: Array, b: Array, c: Array, area: Array) -> tuple[Array, Array]:
    """How much the first two corners count at a pixel, as lines in x and y, [N, 3] each."""
    lines = []
    safe = np.where(area == 0, 1, area)
    for start, end in ((b, c), (c, a)):
        along = (end - start) / safe[:, None]
        # The middle of a pixel lies half a pixel on.
        rest = along[:, 0] * (0.5 - start[:, 1]) - along[:, 1] * (0.5 - start[:, 0])
        lines.append(np.stack([-along[:, 1], along[:, 0], rest], axis=1))
    return lines[0], lines[1]


def _in_view(at: Array, size: int, back: bool) -> Array:
    """Two triangles for each square that may cover the middle of a pixel, counterclockwise from outside, [N, 3]."""
    a, b, c, d = at[:-1, :-1], at[1:, :-1], at[:-1, 1:], at[1:, 1:]
    low = np.ceil(np.minimum(np.minimum(a, b), np.minimum(c, d)) - 0.5)
    high = np.floor(np.maximum(np.maximum(a, b), np.maximum(c, d)) - 0.5)
    covers = (high >= np.maximum(low, 0)).all(axis=2) & (low < size).all(axis=2)
    upper, lower = _cross(b - a, c - a), _cross(b - c, d - c)
    covers &= (np.maximum(upper, lower) > 0) if back else (np.minimum(upper, lower) < 0)
    columns = at.shape[1]
    row, column = np.nonzero(covers)
    corner = row * columns + column
    first = np.stack([corner, corner + columns, corner + 1], axis=1)
    second = np.stack([corner + 1, corner + columns, corner + columns + 1], axis=1)
    return np.concatenate([first, second])


def _cross(a: Array, b: Array) -> Array:
    return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0])
