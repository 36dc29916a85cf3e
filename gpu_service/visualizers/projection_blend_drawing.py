"""Pictures of projection-blend: rows of w straight into the networks of the batch."""

from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor

from gpu_service.networks.base import Network, Quality
from gpu_service.visualizers.base import Plan
from gpu_service.visualizers.projection_blend_parameters import ProjectionBlendParameters
from gpu_service.visualizers.projection_blend_rows import rows
from gpu_service.visualizers.straight_w import draw_rows


def draw_blend(plan: Plan, frames: Sequence[int], *, quality: Quality) -> Tensor:
    """Those frames, uint8 [N, 3, H, W]; where it is wanted and the faces are alike, with the eyes of the target."""
    chosen: ProjectionBlendParameters = plan.parameters
    if not chosen.overlay:
        return draw_bare(plan, frames, quality=quality)
    # It needs a face detector, which few films do.
    from gpu_service.visualizers.eye_overlay_frames import EyesInPlan

    eyes: EyesInPlan = plan.remember(
        f"eyes {quality}", lambda: EyesInPlan(plan, partial(draw_bare, plan, quality=quality))
    )
    return eyes.frames(frames)


def draw_bare(plan: Plan, frames: Sequence[int], *, quality: Quality) -> Tensor:
    """The same without any overlay."""

    def w_of(network: Network, shown: list[int]) -> Tensor:
        return torch.from_numpy(rows(plan, shown, num_ws=network.num_ws))

    own = plan.stages["networks"]["place"][list(frames)]
    return draw_rows(plan, frames, w_of, own_places=own, quality=quality)
