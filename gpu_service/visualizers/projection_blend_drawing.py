"""Pictures of projection-blend: rows of w straight into the networks of the batch."""

from collections.abc import Sequence

import torch
from torch import Tensor

from gpu_service.networks.base import Network, Quality, fit
from gpu_service.visualizers.base import Plan
from gpu_service.visualizers.network_mix import ANY_SIZE, Painter, draw_groups, of_pictures
from gpu_service.visualizers.projection_blend_rows import rows
from gpu_service.visualizers.vector_cuts import pulled


def draw_blend(plan: Plan, frames: Sequence[int], *, quality: Quality) -> Tensor:
    """Those frames, uint8 [N, 3, H, W]."""
    size = (plan.scene.height, plan.scene.width)
    strength = plan.number("noise_strength", frames)

    def paint(network: Network, members: list[int]) -> tuple[Painter, torch.device]:
        shown = [frames[member] for member in members]
        w = torch.from_numpy(rows(plan, shown, num_ws=network.num_ws)).to(device_of(network))
        w = pulled(plan, w, shown, network=network)

        def draw(cut: slice) -> Tensor:
            drawn = network.synthesis(
                w[cut],
                noise_mode="const",
                noise_strength=of_pictures(strength, members[cut]),
                size=size if network.kind in ANY_SIZE else None,
                quality=quality,
            )
            return fit(drawn.float(), size)

        return draw, w.device

    return draw_groups(
        plan, frames, places=plan.places(plan.stages["networks"]["place"][list(frames)], frames), paint=paint
    )


def device_of(network: Network) -> torch.device:
    """Where it draws."""
    return next(iter(network.tensors().values())).device
