"""Our recipe: frames begin where their neighbours ended, several as one search, keyframes first.

The first keyframe is searched for from the nearest of some samples; a window of keyframes from the frame before it; all
frames of the window, a batch at a time, from what lies between the keyframes, held together by a smoothness term.
Portraits have no neighbours: each begins at the nearest sample, or where an encoder puts it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from gpu_service.projection.cost import BETWEEN_SHARE, KEY_SHARE, PLUS_SHARE, SAMPLES, STRIDE, key_places, steps_of
from gpu_service.projection.course import Course
from gpu_service.projection.easel import Easel
from gpu_service.projection.losses import Losses
from gpu_service.projection.search import Plan, Search
from gpu_service.protocol.projection import ProjectionConfig

FIRST_RATE, KEY_RATE, BETWEEN_RATE, PLUS_RATE = 0.3, 0.2, 0.1, 0.1
SAMPLE_REACH = 0.6
STRAIGHTENED = 8
Guess = Callable[[Tensor], Tensor]


@dataclass
class Batch:
    """Frames that are found. `w` [n, W], `plus` [n, num_ws, W] in W+, `noise` [n, numbers] where it is fitted.

    `steps` [n]: in how many drawings each frame was searched for, those as a keyframe among them.
    """

    first: int
    w: Tensor
    plus: Tensor | None
    losses: list[float]
    steps: list[int]
    targets: np.ndarray
    course: Course
    noise: Tensor | None = None

    @property
    def end(self) -> int:
        return self.first + len(self.w)


@dataclass
class Known:
    """The last frame that was found: where the next ones begin. `noise` [1, numbers] where it is fitted."""

    w: Tensor
    plus: Tensor | None = None
    noise: Tensor | None = None


class Hand:
    """What a search is done with and told to. `state` was kept by an earlier start."""

    def __init__(self, easel: Easel, losses: Losses, state: dict[str, np.ndarray]) -> None:
        self.easel, self.losses, self.state = easel, losses, state

    def stepped(self, search: Search, label: str, worth: int) -> None:
        """After each step. `worth` = drawings of one frame in such a search. May raise to end."""

    def kept(self, name: str, arrays: dict[str, np.ndarray]) -> None:
        """Something that later searches need."""

    def ended(self, known: Known) -> None:
        """A batch is found; this is its last frame."""


def project_quick(
    hand: Hand,
    frames: Iterator[np.ndarray],
    config: ProjectionConfig,
    *,
    count: int,
    done: int,
    known: Known | None,
    are_related: bool,
    guess: Guess | None = None,
) -> Iterator[Batch]:
    """Batches in order, from frame `done` on. `frames` begins there: uint8 [R, R, 3] each."""
    flow = _Flow(hand, config, guess)
    flow.known = known
    if not are_related:
        yield from flow.alone(frames, first=done, count=count)
        return
    window = config.batch * STRIDE
    place = done
    while place < count:
        end = min((place // window + 1) * window, count)
        pictures = _take(frames, end - place)
        if not len(pictures):
            return
        yield from flow.window(pictures, first=place)
        place += len(pictures)


class _Flow:
    def __init__(self, hand: Hand, config: ProjectionConfig, guess: Guess | None) -> None:
        self.hand, self.config, self.easel = hand, config, hand.easel
        self.guess = guess or self._nearest_sample
        self.known: Known | None = None
        # Steps of the keyframes of the window in hand, by frame.
        self._key_steps: dict[int, int] = {}
        self._pool: Tensor | None = None

    def alone(self, frames: Iterator[np.ndarray], *, first: int, count: int) -> Iterator[Batch]:
        """Pictures that have nothing to do with one another."""
        while first < count and len(pictures := _take(frames, min(self.config.batch, count - first))):
            targets = self.easel.as_pictures(pictures)
            plan = self._plan(1.0, FIRST_RATE, smoothness=0.0)
            noise = self._noise().expand(len(targets), -1)
            yield self._finish(pictures, first, self.guess(targets), plan, noise, alone=True)
            first += len(pictures)

    def window(self, pictures: np.ndarray, *, first: int) -> Iterator[Batch]:
        """Keyframes, then everything."""
        places, keys, key_noise = self._keys(pictures, first)
        for start in range(0, len(pictures), self.config.batch):
            part = pictures[start : start + self.config.batch]
            at = first + start
            w = between(at, len(part), places, keys, None if self.known is None else self.known.w)
            nearest = [min(int(np.searchsorted(places, at + index)), len(places) - 1) for index in range(len(part))]
            noise = key_noise if len(key_noise) == 1 else key_noise[nearest]
            later = int(np.searchsorted(places, at + len(part)))
            plan = self._plan(BETWEEN_SHARE, BETWEEN_RATE, smoothness=self.config.smoothness)
            after = keys[later] if later < len(places) else None
            yield self._finish(part, at, w, plan, noise, after=after)

    def _keys(self, pictures: np.ndarray, first: int) -> tuple[list[int], Tensor, Tensor]:
        """Which frames are keyframes, their w [k, W] and their noise [k or 1, numbers]."""
        label = f"keys-{first // (self.config.batch * STRIDE)}"
        held = self.hand.state
        if f"{label}.w" in held:
            places = [int(place) for place in held[f"{label}.places"]]
            counts = held.get(f"{label}.steps", np.zeros(len(places), int))
            self._key_steps = {place: int(count) for place, count in zip(places, counts, strict=True)}
            return places, self._tensor(held[f"{label}.w"]), self._tensor(held[f"{label}.noise"])
        places = key_places(first, len(pictures))
        targets = self.easel.as_pictures(pictures[[place - first for place in places]])
        opening = 0
        if self.known is None:
            self.known, opening = self._open(targets[:1])
        before = None if first == 0 else self.known.w
        noise = self._noise()
        start = self.known.w.expand(len(targets), -1)
        plan = self._plan(KEY_SHARE, KEY_RATE, smoothness=self.config.smoothness)
        search = self._search(f"{label}.search", targets, start, plan, noise=noise, before=before)
        if first == 0:
            self.known = None
        steps = [search.number + (opening if place == places[0] else 0) for place in places]
        self._key_steps = dict(zip(places, steps, strict=True))
        kept = {"w": search.w.cpu().numpy(), "noise": search.noise.cpu().numpy()}
        kept |= {"places": np.array(places), "steps": np.array(steps)}
        self.hand.kept(label, {f"{label}.{name}": array for name, array in kept.items()})
        return places, search.w.clone(), search.noise.clone()

    def _open(self, target: Tensor) -> tuple[Known, int]:
        """The very first frame, with all steps; and how many those were."""
        plan = self._plan(1.0, FIRST_RATE, smoothness=0.0)
        search = self._search("first.search", target, self.guess(target), plan, noise=self._noise())
        known = Known(search.w[0].clone(), noise=search.noise.clone() if plan.fits_noise else None)
        return known, search.number

    def _finish(
        self,
        pictures: np.ndarray,
        first: int,
        start: Tensor,
        plan: Plan,
        noise: Tensor,
        *,
        after: Tensor | None = None,
        alone: bool = False,
    ) -> Batch:
        """One batch to its end, in W and then, where asked, in W+."""
        targets = self.easel.as_pictures(pictures)
        batch = Batch(first, start, None, [], [], pictures, Course(self.config, self.easel.num_ws))
        before = None if alone or self.known is None else self.known.w
        label = f"batch-{first}.search"
        search = self._search(label, targets, start, plan, noise=noise, before=before, after=after, course=batch.course)
        batch.w, batch.losses, steps = search.w.clone(), search.frame_losses.tolist(), search.number
        if self.config.space == "w+":
            search = self._plus(batch, targets, search, alone=alone)
            steps += search.number
        batch.steps = [steps + self._key_steps.get(frame, 0) for frame in range(first, batch.end)]
        batch.course.end(batch.w if batch.plus is None else batch.plus)
        last = None if batch.plus is None else batch.plus[-1]
        batch.noise = search.noise.clone() if plan.fits_noise else None
        self.known = Known(batch.w[-1], last, None if batch.noise is None else batch.noise[-1:])
        self.hand.ended(self.known)
        return batch

    def _plus(self, batch: Batch, targets: Tensor, found: Search, *, alone: bool) -> Search:
        """Every row by itself, from the one w and what the frame before differed by."""
        rows = batch.w[:, None].expand(-1, self.easel.num_ws, -1)
        before = None
        if not alone and self.known is not None and self.known.plus is not None:
            before = self.known.plus
            rows = rows + (before - self.known.w)
        smoothness = 0.0 if alone else self.config.smoothness
        plan = self._plan(1.0 if alone else PLUS_SHARE, PLUS_RATE, smoothness=smoothness)
        label = f"batch-{batch.first}.plus"
        search = self._search(label, targets, rows, plan, noise=found.noise, before=before, course=batch.course)
        batch.plus, batch.losses = search.w.clone(), search.frame_losses.tolist()
        return search

    def _search(
        self,
        label: str,
        targets: Tensor,
        start: Tensor,
        plan: Plan,
        *,
        noise: Tensor,
        before: Tensor | None = None,
        after: Tensor | None = None,
        course: Course | None = None,
    ) -> Search:
        search = Search(self.easel, self.hand.losses, targets, start, plan, noise=noise, before=before, after=after)
        held = {name.removeprefix(f"{label}."): array for name, array in self.hand.state.items()}
        # What histories are made of is not kept, so that with them a search begins anew.
        if "place" in held and held["w"].shape == tuple(start.shape) and not (course and course.keeps_histories):
            search.restore(held)
            if course is not None:
                course.is_whole = False
        while not search.is_done:
            drawn = search.step()
            if course is not None:
                course.stepped(search, drawn)
            self.hand.stepped(search, label, plan.steps)
        return search

    def _plan(self, share: float, rate: float, *, smoothness: float) -> Plan:
        return Plan(
            steps_of(self.config, share),
            rate,
            smoothness=smoothness,
            pull=pull_of(self.config, self.hand.losses),
            fits_noise=self.config.noise == "fitted",
        )

    def _noise(self) -> Tensor:
        """What the next search draws with: what the last one ended with, or the snapshot's own. [1, numbers]"""
        if self.known is not None and self.known.noise is not None:
            return self.known.noise
        noise = self.easel.own_noise.clone()
        if self.config.noise == "fitted" and self.easel.maps.numbers:
            self.easel.maps.straighten(noise, times=STRAIGHTENED)
        return noise

    @torch.no_grad()
    def _nearest_sample(self, targets: Tensor) -> Tensor:
        """The sample that looks most like each target. [n, 3, R, R] -> [n, W]"""
        losses, noise = self.hand.losses, self._noise()
        mean = self.easel.spread.mean
        if self._pool is None:
            samples = self.easel.samples(SAMPLES - 1, seed=self.config.seed)
            self._pool = torch.cat([mean[None], mean + SAMPLE_REACH * (samples - mean)])
        wanted = losses.look(targets)
        drawn = (self.easel.paint(w[None], noise).expand(len(targets), -1, -1, -1) for w in self._pool)
        apart = torch.stack([losses.apart(pictures, wanted) for pictures in drawn])
        return self._pool[apart.argmin(dim=0)].clone()

    def _tensor(self, array: np.ndarray) -> Tensor:
        return torch.from_numpy(np.array(array)).to(self.easel.device)


def pull_of(config: ProjectionConfig, losses: Losses) -> float:
    """As chosen; else 1 where pixels are all that is compared, which know nothing of faces."""
    if config.pull is not None:
        return config.pull
    return 1.0 if losses.are_pixels_alone else 0.0


def between(first: int, count: int, places: Sequence[int], keys: Tensor, before: Tensor | None) -> Tensor:
    """Straight lines through the keyframes, and the frame before where there is one. [count, W]"""
    known = [] if before is None else [(first - 1, before)]
    known += [(place, key) for place, key in zip(places, keys, strict=True) if place >= first]
    rows = []
    for frame in range(first, first + count):
        later = next(index for index, (place, _) in enumerate(known) if place >= frame)
        (start, one), (end, other) = known[max(later - 1, 0)], known[later]
        rows.append(other if later == 0 else torch.lerp(one, other, (frame - start) / (end - start)))
    return torch.stack(rows)


def _take(frames: Iterator[np.ndarray], count: int) -> np.ndarray:
    """As many as there are, at most `count`. [n, R, R, 3]"""
    taken = [frame for _, frame in zip(range(count), frames, strict=False)]
    return np.stack(taken) if taken else np.empty((0, 0, 0, 3), np.uint8)
