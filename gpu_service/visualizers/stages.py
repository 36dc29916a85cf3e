"""Stages: the named parts of a plan, each known by the hash of exactly what it reads.

A stage gets only what it names, so that nothing it uses can be missing from its key.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np

from gpu_service.protocol import CueSpec, MarkerSpec, SceneSpec
from gpu_service.protocol.scenes import ProjectionRef, StemRef

Arrays = Mapping[str, np.ndarray]
Input = Literal["track", "fps", "vector_length", "snapshots", "cues", "markers", "stems", "projections"]
Space = Literal["z", "w"]
# Where no network says another.
DEFAULT_VECTOR_LENGTH = 512
SLOW_SECONDS = 10.0


class SoundSource(Protocol):
    """Where a stage hears its track and finds the other files of the scene."""

    def mono(self) -> tuple[np.ndarray, int]:
        """All tracks of the scene as one, float32 [n], and the sample rate."""
        ...

    def stem(self, sha256: str) -> tuple[np.ndarray, int]:
        """A stem that was uploaded, float32 [n], and its sample rate."""
        ...

    def file(self, sha256: str) -> Path:
        """Where any other file of the scene lies."""
        ...


@dataclass(frozen=True)
class SceneFacts:
    """What stages may know of a scene. `vector_length` is that of the vectors, z or w, which its networks take."""

    scene: SceneSpec
    vector_length: int

    @property
    def fps(self) -> Fraction:
        return self.scene.frame_rate

    @property
    def frames(self) -> int:
        return self.scene.frames

    def of(self, wanted: Input) -> Any:
        """One input as plain JSON, to be hashed."""
        scene = self.scene
        return {
            "track": lambda: [track.sha256 for track in scene.tracks],
            "fps": lambda: [str(self.fps), self.frames],
            "vector_length": lambda: self.vector_length,
            "snapshots": lambda: [snapshot.sha256 for snapshot in scene.snapshots],
            "cues": lambda: [cue.model_dump(mode="json") for cue in scene.cues],
            "markers": lambda: [marker.model_dump(mode="json") for marker in scene.markers],
            "stems": lambda: [stem.model_dump(mode="json") for stem in scene.stems],
            "projections": lambda: [projection.sha256 for projection in scene.projections],
        }[wanted]()


class Reading:
    """All that one stage may look at. Asking for more is a mistake of the visualizer and raises KeyError."""

    def __init__(
        self,
        stage: "Stage",
        *,
        values: Mapping[str, Any],
        facts: SceneFacts,
        done: Mapping[str, Arrays],
        sound: SoundSource,
    ) -> None:
        self.stage = stage
        self.values = stage.read(values)
        self.done = {name: done[name] for name in stage.after}
        self._facts, self._sound = facts, sound

    def __getitem__(self, parameter: str) -> Any:
        return self.values[parameter]

    def mono(self) -> tuple[np.ndarray, int]:
        """The track, float32 [n], and its sample rate."""
        self._need("track")
        return self._sound.mono()

    @property
    def fps(self) -> Fraction:
        self._need("fps")
        return self._facts.fps

    @property
    def frames(self) -> int:
        self._need("fps")
        return self._facts.frames

    @property
    def vector_length(self) -> int:
        self._need("vector_length")
        return self._facts.vector_length

    @property
    def snapshots(self) -> list[str]:
        """Their hashes, in the order of the scene."""
        self._need("snapshots")
        return [snapshot.sha256 for snapshot in self._facts.scene.snapshots]

    @property
    def cues(self) -> list[CueSpec]:
        self._need("cues")
        return self._facts.scene.cues

    @property
    def markers(self) -> list[MarkerSpec]:
        self._need("markers")
        return self._facts.scene.markers

    @property
    def stems(self) -> list[StemRef]:
        """Those that were uploaded."""
        self._need("stems")
        return self._facts.scene.stems

    def stem(self, name: str) -> tuple[np.ndarray, int]:
        """An uploaded stem by its name, float32 [n], and its sample rate. KeyError where there is none."""
        sha256 = {stem.name: stem.sha256 for stem in self.stems}[name]
        return self._sound.stem(sha256)

    @property
    def projections(self) -> list[ProjectionRef]:
        self._need("projections")
        return self._facts.scene.projections

    def projection(self, place: int) -> Path:
        """Where the file of that projection lies."""
        return self._sound.file(self.projections[place].sha256)

    def _need(self, wanted: Input) -> None:
        if wanted not in self.stage.inputs:
            raise KeyError(f"Stage {self.stage.name} reads {wanted} without naming it.")


@dataclass(frozen=True)
class Stage:
    """A named part of a plan. Raise `version` when `run` would give other numbers than before.

    `family` stands for the visualizer's name in the key of a stage that several visualizers share. `reads` is what
    `run` depends on beside parameters and inputs, as text. `views` show less of a parameter: the stage reads, and is
    known by, function(value), so that a change of the rest spoils nothing.
    """

    name: str
    title: str
    run: Callable[[Reading], Arrays]
    parameters: tuple[str, ...] = ()
    inputs: tuple[Input, ...] = ()
    after: tuple[str, ...] = ()
    seconds_per_frame: float = 0.0
    version: int = 1
    family: str = ""
    reads: str = ""
    # Of the track, for what is worked out before there are frames.
    seconds_per_second: float = 0.0
    views: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict, hash=False)

    def read(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters it names, as it sees them."""
        seen = {name: values[name] for name in self.parameters}
        return seen | {name: view(seen[name]) for name, view in self.views.items()}

    def estimate_seconds(self, facts: SceneFacts) -> float:
        """About how long `run` takes on one core; over SLOW_SECONDS it becomes a job of its own."""
        return self.seconds_per_frame * facts.frames + self.seconds_per_second * facts.scene.duration_seconds


def stage_keys(
    stages: tuple[Stage, ...], *, visualizer: str, values: Mapping[str, Any], facts: SceneFacts
) -> dict[str, str]:
    """The key of every stage: SHA-256 of visualizer, stage, version and exactly what it reads."""
    keys: dict[str, str] = {}
    for stage in stages:
        read = {
            "visualizer": stage.family or visualizer,
            "stage": stage.name,
            "version": stage.version,
            "parameters": stage.read(values),
            "inputs": {wanted: facts.of(wanted) for wanted in stage.inputs},
            "after": {name: keys[name] for name in stage.after},
            **({"reads": stage.reads} if stage.reads else {}),
        }
        keys[stage.name] = hashlib.sha256(json.dumps(read, sort_keys=True).encode()).hexdigest()
    return keys


def spoiled_by(stages: tuple[Stage, ...], parameter: str) -> str:
    """The first stage that a change of this parameter spoils, or "draw"."""
    return next((stage.name for stage in stages if parameter in stage.parameters), "draw")


def wanted_stages(stages: tuple[Stage, ...], *, last: str | None) -> tuple[Stage, ...]:
    """All, or `last` and whatever it comes after, in order."""
    if last is None:
        return stages
    by_name, wanted, waiting = {stage.name: stage for stage in stages}, set[str](), [last]
    while waiting:
        name = waiting.pop()
        if name not in wanted:
            wanted.add(name)
            waiting += by_name[name].after
    return tuple(stage for stage in stages if stage.name in wanted)
