"""How a batch is cut: a share for each process, pieces for each core, as many pictures at a time as memory holds."""

from collections.abc import Callable

import torch

from gpu_service.out_of_memory import is_out_of_memory
from gpu_service.protocol.training import TrainingConfig
from gpu_service.training.errors import TrainingError
from gpu_service.training.team import Team
from gpu_service.training.world import World

# Called with who works, and the places of some pictures in this process's share and in the whole batch.
Work = Callable[[int, slice, slice], object]


class Shares:
    """Pieces are whole groups of the minibatch deviation, so that every cut gives the same groups."""

    def __init__(self, config: TrainingConfig, *, world: World, device: torch.device, notes: list[str]) -> None:
        self.rank, self.size, self.notes = world.rank, world.size, notes
        self.group = min(config.mbstd_group, config.batch)
        if config.batch % (world.size * self.group):
            raise TrainingError(
                f"A batch of {config.batch} does not divide among {world.size} processes in groups of {self.group}."
            )
        self.most = config.batch // world.size
        self.team = Team(self.most // self.group, device)
        self.hold(config.micro_batch or self.most)

    def hold(self, pictures: int) -> None:
        """At most so many at a time from now on, by all cores together."""
        self.micro_batch = max(min(pictures, self.most) // self.group, 1) * self.group

    def for_each(self, count: int, work: Work, *, again: Callable[[], None]) -> None:
        """Do all `count` pictures of the world's batch that are this process's, each core its pieces in order.

        Where memory does not hold them: `again`, and all once more, half as many at a time. Raises TrainingError.
        """
        while not self._try(count, work):
            again()
            self._halve()

    def _try(self, count: int, work: Work) -> bool:
        share = count // self.size
        workers = min(self.team.size, self.micro_batch // self.group)
        piece = -(-share // workers)
        if share == self.most:  # the discriminator looks at them
            piece = -(-piece // self.group) * self.group
        piece = min(piece, self.micro_batch // workers // self.group * self.group)
        starts = range(0, share, piece)

        def pieces_of(who: int) -> None:
            for start in starts[who::workers]:
                end, before = min(start + piece, share), self.rank * share
                work(who, slice(start, end), slice(before + start, before + end))

        try:
            self.team.do([lambda who=who: pieces_of(who) for who in range(workers)])  # type: ignore[misc]
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            return False
        return True

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
