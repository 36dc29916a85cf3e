"""Drawing an audio-reactive film: rows of w, turning noise and bends through the networks of each frame."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from gpu_service.bending.chain import Chain, chain_for
from gpu_service.bending.displacement import Displacement
from gpu_service.bending.turning_noise import TurningNoise
from gpu_service.errors import RenderError
from gpu_service.networks import NetworkError
from gpu_service.networks.base import Network, Quality, fit, unpadded
from gpu_service.networks.enlarging import enlarged
from gpu_service.protocol.bends import ROUTE
from gpu_service.visualizers.audio_reactive_latents import latents
from gpu_service.visualizers.audio_reactive_motion import motion_of
from gpu_service.visualizers.audio_reactive_parameters import AudioReactiveParameters
from gpu_service.visualizers.base import Plan
from gpu_service.visualizers.network_mix import ANY_SIZE, draw_groups
from gpu_service.visualizers.vector_cuts import pulled


def draw_reactive(plan: Plan, frames: Sequence[int], *, quality: Quality) -> Tensor:
    """uint8 [N, 3, H, W] on the CPU, of the last snapshot unless cues choose another."""
    mixes = plan.mixes(plan.last_place(frames), frames)

    def paint(network: Network, members: list[int]) -> tuple["Brush", torch.device]:
        brush = Brush(plan, network, [frames[member] for member in members], quality=quality)
        return brush, brush.device

    return draw_groups(plan, frames, mixes=mixes, paint=paint)


class Brush:
    """One network drawing some frames; any stretch of them at a time."""

    def __init__(self, plan: Plan, network: Network, frames: Sequence[int], *, quality: Quality) -> None:
        self.plan, self.network, self.frames, self.quality = plan, network, list(frames), quality
        self.chosen: AudioReactiveParameters = plan.parameters
        self.w = pulled(plan, latents(plan, network, frames), frames, network=network)
        self.device = next(iter(network.tensors().values())).device

    def __call__(self, cut: slice) -> Tensor:
        """About -1…1, [n, 3, H, W] of the film's size."""
        shown = self.frames[cut]
        size = (self.plan.scene.height, self.plan.scene.width)
        drawn = self.network.synthesis(
            self.w[cut],
            noise_mode="maps" if self.chosen.noise == "turning" else self.chosen.noise,
            noise=self._noise(shown) if self.chosen.noise == "turning" else None,
            noise_strength=self._noise_strength(shown),
            bending=self._bending(shown),
            size=size if self.network.kind in ANY_SIZE else None,
            quality=self.quality,
        )
        drawn = unpadded(drawn, self.network.aspect)
        return fitted(stretched(drawn) if self.chosen.brightness == "stretched" else drawn, size, self.chosen.enlarging)

    def _noise_strength(self, frames: Sequence[int]) -> float | Tensor:
        strength = self.plan.value("noise_strength", frames)
        return 1.0 if np.all(strength == 1) else torch.from_numpy(strength)

    def _flows(self, frames: Sequence[int]) -> Displacement:
        motion, at = motion_of(self.plan), list(frames)
        return Displacement(
            motion.amplitude[at] * self.plan.value("displacement", frames),
            motion.disorder[at],
            fineness=self.chosen.fineness,
            is_never_off=self.chosen.displacement_least == "pixel",
            device=self.device,
        )

    def _noise(self, frames: Sequence[int]) -> TurningNoise:
        motion, at = motion_of(self.plan), list(frames)
        low, high = (self.plan.value(name, frames) for name in ("noise_low", "noise_high"))
        is_still = self.chosen.displacement_least == "none" and not np.any(self.plan.value("displacement", frames))
        return TurningNoise(
            motion.turns[at],
            low + (high - low) * motion.swell[at],
            self.device,
            is_even=self.chosen.noise_spread == "even",
            flows=None if is_still else self._flows(frames),
        )

    def _bending(self, frames: Sequence[int]) -> Chain | None:
        bends = self.chosen.bends
        if not bends:
            return None
        drives, whole = motion_of(self.plan).drives, self.plan.value("bending", frames)
        strengths = np.empty((len(frames), len(bends)))
        for place, bend in enumerate(bends):
            drive = 1.0 if bend.drive == ROUTE else drives[bend.drive][list(frames)]
            strengths[:, place] = whole * drive * self.plan.value(f"bend:{bend.id}", frames)
        try:
            return chain_for(self.network, bends, strengths, device=self.device, flows=self._flows(frames))
        except NetworkError as error:
            raise RenderError(str(error), kind="bad_input", field="parameters.bends") from error


def stretched(pictures: Tensor) -> Tensor:
    """Each from black to white by itself, as AIART does. [N, 3, H, W] -> -1…1"""
    low, high = pictures.amin(dim=(1, 2, 3), keepdim=True), pictures.amax(dim=(1, 2, 3), keepdim=True)
    return (pictures - low) / (high - low).clamp(min=1e-12) * 2 - 1


def fitted(pictures: Tensor, size: tuple[int, int], how: str) -> Tensor:
    """At the film's size; smaller pictures are enlarged in the way that was chosen."""
    is_larger = size[0] > pictures.shape[-2] or size[1] > pictures.shape[-1]
    return enlarged(pictures.float(), size) if how == "lanczos" and is_larger else fit(pictures.float(), size)
