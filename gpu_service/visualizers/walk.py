"""walk: an endless walk through a network, without a track (`gance.md` §3, G23). Its frames can be drawn anywhere."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from gpu_service.errors import RenderError
from gpu_service.protocol import Look, SceneSpec, SnapshotNeeds
from gpu_service.visualizers.base import DrawQuality, Materials, Plan, Report, Visualizer
from gpu_service.visualizers.parameters import Parameters, parameter
from gpu_service.visualizers.stage_cache import StageCache

if TYPE_CHECKING:
    from torch import Tensor

WALK = "Walk"


class WalkParameters(Parameters):
    """Where it leads, and how fast."""

    seed: int = parameter(
        0,
        title="Seed",
        help="Another seed is another walk.",
        group=WALK,
        minimum=0,
        maximum=2**31 - 1,
        control="number",
    )
    seconds_each: float = parameter(
        4.0,
        title="From one to the next",
        help="How long the way from one random vector to the next takes.",
        group=WALK,
        unit="s",
        minimum=0.1,
        maximum=120.0,
        step=0.1,
        scale="log",
    )
    truncation: float = parameter(
        0.8,
        title="Truncation ψ",
        help="0 is the network's average picture; above 1 it exaggerates.",
        group=WALK,
        minimum=0.0,
        maximum=2.0,
        step=0.01,
    )


class EndlessWalk(Visualizer):
    """A frame of any number can be asked for: after the scene's length the walk begins again, without a jump."""

    name = "walk"
    title = "Endless walk"
    version = "1"
    summary = "One random vector after the other, for ever: a picture for a wall, no track needed."
    parameters = WalkParameters
    snapshots = SnapshotNeeds(min=1, max=1, kinds=["stylegan2", "stylegan3", "cppn"])
    is_for_scenes = False
    is_spread = True

    def prepare(self, scene: SceneSpec, materials: Materials, *, cache: StageCache, report: Report) -> Plan:
        """The network is loaded; nothing else is worked out ahead."""
        chosen = self.check(scene)
        materials.network(0)
        return Plan(scene, chosen, {}, materials, ready_until=float(scene.frames / scene.frame_rate))

    def draw(self, plan: Plan, frames: Sequence[int], *, quality: DrawQuality = "film") -> "Tensor":
        """Also frames beyond the scene's length."""
        if any(frame < 0 for frame in frames):
            raise RenderError("A walk begins at frame 0.")
        return self.draw_frames(plan, frames, quality=quality)

    def draw_frames(self, plan: Plan, frames: Sequence[int], *, quality: DrawQuality) -> "Tensor":
        """uint8 [N, 3, H, W]"""
        # torch takes seconds to import, and only drawing needs it.
        import torch

        from gpu_service.vectors import endless, pictures

        chosen: WalkParameters = plan.parameters
        network, scene = plan.materials.network(0), plan.scene
        walk = plan.remember(
            "walk",
            lambda: endless.EndlessWalk(
                z_dim=network.z_dim,
                seed=chosen.seed,
                seconds_each=chosen.seconds_each,
                round_seconds=scene.duration_seconds,
            ),
        )
        z = torch.from_numpy(walk.at(np.asarray(frames) / float(scene.frame_rate)))
        with torch.inference_mode():
            w = network.mapping(z, truncation=chosen.truncation).cpu().numpy()
        return pictures.draw(network, w, look=Look(), size=(scene.height, scene.width), quality=quality)
