"""Pictures of raw-audio."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from gpu_service.networks.base import Network, Quality
from gpu_service.visualizers.base import Plan
from gpu_service.visualizers.raw_audio import RawAudioParameters
from gpu_service.visualizers.straight_w import draw_rows


def draw_wave(plan: Plan, frames: Sequence[int], *, quality: Quality) -> Tensor:
    """Those frames, uint8 [N, 3, H, W], of the last snapshot unless cues choose another."""

    def rows(network: Network, shown: list[int]) -> Tensor:
        return wave_rows(plan, network, shown)

    return draw_rows(plan, frames, rows, own_places=plan.last_place(frames), quality=quality)


def wave_rows(plan: Plan, network: Network, frames: Sequence[int]) -> Tensor:
    """gain · samples: as z, mapped; or as w around the average or zero, the same in every row. [N, num_ws, W]"""
    chosen: RawAudioParameters = plan.parameters
    gain = torch.from_numpy(plan.value("gain", frames).astype(np.float32))[:, None]
    vectors = gain * torch.from_numpy(plan.stages["wave"]["samples"][list(frames)])
    if chosen.space == "z":
        return network.mapping(vectors, truncation=torch.from_numpy(plan.value("truncation", frames)))
    if chosen.around == "average":
        vectors = vectors + network.average_w().cpu().float()
    return vectors[:, None].expand(-1, network.num_ws, -1)
