"""Leaps: in which frame a hit moves the picture. Shared by the visualizers whose clock the music moves."""

from typing import Any, Literal

import numpy as np

from gpu_service.music.film_frames import as_long
from gpu_service.music.paced import onset_at_nearest, phase_of
from gpu_service.visualizers.parameters import parameter
from gpu_service.visualizers.stages import Reading

Leap = Literal["heard", "nearest"]


def leap_parameter(group: str) -> Any:
    """The choice, for a visualizer's own parameters."""
    return parameter(
        "heard",
        title="Leap at a hit",
        help="Heard: in the first frame after the hit was heard, a frame late or so. Nearest: within half a frame.",
        group=group,
        control="choice",
    )


def music_clock(reading: Reading, **shape: float) -> np.ndarray:
    """`phase_of` the track's hits as “leap” has them; the stage is after “onsets” and reads the track. -> [frames]"""
    strength = reading.done["onsets"]["strength"]
    if reading["leap"] == "heard" or len(strength) == 0:
        return phase_of(strength, fps=reading.fps, **shape)
    nearest = as_long(onset_at_nearest(*reading.mono(), fps=reading.fps), reading.frames)
    # What is a hit is the same for both: hits alone are too few frames to say.
    return phase_of(nearest, fps=reading.fps, usual=float(np.percentile(strength, 95)), **shape)
