"""Non-negative factorisation of spectra: columns ≈ shapes @ activations. scikit-learn's, with bounded memory.

Of long sounds the shapes are learnt from evenly spaced columns; the activations of every column are worked out then.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from sklearn.decomposition import non_negative_factorization
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

MOST_COLUMNS = 12_000


@contextmanager
def _quietly() -> Iterator[None]:
    """On one thread, which is four times faster for matrices so thin, and the same on any machine's count of cores."""
    with threadpool_limits(1, user_api="blas"), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


def factorise(columns: np.ndarray, count: int, *, iterations: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Shapes and activations of `count` parts; of silence, zeros. [bins, n] -> float32 [bins, count], [count, n]"""
    thinned = columns[:, :: max(-(-columns.shape[1] // MOST_COLUMNS), 1)]
    if thinned.size == 0 or float(thinned.max()) <= 0:
        return np.zeros((len(columns), count), np.float32), np.zeros((count, columns.shape[1]), np.float32)
    is_short = count > min(thinned.shape)
    with _quietly():
        levels, shapes, _ = non_negative_factorization(
            thinned.T,
            n_components=count,
            init="random" if is_short else "nndsvda",
            max_iter=iterations,
            random_state=seed,
        )
    if thinned.shape == columns.shape:
        return shapes.T.astype(np.float32), levels.T.astype(np.float32)
    return shapes.T.astype(np.float32), activations_of(columns, shapes, iterations=iterations)


def activations_of(columns: np.ndarray, shapes: np.ndarray, *, iterations: int) -> np.ndarray:
    """How strongly each known part sounds in each column. [bins, n], [K, bins] -> float32 [K, n]"""
    made = np.zeros((len(shapes), columns.shape[1]), np.float32)
    with _quietly():
        for first in range(0, columns.shape[1], MOST_COLUMNS):
            some = np.ascontiguousarray(columns[:, first : first + MOST_COLUMNS].T)
            levels, _, _ = non_negative_factorization(
                some, H=shapes, n_components=len(shapes), update_H=False, max_iter=iterations
            )
            made[:, first : first + MOST_COLUMNS] = levels.T
    return made
