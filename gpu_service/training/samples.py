"""Samples of a run: the same vectors at every snapshot, so that a scrub through time shows each picture growing."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from gpu_service.networks.base import Network
from gpu_service.protocol import Look
from gpu_service.vectors.numbers import z_of_seed
from gpu_service.vectors.pictures import Sheet
from gpu_service.vectors.recipes import map_all

MOST_COLUMNS, MOST_ROWS = 8, 4
WIDEST_PX, HIGHEST_PX = 2048, 1024
FEWEST_COLUMNS, FEWEST_ROWS = 3, 2
SEEDS = 1 << 32
VECTORS_A_RUN = 1000


@dataclass(frozen=True)
class Grid:
    """Places of a sheet of samples."""

    columns: int
    rows: int

    @property
    def count(self) -> int:
        return self.columns * self.rows


def grid_of(side: int) -> Grid:
    """8 × 4 pictures up to 256 pixels, fewer where they are larger, never fewer than 3 × 2."""
    columns = min(max(WIDEST_PX // side, FEWEST_COLUMNS), MOST_COLUMNS)
    return Grid(columns, min(max(HIGHEST_PX // side, FEWEST_ROWS), MOST_ROWS))


def sample_seeds(seed: int, count: int) -> list[int]:
    """NVIDIA's seeds of a run's samples: typed into the explorer, untruncated, they draw the same pictures."""
    return [(seed * VECTORS_A_RUN + place) % SEEDS for place in range(count)]


def sample_labels(grid: Grid, num_classes: int) -> np.ndarray | None:
    """One-hot [count, C]: a class to a column where there are columns enough, else spread evenly over all classes."""
    if not num_classes:
        return None
    places = np.arange(grid.count)
    in_columns = places % grid.columns % num_classes
    spread = places * num_classes // grid.count
    return np.eye(num_classes, dtype=np.float32)[in_columns if num_classes <= grid.columns else spread]


def draw_grid(network: Network, path: Path, *, seed: int, labels: np.ndarray | None = None) -> None:
    """A PNG at native size, untruncated. `labels` [k, C] are taken in turn; without them classes are spread."""
    side = network.native_size[0]
    grid = grid_of(side)
    z = np.stack([z_of_seed(each, network.z_dim) for each in sample_seeds(seed, grid.count)])
    given = sample_labels(grid, network.num_classes)
    if labels is not None and given is not None:
        given = np.resize(labels, given.shape).astype(np.float32)
    w = map_all(network, z, truncation=[1.0] * grid.count, labels=given)
    sheet = Sheet(grid.count, columns=grid.columns, tile=side)
    sheet.draw(network, w, places=range(grid.count), look=Look())
    Image.fromarray(sheet.pixels.transpose(1, 2, 0)).save(path, "PNG")
