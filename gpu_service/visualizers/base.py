"""The one contract of all visualizers: `prepare` makes a plan out of named stages, `draw` makes pictures out of a plan.

Same plan, same frame, same picture, whatever was drawn before. Parameters that no stage reads act at once.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, TypeVar

import numpy as np

from gpu_service.errors import NotYet, RenderError
from gpu_service.protocol import Preset, SceneSpec, SnapshotNeeds
from gpu_service.visualizers.parameters import Parameters, read_parameters
from gpu_service.visualizers.stage_cache import StageCache
from gpu_service.visualizers.stages import Arrays, Reading, SceneFacts, SoundSource, Stage, stage_keys

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

    def vector_length(self) -> int:
        """Length of the vectors that the networks of the scene take."""
        ...

    def network(self, position: int) -> "Network":
        """The network at that place of the scene's list. The same file twice is the same network."""
        ...

    def directions(self, sha256: str) -> "Directions":
        """A file of directions that came with the scene. RenderError where it did not."""
        ...


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
    memory: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def remember(self, name: str, work_out: Callable[[], T]) -> T:
        """What drawing works out once per plan: the same whoever asks first."""
        if name not in self.memory:
            self.memory[name] = work_out()
        found: T = self.memory[name]
        return found

    def value(self, name: str, frames: Sequence[int]) -> np.ndarray:
        """A routable parameter in those frames, as its routes drive it, within its range. -> float64 [N]"""
        return np.full(len(frames), float(getattr(self.parameters, name)))

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
        return cls.read(scene.parameters)

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Any:
        """Parameters, checked and completed. RenderError names the first wrong one and what it may be."""
        return read_parameters(cls.parameters, values)

    @classmethod
    def keys(cls, facts: SceneFacts) -> dict[str, str]:
        """The hash of all that each stage reads."""
        values = cls.check(facts.scene).model_dump(mode="json")
        return stage_keys(cls.stages, visualizer=cls.name, values=values, facts=facts)

    def prepare(self, scene: SceneSpec, materials: Materials, *, cache: StageCache, report: Report) -> Plan:
        """Run the stages whose results are not at hand."""
        parameters = self.check(scene)
        facts = SceneFacts(scene, materials.vector_length())
        stages = self.run_stages(facts, materials.sound, cache=cache, report=report)
        return Plan(scene, parameters, stages, materials, ready_until=float(scene.frames / scene.frame_rate))

    @classmethod
    def run_stages(
        cls, facts: SceneFacts, sound: SoundSource, *, cache: StageCache, report: Report, last: str | None = None
    ) -> dict[str, Arrays]:
        """Every stage in order, or those up to `last`, from the cache where it has them."""
        keys, done = cls.keys(facts), dict[str, Arrays]()
        values = cls.check(facts.scene).model_dump(mode="json")
        for place, stage in enumerate(cls.stages):
            report(stage.title, place / len(cls.stages))
            found = cache.get(keys[stage.name])
            if found is None:
                began = time.monotonic()
                found = stage.run(Reading(stage, values=values, facts=facts, done=done, sound=sound))
                lasted = time.monotonic() - began
                cache.put(keys[stage.name], found, to_disk=lasted > WORTH_STORING_SECONDS)
            done[stage.name] = found
            if stage.name == last:
                break
        return done

    def draw(self, plan: Plan, frames: Sequence[int], *, quality: DrawQuality = "film") -> "Tensor":
        """Those frames of the film, uint8 RGB, [N, 3, H, W]. Any order, any number, always the same picture."""
        plan.require(frames)
        return self.draw_frames(plan, frames, quality=quality)

    def draw_frames(self, plan: Plan, frames: Sequence[int], *, quality: DrawQuality) -> "Tensor":
        """What the subclass writes: as `draw`, for frames that exist and are ready."""
        raise NotImplementedError
