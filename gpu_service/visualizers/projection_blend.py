"""projection-blend: GANce's second blend. A projected film, its coarse rows of w taken over by the music."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gpu_service.errors import RenderError
from gpu_service.music.gance_signals import gance_music
from gpu_service.protocol import SceneSpec, SnapshotNeeds
from gpu_service.routes.mixes import Mix
from gpu_service.visualizers.base import Beside, DrawQuality, Materials, Plan, Report, Visualizer
from gpu_service.visualizers.projection_blend_parameters import PRESETS, ProjectionBlendParameters
from gpu_service.visualizers.projection_blend_stages import STAGES
from gpu_service.visualizers.signals import Signal, signal
from gpu_service.visualizers.stage_cache import StageCache
from gpu_service.visualizers.stages import Arrays, SceneFacts, SoundSource, Space

if TYPE_CHECKING:
    from torch import Tensor


class ProjectionBlend(Visualizer):
    """(1 − α) w + α spectrum, straight into the network: no mapping, no truncation, noise that stands still."""

    name = "projection-blend"
    title = "Projection blend"
    version = "1"
    summary = "A film found again in a network, which the music pulls out of shape."
    parameters = ProjectionBlendParameters
    presets = PRESETS
    stages = STAGES
    snapshots = SnapshotNeeds(min=1, max=64, kinds=["stylegan2", "stylegan3", "cppn"])
    takes_vectors = True
    needs_projection = True

    @classmethod
    def vector_space(cls, parameters: Any) -> Space:
        """The music is as long as w."""
        return "w"

    @classmethod
    def check(cls, scene: SceneSpec) -> ProjectionBlendParameters:
        """Also: there is a projection."""
        chosen: ProjectionBlendParameters = super().check(scene)
        if len(scene.projections) != 1:
            sentence = f"{cls.title} needs one projection, and has {len(scene.projections) or 'none'}. Choose one."
            raise RenderError(sentence, kind="bad_input", field="projection")
        return chosen

    def prepare(self, scene: SceneSpec, materials: Materials, *, cache: StageCache, report: Report) -> Plan:
        """Also: the projection was made with one of the snapshots."""
        # Reading files is not for importing.
        from gpu_service.visualizers.projection_match import check_match

        self.check(scene)
        check_match(scene, materials)
        return super().prepare(scene, materials, cache=cache, report=report)

    @classmethod
    def signals(cls, facts: SceneFacts, stages: Mapping[str, Arrays], sound: SoundSource) -> list[Signal]:
        """Each film frame's spectrum and loudness, wherever in the music they lie, and what is made of them."""
        timing = stages["timing"]
        rows = int(timing["rows"])
        own = gance_music(*sound.mono(), fps=facts.fps, vector_length=facts.vector_length, frames=rows or None)
        heard = np.minimum(timing["heard"], len(own["loudness"]) - 1)
        return [
            *(signal(name, name.capitalize(), values[heard]) for name, values in own.items()),
            signal("projection", "Projected frame", timing["place"].astype(np.float32)),
        ]

    @classmethod
    def own_places(cls, stages: Mapping[str, Arrays]) -> np.ndarray | None:
        """As loudness chooses them."""
        return stages["networks"]["place"]

    def beside(self, plan: Plan) -> Beside:
        """What was looked for, and what was found."""
        # h5py is needed by few and loads slowly.
        from gpu_service.visualizers.projection_pictures import ProjectedPictures

        return ProjectedPictures(plan).both

    def network_mixes(self, plan: Plan, frames: Sequence[int]) -> list[Mix] | None:
        """As loudness and cues choose them; with an overlay, frames are drawn with their neighbours."""
        if plan.parameters.overlay:
            return None
        return plan.mixes(plan.stages["networks"]["place"][list(frames)], frames)

    def draw_frames(self, plan: Plan, frames: Sequence[int], *, quality: DrawQuality) -> "Tensor":
        """uint8 [N, 3, H, W]"""
        # torch takes seconds to import, and only drawing needs it.
        from gpu_service.visualizers.projection_blend_drawing import draw_blend

        return draw_blend(plan, frames, quality=quality)
