"""How far two sets of features lie apart. Features are rows, [n, D]; the first set is the data's."""

import numpy as np
import torch
from scipy import linalg
from torch import Tensor

KID_SUBSET, KID_SUBSETS = 1000, 100
NEIGHBOUR = 3
ROWS_AT_ONCE = 2048


def fid(data: np.ndarray, made: np.ndarray) -> float:
    """|μ₁ − μ₂|² + tr(C₁ + C₂ − 2 √(C₁ C₂)), 0 or more, lower is better. Heusel et al. 2017.

    √ by the eigenvalues of √C₁ C₂ √C₁, which are real and none below 0 however few the pictures. Each set needs two.
    """
    first, second = (np.asarray(rows, np.float64) for rows in (data, made))
    apart = first.mean(axis=0) - second.mean(axis=0)
    one, other = (np.atleast_2d(np.cov(rows, rowvar=False)) for rows in (first, second))
    root = _root(one)
    shared = linalg.eigvalsh(root @ other @ root)
    roots = np.sqrt(shared.clip(min=0)).sum()
    return float(max(apart @ apart + np.trace(one) + np.trace(other) - 2 * roots, 0.0))


def kid(data: np.ndarray, made: np.ndarray, *, seed: int = 0) -> float:
    """Squared MMD with the kernel (x·y / D + 1)³ without bias, × 1000, lower is better. Bińkowski et al. 2018.

    The mean over 100 subsets of 1,000 pictures; of fewer pictures, of all of them at once.
    """
    first, second = (np.asarray(rows, np.float64) for rows in (data, made))
    size = min(len(first), len(second), KID_SUBSET)
    if size == len(first) == len(second):
        return 1000 * _mmd(first, second)
    chance = np.random.default_rng(seed)
    found = [
        _mmd(*(rows[chance.choice(len(rows), size, replace=False)] for rows in (first, second)))
        for _ in range(KID_SUBSETS)
    ]
    return 1000 * float(np.mean(found))


def precision_recall(data: Tensor, made: Tensor) -> tuple[float, float]:
    """Share of the made ones among the data, and of the data among the made ones. Kynkäänniemi et al. 2019.

    Among a set lies what is no farther from one of its members than that one's third nearest neighbour.
    """
    return _share_within(made, data), _share_within(data, made)


def _root(matrix: np.ndarray) -> np.ndarray:
    """Of a symmetric matrix with no eigenvalue below 0, but for rounding."""
    values, vectors = linalg.eigh(matrix)
    return np.asarray((vectors * np.sqrt(values.clip(min=0))) @ vectors.T)


def _mmd(first: np.ndarray, second: np.ndarray) -> float:
    n, m = len(first), len(second)

    def kernel(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        base = one @ other.T / one.shape[1] + 1
        return np.asarray(base * base * base)

    within, beside = kernel(first, first), kernel(second, second)
    own = (within.sum() - np.trace(within)) / (n * (n - 1)) + (beside.sum() - np.trace(beside)) / (m * (m - 1))
    return float(own - 2 * kernel(first, second).mean())


def _share_within(asked: Tensor, members: Tensor) -> float:
    # Its own distance of 0 is a member's first neighbour.
    nearest = [torch.cdist(rows, members).kthvalue(NEIGHBOUR + 1, dim=1).values for rows in members.split(ROWS_AT_ONCE)]
    radius = torch.cat(nearest)
    inside = [(torch.cdist(rows, members) <= radius).any(dim=1) for rows in asked.split(ROWS_AT_ONCE)]
    return float(torch.cat(inside).float().mean())
