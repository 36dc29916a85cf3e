"""The sounds of the demo track (`specs/demo_track.md` §4). Each note is made once and kept; time is in seconds."""

from functools import lru_cache

import numpy as np
from scipy.signal import butter, sosfilt

RATE = 44_100
BEAT = 60 / 123
BAR = 4 * BEAT
SEED = 20
KICK_ROOTS = (33, 29, 36, 31)
CRASH_BARS = (4, 10, 14)


def hz(note: int) -> float:
    return 440 * 2 ** ((note - 69) / 12)


def times(seconds: float) -> np.ndarray:
    return np.arange(round(seconds * RATE)) / RATE


def decay(t: np.ndarray, seconds: float) -> np.ndarray:
    return np.exp(-t / seconds)


def low_pass(x: np.ndarray, hertz: float, *, order: int = 2) -> np.ndarray:
    return sosfilt(butter(order, hertz, "low", fs=RATE, output="sos"), x, axis=0)


def high_pass(x: np.ndarray, hertz: float, *, order: int = 2) -> np.ndarray:
    return sosfilt(butter(order, hertz, "high", fs=RATE, output="sos"), x, axis=0)


def band_pass(x: np.ndarray, low: float, high: float) -> np.ndarray:
    return sosfilt(butter(2, [low, high], "band", fs=RATE, output="sos"), x, axis=0)


def edged(x: np.ndarray, rise_ms: float, fall_ms: float) -> np.ndarray:
    """Straight fades at both ends, so that no note clicks."""
    rise, fall = round(rise_ms * RATE / 1000), round(fall_ms * RATE / 1000)
    x = x.copy()
    x[:rise] *= np.linspace(0, 1, rise)
    x[-fall:] *= np.linspace(1, 0, fall)
    return x


def saw(t: np.ndarray, frequency: float, partials: int, *, phase: float = 0.0) -> np.ndarray:
    kept = [k for k in range(1, partials + 1) if k * frequency < 15_000]
    return 2 / np.pi * sum((np.sin(2 * np.pi * k * (frequency * t + phase)) / k for k in kept), np.zeros(len(t)))


class Noises:
    """Every random number of the piece, drawn in the order that its specification fixes."""

    def __init__(self) -> None:
        rng = np.random.default_rng(SEED)

        def draw(seconds: float) -> np.ndarray:
            return rng.standard_normal(round(seconds * RATE))

        self.kick = {root: draw(0.30) for root in KICK_ROOTS}
        self.clap, self.closed_hat, self.open_hat = draw(0.28), draw(0.05), draw(0.22)
        self.riser = {bars: draw(bars * BAR) for bars in (2, 1)}
        self.crash = {bar: draw(2.2) for bar in CRASH_BARS}
        self.reverb = np.stack([draw(1.8), draw(1.8)], axis=1)


def kick(noise: np.ndarray, root: int) -> np.ndarray:
    t = times(0.30)
    # Tuned to the root of the bar: a fixed kick smears the chroma of every bar.
    turns = np.cumsum(hz(root) + 140 * decay(t, 0.026)) / RATE
    body = np.tanh(1.6 * np.sin(2 * np.pi * turns) * decay(t, 0.10))
    return edged(body + 0.12 * high_pass(noise, 2500) * decay(t, 0.004), 0.6, 30)


def clap(noise: np.ndarray) -> np.ndarray:
    t = times(0.28)
    hands = sum(np.where(t >= d, np.exp(-(t - d) / 0.007), 0) for d in (0, 0.011, 0.022))
    envelope = 0.6 * hands + np.where(t >= 0.030, np.exp(-(t - 0.03) / 0.075), 0)
    body = 0.35 * np.sin(2 * np.pi * 190 * t) * decay(t, 0.06)
    return edged(0.9 * band_pass(noise, 900, 6500) * envelope + body, 3, 10)


def hat(noise: np.ndarray, *, ring_seconds: float) -> np.ndarray:
    t = np.arange(len(noise)) / RATE
    return edged(high_pass(noise, 7500, order=4) * decay(t, ring_seconds), 0.4, 10)


def crash(noise: np.ndarray) -> np.ndarray:
    return edged(high_pass(noise, 4000) * decay(times(2.2), 0.6), 1, 200)


def riser(noise: np.ndarray) -> np.ndarray:
    """One noise through 24 bands that open one after the other, from 400 Hz upwards."""
    share = np.arange(len(noise)) / len(noise)
    total = np.zeros(len(noise))
    for i in range(24):
        low = 400 * 2 ** (4 * i / 24)
        opened = np.maximum(0, 1 - np.abs(24 * share - i - 0.5))
        total += band_pass(noise, low, min(1.8 * low, 18_000)) * opened
    return total * share**2


@lru_cache(maxsize=64)
def bass(note: int, seconds: float) -> np.ndarray:
    t, f = times(seconds), hz(note)
    x = 0.8 * np.sin(2 * np.pi * f * t) + 0.5 * saw(t, f, 10)
    m = decay(t, 0.09)
    shaped = (low_pass(x, 900) * m + low_pass(x, 260) * (1 - m)) * (0.6 * decay(t, 0.28) + 0.4)
    return edged(np.tanh(1.4 * shaped), 4, 30)


@lru_cache(maxsize=8)
def pad(chord: tuple[int, ...], seconds: float) -> np.ndarray:
    """Three detuned saws a note, spread over both ears. -> [n, 2]"""
    t = times(seconds)
    both = np.zeros((len(t), 2))
    for i, note in enumerate(chord):
        for j, cents in enumerate((-7, 0, 7)):
            voice = saw(t, hz(note) * 2 ** (cents / 1200), 14, phase=0.37 * i + 0.21 * j)
            angle = (0.5 + 0.48 * (j - 1) * (-1) ** i) * np.pi / 2
            both += voice[:, None] * [np.cos(angle), np.sin(angle)]
    swell = np.minimum(1, t / 0.12) * np.minimum(1, (seconds - t) / 0.18)
    return low_pass(both, 2600, order=1) * swell[:, None] / (2 * len(chord))


@lru_cache(maxsize=128)
def lead(note: int, seconds: float) -> np.ndarray:
    t = times(seconds + 0.25)
    vibrato = 1 + 0.004 * np.sin(2 * np.pi * 5.2 * t) * np.minimum(1, t / 0.25)
    phi = 2 * np.pi * hz(note) * np.cumsum(vibrato) / RATE
    tone = np.sin(phi + 1.6 * decay(t, 0.12) * np.sin(2 * phi)) + 0.25 * np.sin(3 * phi) * decay(t, 0.1)
    held = np.where(t > seconds, np.exp(-(t - seconds) / 0.07), 1)
    return edged(tone * (0.8 * decay(t, 0.30) + 0.2) * held, 4, 40)


def forget_notes() -> None:
    """Give the memory of the kept notes back."""
    for kept in (bass, pad, lead):
        kept.cache_clear()
