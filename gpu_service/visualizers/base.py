"""The one contract of all visualizers: `prepare` makes a plan out of named stages, `draw` makes pictures out of a plan.

Same plan, same frame, same picture, whatever was drawn before. Parameters that no stage reads act at once.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, TypeVar

import numpy as np

from gpu_service.errors import NotYet, RenderError
from gpu_service.protocol import Preset, SceneSpec, SnapshotNeeds, VectorSpec
from gpu_service.routes.events import Cut
from gpu_service.routes.knobs import Knob
from gpu_service.routes.mixes import Mix
from gpu_service.routes.score import Score, check_scene
from gpu_service.routes.values import Driven
from gpu_service.visualizers.parameters import Parameters, knobs_of, read_parameters
from gpu_service.visualizers.route_stages import route_stages, stem_names
from gpu_service.visualizers.seed_plans import SeedPlans
from gpu_service.visualizers.signals import Signal, stage_signals
from gpu_service.visualizers.stage_cache import StageCache
from gpu_service.visualizers.stages import (
    Arrays,
    Reading,
    SceneFacts,
    SoundSource,
    Space,
    Stage,
    stage_keys,
    wanted_stages,
)

if TYPE_CHECKING:
    from torch import Tensor

    from gpu_service.networks.base import Network
    from gpu_service.vectors.directions import Directions

T = TypeVar("T")
DrawQuality = Literal["film", "preview"]
# Shorter stages are made again sooner than they are read from disk.
WORTH_STORING_SECONDS = 0.2


class Materials(Protocol):
    """The files of a scene, ready for use."""

    @property
    def sound(self) -> SoundSource:
        """Where stages hear the track."""
        ...

    def vector_length(self, space: Space = "z") -> int:
        """Length of the vectors of that space that the networks of the scene take."""
        ...

    def network(self, position: int) -> "Network":
        """The network at that place of the scene's list. The same file twice is the same network."""
        ...

    def networks_fit(self) -> bool:
        """Whether all of them can be in memory together."""
        ...

    def file(self, sha256: str) -> Path:
        """Where any other file of the scene lies. RenderError where it did not come."""
        ...

    def directions(self, sha256: str) -> "Directions":
        """A file of directions that came with the scene. RenderError where it did not."""
        ...


Beside = Callable[[int], Sequence[np.ndarray]]
"""More pictures that a film of all signals shows beside a frame: always as many, uint8 RGB [H, W, 3]."""
Report = Callable[[str, float], None]
"""Told while preparing: the title of the stage, and how far the whole is, 0…1."""


@dataclass(frozen=True)
class Plan:
    """All that `draw` needs. `ready_until` is seconds of the track; asking beyond it raises NotYet."""

    scene: SceneSpec
    parameters: Any
    stages: Mapping[str, Arrays]
    materials: Materials
    ready_until: float
    knobs: Mapping[str, tuple[Knob, float]] = field(default_factory=dict)
    memory: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def remember(self, name: str, work_out: Callable[[], T]) -> T:
        """What drawing works out once per plan: the same whoever asks first."""
        if name not in self.memory:
            self.memory[name] = work_out()
        found: T = self.memory[name]
        return found

    def value(self, name: str, frames: Sequence[int]) -> np.ndarray:
        """A routable parameter in those frames, as its routes drive it, within its range. -> float64 [N]"""
        return self.driven(name, frames).values

    def number(self, name: str, frames: Sequence[int]) -> float | np.ndarray:
        """The same, but one number where no route drives it: some drawing is quicker then."""
        return self.value(name, frames) if self.score.is_driven(name) else self.knobs[name][1]

    def driven(self, name: str, frames: Sequence[int]) -> Driven:
        """The same, and where its range has cut it off."""
        return self.score.driven(name, frames, stages=self.stages)

    @property
    def score(self) -> Score:
        """What routes and cues do in this scene."""
        return self.remember("score", lambda: Score(self.scene, self.knobs))

    def cut_place(self, frames: Sequence[int]) -> np.ndarray:
        """The place in the list of snapshots that a cue cuts to, NaN where none does. -> float64 [N]"""
        return self.score.cut_place(frames)

    def mixes(self, own: np.ndarray, frames: Sequence[int]) -> list[Mix]:
        """The snapshots that would be drawn with, `own` places [N], and those of the cues where they cut or glide."""
        return self.score.mixes(own, frames)

    def last_place(self, frames: Sequence[int]) -> np.ndarray:
        """The last snapshot of the list, a run's newest: what draws where nothing chooses another. -> float64 [N]"""
        return np.full(len(frames), len(self.scene.snapshots) - 1.0)

    def cut_vectors(self, frames: Sequence[int]) -> tuple[list[VectorSpec], Cut]:
        """The vectors that cues jump to, and which of them has each frame; −1 is the visualizer's own."""
        return self.score.cut_vectors(frames)

    def networks(self) -> "list[Network]":
        """The networks of the scene, loaded."""
        return [self.materials.network(place) for place in range(len(self.scene.snapshots))]

    def require(self, frames: Sequence[int]) -> None:
        """Raise NotYet, or RenderError for frames that the track does not have."""
        if any(not 0 <= frame < self.scene.frames for frame in frames):
            raise RenderError(f"This track has frames 0 to {self.scene.frames - 1}.")
        if frames and max(frames) / self.scene.frame_rate >= self.ready_until:
            raise NotYet(self.ready_until)


class Visualizer:
    """Subclass per visual system: fill in the class variables and write `draw_frames`."""

    name: ClassVar[str]
    title: ClassVar[str]
    version: ClassVar[str]
    summary: ClassVar[str]
    parameters: ClassVar[type[Parameters]]
    presets: ClassVar[tuple[Preset, ...]] = ()
    stages: ClassVar[tuple[Stage, ...]] = ()
    snapshots: ClassVar[SnapshotNeeds]
    is_for_scenes: ClassVar[bool] = True
    # Whether a plan is made on every device, so that its frames are drawn by all of them.
    is_spread: ClassVar[bool] = False
    # Whether cues may take its pictures to a vector.
    takes_vectors: ClassVar[bool] = False
    needs_projection: ClassVar[bool] = False

    @classmethod
    def extra_routables(cls, parameters: Any) -> dict[str, tuple[str, float, float, float]]:
        """What routes may drive beside the routable parameters: name -> (title, lowest, highest, value)."""
        return {}

    @classmethod
    def vector_space(cls, parameters: Any) -> Space:
        """Whose vectors stages make: z, which networks map, or w, which they draw."""
        return "z"

    @classmethod
    def knobs(cls, parameters: Any) -> dict[str, tuple[Knob, float]]:
        """Everything that routes may drive, and where it stands."""
        found = {name: (knob, float(getattr(parameters, name))) for name, knob in knobs_of(cls.parameters).items()}
        for name, (title, low, high, value) in cls.extra_routables(parameters).items():
            found[name] = (Knob(title, low, high, (low, high)), value)
        return found

    @classmethod
    def warm_up(cls) -> None:
        """Load what only the first `prepare` would load. Called once, beside other work."""

    @classmethod
    def check(cls, scene: SceneSpec) -> Any:
        """The scene's parameters, complete. RenderError says what is wrong with the scene."""
        if cls.is_for_scenes and not scene.tracks:
            raise RenderError(f"{cls.title} needs a track. Choose one.", kind="bad_input")
        count = len(scene.snapshots)
        if count < cls.snapshots.min:
            raise RenderError(f"{cls.title} needs at least {cls.snapshots.min} snapshot. Choose one.", kind="bad_input")
        if count > cls.snapshots.max:
            raise RenderError(
                f"{cls.title} takes at most {cls.snapshots.max} snapshots, not {count}.", kind="bad_input"
            )
        chosen = cls.read(scene.parameters)
        check_scene(
            scene,
            title=cls.title,
            knobs={name: knob for name, (knob, _) in cls.knobs(chosen).items()},
            stems=stem_names(scene),
            takes_vectors=cls.takes_vectors,
            takes_seeds="seed" in cls.parameters.model_fields,
        )
        return chosen

    @classmethod
    def all_stages(cls, scene: SceneSpec) -> tuple[Stage, ...]:
        """Its own, then those that the scene's routes need."""
        return (*cls.stages, *route_stages(scene))

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Any:
        """Parameters, checked and completed. RenderError names the first wrong one and what it may be."""
        return read_parameters(cls.parameters, values)

    @classmethod
    def keys(cls, facts: SceneFacts) -> dict[str, str]:
        """The hash of all that each stage reads."""
        values = cls.check(facts.scene).model_dump(mode="json")
        return stage_keys(cls.all_stages(facts.scene), visualizer=cls.name, values=values, facts=facts)

    def prepare(self, scene: SceneSpec, materials: Materials, *, cache: StageCache, report: Report) -> Plan:
        """Run the stages whose results are not at hand, also those of the first seeds that cues will ask for."""
        parameters = self.check(scene)
        facts = SceneFacts(scene, materials.vector_length(self.vector_space(parameters)))
        stages = self.run_stages(facts, materials.sound, cache=cache, report=report)
        ready_until = float(scene.frames / scene.frame_rate)
        plan = Plan(scene, parameters, stages, materials, ready_until, self.knobs(parameters))
        if any(action.kind == "seed" for action in scene.actions):
            seeds = SeedPlans(plan, lambda other: self.prepare(other, materials, cache=cache, report=_unheard))
            plan.memory["seeds"] = seeds
            seeds.get_ready()
        return plan

    @classmethod
    def run_stages(
        cls, facts: SceneFacts, sound: SoundSource, *, cache: StageCache, report: Report, last: str | None = None
    ) -> dict[str, Arrays]:
        """Every stage in order, or `last` and those that it needs, from the cache where it has them."""
        keys, done = cls.keys(facts), dict[str, Arrays]()
        values = cls.check(facts.scene).model_dump(mode="json")
        stages = wanted_stages(cls.all_stages(facts.scene), last=last)
        for place, stage in enumerate(stages):
            report(stage.title, place / len(stages))
            found = cache.get(keys[stage.name])
            if found is None:
                began = time.monotonic()
                found = stage.run(Reading(stage, values=values, facts=facts, done=done, sound=sound))
                lasted = time.monotonic() - began
                cache.put(keys[stage.name], found, to_disk=lasted > WORTH_STORING_SECONDS)
            done[stage.name] = found
        return done

    @classmethod
    def signals(cls, facts: SceneFacts, stages: Mapping[str, Arrays], sound: SoundSource) -> list[Signal]:
        """Every curve that its plan uses, for plots. Subclasses add what no stage holds."""
        return stage_signals(cls.stages, stages, frames=facts.frames)

    @classmethod
    def own_places(cls, stages: Mapping[str, Arrays]) -> np.ndarray | None:
        """The place in the list of snapshots of each frame, [frames], before cues cut; None where it is the last."""
        return None

    def network_mixes(self, plan: Plan, frames: Sequence[int]) -> list[Mix] | None:
        """The snapshots that each frame draws with; None where a film need not know."""
        return None

    def beside(self, plan: Plan) -> Beside | None:
        """What else a film of all signals shows, if anything."""
        return None

    def draw(self, plan: Plan, frames: Sequence[int], *, quality: DrawQuality = "film") -> "Tensor":
        """Those frames of the film, uint8 RGB, [N, 3, H, W]. Any order, any number, always the same picture."""
        plan.require(frames)
        shown = plan.score.shown(frames)
        seeds: SeedPlans | None = plan.memory.get("seeds")
        if seeds is None:
            return self.draw_frames(plan, shown, quality=quality)
        return seeds.draw(shown, partial(self.draw_frames, quality=quality))

    def draw_frames(self, plan: Plan, frames: Sequence[int], *, quality: DrawQuality) -> "Tensor":
        """What the subclass writes: as `draw`, for frames that exist and are ready."""
        raise NotImplementedError


def _unheard(_title: str, _share: float) -> None:
    """Nobody is told of the plans of other seeds."""
