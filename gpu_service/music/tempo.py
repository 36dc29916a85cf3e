"""Tempo: how fast the pulse goes, second by second, and the list of markers that a beat grid is made of."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import librosa
import numpy as np
from scipy.ndimage import uniform_filter1d

from gpu_service.music.features import FRAME_RATE

WINDOW_SECONDS = 7.0
STEP_SECONDS = 0.5
WINDOWS_AT_ONCE = 256
LOWEST_BPM, HIGHEST_BPM = 45.0, 215.0
BINS_PER_OCTAVE = 72
USUAL_BPM, USUAL_OCTAVES = 118.0, 0.75
# What a jump of an octave between two windows (half a second apart) costs; a glide of 10 % costs almost nothing.
JUMP_COST = 6.0
WHOLE_TRACK_SHARE = 0.6
LEAST_SHARE = 0.2
DOTTED_RATIOS = np.array([2 / 3, 3 / 4, 4 / 3, 3 / 2])
NEAR_OCTAVES = 0.1
DOTTED_MARGIN = 1.15
MARKER_TOLERANCE_SECONDS = 0.030


@dataclass(frozen=True)
class TempoMarker:
    """From `seconds` (a beat) on the tempo is `bpm`. `downbeat` is the second of the first downbeat at or after it."""

    seconds: float
    bpm: float
    beats_per_bar: int
    downbeat: float

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class TempoCurve:
    """`bpm [windows]` at `seconds [windows]`; `clarity [windows]`, 0…1: how much the sound repeats at that pace."""

    seconds: np.ndarray
    bpm: np.ndarray
    clarity: np.ndarray

    def at(self, seconds: np.ndarray) -> np.ndarray:
        return np.exp2(np.interp(seconds, self.seconds, np.log2(self.bpm)))


def find_tempo(onset: np.ndarray) -> TempoCurve:
    """Follow the likeliest pace through the track (autocorrelation in windows, then the cheapest path). [T]"""
    bpm = LOWEST_BPM * 2 ** (np.arange(round(np.log2(HIGHEST_BPM / LOWEST_BPM) * BINS_PER_OCTAVE)) / BINS_PER_OCTAVE)
    lags = 60 * FRAME_RATE / bpm
    scores = [_pulse_score(repeats, lags) for repeats in _autocorrelations(onset)]
    score, halves, clarity = (np.concatenate(parts) for parts in zip(*scores, strict=True))
    seconds = np.arange(len(score)) * _step() / FRAME_RATE
    prior = np.exp(-0.5 * (np.log2(bpm / USUAL_BPM) / USUAL_OCTAVES) ** 2)
    if _is_dotted(bpm, plain=score.mean(axis=0) * prior, divided=(score + halves).mean(axis=0) * prior):
        score = score + halves
    # A window that is unsure follows what the whole track says.
    path = _cheapest_path((score + WHOLE_TRACK_SHARE * score.mean(axis=0)) * prior)
    return TempoCurve(seconds, bpm[path], clarity[np.arange(len(path)), path])


def _is_dotted(bpm: np.ndarray, *, plain: np.ndarray, divided: np.ndarray) -> bool:
    """Whether the likeliest pace is that of dotted notes or triplets, while another one is played in halves as well.

    Dotted notes, three quarters of a beat, often repeat as well as the beat does, but their half does not.
    """
    likeliest = int(plain.argmax())
    ratio = bpm / bpm[likeliest]
    near = np.abs(np.log2(ratio[:, None] / DOTTED_RATIOS)).min(axis=1) < NEAR_OCTAVES
    return float(divided[near].max(initial=0.0)) > DOTTED_MARGIN * float(divided[likeliest])


def _step() -> int:
    return round(STEP_SECONDS * FRAME_RATE)


def _autocorrelations(onset: np.ndarray) -> Iterator[np.ndarray]:
    """How alike the onset curve is to itself shifted, window by window. Yields some of [w, lags], lag 0 = 1."""
    size = round(WINDOW_SECONDS * FRAME_RATE)
    flat = onset - uniform_filter1d(onset, round(FRAME_RATE), mode="nearest")
    padded = np.pad(np.maximum(flat, 0), size // 2)
    padded = np.pad(padded, (0, max(0, size - len(padded))))
    views = np.lib.stride_tricks.sliding_window_view(padded, size)[:: _step()]
    hann = np.hanning(size)
    shape = librosa.autocorrelate(hann)
    for start in range(0, len(views), WINDOWS_AT_ONCE):
        windows = views[start : start + WINDOWS_AT_ONCE]
        windows = (windows - windows.mean(axis=1, keepdims=True)) * hann
        repeats = librosa.autocorrelate(windows, axis=1)
        repeats = repeats / np.maximum(repeats[:, :1], 1e-9)
        yield (repeats / np.maximum(shape / shape[0], 0.1)).astype(np.float32)


def _pulse_score(repeats: np.ndarray, lags: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A pulse repeats after one beat, and after two and four. -> score, likeness after a half, after one [w, bpm]"""
    longest = repeats.shape[1] - 2
    likeness = []
    for multiple in (0.5, 1, 2, 4):
        place = np.minimum(lags * multiple, longest)
        low = place.astype(int)
        share = place - low
        likeness.append(repeats[:, low] * (1 - share) + repeats[:, low + 1] * share)
    half, one, two, four = (np.maximum(x, 0) for x in likeness)
    # Twice too fast also repeats after two and four; only a pace whose single beat repeats is one.
    beats_itself = np.clip(one / np.maximum(LEAST_SHARE * two, 1e-6), 0, 1)
    return (one + 0.5 * two + 0.25 * four) * beats_itself, half * beats_itself, one


def _cheapest_path(score: np.ndarray) -> np.ndarray:
    """The path through [w, bins] with the highest score, jumps in tempo paid for (Viterbi). -> int [w]

    librosa.sequence.viterbi wants chances that add up to 1, which favours both ends of the scale, and compiles 4 s.
    """
    bins = np.arange(score.shape[1])
    octaves = (bins[:, None] - bins[None]) / BINS_PER_OCTAVE
    cost = JUMP_COST * np.minimum(np.abs(octaves), 0.5) ** 1.5 * 2
    total = score[0]
    came_from = np.zeros(score.shape, np.int32)
    for w in range(1, len(score)):
        options = total[None] - cost
        came_from[w] = options.argmax(axis=1)
        total = options[bins, came_from[w]] + score[w]
    path = np.zeros(len(score), int)
    path[-1] = int(total.argmax())
    for w in range(len(score) - 1, 0, -1):
        path[w - 1] = came_from[w, path[w]]
    return path


def tempo_markers(beats: np.ndarray, *, beats_per_bar: int, first_downbeat: int) -> list[TempoMarker]:
    """As few stretches of steady tempo as keep every beat within 30 ms of its stretch's line. [n] seconds"""
    markers = []
    start = 0
    while start < len(beats) - 1:
        end = _steady_until(beats, start)
        count = np.arange(end - start + 1)
        period = np.polyfit(count, beats[start : end + 1], 1)[0] if len(count) > 2 else beats[end] - beats[start]
        downbeat = start + (first_downbeat - start) % beats_per_bar
        seconds = beats[downbeat] if downbeat < len(beats) else beats[start] + (downbeat - start) * period
        # A thousandth of a bpm is 15 ms after an hour.
        markers.append(TempoMarker(float(beats[start]), round(60 / float(period), 6), beats_per_bar, float(seconds)))
        start = end
    return markers


def _steady_until(beats: np.ndarray, start: int) -> int:
    """The last beat up to which one straight line fits all since `start`; found by doubling, then halving."""

    def fits(end: int) -> bool:
        count = np.arange(end - start + 1)
        line = np.polyval(np.polyfit(count, beats[start : end + 1], 1), count)
        return float(np.abs(line - beats[start : end + 1]).max()) <= MARKER_TOLERANCE_SECONDS

    good, step = start + 1, 2
    while good + step < len(beats) and fits(good + step):
        good, step = good + step, step * 2
    while step:
        if good + step < len(beats) and fits(good + step):
            good += step
        step //= 2
    return good
