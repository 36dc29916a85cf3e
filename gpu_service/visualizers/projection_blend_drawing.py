"""Pictures of projection-blend: rows of w straight into the networks of the batch."""

from collections.abc import Sequence

import torch
from torch import Tensor

from gpu_service.networks.base import Network, Quality
from gpu_service.visualizers.base import Plan
from gpu_service.visualizers.projection_blend_rows import rows
from gpu_service.visualizers.straight_w import draw_rows


def draw_blend(plan: Plan, frames: Sequence[int], *, quality: Quality) -> Tensor:
    """Those frames, uint8 [N, 3, H, W]."""

    def w_of(network: Network, shown: list[int]) -> Tensor:
        return torch.from_numpy(rows(plan, shown, num_ws=network.num_ws))

    own = plan.stages["networks"]["place"][list(frames)]
    return draw_rows(plan, frames, w_of, own_places=own, quality=quality)
