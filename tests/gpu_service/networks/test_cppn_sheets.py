"""Pattern networks come out as the reference sheets show them, to the accuracy of a JPEG."""

import numpy as np
import pytest
from PIL import Image

from scripts.cppn_sheets import decibels, seed_tiles, step_tiles, walk_tiles

# What a JPEG of that sheet's quality keeps of these tiles, less one decibel. A wrong draw order gives about 12.
REACHED = {"smoke": 34.5, "silk": 36, "contour": 27, "mandala": 32, "iris": 33, "dream": 36.5}


def reference(folder, name):
    return np.asarray(Image.open(folder / "cppn" / f"{name}.jpg").convert("RGB"))


@pytest.mark.parametrize("species", REACHED)
def test_seeds_look_as_on_the_sheet(spec_folder, species):
    sheet = reference(spec_folder, species)
    for tile in seed_tiles(species, range(3 if species in ("smoke", "silk") else 1)):
        assert decibels(tile, sheet) > REACHED[species]


@pytest.mark.parametrize("species", ["smoke", "silk"])
def test_walks_look_as_on_the_sheet(spec_folder, species):
    sheet = reference(spec_folder, f"{species}_walk")
    tiles = list(walk_tiles(species))
    for tile in (tiles[0], tiles[7], tiles[15]):
        assert decibels(tile, sheet) > REACHED[species] - 1.5


def test_snapshots_grow_as_on_the_sheet(spec_folder):
    sheet = reference(spec_folder, "steps")
    reached = [decibels(tile, sheet) for tile in step_tiles(seeds=(0,))]
    assert len(reached) == 36
    assert min(reached) > 27
