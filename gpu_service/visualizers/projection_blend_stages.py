"""What projection-blend works out before it draws (`gance.md` §2.1–2.4, 2.6, 2.7): numbers per film frame.

The spectrum is left at 0…1 here and stretched while drawing: every filter of the chain keeps straight lines straight.
"""

from fractions import Fraction

import numpy as np
from scipy.ndimage import gaussian_filter1d

from gpu_service.errors import RenderError
from gpu_service.music.complexity import complexity_change
from gpu_service.music.film_frames import frame_samples
from gpu_service.music.gance import loudness_per_frame, rescale, spectrum_per_frame
from gpu_service.visualizers.leaps import music_clock
from gpu_service.visualizers.noise_blend_stages import onsets
from gpu_service.visualizers.noise_blend_switching import faded, settled
from gpu_service.visualizers.stages import Arrays, Reading, Stage

# GANce's projection blend smooths its loudness with these; the filter changes nothing.
LOUDNESS_WINDOW, LOUDNESS_ORDER = 3, 2


def projection(reading: Reading) -> Arrays:
    """w [frames, rows, W] float32, one row where all rows are one; rate [2]: the projection's, as a fraction."""
    # h5py is needed by few and loads slowly.
    from gpu_service.projection.file import read_projection

    found = read_projection(reading.projection(0))
    if found.w_dim != reading.vector_length:
        raise RenderError(
            f"This projection has vectors of {found.w_dim} numbers, the snapshots take {reading.vector_length}. "
            "Choose a snapshot that it was made with.",
            kind="bad_input",
            field="projection",
        )
    is_one = found.latents.strides[1] == 0 or (found.latents == found.latents[:, :1]).all()
    w = found.latents[:, :1] if is_one else found.latents
    rate = found.facts.fps
    return {"w": np.ascontiguousarray(w), "rate": np.array([rate.numerator, rate.denominator])}


def timing(reading: Reading) -> Arrays:
    """place [F]: where in the projection each film frame is, in its frames; heard [F]: its row of the spectrum;

    rows: how many rows of spectrum there are, 0 where the music keeps its time.
    """
    held = reading.done["projection"]
    rate, count = Fraction(*map(int, held["rate"])), len(held["w"])
    frames, way = np.arange(reading.frames), reading["timing"]
    repeats = reading["between"] == "repeat"
    if way == "paced":
        return {"place": paced(reading, rate), "heard": frames, "rows": np.array(0)}
    if repeats and way != "stretch":
        check_multiple(reading.fps, rate)
    if way == "bend":
        rows = max(1, round(count * reading.fps / rate))
        place = along(frames % rows, rate / reading.fps, whole=repeats)
        return {"place": np.minimum(place, count - 1), "heard": frames % rows, "rows": np.array(rows)}
    if way == "stretch":
        place = stretched(frames, count, whole=repeats)
    else:
        moved = along(frames, rate / reading.fps, whole=repeats)
        place = moved % count if way == "loop" else bounced(moved, count)
    return {"place": place, "heard": frames, "rows": np.array(0)}


def paced(reading: Reading, rate: Fraction) -> np.ndarray:
    """Forth and back in even steps by the clock of the music; its mean speed is the projection's own. [F]"""
    w = reading.done["projection"]["w"]
    phase = music_clock(reading) if reading["music"] else np.arange(reading.frames, dtype=float)
    return evened(bounced(phase * float(rate / reading.fps), len(w)), w)


def evened(place: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Places so that equal steps lead equally far through w: a face that hurries is slowed down. [F], [n, …] -> [F]"""
    far = np.sqrt(np.square(np.diff(w.reshape(len(w), -1), axis=0)).sum(axis=1, dtype=np.float64))
    so_far = np.concatenate([[0.0], np.cumsum(far)])
    if so_far[-1] == 0:
        return place
    return np.interp(place / (len(w) - 1) * so_far[-1], so_far, np.arange(len(w)))


def along(frames: np.ndarray, step: Fraction, *, whole: bool) -> np.ndarray:
    """frames × step, counted exactly; `whole` rounds down. int [F] -> float64 [F]"""
    scaled = frames.astype(np.int64) * step.numerator
    return (scaled // step.denominator).astype(np.float64) if whole else scaled / step.denominator


def bounced(moved: np.ndarray, count: int) -> np.ndarray:
    """0…count − 1 and back again. float [F] -> [F]"""
    if count < 2:
        return np.zeros(len(moved))
    turn = moved % (2 * (count - 1))
    return np.minimum(turn, 2 * (count - 1) - turn)


def stretched(frames: np.ndarray, count: int, *, whole: bool) -> np.ndarray:
    """Once from the first to the last over all frames; `whole`: each for about as long. -> [F]"""
    if whole:
        return (frames * count // len(frames)).astype(np.float64)
    return frames * ((count - 1) / max(len(frames) - 1, 1))


def check_multiple(fps: Fraction, rate: Fraction) -> None:
    """RenderError unless each projected frame stands for a whole number of film frames."""
    if (fps / rate).denominator == 1:
        return
    raise RenderError(
        f"{plainly(fps)} frames a second are no whole multiple of the projection's {plainly(rate)}, so its frames "
        "cannot be repeated evenly. Choose “interpolate” between two projected frames, or another frame rate.",
        kind="bad_input",
        field="parameters.between",
    )


def plainly(rate: Fraction) -> str:
    """15, or 29.97"""
    return f"{float(rate):.5g}"


def spectrum(reading: Reading) -> Arrays:
    """The spectrum of each of its rows, 0…1. [rows, V]"""
    samples, rate = reading.mono()
    rows = int(reading.done["timing"]["rows"])
    bins = spectrum_per_frame(
        samples,
        rate,
        fps=reading.fps,
        vector_length=reading.vector_length,
        amplitude_range=(0.0, 1.0),
        roll=reading["roll"],
        frames=rows or None,
    )
    return {"bins": bins}


def loudness(reading: Reading) -> Arrays:
    """The curve that chooses networks, a value for each row of the spectrum. [rows]"""
    samples, rate = reading.mono()
    rows = int(reading.done["timing"]["rows"])
    curve = loudness_per_frame(
        samples,
        rate,
        fps=reading.fps,
        vector_length=reading.vector_length,
        window=LOUDNESS_WINDOW,
        order=LOUDNESS_ORDER,
        frames=rows or None,
    )
    return {"curve": curve}


def networks(reading: Reading) -> Arrays:
    """The place in the list of snapshots that each frame draws with; between two places, both. [F], 0…K − 1"""
    curve, count, fps = reading.done["loudness"]["curve"], len(reading.snapshots), float(reading.fps)
    if reading["switching"] == "off" or not reading["music"] or count == 1:
        return {"place": np.full(reading.frames, count - 1.0)}
    if reading["loudness_seconds"] > 0:
        curve = gaussian_filter1d(curve, reading["loudness_seconds"] * fps, mode="nearest")
    chosen = settled(rescale(curve, (0.0, count - 1.0)), stay_frames=round(reading["stay_seconds"] * fps))
    if reading["switching"] == "crossfade":
        chosen = faded(chosen, phase=np.arange(len(chosen), dtype=float), rows=reading["crossfade_seconds"] * fps)
    heard = np.minimum(reading.done["timing"]["heard"], len(chosen) - 1)
    return {"place": chosen[heard]}


def complexity(reading: Reading) -> Arrays:
    """How much the music's complexity changes, in each row of the spectrum; ∞ in the first. [rows]"""
    rows = int(reading.done["timing"]["rows"])
    blocks = frame_samples(*reading.mono(), fps=reading.fps, vector_length=reading.vector_length, frames=rows or None)
    return {"change": complexity_change(blocks, window=reading["complexity_window"])}


STAGES = (
    Stage("projection", "Projection", projection, inputs=("projections", "vector_length"), seconds_per_frame=1e-5),
    Stage("onsets", "Onsets", onsets, inputs=("track", "fps"), seconds_per_frame=1.5e-4),
    Stage(
        "timing",
        "Time of the projection",
        timing,
        parameters=("timing", "between", "music", "leap"),
        inputs=("track", "fps"),
        after=("projection", "onsets"),
        seconds_per_frame=1e-6,
    ),
    Stage(
        "spectrum",
        "Spectrum",
        spectrum,
        parameters=("roll",),
        inputs=("track", "fps", "vector_length"),
        after=("timing",),
        seconds_per_frame=3e-5,
    ),
    Stage(
        "loudness",
        "Loudness",
        loudness,
        inputs=("track", "fps", "vector_length"),
        after=("timing",),
        seconds_per_frame=1e-5,
    ),
    Stage(
        "networks",
        "Choice of networks",
        networks,
        parameters=("switching", "loudness_seconds", "stay_seconds", "crossfade_seconds", "music"),
        inputs=("fps", "snapshots"),
        after=("loudness", "timing"),
        seconds_per_frame=2e-6,
    ),
    Stage(
        "complexity",
        "Complexity of the music",
        complexity,
        parameters=("complexity_window",),
        inputs=("track", "fps", "vector_length"),
        after=("timing",),
        seconds_per_frame=6e-5,
    ),
)
