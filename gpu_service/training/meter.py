"""From steps to ticks: means since the tick before. Numbers stay on the device until a tick is due."""

import math
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from gpu_service.protocol import Tick
from gpu_service.training.errors import Diverged
from gpu_service.training.memory import resident_bytes

Number = float | Tensor
MEANS = ("loss_g", "loss_d", "r1", "path", "sign_real", "sign_fake", "score_real", "score_fake")
LAST = ("p", "ema_beta")
LONGEST_SECONDS = 15.0
# How much the newest tick counts for the pace that the time left is told by.
PACE_SHARE = 0.3
DIVERGED = (
    "The losses are no numbers any more. What was reached before is kept in the last checkpoint. Try lower learning "
    "rates, a higher R1 weight, or precision fp32."
)


class Meter:
    """`seconds` is the run's own clock: what its earlier starts took, and this one."""

    def __init__(self, *, pictures: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock, self._before = clock, seconds
        self._began = self._ticked_at = clock()
        self._ticked_pictures = pictures
        self._idle = self._beside = self._away_ticked = self._waited_ticked = 0.0
        self._sums: dict[str, list[Number]] = {}
        self._last: dict[str, Number | None] = {}
        self._pace: float | None = None

    @property
    def seconds(self) -> float:
        """Time spent on this run until now, without the time it gave way to others."""
        return self._before + self.clock() - self._began - self._idle

    @property
    def has_steps(self) -> bool:
        """Whether there was one since the last tick."""
        return bool(self._sums)

    def idle(self, seconds: float) -> None:
        """The run waited for somebody else."""
        self._idle += seconds

    def beside(self, seconds: float) -> None:
        """The run did something else than steps: its clock goes on, its pace is not that of steps."""
        self._beside += seconds

    def check(self) -> None:
        """Look at the numbers since the last tick. Raises Diverged where one is none, before it is kept."""
        for name in ("loss_g", "loss_d"):
            if name in self._sums and not math.isfinite(_mean(self._sums[name])):
                raise Diverged(DIVERGED)

    def add(self, step: object) -> None:
        """Note a step."""
        for name in MEANS:
            value = getattr(step, name, None)
            if value is not None:
                self._sums.setdefault(name, []).append(value)
        self._last = {name: getattr(step, name, None) for name in LAST}

    def is_due(self, *, pictures: int, tick_kimg: float) -> bool:
        """Whether something should be said, because of what was done or of the time."""
        per_tick = tick_kimg * 1000
        reached = pictures // per_tick > self._ticked_pictures // per_tick
        return self.has_steps and (reached or self.clock() - self._ticked_at >= LONGEST_SECONDS)

    def tick(self, *, step: int, pictures: int, total: int, waited: float, device: torch.device) -> Tick:
        """What happened since the last one. `waited` = seconds waited for pictures, over the whole start."""
        now = self.clock()
        away = self._idle + self._beside
        spent = max(now - self._ticked_at - (away - self._away_ticked), 1e-6)
        pace = (pictures - self._ticked_pictures) / spent
        self._pace = pace if self._pace is None else self._pace + PACE_SHARE * (pace - self._pace)
        self.check()
        means = {name: _mean(values) for name, values in self._sums.items()}
        last = {name: None if value is None else float(value) for name, value in self._last.items()}
        share = min(max((waited - self._waited_ticked) / spent, 0.0), 1.0)
        self._ticked_at, self._ticked_pictures, self._sums = now, pictures, {}
        self._away_ticked, self._waited_ticked = away, waited
        told: dict[str, Any] = {name: means.get(name) for name in MEANS} | {"p": last.get("p") or 0.0}
        return Tick(
            step=step,
            kimg=pictures / 1000,
            seconds=self.seconds,
            pictures_per_second=pace,
            left_seconds=max(total - pictures, 0) / self._pace if self._pace else None,
            ema_beta=last.get("ema_beta"),
            data_wait_share=share,
            memory_bytes=resident_bytes(),
            device_bytes=torch.cuda.max_memory_allocated(device) if device.type == "cuda" else 0,
            **told,
        )


def _mean(values: list[Number]) -> float:
    if isinstance(values[0], Tensor):
        return float(torch.stack([torch.as_tensor(value).detach().float() for value in values]).mean())
    return float(sum(values) / len(values))
