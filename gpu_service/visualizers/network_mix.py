"""Drawing one batch with several networks: grouped by network, mixed where one fades into the next, in time order."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from gpu_service.networks.base import Network, NoiseMode, Quality, fit, frame_seed, to_uint8
from gpu_service.networks.fast_cuda import draw_to_host
from gpu_service.routes.mixes import Mix
from gpu_service.visualizers.base import Plan
from gpu_service.visualizers.vector_cuts import pulled

# These draw at any size; the others at their own, to be fitted afterwards.
ANY_SIZE = ("cppn",)


class Painter(Protocol):
    """One network with some frames to draw."""

    def __call__(self, cut: slice) -> Tensor:
        """A stretch of them, float32 about -1…1, [n, 3, H, W] of the film's size."""
        ...


@torch.inference_mode()
def draw_groups(
    plan: Plan,
    frames: Sequence[int],
    *,
    mixes: Sequence[Mix],
    paint: Callable[[Network, list[int]], tuple[Painter, torch.device]],
) -> Tensor:
    """mixes [N] of snapshots -> uint8 [N, 3, H, W] on the CPU.

    `paint` is told a network and which pictures of the batch it draws, as places in `frames`; it says where it draws.
    """
    pictures = torch.empty(len(frames), 3, plan.scene.height, plan.scene.width, dtype=torch.uint8)
    chosen = [networks_of(plan, mix) for mix in mixes]
    for members in _groups(chosen):
        painters = [(*paint(network, members), share) for network, share in chosen[members[0]]]

        def draw(cut: slice, painters: list[tuple[Painter, torch.device, float]] = painters) -> Tensor:
            mixed: Tensor | None = None
            for painter, _device, share in painters:
                drawn = painter(cut)
                mixed = drawn * share if mixed is None else mixed.add_(drawn, alpha=share)
            assert mixed is not None
            return to_uint8(mixed)

        pictures[members] = draw_to_host(len(members), draw, device=painters[0][1])
    return pictures


def draw_mix(
    plan: Plan,
    frames: Sequence[int],
    *,
    z: np.ndarray,
    mixes: Sequence[Mix],
    truncation: np.ndarray,
    noise_inputs: NoiseMode,
    noise_strength: float | np.ndarray,
    seed: int,
    quality: Quality,
) -> Tensor:
    """z [N, V], mixes [N] of snapshots, truncation [N] -> uint8 [N, 3, H, W] on the CPU.

    The strength of the noise is one number or [N]. Where cues jump to vectors, those are drawn.
    """
    size = (plan.scene.height, plan.scene.width)
    seeds = [frame_seed(seed, frame) for frame in frames] if noise_inputs == "random" else None

    def paint(network: Network, members: list[int]) -> tuple[Painter, torch.device]:
        w = network.mapping(torch.from_numpy(z[members]), truncation=torch.from_numpy(truncation[members]))
        w = pulled(plan, w, [frames[member] for member in members], network=network)

        def draw(cut: slice) -> Tensor:
            drawn = network.synthesis(
                w[cut],
                noise_mode=noise_inputs,
                noise=[seeds[member] for member in members[cut]] if seeds else None,
                noise_strength=of_pictures(noise_strength, members[cut]),
                size=size if network.kind in ANY_SIZE else None,
                quality=quality,
            )
            return fit(drawn.float(), size, network.aspect)

        return draw, w.device

    return draw_groups(plan, frames, mixes=mixes, paint=paint)


Shares = tuple[tuple[Network, float], ...]


def of_pictures(number: float | np.ndarray, members: Sequence[int]) -> float | Tensor:
    """That number, or those of some pictures. -> [n]"""
    return torch.from_numpy(number[list(members)]) if isinstance(number, np.ndarray) else number


def networks_of(plan: Plan, mix: Mix) -> Shares:
    """The networks to draw with, each once. Siblings mix their weights, which costs one drawing instead of several."""
    found: list[tuple[Network, float]] = []
    for place, share in mix:
        network = plan.materials.network(place)
        for at, (other, so_far) in enumerate(found):
            if other is network or (other.family is not None and other.family == network.family):
                together = so_far + share
                found[at] = (other if other is network else other.blended(network, share / together), together)
                break
        else:
            found.append((network, share))
    return tuple(found) if len(found) > 1 else ((found[0][0], 1.0),)


def _groups(chosen: Sequence[Shares]) -> list[list[int]]:
    """Which pictures can be drawn together: the same networks with the same shares. -> places in the batch"""
    groups: dict[tuple[tuple[int, float], ...], list[int]] = defaultdict(list)
    for member, mix in enumerate(chosen):
        groups[tuple((id(network), share) for network, share in mix)].append(member)
    return list(groups.values())
