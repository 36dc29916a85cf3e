"""Figures from what the gauges found, in the data and in a network's pictures. Both are arrays by name."""

from collections.abc import Mapping

import numpy as np
import torch

from gpu_service.training.metrics import distances

Numbers = Mapping[str, np.ndarray]
PROJECTIONS = 128


def sharpness(data: Numbers, made: Numbers) -> dict[str, float]:
    """Contrast of the finest detail, × the data's; 1 is as sharp. Detail's numbers."""
    return {"sharpness": float(made["contrast"][0] / max(data["contrast"][0], 1e-6))}


def diversity(data: Numbers, made: Numbers) -> dict[str, float]:
    """Mean distance of two small pictures, × the data's; 1 is as varied, 0 all the same. Small's numbers."""
    return {"diversity": _mean_distance(made["rows"]) / max(_mean_distance(data["rows"]), 1e-6)}


def patch_distance(data: Numbers, made: Numbers) -> dict[str, float]:
    """Sliced Wasserstein distance × 1000, the mean of all levels, lower is better. Patches' numbers.

    Colours are counted in the data's standard deviations at each level, so that a wrong contrast is seen as well.
    """
    chance = torch.Generator().manual_seed(0)
    found = [_sliced(torch.from_numpy(data[side]), torch.from_numpy(made[side]), chance) for side in sorted(data)]
    return {"patch_distance": 1000 * float(np.mean(found))}


def fid(data: Numbers, made: Numbers) -> dict[str, float]:
    """Pooled's numbers."""
    return {"fid": distances.fid(data["rows"], made["rows"])}


def kid(data: Numbers, made: Numbers) -> dict[str, float]:
    """Pooled's numbers."""
    return {"kid": distances.kid(data["rows"], made["rows"])}


def precision_recall(data: Numbers, made: Numbers) -> dict[str, float]:
    """Pooled's numbers."""
    precision, recall = distances.precision_recall(torch.from_numpy(data["rows"]), torch.from_numpy(made["rows"]))
    return {"precision": precision, "recall": recall}


def _mean_distance(rows: np.ndarray) -> float:
    apart = torch.cdist(torch.from_numpy(rows), torch.from_numpy(rows), compute_mode="donot_use_mm_for_euclid_dist")
    return float(apart.sum() / (len(rows) * max(len(rows) - 1, 1)))


def _sliced(data: torch.Tensor, made: torch.Tensor, chance: torch.Generator) -> float:
    """[n, 3, 49] each -> the mean distance of their sorted shadows on random lines."""
    middle = data.mean(dim=(0, 2), keepdim=True)
    spread = data.std(dim=(0, 2), keepdim=True).clamp(min=1e-6)
    first, second = (((rows - middle) / spread).flatten(1) for rows in (data, made))
    lines = torch.randn(first.shape[1], PROJECTIONS, generator=chance)
    lines /= lines.norm(dim=0)
    shadows = [torch.sort((lines.T @ rows.T), dim=1).values for rows in (first, second)]
    return float((shadows[0] - shadows[1]).abs().mean())
