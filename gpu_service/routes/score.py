"""The score of a scene: what its routes and cues do in every frame. Read by plans while they draw."""

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

import numpy as np

from gpu_service.errors import RenderError
from gpu_service.protocol import SceneSpec
from gpu_service.protocol.routes import CueAction, RouteSpec
from gpu_service.protocol.vectors import VectorSpec
from gpu_service.routes.events import Cut, Event, Kind, acting, cut, events_of, held, seed_of, vectors_of
from gpu_service.routes.graph import all_routes, check_routes, heard
from gpu_service.routes.knobs import Knob
from gpu_service.routes.mixes import Mix, faded, mix_at
from gpu_service.routes.values import Driven, driven

Stages = Mapping[str, Mapping[str, np.ndarray]]
CueEvent = Event[tuple[CueAction, int]]


def curve_stage(route_id: str) -> str:
    """The name of the stage that holds a route's curve, as its array “curve” [frames]."""
    return f"route {route_id}"


class Score:
    """`knobs`: what routes may drive, and where each stands."""

    def __init__(self, scene: SceneSpec, knobs: Mapping[str, tuple[Knob, float]]) -> None:
        self.scene, self.knobs = scene, knobs

    @cached_property
    def routes(self) -> list[RouteSpec]:
        """Those that act."""
        return heard(all_routes(self.scene.routes, self.scene.actions))

    def driven(self, name: str, frames: Sequence[int], *, stages: Stages) -> Driven:
        """A parameter in those frames. KeyError where no route may drive it."""
        knob, base = self.knobs[name]
        index = np.asarray(frames, dtype=np.int64)

        def levels(route_id: str) -> np.ndarray:
            return stages[curve_stage(route_id)]["curve"][index]

        return driven(name, knob, base=base, count=len(index), routes=self.routes, levels=levels)

    def is_driven(self, name: str) -> bool:
        """Whether any route that acts drives it."""
        return any(route.parameter == name for route in self.routes)

    def events(self, kind: Kind) -> list[CueEvent]:
        """What cues of one kind do, by their beginning."""
        scene = self.scene
        return events_of(kind, scene.actions, scene.cues, fps=scene.frame_rate, frames=scene.frames)

    @cached_property
    def _holds(self) -> list[CueEvent]:
        return self.events("hold")

    @cached_property
    def _snapshots(self) -> list[CueEvent]:
        return self.events("snapshot")

    @cached_property
    def _vectors(self) -> list[CueEvent]:
        return self.events("vector")

    @cached_property
    def _seeds(self) -> list[CueEvent]:
        return self.events("seed")

    def shown(self, frames: Sequence[int]) -> list[int]:
        """The frame that is drawn for each: another one where a cue holds the picture."""
        return held(self._holds, np.asarray(frames, dtype=np.int64)).tolist() if self._holds else list(frames)

    def seeds(self, frames: Sequence[int], *, base: int) -> list[int]:
        """The seed of each frame; `base` is the scene's own."""
        chosen = acting(self._seeds, np.asarray(frames, dtype=np.int64))
        return [base if place < 0 else seed_of(*self._seeds[place].what, base=base) for place in chosen]

    def all_seeds(self, *, base: int) -> list[int]:
        """Those that cues ask for, each once, in the order of their first frames."""
        return list(dict.fromkeys(seed_of(*event.what, base=base) for event in self._seeds))

    def cut_place(self, frames: Sequence[int]) -> np.ndarray:
        """The place of the snapshot that a cue cuts to, NaN where none does. -> float64 [N]"""
        chosen = acting(self._snapshots, np.asarray(frames, dtype=np.int64))
        return np.array([np.nan if place < 0 else self._place(place) for place in chosen])

    def mixes(self, own: np.ndarray, frames: Sequence[int]) -> list[Mix]:
        """Those of `own` places [N], and the cues' where they act; a glide fades straight from one to the other."""
        mixes = [mix_at(float(place)) for place in own]
        if not self._snapshots:
            return mixes
        found = cut(self._snapshots, np.asarray(frames, dtype=np.int64))
        cues = [mix_at(self._place(event)) for event in range(len(self._snapshots))]
        ways = zip(mixes, found.before, found.after, found.share, strict=True)
        return [
            faded(mix if before < 0 else cues[before], mix if after < 0 else cues[after], float(share))
            for mix, before, after, share in ways
        ]

    def _place(self, event: int) -> float:
        return float(self._snapshots[event].what[0].snapshot or 0)

    def cut_vectors(self, frames: Sequence[int]) -> tuple[list[VectorSpec], Cut]:
        """The vectors that cues jump to, and which of them has each frame."""
        return vectors_of(self._vectors), cut(self._vectors, np.asarray(frames, dtype=np.int64))


def check_scene(
    scene: SceneSpec,
    *,
    title: str,
    knobs: Mapping[str, Knob],
    stems: Collection[str],
    takes_vectors: bool,
    takes_seeds: bool,
) -> None:
    """RenderError for the first route or action of the scene that cannot work with this visualizer."""
    if not scene.routes and not scene.actions:
        return
    for place, action in enumerate(scene.actions):
        _check_action(scene, action, place, title=title, takes_vectors=takes_vectors, takes_seeds=takes_seeds)
    labels = {cue.label for cue in scene.cues}
    check_routes(all_routes(scene.routes, scene.actions), knobs=knobs, labels=labels, stems=stems)


def _check_action(
    scene: SceneSpec, action: CueAction, place: int, *, title: str, takes_vectors: bool, takes_seeds: bool
) -> None:
    at = f"Cues labelled “{action.label}”"
    there = len(scene.snapshots)
    wrong = {
        "snapshot": action.snapshot is None or action.snapshot >= there,
        "vector": action.vector is None or not takes_vectors,
        "envelope": not action.parameter,
        "seed": not takes_seeds,
        "hold": False,
    }
    sentences = {
        "snapshot": f"{at} cut to a snapshot that the scene does not have; it has {there}. Choose one of them.",
        "vector": f"{at} jump to a vector. Choose one."
        if takes_vectors
        else f"{at} jump to a vector, and {title} draws no vectors. Choose something else for them to do.",
        "envelope": f"{at} move a parameter. Choose which.",
        "seed": f"{at} change the seed, and {title} has none. Choose something else for them to do.",
    }
    if wrong[action.kind]:
        field = f"actions.{getattr(action, 'id', '') or place}.{action.kind}"
        raise RenderError(sentences[action.kind], kind="bad_input", field=field)
