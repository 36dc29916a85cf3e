"""The w of each frame: eight rows as AIART stacks them, the second stack mixed in, met by the network's own rows."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from gpu_service.music.reactive.slerp import slerp
from gpu_service.networks.base import Network
from gpu_service.protocol import VectorSpec
from gpu_service.vectors.recipes import Recipes
from gpu_service.visualizers.audio_reactive_motion import Seeded, motion_of
from gpu_service.visualizers.audio_reactive_parameters import AudioReactiveParameters
from gpu_service.visualizers.base import Plan

ROWS = 8


def latents(plan: Plan, network: Network, frames: Sequence[int]) -> Tensor:
    """w of those frames, on the CPU. -> float32 [N, num_ws, W]"""
    chosen: AudioReactiveParameters = plan.parameters
    motion, at = motion_of(plan), np.asarray(frames, dtype=np.int64)
    recipes = Recipes(network)
    parts = parts_of(motion.weights[at], seeds=vectors(recipes, motion.part_seeds), spread=plan.value("spread", frames))
    first, second = (
        between(recipes, seeded, at, flips=chosen.slerp == "shipped") for seeded in (motion.segments, motion.other)
    )
    mix = np.clip(motion.mix[at] * plan.value("mix", frames), 0, 1)
    rows = stacked(parts, first, second, mix, chosen)
    average = recipes.average().astype(np.float64)
    rows = average + plan.value("truncation", frames)[:, None, None] * (rows - average)
    w = np.einsum("kr,nrw->nkw", shares_of_rows(network.num_ws), rows)
    return torch.from_numpy(w.astype(np.float32))


def vectors(recipes: Recipes, seeds: np.ndarray) -> np.ndarray:
    """w of those seeds. [S] -> float64 [S, W]"""
    return recipes.rows([VectorSpec(seed=int(seed), truncation=1.0) for seed in seeds])[:, 0].astype(np.float64)


def between(recipes: Recipes, seeded: Seeded, at: np.ndarray, *, flips: bool) -> np.ndarray:
    """A set of seeds in those frames: held, or on the arc to the next (`flips`: see slerp). -> float64 [N, W]"""
    come_from, go_to = seeded.come_from[at], seeded.go_to[at]
    needed, place = np.unique(np.concatenate([come_from, go_to]), return_inverse=True)
    w = vectors(recipes, seeded.seeds[needed])
    return slerp(w[place[: len(at)]], w[place[len(at) :]], seeded.share[at], flips=flips)


def parts_of(weights: np.ndarray, *, seeds: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """The twelve parts mixed by their weights, pulled away from their even mix by `spread`. -> float64 [N, W]"""
    even = 1 / weights.shape[1]
    return (even + spread[:, None] * (weights - even)) @ seeds


def stacked(
    parts: np.ndarray, first: np.ndarray, second: np.ndarray, mix: np.ndarray, chosen: AudioReactiveParameters
) -> np.ndarray:
    """(1 - d) A + d B, a straight line in w. A = parts, then the first set; B has the second set among them.

    parts, first, second [N, W]; mix d [N] -> float64 [N, 8, W]
    """
    of_parts, of_other = chosen.component_rows, chosen.other_rows
    rest = ROWS - of_parts - of_other
    calm = [parts] * of_parts + [first] * (ROWS - of_parts)
    if chosen.order == "parts-first":
        stirred = [parts] * of_parts + [second] * of_other + [first] * rest
    else:
        stirred = [second] * of_other + [parts] * of_parts + [first] * rest
    d = mix[:, None, None]
    return (1 - d) * np.stack(calm, axis=1) + d * np.stack(stirred, axis=1)


def shares_of_rows(num_ws: int) -> np.ndarray:
    """How much of each of the eight rows a network's row takes, by share of depth. -> [num_ws, 8], rows sum to 1

    With 16 rows each pair takes one; with fewer than eight, a row takes the mean of those it covers.
    """
    ends = np.arange(num_ws + 1) * ROWS / num_ws
    if num_ws >= ROWS:
        return np.eye(ROWS)[np.floor(ends[:-1] + 1e-9).astype(int)]
    low, high = ends[:-1, None], ends[1:, None]
    rows = np.arange(ROWS)
    covered = np.clip(np.minimum(high, rows + 1) - np.maximum(low, rows), 0, None)
    shares: np.ndarray = covered / covered.sum(axis=1, keepdims=True)
    return shares
