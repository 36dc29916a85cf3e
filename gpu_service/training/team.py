"""Several cores at one step: each computes whole pictures by itself, from the first layer to the last gradient.

OpenMP would share out every single operation and make the cores wait for one another a thousand times a step.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import lru_cache
from threading import Barrier
from typing import TypeVar

import torch

Answer = TypeVar("Answer")
START_SECONDS = 60


class Team:
    """`size` threads, the cores that torch may use shared among them. On a GPU: nobody but the caller."""

    def __init__(self, size: int, device: torch.device) -> None:
        self.cores = torch.get_num_threads() if device.type == "cpu" else 1
        self.size = max(min(size, self.cores), 1)

    def do(self, tasks: Sequence[Callable[[], None]]) -> None:
        """All of them, at most `size` of them. Raises what the first failing one raised, when all have ended."""
        if self.size == 1:
            for task in tasks:
                task()
            return
        running = [_threads(self.size, self.cores // self.size).submit(task) for task in tasks]
        wait(running)
        _raise_first(running)

    def alone(self, work: Callable[[], Answer]) -> Answer:
        """Small operations on one core."""
        if self.cores == 1:
            return work()
        return _threads(1, 1).submit(work).result()


def _raise_first(ended: list[Future[None]]) -> None:
    try:
        for each in ended:
            each.result()
    finally:
        ended.clear()  # an error that is kept keeps the tensors of where it was raised


@lru_cache(maxsize=8)
def _threads(count: int, cores: int) -> ThreadPoolExecutor:
    """Threads that compute on so many cores each, all of them started."""
    everybody, common = Barrier(count + 1), torch.get_num_threads()

    def settle() -> None:
        torch.set_num_threads(cores)
        # A thread takes over torch's common setting at its first question, and would undo the line above later.
        torch.get_num_threads()
        everybody.wait(START_SECONDS)

    pool = ThreadPoolExecutor(count, thread_name_prefix="train", initializer=settle)
    for _ in range(count):
        pool.submit(int)  # nobody is idle before the barrier falls, so each starts a thread
    everybody.wait(START_SECONDS)
    torch.set_num_threads(common)  # the setting is also what later threads begin with, so it is put back
    return pool


# A forked child has none of these threads.
os.register_at_fork(after_in_child=_threads.cache_clear)
