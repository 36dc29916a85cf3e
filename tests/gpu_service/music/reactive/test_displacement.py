"""The displacement of the noise (§2.7)."""

import numpy as np
import pytest

from gpu_service.music.reactive.displacement import amplitude, directions, grid_of


def test_the_grids_are_those_of_the_table():
    assert [grid_of(4 * 2**k) for k in range(8)] == [3, 4, 4, 7, 10, 13, 20, 26]
    assert [grid_of(4 * 2**k, resolution_factor=1.0) for k in range(8)] == [3, 5, 5, 8, 12, 16, 24, 32]
    assert [grid_of(4 * 2**k, resolution_factor=0.01) for k in range(8)] == [2, 2, 3, 3, 4, 5, 6, 7]


def test_the_amplitude_follows_the_drums_and_is_at_least_a_pixel():
    assert amplitude(256, np.array([0.0, 0.5, 1.0])).tolist() == [1, 16, 32]
    assert amplitude(1024, np.array([1.0])).tolist() == [128]


def test_without_disorder_everything_moves_the_same_way():
    assert directions(7, np.zeros(2)) == pytest.approx(np.ones((2, 2, 7, 7)))


def test_directions_are_the_formula_and_the_same_draw_in_every_frame():
    f = 0.3
    theta, phi = f * np.random.default_rng(10).standard_normal((2, 1, 10, 10))[:, 0]
    x, y = np.cos(np.pi * theta), np.sin(np.pi * phi + np.pi / 2)
    expected = [
        x * np.cos(2 * np.pi * f) - y * np.sin(2 * np.pi * f),
        x * np.sin(2 * np.pi * f) + y * np.cos(2 * np.pi * f),
    ]
    assert directions(10, np.array([0.1, f]))[1] == pytest.approx(np.array(expected))


def test_disorder_grows():
    spread = directions(13, np.array([0.0, 0.1, 0.3])).std(axis=(2, 3)).mean(axis=1)
    assert spread[0] < 1e-12 < spread[1] < spread[2]
