"""The plan that a preview draws from, and whether a change needs another one or only another drawing."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gpu_service.executors.base import SceneOrder
from gpu_service.protocol import PreviewUpdate, SceneSpec
from gpu_service.visualizers import load
from gpu_service.visualizers.base import Visualizer
from gpu_service.visualizers.route_stages import route_stages
from gpu_service.visualizers.stages import SceneFacts, spoiled_by, stage_keys

# What of a scene drawing may read by itself. Cues and the beat grid are read by stages, too: theirs are compared.
DRAWN = ("width", "height", "parameters", "routes", "actions")


@dataclass(frozen=True, eq=False)
class PlanInHand:
    """A plan that the executor keeps under `key`.

    `order` is set where the scene has moved on since it was prepared: drawing brings the plan up to it.
    """

    key: str
    scene: SceneSpec
    ready_until: float
    paths: Mapping[str, Path]
    order: SceneOrder | None = None

    def moved_to(self, scene: SceneSpec, *, files: Set[str]) -> "PlanInHand | None":
        """The plan of a scene that differs in nothing but what drawing reads; None where more has changed.

        RenderError says what is wrong with the new scene. It saves the way to the executor and back, and the plan's
        making while another picture is drawn: a slider sends sixty changes a second.
        """
        visualizer = load(scene.visualizer)
        same = [*DRAWN]
        if not visualizer.stages:
            same.append("duration_seconds")  # nothing was worked out along it
        kept = {name: getattr(self.scene, name) for name in same}
        if scene.model_copy(update=kept) != self.scene or not files <= set(self.paths):
            return None
        former, wanted = visualizer.check(self.scene), visualizer.check(scene)
        if spoils(visualizer, former, wanted) or not _worked_out(scene) <= _worked_out(self.scene):
            return None
        ready_until = self.ready_until if visualizer.stages else float(scene.frames / scene.frame_rate)
        return replace(self, scene=scene, ready_until=ready_until, order=SceneOrder(self.key, scene, self.paths))


def spoils(visualizer: type[Visualizer], former: Any, wanted: Any) -> bool:
    """Whether any stage of the visualizer reads what differs between two sets of its parameters."""
    changed = [name for name in type(wanted).model_fields if getattr(former, name) != getattr(wanted, name)]
    return any(spoiled_by(visualizer.stages, name) != "draw" for name in changed)


def _worked_out(scene: SceneSpec) -> set[str]:
    """All of routes and cues that is worked out before drawing: the curves of the routes, the plans of other seeds."""
    keys = stage_keys(route_stages(scene), visualizer="", values={}, facts=SceneFacts(scene, 0))
    seeds = [action.model_dump_json() for action in scene.actions if action.kind == "seed"]
    return {*keys.values(), *seeds}


def changed(scene: SceneSpec, said: PreviewUpdate) -> SceneSpec:
    """The scene with some of its parameters, or all its routes or actions, replaced."""
    parts = {name: value for name in ("routes", "actions") if (value := getattr(said, name)) is not None}
    parameters = {**scene.parameters, **(said.parameters or {})}
    return scene.model_copy(update={**parts, "parameters": parameters})


def sized(scene: SceneSpec, width: int, height: int) -> SceneSpec:
    """The scene at the preview's size; no stage reads the size."""
    return scene.model_copy(update={"width": width, "height": height})
