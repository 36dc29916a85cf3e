"""A run while it goes on: steps, ticks, checkpoints, snapshots, and what people ask for in between.

Whatever ends it, the newest checkpoint tells the next start where to go on.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar, cast

import torch

from gpu_service.networks.base import Network
from gpu_service.protocol import Made, Phase, Report, Said, TrainingConfig
from gpu_service.training.checkpoints import Checkpoints, Found
from gpu_service.training.data.feed import Feed
from gpu_service.training.data.pictures import Pictures
from gpu_service.training.keeping import PATIENCE_SECONDS, Timetable, with_room
from gpu_service.training.measuring import Enough, measured
from gpu_service.training.meter import Meter
from gpu_service.training.run_folder import Kept, RunFacts, RunFolder
from gpu_service.training.snapshot import snapshot_stem, write_snapshot
from gpu_service.training.trainer import Trainer
from gpu_service.training.turns import Turn, Turns
from gpu_service.training.wishes import Wishes
from gpu_service.training.world import World

T = TypeVar("T")
Outcome = Literal["done", "paused", "stopped"]
# Beside a film a run keeps at least one step in so many seconds.
LONGEST_YIELD_SECONDS = 5.0


@dataclass(frozen=True)
class Surroundings:
    """What a run is given besides its settings."""

    device: torch.device
    world: World
    wishes: Wishes
    report: Callable[[Report], None]
    features: Path | None = None
    workers: int = 0
    checkpoint_seconds: float = 60.0
    patience_seconds: float = PATIENCE_SECONDS
    moved: Callable[[int, int], None] = field(default=lambda pictures, total: None)


class Run:
    """One start of a run. Only rank 0 writes; the others follow its decisions."""

    def __init__(
        self, folder: RunFolder, facts: RunFacts, trainer: Trainer, pictures: Pictures, given: Surroundings
    ) -> None:
        self.folder, self.facts, self.trainer, self.pictures, self.given = folder, facts, trainer, pictures, given
        self.config: TrainingConfig = facts.config
        self.checkpoints = Checkpoints(folder.checkpoints)
        self.timetable = Timetable(least_seconds=given.checkpoint_seconds)
        self.turns = Turns(self.config, given.wishes, given.world, given.device)
        self._seconds_before = 0.0
        self._saved_at = self._snapped_at = -1
        self._asks_fulfilled = 0
        self._newest_snapshots: set[Path] = set()
        self._stepped_at = time.monotonic()
        self._is_yielding = False

    @property
    def kimg(self) -> float:
        return self.trainer.pictures / 1000

    def go_on_from(self, found: Found) -> None:
        """Take up a checkpoint."""
        kept = Kept.model_validate(found.facts)
        self.trainer.load(found.tensors, kept.trainer)
        self._seconds_before, self._snapped_at = kept.seconds, kept.snapped_at
        self._saved_at = self.trainer.pictures
        self.turns.snapshots_asked = self._asks_fulfilled = kept.snapshots_asked
        if self.folder.has_made(self.kimg):  # killed behind a snapshot; killed before its end it is made again
            self._snapped_at = self.trainer.pictures
        self._newest_snapshots = {self.checkpoints.path(max(self._snapped_at, 0))}

    def train(self) -> Outcome:
        """Until it is long enough, or somebody asks for an end. Raises TrainingError; what was kept stays."""
        trainer, given = self.trainer, self.given
        self.meter = Meter(pictures=trainer.pictures, seconds=self._seconds_before)
        with Feed(
            self.pictures,
            batch=self.config.batch,
            rank=given.world.rank,
            size=given.world.size,
            seed=self.config.seed,
            mirror=self.config.mirror,
            start=trainer.pictures,
            workers=given.workers,
            pin=given.device.type == "cuda",
        ) as feed:
            if trainer.pictures == 0:
                self._snapshot()
            self._phase("training")
            while (turn := self._turn()).goes_on:
                self._step(feed, turn)
            if self.meter.has_steps:
                self._tick(feed)
            return self._end(turn)

    def _turn(self) -> Turn:
        """What is to be done now, decided by rank 0."""
        return self.turns.next(
            pictures=self.trainer.pictures,
            snapped_at=self._snapped_at,
            checkpoint_due=self.timetable.is_due() and self._saved_at != self.trainer.pictures,
            met=self.pictures.take_met(),
        )

    def _step(self, feed: Feed, turn: Turn) -> None:
        if self.given.world.rank == 0:
            for index in turn.met:
                self.pictures.look(index)
            self._tell_notes()
        if turn.snapshot:
            self._snapshot()
            self._phase("training")
        elif turn.checkpoint:
            self._checkpoint()
        self._yield(turn)
        real, labels = next(feed)
        self._stepped_at = time.monotonic()
        self.meter.add(self.trainer.step(real, labels))
        self._tell_notes()
        self.given.moved(self.trainer.pictures, self.turns.total)
        if self.meter.is_due(pictures=self.trainer.pictures, tick_kimg=self.config.tick_kimg):
            self._tick(feed)

    def _yield(self, turn: Turn) -> None:
        """While a preview or a film is drawn, wait; but for one step in five seconds."""
        if turn.yields != self._is_yielding:
            self._is_yielding = turn.yields
            self._phase("yielding" if turn.yields else "training")
        if turn.yields:
            began = time.monotonic()
            until = self._stepped_at + LONGEST_YIELD_SECONDS
            while self.turns.may_wait and (left := until - time.monotonic()) > 0:
                self.given.wishes.wait(left)
            self.meter.idle(time.monotonic() - began)

    def _end(self, turn: Turn) -> Outcome:
        outcome: Outcome = turn.outcome or "done"
        if outcome != "paused" and self._snapped_at != self.trainer.pictures:
            self._snapshot()
        elif self._saved_at != self.trainer.pictures:
            self._checkpoint()
        self._phase(outcome)
        return outcome

    def _tick(self, feed: Feed) -> None:
        trainer = self.trainer
        tick = self.meter.tick(
            step=trainer.step_index,
            pictures=trainer.pictures,
            total=self.turns.total,
            waited=feed.wait_seconds,
            device=self.given.device,
        )
        self._report(tick)

    def _checkpoint(self) -> Path | None:
        """Everything, as it is now, in a file. Rank 0 alone."""
        if self.given.world.rank:
            return None
        self.meter.check()
        began = time.monotonic()
        self._phase("saving")
        facts = Kept(
            config=self.config,
            pictures=self.facts.pictures,
            pictures_shown=self.trainer.pictures,
            trainer=self.trainer.facts(),
            seconds=self.meter.seconds,
            snapped_at=self._snapped_at,
            snapshots_asked=self._asks_fulfilled,
        ).model_dump(mode="json")
        path = self._with_room(
            lambda: self.checkpoints.save(
                self.trainer.pictures, self.trainer.tensors(), facts, keep=self._newest_snapshots
            )
        )
        self._saved_at = self.trainer.pictures
        self.timetable.saved(took=time.monotonic() - began)
        self._phase("yielding" if self._is_yielding else "training")
        return path

    def _snapshot(self) -> None:
        """A checkpoint, the averaged generator, pictures of it, figures."""
        if self.given.world.rank == 0:
            self._make_snapshot()
        self._snapped_at, self._asks_fulfilled = self.trainer.pictures, self.turns.snapshots_asked

    def _make_snapshot(self) -> None:
        began = time.monotonic()
        checkpoint = self._checkpoint()
        assert checkpoint is not None
        self._newest_snapshots = {checkpoint}
        stem = snapshot_stem(self.facts.name, pictures=self.trainer.pictures, batch=self.config.batch)
        network, parts = cast(Network, self.trainer.generator()), self.trainer.parts()
        shown, seed, aspect = self.trainer.pictures, self.config.seed, self.facts.aspect
        place = self.folder.snapshots
        files = self._with_room(
            lambda: write_snapshot(network, parts, place, stem=stem, pictures=shown, seed=seed, aspect=aspect)
        )
        self._phase("measuring")
        figures, notes = measured(
            network,
            self.facts,
            self.pictures,
            device=self.given.device,
            features=self.given.features,
            kept=self.folder.path / "metrics",
            pause=self._pause,
        )
        place = self.folder.path
        self._report(
            Made(
                kimg=self.kimg,
                file=str(files.file.relative_to(place)),
                training=str(files.training.relative_to(place)),
                sheet=str(files.sheet.relative_to(place)),
                grid=str(files.grid.relative_to(place)),
                thumbnail=str(files.thumbnail.relative_to(place)),
                checkpoint=str(checkpoint.relative_to(place)),
                metrics=figures,
                notes=notes,
            )
        )
        self.meter.beside(time.monotonic() - began)

    def _pause(self, _share: float) -> None:
        """Between two batches of measuring: an end comes first, a preview too."""
        if self.given.wishes.interrupted:
            raise Enough
        if self.turns.may_wait:
            self.given.wishes.wait(LONGEST_YIELD_SECONDS)

    def _with_room(self, write: Callable[[], T]) -> T:
        return with_room(
            write,
            wishes=self.given.wishes,
            say=lambda sentence: self._say(sentence, is_warning=True),
            patience_seconds=self.given.patience_seconds,
        )

    def _tell_notes(self) -> None:
        notes, self.trainer.notes[:] = list(self.trainer.notes), []
        for sentence in (*notes, *self.pictures.take_notices()):
            self._say(sentence, is_warning=True)

    def _say(self, sentence: str, *, is_warning: bool = False) -> None:
        self._report(Said(level="warning" if is_warning else "info", sentence=sentence))

    def _phase(self, phase: str) -> None:
        self._report(Phase.model_validate({"phase": phase, "kimg": self.kimg}))

    def _report(self, report: Report) -> None:
        if self.given.world.rank == 0:
            self.given.report(report)
