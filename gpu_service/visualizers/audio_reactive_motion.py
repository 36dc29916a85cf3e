"""What moves in an audio-reactive film, frame by frame: read from the stages, or even where the music has no say."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from gpu_service.music.gance import rescale
from gpu_service.music.reactive.segments import seeds_of
from gpu_service.visualizers.base import Plan

# How an even film goes on: seconds from seed to seed, for a turn of the noise, and for a round of the twelve parts.
EVEN_SEGMENT_SECONDS, EVEN_TURN_SECONDS, EVEN_ROUND_SECONDS = 4.0, 8.0, 12.0


@dataclass(frozen=True)
class Seeded:
    """A set of seeds and where each frame stands between two of them: places [F], share 0…1 [F]."""

    seeds: np.ndarray
    come_from: np.ndarray
    go_to: np.ndarray
    share: np.ndarray


@dataclass(frozen=True)
class Motion:
    """One value per frame of the film; weights [F, parts], each row 1 together."""

    segments: Seeded
    other: Seeded
    part_seeds: np.ndarray
    weights: np.ndarray
    mix: np.ndarray
    turns: np.ndarray
    swell: np.ndarray
    amplitude: np.ndarray
    disorder: np.ndarray
    drives: dict[str, np.ndarray]


def motion_of(plan: Plan) -> Motion:
    """The whole film's, worked out once."""
    return plan.remember("motion", lambda: _heard(plan) if plan.parameters.music else _even(plan))


def _heard(plan: Plan) -> Motion:
    stages = plan.stages
    drive = stages["bends"]
    return Motion(
        segments=_seeded(stages["segments"], "tempo"),
        other=_seeded(stages["segments"], "other"),
        part_seeds=stages["components"]["seeds"],
        weights=stages["components"]["weights"],
        mix=stages["drums"]["mix"],
        turns=stages["saw"]["turns"],
        # 0…1; drawing makes σ of it.
        swell=rescale(stages["swell"]["r"], (0.0, 1.0)),
        amplitude=stages["displacement"]["amplitude"],
        disorder=stages["displacement"]["disorder"],
        drives={str(name): drive["drive"][:, place] for place, name in enumerate(drive["names"])},
    )


def _seeded(segments: Any, prefix: str) -> Seeded:
    return Seeded(*(segments[f"{prefix}_{part}"] for part in ("seeds", "from", "to", "share")))


def _even(plan: Plan) -> Motion:
    """From seed to seed, turning and mixing evenly; nothing of it depends on the music."""
    frames, heard, chosen = plan.scene.frames, _heard(plan), plan.parameters
    seconds = np.arange(frames) / float(plan.scene.frame_rate)
    parts = heard.weights.shape[1]
    phase = seconds[:, None] / EVEN_ROUND_SECONDS - np.arange(parts) / parts
    weights = np.exp(2 * np.cos(2 * np.pi * phase))
    still = np.full(frames, 0.5)
    return Motion(
        segments=_walk(seconds, seed=chosen.seed, chosen=chosen.segment_seeds),
        other=_walk(seconds, seed=chosen.other_seed, chosen=chosen.other_seeds),
        part_seeds=heard.part_seeds,
        weights=weights / weights.sum(axis=1, keepdims=True),
        mix=np.zeros(frames),
        turns=seconds / EVEN_TURN_SECONDS,
        swell=still,
        amplitude=still,
        disorder=still,
        drives={name: np.zeros(frames) for name in heard.drives},
    )


def _walk(seconds: np.ndarray, *, seed: int, chosen: list[int]) -> Seeded:
    """Another of the seeds every few seconds."""
    place, share = np.divmod(seconds / EVEN_SEGMENT_SECONDS, 1.0)
    here = place.astype(np.int64)
    return Seeded(seeds_of(int(here[-1]) + 2, seed=seed, chosen=chosen), here, here + 1, share)
