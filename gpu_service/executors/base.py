"""What an executor does: it owns the devices, prepares plans, draws pictures and segments, and does chores.

Everything answers with futures, so that the session never waits. One conformance suite tests every executor.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Literal, Protocol, TypeVar

from gpu_service.film.segment_facts import SegmentFilm
from gpu_service.protocol import CodePath, Device, Recipe, SceneSpec

T = TypeVar("T")
ChoreKind = Literal[
    "import_snapshot",
    "make_pattern",
    "prepare_stage",
    "draw_sheet",
    "find_directions",
    "harvest",
    "export_snapshot",
    "try_training",
    "scene_curves",
    "debug_film",
]
StepReport = Callable[[str, float], None]
"""Told what is being done, and how far it is, 0…1. Called from a thread of the executor."""


@dataclass(frozen=True)
class SceneOrder:
    """A scene and where its files lie. `key` names the plan that is made of it."""

    key: str
    scene: SceneSpec
    paths: Mapping[str, Path]


@dataclass(frozen=True)
class PlanFacts:
    """A plan that is ready to be drawn from."""

    key: str
    ready_until: float


@dataclass(frozen=True)
class Picture:
    """One frame of a preview."""

    frame: int
    jpeg: bytes
    draw_seconds: float


@dataclass(frozen=True)
class SegmentOrder:
    """Frames `first_frame` to `end_frame` of a recipe, to be written to `out`."""

    order: SceneOrder
    recipe: Recipe
    first_frame: int
    end_frame: int
    out: Path

    @property
    def code_path(self) -> CodePath:
        assert self.recipe.code_path is not None, "A code path is fixed before the first frame is drawn."
        return self.recipe.code_path


@dataclass(frozen=True)
class ChoreOrder:
    """Slow work in a process of its own. `values` depend on the kind; files are written into `folder`.

    `device` draws, where the work draws many pictures; the executor says which.
    """

    kind: ChoreKind
    values: Mapping[str, Any]
    folder: Path
    device: str = "auto"


@dataclass(frozen=True)
class Task(Generic[T]):
    """Work that can be called off: within five seconds its future then raises Cancelled."""

    future: "Future[T]"
    cancel: Callable[[], None]


class Executor(Protocol):
    """Devices, and what they are asked to do."""

    def devices(self) -> list[Device]:
        """What there is to draw with."""
        ...

    def code_path(self) -> CodePath:
        """How this executor would draw a film that nobody has begun."""
        ...

    def prepare(self, order: SceneOrder, *, report: StepReport) -> "Future[PlanFacts]":
        """Make a plan and keep it under its key. The same key again replaces nothing and answers at once."""
        ...

    def draw(
        self, key: str, frames: Sequence[int], *, jpeg_quality: int, order: SceneOrder | None = None
    ) -> "Future[list[Picture]]":
        """Pictures of a plan, for a preview: they go before films. RenderError(retry=True): the plan is lost.

        With an order the plan is first brought up to its scene, which may differ in what only drawing reads. An empty
        list: a large picture is drawn in part, ask again.
        """
        ...

    def forget(self, key: str) -> None:
        """Drop a plan."""
        ...

    def render_segment(self, order: SegmentOrder, *, report: Callable[[int], None]) -> "Task[SegmentFilm]":
        """Draw and encode one segment. `report` hears how many of its frames are done. A crash is tried once more."""
        ...

    def chore(self, order: ChoreOrder, *, report: StepReport) -> "Task[dict[str, Any]]":
        """Do a chore in a process of its own."""
        ...

    def is_drawing(self) -> bool:
        """Whether a preview or a film needs a device now: one is drawn, or was a moment ago."""
        ...

    def close(self) -> None:
        """End every process."""
        ...
