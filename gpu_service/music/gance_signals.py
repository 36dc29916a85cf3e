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
    facts = {"fps": fps, "vector_length": vector_length}
    spectrum = spectrum_per_frame(samples, sample_rate, **facts)  # type: ignore[arg-type]
    loudness = loudness_per_frame(samples, sample_rate, **facts)  # type: ignore[arg-type]
    noise = smoothed_noise(frames, vector_length, sigma_rows=NOISE_SIGMA_FRAMES, seed=seed)
    return {
        "spectrum": as_long(spectrum, frames),
        "loudness": as_long(loudness, frames).astype(np.float32),
        "roll": as_long(roll_of(loudness), frames).astype(np.float32),
        "noise": noise,
    }
