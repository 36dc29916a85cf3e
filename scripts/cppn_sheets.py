"""Sheets of every species of pattern network, unpicked, and how near they come to the reference sheets.

    python scripts/cppn_sheets.py OUT_FOLDER [--reference FOLDER]

Sixteen seeds each, two walks of eight frames each, and `steps`: snapshots from simple to complex.
"""

import argparse
import math
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from gpu_service.networks.base import Quality, to_uint8
from gpu_service.networks.cppn import Cppn
from gpu_service.networks.cppn_calibrate import calibrate, draw_weights, level, simplify
from gpu_service.networks.cppn_fields import CppnWeights
from gpu_service.networks.cppn_species import COMPLEXITIES, SPECIES, STYLE_DIM, CppnConfig

GAP = 4
PAGE = (11, 11, 16)
# The reference sheets were levelled with this lower bound; networks of the product go down to .10.
SHEET_LEVEL = 0.30
STEP_BLOCKS = (("silk", "contour"), ("mandala", "smoke"), ("iris", "dream"))

# A tile: x, y, side in pixels, and its picture [side, side, 3] uint8.
Tile = tuple[int, int, np.ndarray]


@lru_cache(maxsize=64)
def calibrated(species: str, seed: int) -> tuple[CppnConfig, CppnWeights]:
    """The complex network of a seed, κ = 1."""
    config, drawn = draw_weights(species, seed=seed)
    return config, calibrate(drawn, config)


def levelled(species: str, seed: int) -> Cppn:
    config, weights = calibrated(species, seed)
    return Cppn(config, level(weights, config, lowest=SHEET_LEVEL))


def draw(network: Cppn, style: torch.Tensor, *, side: int, quality: Quality = "film") -> np.ndarray:
    """One style, given straight. -> [side, side, 3] uint8"""
    w = (style * network.weights.level)[None, None]
    return to_uint8(network.synthesis(w, size=(side, side), quality=quality))[0].permute(1, 2, 0).numpy()


def random_style(seed: int) -> torch.Tensor:
    return torch.randn(STYLE_DIM, generator=torch.Generator().manual_seed(seed))


def seed_tiles(species: str, seeds: range = range(16)) -> Iterator[Tile]:
    """Seeds 0–15, four in a row, 200 px."""
    for seed in seeds:
        row, column = divmod(seed, 4)
        picture = draw(levelled(species, seed), random_style(1000 + seed), side=200)
        yield GAP + 204 * column, GAP + 204 * row, picture


def walk_tiles(species: str) -> Iterator[Tile]:
    """Two walks of eight frames, 150 px."""
    for row, seed in enumerate((1, 6)):
        network, start, way = levelled(species, seed), random_style(1000 + seed), random_style(1500 + seed)
        way = way / way.square().mean().sqrt()
        for frame in range(8):
            yield GAP + 154 * frame, GAP + 154 * row, draw(network, start + 0.12 * frame * way, side=150)


def step_tiles(seeds: tuple[int, ...] = (0, 4)) -> Iterator[Tile]:
    """Snapshots from simple to complex, two seeds of each species, 120 px drawn once, κ = 1."""
    for line, blocks in enumerate(STEP_BLOCKS):
        for block, species in enumerate(blocks):
            for row, seed in enumerate(seeds):
                config, weights = calibrated(species, seed)
                for column, complexity in enumerate(COMPLEXITIES):
                    step = replace(config, complexity=complexity)
                    network = Cppn(step, weights if complexity == 1 else simplify(weights, step))
                    picture = draw(network, random_style(1000 + seed), side=120, quality="once")
                    yield GAP + 748 * block + 124 * column, GAP + 252 * line + 124 * row, picture


def decibels(tile: Tile, sheet: np.ndarray) -> float:
    """PSNR of a tile against its place on a reference sheet [H, W, 3]."""
    x, y, picture = tile
    there = sheet[y : y + picture.shape[0], x : x + picture.shape[1]].astype(float)
    return 10 * math.log10(255**2 / max(((there - picture) ** 2).mean(), 1e-9))


def lay_out(tiles: list[Tile]) -> Image.Image:
    """The tiles on a dark page."""
    width = max(x + picture.shape[1] for x, _, picture in tiles) + GAP
    height = max(y + picture.shape[0] for _, y, picture in tiles) + GAP
    page = np.full((height, width, 3), PAGE, np.uint8)
    for x, y, picture in tiles:
        page[y : y + picture.shape[0], x : x + picture.shape[1]] = picture
    return Image.fromarray(page)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--reference", type=Path, help="folder of reference sheets to compare with")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    sheets = {name: seed_tiles(name) for name in SPECIES}
    sheets |= {f"{name}_walk": walk_tiles(name) for name in SPECIES} | {"steps": step_tiles()}
    for name, drawn in sheets.items():
        tiles = list(drawn)
        lay_out(tiles).save(options.out / f"{name}.png")
        if options.reference is None:
            print(name)
            continue
        sheet = np.asarray(Image.open(options.reference / f"{name}.jpg").convert("RGB"))
        values = [decibels(tile, sheet) for tile in tiles]
        print(f"{name:14} lowest {min(values):.1f} dB, mean {np.mean(values):.1f} dB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
