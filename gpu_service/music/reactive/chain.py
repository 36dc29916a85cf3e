"""Chains: a signal's functions, one after the other. What is heard comes first and is kept; shaping is quick."""

import hashlib
import json
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from gpu_service.music.onset_strength import RATE
from gpu_service.music.reactive import shaping
from gpu_service.music.reactive.hearing import Heard, hop_of
from gpu_service.protocol import signal_steps as s
from gpu_service.protocol.signals import Signal, SignalSet


@dataclass(frozen=True)
class Pace:
    """The film's frames, and how many of them one frame of a keyword is."""

    fps: Fraction
    frames: int
    scale: float

    @classmethod
    def of(cls, signals: SignalSet, *, fps: Fraction, frames: int) -> "Pace":
        return cls(fps, frames, float(fps) / signals.counted_at if signals.counted_at else 1.0)


@dataclass(frozen=True)
class Line:
    """A curve on its way through the chain. `rate` is values a second."""

    values: np.ndarray
    rate: float
    is_frames: bool


def heard(signal: Signal) -> Heard:
    """The first function of the chain, the one that listens."""
    first: Heard = signal.chain[0]  # type: ignore[assignment]
    return first


def heard_name(signal: Signal) -> str:
    """The name under which what it hears is kept: the stem, the function and a hash of the keywords."""
    step = heard(signal)
    text = json.dumps([signal.source, step.model_dump(mode="json")], sort_keys=True)
    return f"{step.do}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def shape(signal: Signal, curve: np.ndarray, pace: Pace) -> np.ndarray:
    """The rest of the chain, on what was heard. […, n] -> float64 […, frames]"""
    line = Line(np.asarray(curve, np.float64), RATE / hop_of(heard(signal)), False)
    for step in signal.chain[1:]:
        line = _resampled(line, step, pace) if isinstance(step, s.Resample) else _shaped(line, step, pace)
    return line.values


def _shaped(line: Line, step: s.Step, pace: Pace) -> Line:
    """One function that leaves the pace as it is. What counts frames counts those of the set."""
    x = line.values
    scale = pace.scale if line.is_frames else 1.0
    match step:
        case s.LowPass():
            x = shaping.low_pass(x, order=step.order, cutoff=step.cutoff, rate=step.rate or line.rate)
        case s.Gauss():
            x = shaping.gauss(x, step.sigma * scale)
        case s.Ema():
            x = shaping.ema(x, step.alpha)
        case s.Norm():
            x = shaping.norm(x, step.low, step.high)
        case s.Clip():
            x = np.clip(x, step.low, max(step.low, step.high))
        case s.Power():
            x = np.maximum(x, 0) ** step.exponent
        case s.CumSum():
            x = np.cumsum(x, axis=-1)
        case s.Rows():
            x = shaping.rows(np.atleast_2d(x))
        case s.Peaks():
            x = _peaks(x, step, scale)
        case s.Plateau():
            x = shaping.plateau(x, round(step.hold * scale))
        case _:
            raise ValueError(f"“{step.do}” shapes nothing.")
    return Line(x, line.rate, line.is_frames)


def _resampled(line: Line, step: s.Resample, pace: Pace) -> Line:
    fps = float(pace.fps)
    if step.method == "fourier":
        values = shaping.fourier_resample(line.values, pace.frames, clip=step.clip)
    else:
        make = _RESAMPLERS[step.method]
        values = make(line.values, values_per_frame=line.rate / fps, frames=pace.frames)
    return Line(values, fps, True)


_RESAMPLERS = {
    "exact": shaping.exact_resample,
    "highest": shaping.highest_resample,
    "nearest": shaping.nearest_resample,
}


def _peaks(curve: np.ndarray, step: s.Peaks, scale: float) -> np.ndarray:
    radius = round(step.radius * scale)
    return shaping.peaks(
        curve,
        distance=step.distance * scale,
        prominence=step.prominence,
        width=step.width * scale,
        height=step.height,
        bump=shaping.kernel(radius, step.sigma * scale, step.kernel),
        late=radius // 2 if step.is_late else 0,
    )
