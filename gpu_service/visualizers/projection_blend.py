"""projection-blend: GANce's second blend. A projected film, its coarse rows of w taken over by the music."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gpu_service.errors import RenderError
from gpu_service.protocol import SceneSpec, SnapshotNeeds
from gpu_service.visualizers.base import DrawQuality, Materials, Plan, Report, Visualizer
from gpu_service.visualizers.projection_blend_parameters import PRESETS, ProjectionBlendParameters
from gpu_service.visualizers.projection_blend_stages import STAGES
from gpu_service.visualizers.stage_cache import StageCache
from gpu_service.visualizers.stages import Space

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

    def draw_frames(self, plan: Plan, frames: Sequence[int], *, quality: DrawQuality) -> "Tensor":
        """uint8 [N, 3, H, W]"""
        # torch takes seconds to import, and only drawing needs it.
        from gpu_service.visualizers.projection_blend_drawing import draw_blend

        return draw_blend(plan, frames, quality=quality)
