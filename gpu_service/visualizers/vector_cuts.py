"""Cues that jump to vectors: their w instead of the visualizer's own, or on the way there."""

from collections.abc import Sequence

import torch
from torch import Tensor

from gpu_service.networks.base import Network
from gpu_service.vectors.recipes import Recipes
from gpu_service.visualizers.base import Plan


def pulled(plan: Plan, w: Tensor, frames: Sequence[int], *, network: Network) -> Tensor:
    """The visualizer's own w [N, num_ws, W] in those frames, and the cues' vectors where they act."""
    vectors, cut = plan.cut_vectors(frames)
    if not vectors or not cut.acts:
        return w
    needed = sorted({int(place) for place in (*cut.before, *cut.after) if place >= 0})
    recipes = Recipes(network, directions=plan.materials.directions)
    rows = recipes.rows([vectors[place] for place in needed], field="actions")
    targets = dict(zip(needed, torch.from_numpy(rows).to(w), strict=True))
    pulled_rows = []
    for own, before, after, share in zip(w, cut.before, cut.after, cut.share, strict=True):
        arrived = targets.get(int(after), own)
        left = targets.get(int(before), own)
        pulled_rows.append(arrived if share == 1 else torch.lerp(left, arrived, float(share)))
    return torch.stack(pulled_rows)
