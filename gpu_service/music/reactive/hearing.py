"""Hearing: the functions that make a curve of a sound; value k belongs to second k · hop / 22 050."""

import librosa
import numpy as np
from scipy.sparse import csr_array

from gpu_service.music.hits import find_hits
from gpu_service.music.onset_strength import FRAME, RATE, power_spectra
from gpu_service.music.onsets import usual_strength
from gpu_service.music.reactive.factors import MOST_COLUMNS, activations_of, factorise
from gpu_service.music.reactive.harmony import harmonic, percussive
from gpu_service.music.reactive.quiet import quietly
from gpu_service.music.reactive.waves import HOP, Scratch, blocks, frame_total, padded, spectrum, windows
from gpu_service.protocol.signal_steps import BeatPulse, Chroma, Decompose, Hits, Onset, Rms

MELS = 128
DYNAMIC_DB = 80.0
# Hits lie on a grid of 0.7 ms.
ONSET_HOP, HIT_HOP = 256, 16
Heard = Onset | Hits | Rms | BeatPulse | Decompose | Chroma
# Constant-Q needs to hear around what it measures; five minutes at once are enough.
CHROMA_SECONDS, CHROMA_MARGIN_SECONDS = 300, 6


def hop_of(step: Heard) -> int:
    """Samples per value of what it makes."""
    if isinstance(step, Hits):
        return HIT_HOP
    return step.hop if isinstance(step, Onset | Rms) else HOP


def hear(wave: np.ndarray, step: Heard) -> np.ndarray:
    """The curve, or several. float32 [n] at 22 050 Hz -> float32 [1 + n // hop] or [rows, 1 + n // hop]"""
    with Scratch() as scratch:
        return np.array(_hear(wave, step, scratch), np.float32)


def _hear(wave: np.ndarray, step: Heard, scratch: Scratch) -> np.ndarray:
    match step:
        case Rms():
            return rms(wave, hop=step.hop)
        case Onset():
            struck = percussive(wave, margin=step.margin, scratch=scratch)
            high = step.high_hz or RATE / 2
            return onset(struck, hop=step.hop, low_hz=step.low_hz, high_hz=high, scratch=scratch)
        case Hits():
            high = step.high_hz or RATE / 2
            return hits(wave, onset(wave, hop=ONSET_HOP, low_hz=step.low_hz, high_hz=high, scratch=scratch))
        case BeatPulse():
            return beat_pulse(wave, scratch=scratch)
        case Chroma():
            return chroma(harmonic(wave, margin=step.margin, scratch=scratch))
        case Decompose():
            return decompose(harmonic(wave, margin=step.margin, scratch=scratch), step)


def rms(wave: np.ndarray, *, hop: int = HOP) -> np.ndarray:
    """Root mean square of 2048 samples around each value."""
    pieces = [
        librosa.feature.rms(y=windows(wave, a, b, hop=hop), frame_length=FRAME, hop_length=hop, center=False)[0]
        for a, b in blocks(frame_total(len(wave), hop=hop))
    ]
    return np.concatenate(pieces).astype(np.float32)


def onset(wave: np.ndarray, *, hop: int, low_hz: float, high_hz: float, scratch: Scratch) -> np.ndarray:
    """librosa's onset strength within a band: 128 mel bands, mean rise of their decibels, 80 under the loudest."""
    bank = _mel_bank(min(low_hz, high_hz - 1), high_hz)
    total = frame_total(len(wave), hop=hop)
    decibels = scratch.empty(total, MELS)
    for a, b in blocks(total):
        power = power_spectra(windows(wave, a, b, hop=hop), frame=FRAME, hop=hop) @ bank
        decibels[a:b] = 10 * np.log10(np.maximum(power, 1e-10))
    floor = max((float(decibels[a:b].max()) for a, b in blocks(total)), default=0.0) - DYNAMIC_DB
    # librosa moves the rise on by half a window, so that it stands where the new sound is in the window's middle.
    late = 1 + FRAME // (2 * hop)
    strength = np.zeros(total + late, np.float32)
    for a, b in blocks(total - 1):
        piece = np.maximum(decibels[a : b + 1], floor)
        strength[a + late : b + late] = np.maximum(np.diff(piece, axis=0), 0).mean(axis=1)
    return strength[:total]


def hits(wave: np.ndarray, strength: np.ndarray) -> np.ndarray:
    """Each hit at its attack, 0 elsewhere. [n], its onsets every 256 samples -> float32 [1 + n // 16]"""
    made, usual = np.zeros(1 + len(wave) // HIT_HOP, np.float32), usual_strength(strength)
    peak = max((float(np.abs(wave[at : at + RATE]).max()) for at in range(0, len(wave), RATE)), default=0.0)
    seconds, heights = find_hits(strength / usual, samples=wave, sample_rate=RATE, peak=max(peak, 1e-9))
    np.maximum.at(made, np.round(seconds * RATE / HIT_HOP).astype(np.int64), (heights * usual).astype(np.float32))
    return made


def _mel_bank(low_hz: float, high_hz: float) -> csr_array:
    """[1025, 128]; in a narrow band some of the 128 catch no bin and stay empty, as in the original."""
    with quietly("Empty filters"):
        return csr_array(librosa.filters.mel(sr=RATE, n_fft=FRAME, n_mels=MELS, fmin=low_hz, fmax=high_hz).T)


def beat_pulse(wave: np.ndarray, *, scratch: Scratch) -> np.ndarray:
    """The predominant local pulse. 0…1"""
    strength = onset(wave, hop=HOP, low_hz=0.0, high_hz=RATE / 2, scratch=scratch)
    if len(strength) < 2 or strength.max() <= 0:
        return np.zeros(len(strength), np.float32)
    pulse = librosa.beat.plp(onset_envelope=strength, sr=RATE, hop_length=HOP, win_length=min(384, len(strength)))
    return np.nan_to_num(pulse[: len(strength)]).astype(np.float32)


def chroma(wave: np.ndarray) -> np.ndarray:
    """Constant-Q chroma, the loudest note of each moment 1. -> [12, 1 + n // 512]"""
    total = frame_total(len(wave))
    made = np.zeros((12, total), np.float32)
    if float(np.abs(wave).max(initial=0.0)) < 1e-6:
        return made
    margin, size = CHROMA_MARGIN_SECONDS * RATE // HOP, CHROMA_SECONDS * RATE // HOP
    for a, b in blocks(total, size=size):
        low = max(a - margin, 0)
        some = padded(wave, low * HOP, min((b + margin) * HOP, max(len(wave), 3 * RATE)))
        notes = librosa.feature.chroma_cqt(y=some, sr=RATE, hop_length=HOP, tuning=0.0)
        kept = notes[:, a - low : b - low]
        made[:, a : a + kept.shape[1]] = kept
    return np.nan_to_num(made)


def decompose(wave: np.ndarray, step: Decompose) -> np.ndarray:
    """Activations of the parts. -> [components, 1 + n // 512]

    Up to MOST_COLUMNS values, about 4½ minutes, the factorisation's own; of longer tracks the parts are learnt from
    every second, third … value, and how strongly they sound is worked out block by block.
    """
    total = frame_total(len(wave))
    every = -(-total // MOST_COLUMNS)
    thinned = [np.abs(spectrum(wave, a, b))[:, -a % every :: every] for a, b in blocks(total)]
    shapes, levels = factorise(
        np.concatenate(thinned, axis=1), step.components, iterations=step.iterations, seed=step.seed
    )
    if every > 1:
        pieces = [activations_of(np.abs(spectrum(wave, a, b)), shapes, iterations=100) for a, b in blocks(total)]
        levels = np.concatenate(pieces, axis=1)
    if step.order == "pitch":
        centre = (np.arange(len(shapes)) @ shapes) / np.maximum(shapes.sum(axis=0), 1e-12)
        levels = levels[np.argsort(centre, kind="stable")]
    return levels
