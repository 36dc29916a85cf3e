"""How a batch is cut: a share for each process, as many pictures at a time as memory holds."""

from collections.abc import Callable

import torch

from gpu_service.protocol.training import TrainingConfig
from gpu_service.training.errors import TrainingError
from gpu_service.training.world import World

NO_MEMORY = ("can't allocate memory", "not enough memory", "out of memory")


class Shares:
    """Pieces are whole groups of the minibatch deviation, so that every cut gives the same groups."""

    def __init__(self, config: TrainingConfig, world: World, notes: list[str]) -> None:
        self.rank, self.size, self.notes = world.rank, world.size, notes
        self.group = min(config.mbstd_group, config.batch)
        if config.batch % (world.size * self.group):
            raise TrainingError(
                f"A batch of {config.batch} does not divide among {world.size} processes in groups of {self.group}."
            )
        share = config.batch // world.size
        self.most = share
        self.hold(config.micro_batch or share)

    def hold(self, pictures: int) -> None:
        """At most so many at a time from now on."""
        self.micro_batch = max(min(pictures, self.most) // self.group, 1) * self.group

    def for_each(self, count: int, work: Callable[[slice, slice], object], *, again: Callable[[], None]) -> None:
        """Call `work` with the places of each piece in this process's share and in all `count` pictures.

        Where memory does not hold a piece: `again`, and all once more in pieces of half the size. Raises TrainingError.
        """
        share = count // self.size
        while True:
            try:
                for start in range(0, share, self.micro_batch):
                    end = min(start + self.micro_batch, share)
                    work(slice(start, end), slice(self.rank * share + start, self.rank * share + end))
                return
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
            # Outside of the handler, whose traceback would keep the tensors of the failed try.
            again()
            self._halve()

    def _halve(self) -> None:
        if self.micro_batch <= self.group:
            raise TrainingError(
                f"There is not enough memory for {self.micro_batch} pictures at a time. "
                "Choose a smaller network or size."
            )
        self.hold(self.micro_batch // 2)
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        self.notes.append(
            f"Memory was short: {self.micro_batch} pictures are held at a time now. The result is the same."
        )


def is_out_of_memory(error: BaseException) -> bool:
    """Whether it says that memory, the device's or the machine's, was not enough."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error).lower() for words in NO_MEMORY)
