"""explore: the pictures of the latent explorer: one vector, a sheet of many, or a path of them. It needs no track."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from gpu_service.errors import RenderError
from gpu_service.protocol import Interpolation, Look, SceneSpec, SnapshotNeeds, Tile, VectorSpec, Waypoint
from gpu_service.protocol.vectors import MOST_IN_SHEET, MOST_WAYPOINTS
from gpu_service.visualizers.base import DrawQuality, Materials, Plan, Report, Visualizer
from gpu_service.visualizers.parameters import Parameters, parameter
from gpu_service.visualizers.stage_cache import StageCache

if TYPE_CHECKING:
    from torch import Tensor

PICTURE, SHEET, PATH = "Picture", "Sheet", "Path"
NETWORKS = ["stylegan2", "stylegan3", "cppn"]
# Networks that are loaded before the first picture; a long sheet loads the others as it comes to them.
LOADED_AHEAD = 4


class ExploreParameters(Parameters):
    """What the explorer shows. All of it acts at once."""

    mode: Literal["picture", "sheet", "path"] = parameter(
        "picture", title="Shows", help="One picture, a sheet of them, or a path.", group=PICTURE, control="choice"
    )
    vector: VectorSpec = parameter(
        VectorSpec(), title="Vector", help="The recipe of the picture's vector.", group=PICTURE, control="json"
    )
    look: Look = parameter(
        Look(), title="Look", help="Noise, and where StyleGAN3 looks.", group=PICTURE, control="json"
    )
    sheet: list[Tile] = parameter(
        [], title="Sheet", help="The pictures of the sheet.", group=SHEET, control="json", most=MOST_IN_SHEET
    )
    columns: int = parameter(
        8,
        title="Columns",
        help="Pictures side by side in the sheet.",
        group=SHEET,
        minimum=1,
        maximum=64,
        step=1,
        control="number",
    )
    path: list[Waypoint] = parameter(
        [],
        title="Path",
        help="The vectors of the path, lengths in seconds.",
        group=PATH,
        control="path",
        most=MOST_WAYPOINTS,
    )
    interpolation: Interpolation = parameter(
        "smooth", title="Between two", help="How one vector becomes the next.", group=PATH, control="choice"
    )
    loop: bool = parameter(
        True, title="Loop", help="The last vector leads back to the first.", group=PATH, control="switch"
    )


class Explore(Visualizer):
    """Draws recipes of vectors as they are; music has no part in it."""

    name = "explore"
    title = "Explorer"
    version = "1"
    summary = "The pictures of the explorer: one vector, a sheet of them, or a path."
    parameters = ExploreParameters
    snapshots = SnapshotNeeds(min=1, max=MOST_IN_SHEET, kinds=NETWORKS)
    is_for_scenes = False

    @classmethod
    def check(cls, scene: SceneSpec) -> ExploreParameters:
        """Also: every tile's snapshot is there, and a path has somewhere to go."""
        chosen: ExploreParameters = super().check(scene)
        there = len(scene.snapshots)
        if chosen.mode == "sheet" and any(tile.snapshot >= there for tile in chosen.sheet):
            raise _refused(f"A picture of this sheet asks for a snapshot that is not there; it has {there}.", "sheet")
        if chosen.mode == "path" and not chosen.path:
            raise _refused("This path has no pins yet. Add at least one.", "path")
        return chosen

    def prepare(self, scene: SceneSpec, materials: Materials, *, cache: StageCache, report: Report) -> Plan:
        """Nothing is worked out ahead but what would hold up the drawing: networks are loaded, recipes checked."""
        chosen = self.check(scene)
        for place in _places(chosen)[:LOADED_AHEAD]:
            materials.network(place)
        return Plan(scene, chosen, {}, materials, ready_until=float(scene.frames / scene.frame_rate))

    def draw_frames(self, plan: Plan, frames: Sequence[int], *, quality: DrawQuality) -> "Tensor":
        """uint8 [N, 3, H, W]"""
        # torch takes seconds to import, and only drawing needs it.
        from gpu_service.visualizers import explore_drawing

        chosen: ExploreParameters = plan.parameters
        draw: Callable[..., Any] = {
            "picture": explore_drawing.picture,
            "sheet": explore_drawing.sheet,
            "path": explore_drawing.path,
        }[chosen.mode]
        drawn: Tensor = draw(plan, frames, quality=quality)
        return drawn


def _places(chosen: ExploreParameters) -> list[int]:
    """The snapshots that are drawn with, each once."""
    if chosen.mode != "sheet":
        return [0]
    return list(dict.fromkeys(tile.snapshot for tile in chosen.sheet))


def _refused(sentence: str, name: str) -> RenderError:
    return RenderError(sentence, kind="bad_input", field=f"parameters.{name}")
