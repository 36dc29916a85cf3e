"""Drawing w that a visualizer made itself: no mapping, noise that stands still, networks as cues choose them."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from gpu_service.networks.base import Network, Quality, fit
from gpu_service.visualizers.base import Plan
from gpu_service.visualizers.network_mix import ANY_SIZE, Painter, draw_groups, of_pictures
from gpu_service.visualizers.vector_cuts import pulled

Rows = Callable[[Network, list[int]], Tensor]
"""w of some frames for a network, [n, num_ws, W], wherever it lies."""


def draw_rows(plan: Plan, frames: Sequence[int], rows: Rows, *, own_places: np.ndarray, quality: Quality) -> Tensor:
    """own_places [N] in the list of snapshots, before cues -> uint8 [N, 3, H, W] on the CPU.

    The strength of the noise is the routable parameter `noise_strength`.
    """
    size = (plan.scene.height, plan.scene.width)
    strength = plan.number("noise_strength", frames)

    def paint(network: Network, members: list[int]) -> tuple[Painter, torch.device]:
        shown = [frames[member] for member in members]
        w = pulled(plan, rows(network, shown).to(device_of(network)), shown, network=network)

        def draw(cut: slice) -> Tensor:
            drawn = network.synthesis(
                w[cut],
                noise_mode="const",
                noise_strength=of_pictures(strength, members[cut]),
                size=size if network.kind in ANY_SIZE else None,
                quality=quality,
            )
            return fit(drawn.float(), size, network.aspect)

        return draw, w.device

    return draw_groups(plan, frames, mixes=plan.mixes(own_places, frames), paint=paint)


def device_of(network: Network) -> torch.device:
    """Where it draws."""
    return next(iter(network.tensors().values())).device
