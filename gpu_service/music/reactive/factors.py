"""Non-negative factorisation of spectra, scikit-learn's: columns ≈ shapes @ activations."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from sklearn.decomposition import non_negative_factorization
from threadpoolctl import threadpool_limits

from gpu_service.music.reactive.quiet import quietly

# Of longer sounds shapes are learnt from every second, third … column.
MOST_COLUMNS = 12_000


@contextmanager
def _quietly() -> Iterator[None]:
    """On one thread, which is four times faster for matrices so thin, and the same on any machine's count of cores."""
    with threadpool_limits(1, user_api="blas"), quietly("Maximum number of iterations"):
        yield


def factorise(columns: np.ndarray, count: int, *, iterations: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Shapes and activations of `count` parts; of silence, zeros. [bins, n] -> float32 [bins, count], [count, n]"""
    if columns.size == 0 or float(columns.max()) <= 0:
        return np.zeros((len(columns), count), np.float32), np.zeros((count, columns.shape[1]), np.float32)
    is_short = count > min(columns.shape)
    with _quietly():
        levels, shapes, _ = non_negative_factorization(
            columns.T,
            n_components=count,
            init="random" if is_short else "nndsvda",
            max_iter=iterations,
            random_state=seed,
        )
    return shapes.T.astype(np.float32), levels.T.astype(np.float32)


def activations_of(columns: np.ndarray, shapes: np.ndarray, *, iterations: int) -> np.ndarray:
    """How strongly each known part sounds in each column. [bins, n], [bins, K] -> float32 [K, n]"""
    if not shapes.any():
        return np.zeros((shapes.shape[1], columns.shape[1]), np.float32)
    with _quietly():
        levels, _, _ = non_negative_factorization(
            np.ascontiguousarray(columns.T),
            H=np.ascontiguousarray(shapes.T),
            n_components=shapes.shape[1],
            update_H=False,
            max_iter=iterations,
        )
    return levels.T.astype(np.float32)
