"""Distances between sets of features, against closed forms and sums by hand."""

import math
from itertools import product

import numpy as np
import pytest
import torch
from scipy import linalg

from gpu_service.training.metrics.distances import fid, kid, precision_recall
from gpu_service.training.metrics.path_length import trimmed_mean


@pytest.fixture
def chance() -> np.random.Generator:
    return np.random.default_rng(3)


def test_fid_of_a_set_moved_and_stretched(chance: np.random.Generator):
    """C₂ = s² C₁: (1 − s)² tr C₁ and the square of the way between the middles."""
    first = chance.normal(size=(300, 8)) @ chance.normal(size=(8, 8))
    second = first * 1.7 + 3
    middles = ((first.mean(axis=0) - second.mean(axis=0)) ** 2).sum()
    expected = middles + np.trace(np.cov(first.T)) * 0.7**2
    assert fid(first, second) == pytest.approx(expected)
    assert fid(first, first) == pytest.approx(0, abs=1e-8)


def test_fid_of_gaussians_that_lie_across(chance: np.random.Generator):
    """In the plane tr √M = √(tr M + 2 √det M)."""
    first = chance.normal(size=(100, 2)) @ np.array([[2.0, 0.3], [0.0, 0.5]])
    second = chance.normal(size=(80, 2)) @ np.array([[0.4, 0.0], [1.5, 1.0]])
    one, other = np.cov(first.T), np.cov(second.T)
    product_of_both = one @ other
    root = math.sqrt(np.trace(product_of_both) + 2 * math.sqrt(np.linalg.det(product_of_both)))
    middles = ((first.mean(axis=0) - second.mean(axis=0)) ** 2).sum()
    assert fid(first, second) == pytest.approx(middles + np.trace(one) + np.trace(other) - 2 * root)


def test_fid_of_fewer_pictures_than_features_is_still_right(chance: np.random.Generator):
    """tr √(C₁ C₂) is the sum of the singular values of X Yᵀ, whatever the number of rows."""
    first, second = chance.normal(size=(10, 64)), chance.normal(size=(12, 64)) + 0.1
    one, other = first - first.mean(axis=0), second - second.mean(axis=0)
    root = linalg.svdvals(one @ other.T).sum() / math.sqrt(9 * 11)
    traces = (one**2).sum() / 9 + (other**2).sum() / 11
    middles = ((first.mean(axis=0) - second.mean(axis=0)) ** 2).sum()
    assert fid(first, second) == pytest.approx(middles + traces - 2 * root, rel=1e-5)
    assert fid(first, second) == pytest.approx(fid(second, first), rel=1e-5)


def test_kid_by_hand():
    first, second = np.array([[1.0, 2.0], [0.5, -1.0], [2.0, 0.0]]), np.array([[0.0, 1.0], [3.0, 1.0], [-1.0, 1.0]])

    def kernel(one: np.ndarray, other: np.ndarray) -> float:
        return float((one @ other / 2 + 1) ** 3)

    within = [kernel(a, b) for i, a in enumerate(first) for j, b in enumerate(first) if i != j]
    beside = [kernel(a, b) for i, a in enumerate(second) for j, b in enumerate(second) if i != j]
    across = [kernel(a, b) for a, b in product(first, second)]
    assert kid(first, second) == pytest.approx(1000 * (np.mean(within) + np.mean(beside) - 2 * np.mean(across)))


def test_kid_is_0_on_the_average_however_few_the_pictures(chance: np.random.Generator):
    found = [kid(chance.normal(size=(20, 6)), chance.normal(size=(20, 6))) for _ in range(400)]
    error = np.std(found) / math.sqrt(len(found))
    assert np.mean(found) == pytest.approx(0, abs=4 * error)
    assert min(found) < 0 < max(found)
    apart = [kid(chance.normal(size=(20, 6)), chance.normal(size=(20, 6)) + 1) for _ in range(20)]
    assert min(apart) > max(np.percentile(found, 99), 0)


def test_kid_of_many_pictures_is_the_mean_of_subsets(chance: np.random.Generator):
    first, second = chance.normal(size=(1200, 2)), chance.normal(size=(1100, 2)) + 0.5
    assert kid(first, second) == pytest.approx(kid(first[:1000], second[:1000]), rel=0.3)


def line(*places: float) -> torch.Tensor:
    return torch.tensor(places, dtype=torch.float64)[:, None]


def test_precision_and_recall_on_a_line():
    """Radii to the third neighbour: of 0, 1, 2, 3, 4 they are 3, 2, 2, 2, 3; of 6, 7, 8, 9, 50: 3, 2, 2, 3, 43."""
    data, made = line(0, 1, 2, 3, 4), line(6, 7, 8, 9, 50)
    precision, recall = precision_recall(data, made)
    assert precision == pytest.approx(2 / 5)  # 6 and 7 lie within 3 of 4
    assert recall == pytest.approx(2 / 5)  # 3 lies within 3 of 6, 4 too; 50 reaches down to 7


def test_precision_and_recall_of_the_same_and_of_strangers(chance: np.random.Generator):
    data = torch.from_numpy(chance.normal(size=(60, 4)))
    assert precision_recall(data, data) == (1, 1)
    assert precision_recall(data, data + 100) == (0, 0)
    collapsed = data[:1] + 1e-4 * torch.from_numpy(chance.normal(size=(60, 4)))
    precision, recall = precision_recall(data, collapsed)
    assert precision == 1
    assert recall < 0.1


def test_the_outermost_hundredths_are_left_out():
    values = np.arange(1000.0)
    values[-1] = 1e9
    assert trimmed_mean(values) == pytest.approx(np.mean(np.arange(9, 991)))
