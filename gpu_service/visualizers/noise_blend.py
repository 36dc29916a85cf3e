"""noise-blend: GANce's blend of music and noise, networks switched by loudness; the paced clock is a preset of it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from gpu_service.protocol import SnapshotNeeds
from gpu_service.routes.mixes import Mix
from gpu_service.visualizers.base import DrawQuality, Plan, Visualizer
from gpu_service.visualizers.noise_blend_parameters import PRESETS, NoiseBlendParameters
from gpu_service.visualizers.noise_blend_stages import STAGES
from gpu_service.visualizers.signals import Signal, gance, stage_signals
from gpu_service.visualizers.stages import Arrays, SceneFacts, SoundSource

if TYPE_CHECKING:
    from torch import Tensor


class NoiseBlend(Visualizer):
    """One vector per frame, (1 − α) noise + α spectrum, through one network or a list of them."""

    name = "noise-blend"
    title = "Noise blend"
    version = "1"
    summary = "A walk through a network that the music paces, tints and switches."
    parameters = NoiseBlendParameters
    presets = PRESETS
    stages = STAGES
    snapshots = SnapshotNeeds(min=1, max=64, kinds=["stylegan2", "stylegan3", "cppn"])
    takes_vectors = True

    @classmethod
    def warm_up(cls) -> None:
        """librosa loads its parts when they are first used."""
        from gpu_service.music.onset_strength import RATE, onset_strength

        onset_strength(np.zeros(RATE, np.float32))

    @classmethod
    def signals(cls, facts: SceneFacts, stages: Mapping[str, Arrays], sound: SoundSource) -> list[Signal]:
        """GANce's own, then those of the clock."""
        seed = cls.read(facts.scene.parameters).seed
        own = [stage for stage in cls.stages if stage.name in ("onsets", "clock", "follower")]
        return [*gance(facts, sound, seed=seed), *stage_signals(own, stages, frames=facts.frames)]

    @classmethod
    def own_places(cls, stages: Mapping[str, Arrays]) -> np.ndarray | None:
        """As loudness chooses them."""
        return stages["networks"]["place"]

    def network_mixes(self, plan: Plan, frames: Sequence[int]) -> list[Mix] | None:
        """As loudness and cues choose them."""
        return plan.mixes(plan.stages["networks"]["place"][list(frames)], frames)

    def draw_frames(self, plan: Plan, frames: Sequence[int], *, quality: DrawQuality) -> "Tensor":
        """uint8 [N, 3, H, W]"""
        # torch takes seconds to import, and only drawing needs it.
        from gpu_service.visualizers.network_mix import draw_mix
        from gpu_service.visualizers.noise_blend_path import vectors

        chosen: NoiseBlendParameters = plan.parameters
        return draw_mix(
            plan,
            frames,
            z=vectors(plan, frames),
            mixes=plan.mixes(plan.stages["networks"]["place"][list(frames)], frames),
            truncation=plan.value("truncation", frames),
            noise_inputs=chosen.noise_inputs,
            noise_strength=plan.number("noise_strength", frames),
            seed=chosen.seed,
            quality=quality,
        )
