"""GANce's signals as its own formulas give them (`gance.md` §2), whatever a preset makes of them."""

from fractions import Fraction

import numpy as np

from gpu_service.music.film_frames import as_long
from gpu_service.music.gance import loudness_per_frame, roll_of, spectrum_per_frame
from gpu_service.music.smoothed_noise import smoothed_noise

# The original's filter is as wide in frames, at any rate of frames.
NOISE_SIGMA_FRAMES = 50.0


def gance_signals(
    samples: np.ndarray, sample_rate: int, *, fps: Fraction, vector_length: int, seed: int, frames: int
) -> dict[str, np.ndarray]:
    """One row per film frame.

    spectrum  float32 [N, V]  after smoothing in the vector (§2.2 step 7), range −1…1 before the smoothing
    loudness  float32 [N]     smoothed rms (§2.3)
    roll      float32 [N]     how many bins the spectrum is turned to the left: the running sum (§2.4)
    noise     float32 [N, V]  smoothed, looping, −4…4 (§2.5)
    """
    heard = gance_music(samples, sample_rate, fps=fps, vector_length=vector_length)
    noise = smoothed_noise(frames, vector_length, sigma_rows=NOISE_SIGMA_FRAMES, seed=seed)
    return {**{name: as_long(values, frames) for name, values in heard.items()}, "noise": noise}


def gance_music(
    samples: np.ndarray, sample_rate: int, *, fps: Fraction, vector_length: int, frames: int | None = None
) -> dict[str, np.ndarray]:
    """Those of the music alone; with `frames` the music is bent to so many, as GANce bends it to a projection."""
    how = {"fps": fps, "vector_length": vector_length, "frames": frames}
    loudness = loudness_per_frame(samples, sample_rate, **how)  # type: ignore[arg-type]
    return {
        "spectrum": spectrum_per_frame(samples, sample_rate, **how),  # type: ignore[arg-type]
        "loudness": loudness.astype(np.float32),
        "roll": roll_of(loudness).astype(np.float32),
    }
