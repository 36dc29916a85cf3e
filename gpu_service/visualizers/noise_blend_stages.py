"""What noise-blend works out before it draws: numbers per film frame (`specs/seeds/gance.md` §2, `specs/cppn.md` §8).

Ranges are left at 0…1 here and stretched while drawing: every filter of the chain keeps straight lines straight.
"""

import math

import numpy as np
from scipy.ndimage import gaussian_filter1d

from gpu_service.music.film_frames import as_long, frame_samples
from gpu_service.music.gance import loudness_per_frame, rescale, spectrum_per_frame
from gpu_service.music.paced import followed_spectrum, onset_per_frame
from gpu_service.music.smoothed_noise import smoothed_noise
from gpu_service.visualizers.leaps import music_clock
from gpu_service.visualizers.noise_blend_switching import faded, settled
from gpu_service.visualizers.stages import Arrays, Reading, Stage


def noise(reading: Reading) -> Arrays:
    """The path: a table of smoothed noise. A table that must not loop is longer than anybody reads. [rows, V]"""
    sigma_rows = reading["noise_seconds"] * float(reading.fps)
    rows = reading.frames if reading["loop_noise"] else reading.frames + 2 + math.ceil(4 * sigma_rows)
    table = smoothed_noise(rows, reading.vector_length, sigma_rows=sigma_rows, seed=reading["seed"], target=(0.0, 1.0))
    return {"table": table}


def onsets(reading: Reading) -> Arrays:
    """How strongly something begins in each frame. [frames]"""
    samples, rate = reading.mono()
    return {"strength": as_long(onset_per_frame(samples, rate, fps=reading.fps), reading.frames)}


def clock(reading: Reading) -> Arrays:
    """Which row of the path each frame reads; the mean step is 1. [frames]"""
    strength = reading.done["onsets"]["strength"]
    if reading["motion"] == "steady" or not reading["music"]:
        return {"phase": np.arange(len(strength), dtype=np.float64)}
    phase = music_clock(reading, still=reading["still"], push=reading["push"], fall_seconds=reading["fall_seconds"])
    return {"phase": phase}


def spectrum(reading: Reading) -> Arrays:
    """The spectrum of each frame, or its bare samples, 0…1. [frames, V]"""
    samples, rate = reading.mono()
    if reading["heard_as"] == "samples":
        wave = frame_samples(samples, rate, fps=reading.fps, vector_length=reading.vector_length)
        return {"bins": as_long((wave + np.float32(1)) / 2, reading.frames)}
    bins = spectrum_per_frame(
        samples,
        rate,
        fps=reading.fps,
        vector_length=reading.vector_length,
        amplitude_range=(0.0, 1.0),
        roll=reading["roll"],
    )
    return {"bins": as_long(bins, reading.frames)}


def follower(reading: Reading) -> Arrays:
    """The same made calm, mean 0, spread 1. [frames, V]"""
    followed = followed_spectrum(
        reading.done["spectrum"]["bins"],
        fps=reading.fps,
        rise_seconds=reading["rise_seconds"],
        fall_seconds=reading["release_seconds"],
        sigma_bins=reading["blur_bins"],
    )
    return {"bins": followed}


def loudness(reading: Reading) -> Arrays:
    """The curve that chooses networks. [frames]"""
    samples, rate = reading.mono()
    curve = loudness_per_frame(
        samples,
        rate,
        fps=reading.fps,
        vector_length=reading.vector_length,
        window=reading["loudness_frames"] | 1,
    )
    return {"curve": as_long(curve, reading.frames)}


def networks(reading: Reading) -> Arrays:
    """The place in the list of snapshots that each frame draws with; between two places, both. [frames], 0…K − 1"""
    curve, count = reading.done["loudness"]["curve"], len(reading.snapshots)
    if reading["switching"] == "off" or not reading["music"] or count == 1:
        return {"place": np.full(len(curve), count - 1.0)}
    fps = float(reading.fps)
    if reading["loudness_seconds"] > 0:
        curve = gaussian_filter1d(curve, reading["loudness_seconds"] * fps, mode="nearest")
    chosen = settled(rescale(curve, (0.0, count - 1.0)), stay_frames=round(reading["stay_seconds"] * fps))
    if reading["switching"] == "crossfade":
        return {"place": faded(chosen, phase=reading.done["clock"]["phase"], rows=reading["crossfade_seconds"] * fps)}
    return {"place": chosen}


# Seconds per frame as measured on one core; “Onsets” is the first to need the sound, so it pays for decoding.
STAGES = (
    Stage(
        "noise",
        "Path of the noise",
        noise,
        parameters=("seed", "noise_seconds", "loop_noise"),
        inputs=("fps", "vector_length"),
        seconds_per_frame=6e-5,
    ),
    Stage("onsets", "Onsets", onsets, inputs=("track", "fps"), seconds_per_frame=1.5e-4),
    Stage(
        "clock",
        "Clock",
        clock,
        parameters=("motion", "music", "leap", "still", "push", "fall_seconds"),
        inputs=("track", "fps"),
        after=("onsets",),
        seconds_per_frame=1e-6,
    ),
    Stage(
        "spectrum",
        "Spectrum",
        spectrum,
        parameters=("heard_as", "roll"),
        inputs=("track", "fps", "vector_length"),
        seconds_per_frame=3e-5,
    ),
    Stage(
        "follower",
        "Follower",
        follower,
        parameters=("rise_seconds", "release_seconds", "blur_bins"),
        inputs=("fps",),
        after=("spectrum",),
        seconds_per_frame=2e-5,
        version=2,
    ),
    Stage(
        "loudness",
        "Loudness",
        loudness,
        parameters=("loudness_frames",),
        inputs=("track", "fps", "vector_length"),
        seconds_per_frame=1e-5,
    ),
    Stage(
        "networks",
        "Choice of networks",
        networks,
        parameters=("switching", "loudness_seconds", "stay_seconds", "crossfade_seconds", "music"),
        inputs=("fps", "snapshots"),
        after=("loudness", "clock"),
        seconds_per_frame=2e-6,
    ),
)
