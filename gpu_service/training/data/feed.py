"""Batches of a run, read ahead by threads. The position alone says what comes next.

Pillow, zlib and reading let other threads go on meanwhile, so threads are as quick as processes and cost nothing.
"""

import os
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np
import torch
from torch import Tensor

from gpu_service.training.data.errors import DataError
from gpu_service.training.data.order import Order
from gpu_service.training.data.pictures import Pictures

AHEAD = 3
MOST_WORKERS = 8


@dataclass(frozen=True)
class _Coming:
    """A batch that is being read; its chunks tell which pictures came."""

    pictures: Tensor
    chunks: list["Future[list[int]]"]


class Feed:
    """An iterator over (uint8 [b, 3, R, R], float32 [b, C] or None), b = batch / size; it never ends by itself.

    `batch`: pictures of the whole world; this rank gets its own consecutive ones. `position`: pictures that the world
    has taken, counting `start`. `wait_seconds`: how long the taker stood waiting. Raises DataError when too many
    pictures are broken.
    """

    def __init__(
        self,
        pictures: Pictures,
        *,
        batch: int,
        rank: int = 0,
        size: int = 1,
        seed: int = 0,
        mirror: bool = False,
        start: int = 0,
        workers: int = 0,
        pin: bool = False,
    ) -> None:
        if batch % size:
            raise DataError(f"A batch of {batch} does not divide among {size} devices.", field="batch")
        self.position, self.wait_seconds = start, 0.0
        self._pictures, self._batch, self._share, self._rank, self._pin = pictures, batch, batch // size, rank, pin
        self._order = Order(len(pictures), seed=seed, mirror=mirror)
        self._next = start
        self._workers = workers or min(os.cpu_count() or 1, MOST_WORKERS)
        self._pool = ThreadPoolExecutor(self._workers, thread_name_prefix="phosphene-pictures")
        self._coming: deque[_Coming] = deque()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> tuple[Tensor, Tensor | None]:
        while len(self._coming) < AHEAD:
            self._coming.append(self._begin())
        began = time.perf_counter()
        batch = self._coming.popleft()
        shown = [index for chunk in batch.chunks for index in chunk.result()]
        self.wait_seconds += time.perf_counter() - began
        self.position += self._batch
        self._coming.append(self._begin())
        labels = self._pictures.label_rows(shown)
        return batch.pictures, None if labels is None else torch.from_numpy(labels)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the threads. What was read ahead is forgotten; the position is where the taker is."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._coming.clear()

    def _begin(self) -> _Coming:
        first = self._next + self._rank * self._share
        indices, mirrored = self._order.at(np.arange(first, first + self._share))
        self._next += self._batch
        side = self._pictures.size
        pictures = torch.empty((self._share, 3, side, side), dtype=torch.uint8, pin_memory=self._pin)
        rows = pictures.numpy()
        bounds = np.linspace(0, self._share, min(self._workers, self._share) + 1).astype(int).tolist()
        chunks = [
            self._pool.submit(self._fill, rows[low:high], indices[low:high].tolist(), mirrored[low:high].tolist())
            for low, high in pairwise(bounds)
        ]
        return _Coming(pictures, chunks)

    def _fill(self, rows: np.ndarray, indices: list[int], mirrored: list[bool]) -> list[int]:
        shown = []
        for row, index, is_mirrored in zip(rows, indices, mirrored, strict=True):
            came, picture = self._pictures.read(index)
            row[...] = picture[:, :, ::-1] if is_mirrored else picture
            shown.append(came)
        return shown
