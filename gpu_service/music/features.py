"""Features: everything that analysis reads from a track, taken in one pass over short overlapping windows.

22 050 Hz mono. Frame i of a curve is centred on second i · hop / 22 050; hop is 256 samples (86.1 a second) unless
said. Memory grows by about 100 bytes a frame, 30 MB an hour; the samples themselves are never held, so librosa is given
spans of about 12 s. In a new process loading it takes 4 s of one core, most of it for its beat tracker.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import librosa
import numpy as np

from gpu_service.music.bands import band_bank
from gpu_service.music.chroma import CHROMA_FRAME, CHROMA_HOP, find_chroma
from gpu_service.music.onset_strength import FRAME, RATE, mel_bank, power_spectra
from gpu_service.music.sound import Sound

HOP = 256
FINE_HOP = 64
FRAME_RATE = RATE / HOP
FINE_RATE = RATE / FINE_HOP
CHROMA_RATE = RATE / CHROMA_HOP
TIMBRE_BANDS = 16
WINDOWS_AT_ONCE = 1_024
# 80 dB under a sine as loud as the track's peak, in the units of the mel bank.
MEL_FLOOR = 1e-8 * (FRAME / 4) ** 2 * 0.01


@dataclass(frozen=True)
class Features:
    """Curves of a track. T frames, C chroma frames, F fine frames."""

    onset: np.ndarray  # [T] mean rise of the mel bands, dB
    rms: np.ndarray  # [T] linear, of the frame's 2048 samples
    bands: np.ndarray  # [T, 5] power
    brightness: np.ndarray  # [T] Hz, 0 in silence
    timbre: np.ndarray  # [T, 16] dB, groups of mel bands
    chroma: np.ndarray  # [C, 12] energy, not normalised
    attack: np.ndarray  # [F] how steeply the sound rises here, nepers


def find_features(sound: Sound, *, progress: Callable[[float], None] = lambda share: None) -> Features:
    """Read the track once. `progress` hears shares of it, 0…1."""
    peak = max(sound.peak, 1e-9)
    spectra = Spectra(peak)
    chroma: list[np.ndarray] = []
    fine = _Fine(peak)
    frames, wide, total = (
        Windows(FRAME, HOP),
        Windows(CHROMA_FRAME, CHROMA_HOP),
        max(sound.duration_seconds * RATE, 1),
    )
    done = 0
    for block in sound.mono_blocks(sample_rate=RATE):
        for span in frames.feed(block):
            spectra.take(span)
        chroma += map(find_chroma, wide.feed(block))
        fine.take(block)
        done += len(block)
        progress(min(1.0, done / total))
    for span in frames.finish():
        spectra.take(span)
    chroma += map(find_chroma, wide.finish())
    return spectra.result(chroma=np.concatenate(chroma), attack=fine.result())


class Windows:
    """Cuts a stream into spans of whole overlapping windows, the first window centred on the first sample."""

    def __init__(self, length: int, hop: int) -> None:
        self.length, self.hop, self.rest = length, hop, np.zeros(length // 2, np.float32)

    def feed(self, block: np.ndarray) -> Iterator[np.ndarray]:
        x = np.concatenate([self.rest, block])
        count = max(0, (len(x) - self.length) // self.hop + 1)
        for start in range(0, count, WINDOWS_AT_ONCE):
            last = min(start + WINDOWS_AT_ONCE, count) - 1
            yield x[start * self.hop : last * self.hop + self.length]
        self.rest = x[count * self.hop :]

    def finish(self) -> Iterator[np.ndarray]:
        yield from self.feed(np.zeros(self.length // 2, np.float32))


@dataclass
class Spectra:
    """Everything that the 2048-sample spectrum gives."""

    peak: float
    last: np.ndarray | None = None
    parts: dict[str, list[np.ndarray]] = field(default_factory=dict)

    def take(self, span: np.ndarray) -> None:
        power = power_spectra(span, frame=FRAME, hop=HOP)
        floor = MEL_FLOOR * self.peak**2
        mel = librosa.power_to_db(power @ mel_bank(), amin=floor, top_db=None)
        # Before the first sample lies silence, so that a track that starts with a hit has an onset there.
        before = np.full_like(mel[:1], 10 * np.log10(floor)) if self.last is None else self.last
        rise = np.maximum(0, np.diff(np.concatenate([before, mel]), axis=0)).mean(axis=1)
        self.last = mel[-1:]
        heard = power.sum(axis=1) > 1e-9 * (FRAME / 4) ** 2 * self.peak**2
        self._keep("onset", rise)
        self._keep("rms", librosa.feature.rms(y=span, frame_length=FRAME, hop_length=HOP, center=False)[0])
        self._keep("bands", power @ band_bank())
        self._keep("brightness", librosa.feature.spectral_centroid(S=power.T, sr=RATE)[0] * heard)
        # Half precision is finer than a tenth of a decibel.
        self._keep("timbre", mel.reshape(len(mel), TIMBRE_BANDS, -1).mean(axis=2), dtype=np.float16)

    def _keep(self, name: str, part: np.ndarray, *, dtype: type = np.float32) -> None:
        self.parts.setdefault(name, []).append(part.astype(dtype))

    def result(self, *, chroma: np.ndarray, attack: np.ndarray) -> Features:
        curves = {name: np.concatenate(self.parts.pop(name)) for name in list(self.parts)}
        # A rise shows when a hit enters the window's edge; this many frames later the window is centred on it.
        lead = FRAME // (2 * HOP)
        curves["onset"] = np.concatenate([np.zeros(lead, np.float32), curves["onset"]])[: len(curves["rms"])]
        return Features(**curves, chroma=chroma, attack=attack)


class _Fine:
    """Energy in steps of 2.9 ms, of the sound and of its treble: where exactly an attack lies."""

    def __init__(self, peak: float) -> None:
        self.floor = 1e-5 * peak**2
        self.rest = np.zeros(0, np.float32)
        self.before = np.float32(0)
        self.parts: list[np.ndarray] = []

    def take(self, block: np.ndarray) -> None:
        x = np.concatenate([self.rest, block])
        whole = len(x) // FINE_HOP * FINE_HOP
        self.rest = x[whole:]
        x = x[:whole]
        if whole == 0:
            return
        treble = np.diff(x, prepend=self.before)
        self.before = x[-1]
        plain, bright = (np.square(y).reshape(-1, FINE_HOP).mean(axis=1) for y in (x, treble))
        self.parts.append(np.log(plain + self.floor) + np.log(bright + self.floor))

    def result(self) -> np.ndarray:
        """Mean of 4 steps from here on minus mean of the 4 before. [F]"""
        energy = np.concatenate([np.zeros(0, np.float32), *self.parts])
        if len(energy) < 8:
            return np.zeros(len(energy), np.float32)
        padded = np.pad(energy, 4, constant_values=2 * np.log(self.floor))
        total = np.concatenate([[0.0], np.cumsum(padded, dtype=np.float64)])
        after, before = total[8:] - total[4:-4], total[4:-4] - total[:-8]
        return ((after - before) / 4).astype(np.float32)[: len(energy)]
