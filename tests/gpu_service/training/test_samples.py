"""The sheet of fixed vectors that every snapshot draws."""

import numpy as np
import pytest
import torch
from PIL import Image

from gpu_service.networks.base import to_uint8
from gpu_service.networks.fresh import random_stylegan2
from gpu_service.networks.stylegan2_layout import StyleGan2Config
from gpu_service.training.samples import draw_grid, grid_of, sample_labels, sample_seeds


def network(classes=0, *, seed=1):
    return random_stylegan2(StyleGan2Config(16, 16, classes, 16, 2, 256, 16, 256), seed=seed)


def tiles(path, side=16):
    pixels = np.asarray(Image.open(path))
    rows, columns = pixels.shape[0] // side, pixels.shape[1] // side
    return pixels.reshape(rows, side, columns, side, 3).swapaxes(1, 2).reshape(-1, side, side, 3)


def drawn(net, seed, label=None):
    z = torch.from_numpy(np.random.RandomState(seed).randn(1, 16)).float()
    labels = None if label is None else torch.eye(net.num_classes)[label][None]
    return to_uint8(net.synthesis(net.mapping(z, labels=labels)))[0].permute(1, 2, 0).numpy()


def test_each_place_draws_its_own_seed_untruncated(tmp_path):
    net = network()
    draw_grid(net, tmp_path / "grid.png", seed=3)
    found = tiles(tmp_path / "grid.png")
    assert found.shape == (32, 16, 16, 3)
    for place in (0, 7, 8, 31):
        assert np.abs(found[place].astype(int) - drawn(net, 3000 + place)).max() <= 1
    draw_grid(net, tmp_path / "again.png", seed=3)
    assert (tmp_path / "again.png").read_bytes() == (tmp_path / "grid.png").read_bytes()


def test_a_column_shows_one_class(tmp_path):
    net = network(5)
    draw_grid(net, tmp_path / "grid.png", seed=0)
    found = tiles(tmp_path / "grid.png")
    for place in (0, 4, 5, 12, 31):
        assert np.abs(found[place].astype(int) - drawn(net, place, label=place % 8 % 5)).max() <= 1


def test_labels_of_the_data_are_taken_in_turn(tmp_path):
    net = network(3)
    draw_grid(net, tmp_path / "grid.png", seed=0, labels=np.eye(3, dtype=np.float32)[[2, 1]])
    assert np.abs(tiles(tmp_path / "grid.png")[4].astype(int) - drawn(net, 4, label=2)).max() <= 1


@pytest.mark.parametrize(("side", "shape"), [(16, (8, 4)), (256, (8, 4)), (512, (4, 2)), (1024, (3, 2))])
def test_large_pictures_are_fewer(side, shape):
    assert (grid_of(side).columns, grid_of(side).rows) == shape


def test_more_classes_than_columns_are_spread_over_all():
    shown = sample_labels(grid_of(64), 100).argmax(1)
    assert np.diff(shown).min() >= 3
    assert (shown[0], shown[-1]) == (0, 96)
    assert len(set(sample_labels(grid_of(64), 20).argmax(1))) == 20


def test_seeds_stay_within_what_the_explorer_takes():
    assert max(sample_seeds(2**31 - 1, 32)) < 2**32
    assert sample_seeds(2, 3) == [2000, 2001, 2002]
