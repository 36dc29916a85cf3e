"""What is to be done between two steps: decided by rank 0 out of settings, wishes and time, and told to the others."""

from dataclasses import dataclass
from typing import Literal

import torch

from gpu_service.protocol import TrainingConfig
from gpu_service.training.wishes import Wishes
from gpu_service.training.world import World

ENDS: tuple[Literal["paused", "stopped", "done"], ...] = ("paused", "stopped", "done")


@dataclass(frozen=True)
class Turn:
    """`outcome` None: the run goes on. `met`: broken pictures that other ranks have met since the turn before."""

    outcome: Literal["paused", "stopped", "done"] | None = None
    snapshot: bool = False
    checkpoint: bool = False
    yields: bool = False
    met: tuple[int, ...] = ()

    @property
    def goes_on(self) -> bool:
        return self.outcome is None


class Turns:
    """`total` = pictures of the whole run, as it is wished now. `snapshots_asked`: wishes for one, fulfilled."""

    def __init__(self, config: TrainingConfig, wishes: Wishes, world: World, device: torch.device) -> None:
        self.config, self.wishes, self.world, self.device = config, wishes, world, device
        self.snapshots_asked = 0

    @property
    def total(self) -> int:
        return round((self.wishes.newest.kimg or self.config.kimg) * 1000)

    @property
    def may_wait(self) -> bool:
        """Whether nothing more urgent than waiting is wished."""
        wish = self.wishes.newest
        return wish.yields and wish.wanted == "run" and not self.wishes.interrupted

    def next(self, *, pictures: int, snapped_at: int, checkpoint_due: bool, met: int | None = None) -> Turn:
        """The next turn. Asked by every rank after every step; `met` is a broken picture that this one came upon."""
        turn = self._own(pictures, snapped_at, checkpoint_due) if self.world.rank == 0 else Turn()
        return turn if self.world.size == 1 else self._shared(turn, met)

    def _own(self, pictures: int, snapped_at: int, checkpoint_due: bool) -> Turn:
        wish = self.wishes.newest
        if pictures >= self.total:
            return Turn("done")
        if wish.wanted == "stop":
            return Turn("stopped")
        if wish.wanted == "pause" or self.wishes.interrupted:
            return Turn("paused")
        asked = wish.snapshot_now > self.snapshots_asked
        # A run that was just started again has heard no wish yet, and that takes none back.
        self.snapshots_asked = max(self.snapshots_asked, wish.snapshot_now)
        every = (wish.snapshot_kimg or self.config.snapshot_kimg) * 1000
        due = pictures // every > max(snapped_at, 0) // every
        return Turn(snapshot=(asked or due) and snapped_at != pictures, checkpoint=checkpoint_due, yields=wish.yields)

    def _shared(self, turn: Turn, met: int | None) -> Turn:
        """Everybody's turn is that of rank 0: the others add nothing but what they have met, each in its place."""
        end = ENDS.index(turn.outcome) + 1 if turn.outcome else 0
        found = [0] * self.world.size
        found[self.world.rank] = 0 if met is None else met + 1
        # Numbers of pictures are exact in float32 up to 16 million.
        said = [end, turn.snapshot, turn.checkpoint, turn.yields, *found]
        told = torch.tensor(said, dtype=torch.float32, device=self.device)
        self.world.all_reduce(told)
        end, snapshot, checkpoint, yields, *found = (int(value) for value in told.tolist())
        others = tuple(one - 1 for rank, one in enumerate(found) if one and rank != self.world.rank)
        return Turn(ENDS[end - 1] if end else None, bool(snapshot), bool(checkpoint), bool(yields), others)
