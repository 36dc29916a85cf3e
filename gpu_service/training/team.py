"""Several cores at one step: each computes whole pictures by itself, from the first layer to the last gradient.

OpenMP would share out every single operation and make the cores wait for one another a thousand times a step.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from typing import TypeVar

import torch

from gpu_service.cores import settled_threads

Answer = TypeVar("Answer")


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
        threads = settled_threads(self.size, cores=self.cores // self.size, title="train")
        running = [threads.submit(task) for task in tasks]
        wait(running)
        _raise_first(running)

    def alone(self, work: Callable[[], Answer]) -> Answer:
        """Small operations on one core."""
        if self.cores == 1:
            return work()
        return settled_threads(1, cores=1, title="train").submit(work).result()


def _raise_first(ended: list[Future[None]]) -> None:
    try:
        for each in ended:
            each.result()
    finally:
        ended.clear()  # an error that is kept keeps the tensors of where it was raised
