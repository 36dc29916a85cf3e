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
SPEECH_PAUSES = 0.22
FAINT_PULSE = 0.06
TAP = "Tap them, or work in seconds."


def why_no_beats(sound: Sound, features: Features, tempo: TempoCurve, pulse: Pulse) -> str | None:
    """A sentence when the beats found should not be shown, None when they are good."""
    if sound.is_silent:
        return "No beats were found: this track is silent. Work in seconds."
    if sound.duration_seconds < SHORTEST_SECONDS or len(pulse.beats) < FEWEST_BEATS:
        return f"No beats were found: this track is too short for a pulse. {TAP}"
    if pulse.steadiness < UNSTEADY and pauses(features.rms) > SPEECH_PAUSES:
        return f"No beats were found: this sounds like speech. {TAP}"
    if pulse.steadiness < UNSTEADY and float(np.median(tempo.clarity)) < FAINT_PULSE:
        return f"No beats were found: this has no steady pulse. {TAP}"
    return None


def pauses(rms: np.ndarray) -> float:
    """Share of moments softer than half of the second around them: speech has many (Saunders 1996). 0…1"""
    return float(np.mean(rms < 0.5 * uniform_filter1d(rms, round(FRAME_RATE), mode="nearest")))
