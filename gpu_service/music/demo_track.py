"""The demo track: 31.2 s of house in A minor, composed by code, the same bytes on every run (`specs/demo_track.md`)."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from scipy.ndimage import minimum_filter1d, uniform_filter1d
from scipy.signal import fftconvolve

from gpu_service.music.demo_instruments import BAR, BEAT, RATE, band_pass, decay, high_pass, times
from gpu_service.music.demo_score import BARS, kick_times, perform
from gpu_service.music.loudness import measure_lufs
from gpu_service.whole_files import replacing

TITLE = "First Light"
BPM = 123.0
LENGTH = 1_376_780
TARGET_LUFS = -14.0
CEILING = 10 ** (-1 / 20)
KNEE = 0.55
MASTER_ROUNDS = 4
SEND = {"lead": 0.55, "pad": 0.30, "drums": 0.22, "fx": 0.35}
DUCKED = {"pad": 0.25, "bass": 0.30, "lead": 0.65}


@dataclass(frozen=True)
class DemoCue:
    """A moment of the piece: seconds from its start."""

    seconds: float
    label: str


def demo_beats() -> np.ndarray:
    """The true beats, seconds. [64]"""
    return np.arange(4 * BARS) * BEAT


def demo_sections() -> list[DemoCue]:
    """Where intro, groove, build, break and drop start."""
    names = {0: "intro", 2: "groove", 6: "build", 8: "break", 10: "drop"}
    return [DemoCue(bar * BAR, name) for bar, name in names.items()]


def demo_cues() -> list[DemoCue]:
    """Cues that the demo project starts with."""
    names = {6: "build", 8: "break", 10: "drop", 12: "second wind", 14: "last turn"}
    return [DemoCue(round(bar * BAR, 2), name) for bar, name in names.items()]


def compose() -> np.ndarray:
    """The finished piece, float64 [1376780, 2] at 44 100 Hz."""
    buses, reverb_noise = perform()
    return _mastered(_mixed(buses, reverb_noise))


def write_demo_track(path: Path) -> None:
    """Compose and write it as 16-bit FLAC or WAV, by the name's ending."""
    samples = np.round(compose() * 32768).astype(np.int16)
    with replacing(path) as part:
        soundfile.write(part, samples, RATE, format=path.suffix[1:], subtype="PCM_16")


def _mixed(buses: dict[str, np.ndarray], reverb_noise: np.ndarray) -> np.ndarray:
    duck = _duck(len(buses["kick"]))[:, None]
    for name, kept in DUCKED.items():
        buses[name] = buses[name] * (kept + (1 - kept) * duck)
    send = sum(gain * buses[name] for name, gain in SEND.items())
    total = sum(buses.values()) + 0.55 * _reverb(np.asarray(send), reverb_noise) + _echo(buses["lead"])
    total = high_pass(total, 28)[:LENGTH]
    fade = round(0.6 * RATE)
    total[-fade:] *= np.cos(np.linspace(0, np.pi / 2, fade))[:, None] ** 2
    return total


def _duck(length: int) -> np.ndarray:
    """The side-chain: everything soft bows to the kick and comes back within .36 s. -> [length], 0…1"""
    t = times(0.36)
    dip = 1 - np.exp(-t / 0.11)
    dip /= dip[-1]
    duck = np.ones(length)
    for seconds in kick_times():
        start = round(RATE * seconds)
        duck[start : start + len(dip)] = np.minimum(duck[start : start + len(dip)], dip)
    window = np.hanning(round(0.006 * RATE))
    padded = np.pad(duck, len(window) // 2, mode="edge")
    return np.convolve(padded, window / window.sum(), "same")[len(window) // 2 :][:length]


def _reverb(send: np.ndarray, noise: np.ndarray) -> np.ndarray:
    room = band_pass(noise, 250, 7000) * decay(times(1.8), 0.42)[:, None]
    room[: round(0.012 * RATE)] = 0
    room /= np.sqrt(np.sum(room**2, axis=0))
    return fftconvolve(send, room, axes=0)[: len(send)]


def _echo(lead: np.ndarray) -> np.ndarray:
    """Three repeats of the lead, right, left, right."""
    mono = high_pass(lead.mean(axis=1), 400)
    out = np.zeros_like(lead)
    for i in (1, 2, 3):
        delay = round(i * 0.75 * BEAT * RATE)
        out[delay:, i % 2] += 0.32 * 0.55 ** (i - 1) * mono[:-delay]
    return out


def _mastered(mix: np.ndarray) -> np.ndarray:
    gain, out = 1.0, mix
    for _ in range(MASTER_ROUNDS):
        out = _limited(_soft_knee(gain * mix))
        gain *= 10 ** ((TARGET_LUFS - (measure_lufs(out, RATE) or TARGET_LUFS)) / 20)
    return out


def _soft_knee(a: np.ndarray) -> np.ndarray:
    size = np.abs(a)
    bent = np.sign(a) * (KNEE + (1 - KNEE) * np.tanh((size - KNEE) / (1 - KNEE)))
    return np.where(size > KNEE, bent, a)


def _limited(a: np.ndarray) -> np.ndarray:
    need = np.minimum(1, 0.985 * CEILING / np.maximum(np.abs(a).max(axis=1), 1e-12))
    size = round(0.006 * RATE)
    return a * uniform_filter1d(minimum_filter1d(need, size), size)[:, None]
