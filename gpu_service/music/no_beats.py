"""Why a track has no beats: better a sentence than a grid of wrong ones."""

import numpy as np
from scipy.ndimage import uniform_filter1d

from gpu_service.music.beats import Pulse
from gpu_service.music.features import FRAME_RATE, Features
from gpu_service.music.sound import Sound
from gpu_service.music.tempo import TempoCurve

SHORTEST_SECONDS = 2.0
FEWEST_BEATS = 4
UNSTEADY = 0.35
# Measured: speech 0.28–0.31 with clarity 0.09–0.17; rubato strings 0.13; isolated drum hits above 0.6.
SPEECH_PAUSES = (0.22, 0.6)
SPEECH_CLARITY = 0.25
FAINT_PULSE = 0.13
# Highest onsets against the mean: noise 1.4, a held chord 2.1, music from 4 on. In decibels: a swelling chord 0.2,
# noise 0.7, legato strings 2.7.
FLAT, FLAT_DECIBELS = 2.6, 1.2
TAP = "Tap them, or work in seconds."


def why_no_beats(sound: Sound, features: Features, tempo: TempoCurve, pulse: Pulse) -> str | None:
    """A sentence when the beats found should not be shown, None when they are good."""
    if sound.is_silent:
        return "No beats were found: this track is silent. Work in seconds."
    if sound.duration_seconds < SHORTEST_SECONDS or len(pulse.beats) < FEWEST_BEATS:
        return f"No beats were found: this track is too short for a pulse. {TAP}"
    if _is_flat(features.onset):
        return f"No beats were found: this has no steady pulse. {TAP}"
    clarity = float(np.median(tempo.clarity))
    if pulse.steadiness < UNSTEADY and clarity < SPEECH_CLARITY:
        if SPEECH_PAUSES[0] < pauses(features.rms) < SPEECH_PAUSES[1]:
            return f"No beats were found: this sounds like speech. {TAP}"
        if clarity < FAINT_PULSE:
            return f"No beats were found: this has no steady pulse. {TAP}"
    return None


def _is_flat(onset: np.ndarray) -> bool:
    return float(np.percentile(onset, 99)) < max(FLAT_DECIBELS, FLAT * float(onset.mean()))


def pauses(rms: np.ndarray) -> float:
    """Share of moments softer than half of the second around them: speech has many (Saunders 1996). 0…1"""
    return float(np.mean(rms < 0.5 * uniform_filter1d(rms, round(FRAME_RATE), mode="nearest")))
