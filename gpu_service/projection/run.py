"""A projection from its first frame to its file: what is found is kept part by part, what is wished is heard."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import torch

from gpu_service.errors import RenderError
from gpu_service.projection.cost import most_evaluations
from gpu_service.projection.easel import Easel
from gpu_service.projection.file import read_projection
from gpu_service.projection.folder import WorkFolder
from gpu_service.projection.keeping import DRAWINGS, LAST_NOISE, SECONDS, KeptHand
from gpu_service.projection.layout import ProjectionFacts
from gpu_service.projection.losses import Losses
from gpu_service.projection.parts import beside, found_alone, frames_of, last_w, shape_of
from gpu_service.projection.quick import Batch, Guess, Known, project_quick
from gpu_service.projection.reference import project_cold
from gpu_service.projection.target import Choice, Target
from gpu_service.projection.telling import PartDone, Saying
from gpu_service.projection.writing import write_projection
from gpu_service.protocol.projection import ProjectionConfig, ProjectionTick
from gpu_service.training.wishes import Wishes

Outcome = Literal["done", "paused", "stopped"]
TICK_SECONDS = 0.5
YIELD_SECONDS = 0.2


class Ended(Exception):
    """Somebody wished an end; what was reached is kept."""


@dataclass
class Surroundings:
    """What a projection is made with."""

    easel: Easel
    losses: Losses
    target: Target
    choice: Choice
    config: ProjectionConfig
    facts: ProjectionFacts
    folder: WorkFolder
    wishes: Wishes
    say: Callable[[Saying], None]
    guess: Guess | None = None


class ProjectionRun:
    """One start. Frames that are done stay done."""

    def __init__(self, given: Surroundings) -> None:
        self.given, self.config = given, given.config
        self.began = time.monotonic()
        self.done = self.at_start = given.folder.done
        self._told = 0.0
        self._drawn_before = self._drawings()
        self._seconds_before = float(given.folder.state().get(SECONDS, np.zeros(1))[0])

    @property
    def evaluations(self) -> int:
        """Drawings of the whole projection, those of earlier starts among them."""
        return self._drawn_before + self.given.easel.evaluations

    @property
    def seconds(self) -> float:
        """Time spent searching, that of earlier starts with it."""
        return self._seconds_before + time.monotonic() - self.began

    def _drawings(self) -> int:
        """What earlier starts told, or what their frames tell."""
        parts = [read_projection(part, unfinished=True) for part in self.given.folder.parts()]
        told = self.given.folder.state().get(DRAWINGS, np.zeros(1, int))
        return max(int(told[0]), sum(int(part.steps.sum()) for part in parts)) if parts or told[0] else 0

    def run(self) -> Outcome:
        """Until all frames are found, or somebody wishes an end."""
        try:
            for batch in self._batches():
                self._keep(batch)
                self._obey()
        except Ended:
            return "stopped" if self.given.wishes.newest.wanted == "stop" else "paused"
        return "done" if self.done >= self.given.choice.count else self._came_short()

    def tick(self, step: int, loss: float | None) -> None:
        """Say how far it is; not too often."""
        now = time.monotonic()
        if now - self._told < TICK_SECONDS:
            return
        self._told = now
        total = self.given.choice.count
        self.given.say(
            ProjectionTick(
                frame=min(self.done, total),
                frames=total,
                step=step,
                loss=loss if loss is None or np.isfinite(loss) else None,
                seconds=self.seconds,
                left_seconds=self._left(now - self.began),
                evaluations=self.evaluations,
            )
        )

    def _left(self, gone: float) -> float | None:
        """Seconds, by the drawings that there can be at most, or by frames where those found so far promise less."""
        found, drawn, given = self.done - self.at_start, self.given.easel.evaluations, self.given
        if not drawn:
            return None
        are_related = given.target.info.kind == "video"
        most = most_evaluations(self.config, given.choice.count - self.at_start, are_related=are_related)
        by_drawings = gone / drawn * max(most - drawn, 0)
        return min(by_drawings, gone / found * (given.choice.count - self.done)) if found else by_drawings

    def obey(self, keep: Callable[[], None]) -> None:
        """Between two steps: end where that is wished, wait while others need the device."""
        wishes = self.given.wishes
        while wishes.newest.yields and wishes.newest.wanted == "run" and not wishes.interrupted:
            wishes.wait(YIELD_SECONDS)
        if wishes.newest.wanted != "run" or wishes.interrupted:
            keep()
            raise Ended

    def _obey(self) -> None:
        if self.done < self.given.choice.count:
            self.obey(lambda: None)

    def _batches(self) -> Iterator[Batch]:
        given, config = self.given, self.config
        shape = shape_of(config, given.easel.side)
        frames = given.target.frames(shape=shape, fit=config.fit, choice=given.choice, start=self.done)
        if config.recipe == "reference":
            yield from self._cold(frames)
            return
        state = given.folder.state()
        yield from project_quick(
            KeptHand(self, state),
            frames,
            config,
            count=given.choice.count,
            done=self.done,
            known=self._known(state),
            are_related=given.target.info.kind == "video",
            guess=given.guess,
        )

    def _cold(self, frames: Iterator[np.ndarray]) -> Iterator[Batch]:
        """Every frame by itself."""
        config, easel = self.config, self.given.easel
        keep = tuple(name for name in ("latents", "noises", "images") if getattr(config, f"{name}_histories"))

        def stepped(step: int, loss: float) -> None:
            self.tick(step, loss)
            self.obey(lambda: None)

        for number, frame in enumerate(frames, start=self.done):
            target = easel.as_pictures(frame[None])[0]
            found = project_cold(
                target,
                easel,
                self.given.losses,
                steps=config.steps,
                seed=config.seed + number,
                keep=keep,
                on_step=stepped,
            )
            yield found_alone(number, frame, found, config, easel.num_ws)

    def _known(self, state: dict[str, np.ndarray]) -> Known | None:
        """The last frame that was found by an earlier start."""
        if not self.done:
            return None
        part = read_projection(self.given.folder.parts()[-1], unfinished=True)
        plus = self._tensor(part.latents[-1]) if self.config.space == "w+" else None
        noise = self._tensor(state[LAST_NOISE]) if LAST_NOISE in state else None
        return Known(self._tensor(last_w(part.path)), plus, noise)

    def _tensor(self, array: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(np.array(array)).to(self.given.easel.device)

    def _keep(self, batch: Batch) -> None:
        """Write the part, then say so: what was said is there."""
        given = self.given
        finals = given.easel.final(batch.w if batch.plus is None else batch.plus)
        path = given.folder.part(batch.first, batch.end)
        facts = replace(given.facts, first_frame=batch.first, is_complete=False)
        picture = beside(batch.targets[-1], finals[-1], path.with_suffix(".jpg"))
        write_projection(path, facts, frames_of(batch, finals, given.easel.num_ws))
        self.done = batch.end
        given.say(
            PartDone(
                first=batch.first,
                end=batch.end,
                loss=batch.losses,
                steps=batch.steps,
                file=path.name,
                picture=picture.name,
            )
        )
        self._told = 0.0
        self.tick(max(batch.steps), float(np.mean(batch.losses)))

    def _came_short(self) -> Outcome:
        if not self.done:
            raise RenderError("The target holds no frame that can be read.", kind="bad_input", field="target")
        # A film's end may be cut off; what could be read is the projection.
        self.given.choice = replace(self.given.choice, count=self.done)
        self.given.facts = replace(self.given.facts, frame_count=self.done)
        return "done"
