"""The debug film (`gance.md` §2.10, G8): the picture, what was projected and found, and every signal as plots."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from gpu_service.film.debug_plots import BACK, GAP, WIDEST, Plots
from gpu_service.film.encoder import SegmentEncoder, even
from gpu_service.film.join import join_film
from gpu_service.protocol import Recipe
from gpu_service.visualizers.base import Beside, Plan, Visualizer
from gpu_service.visualizers.signals import Signal, scene_signals
from gpu_service.visualizers.stage_cache import StageCache
from gpu_service.visualizers.stages import SceneFacts

Taker = Callable[[int, np.ndarray], None]
"""Told the number of a frame, and that frame with those after it, uint8 [N, 3, H, W]. In order."""


@dataclass(frozen=True)
class DebugLook:
    """`window`: frames of a page of plots. `height` of the film in pixels."""

    window: int = 150
    height: int = 720


@dataclass(frozen=True)
class DebugOrder:
    """Where the film goes, and how it looks."""

    out: Path
    look: DebugLook = DebugLook()


@dataclass
class DebugFilm:
    """Takes the frames of a film in order, and writes them beside their plots."""

    recipe: Recipe
    signals: Sequence[Signal]
    folder: Path
    look: DebugLook = DebugLook()
    beside: Beside | None = None
    frames: int = 0
    _encoder: SegmentEncoder | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        scene, height = self.recipe.scene, even(self.look.height)
        shown = [self._scaled(scene.width, scene.height)]
        if self.beside is not None:
            first = self.beside(self.recipe.first_frame)
            shown += [self._scaled(picture.shape[1], picture.shape[0]) for picture in first]
        self.height, self.sizes = height, shown
        taken = sum(width + GAP for width, _ in shown)
        self.plots = Plots(self.signals, window=self.look.window, height=height, room=max(256, WIDEST - taken))
        self.width = even(min(WIDEST, taken + (self.plots.grid.width if self.signals else 0)) + 1)

    def _scaled(self, width: int, height: int) -> tuple[int, int]:
        """As high as the film, but no wider than twice that."""
        high = even(self.look.height)
        return min(2 * high, max(2, round(width * high / height))), high

    @property
    def segment(self) -> Path:
        return self.folder / "debug.h264"

    def add(self, first: int, pictures: np.ndarray) -> None:
        """Frames from `first` on, uint8 [N, 3, H, W]. The recipe's first frame begins the film again."""
        if first == self.recipe.first_frame:
            self.abort()
        for number, picture in enumerate(pictures, start=first):
            self._running().add(self.compose(number, picture).transpose(2, 0, 1)[None])
            self.frames += 1

    def compose(self, frame: int, picture: np.ndarray) -> np.ndarray:
        """One frame of the debug film, uint8 [height, width, 3]."""
        whole, left = Image.new("RGB", (self.width, self.height), BACK), 0
        more = self.beside(frame) if self.beside is not None else []
        for size, shown in zip(self.sizes, [picture.transpose(1, 2, 0), *more], strict=True):
            image = Image.fromarray(np.ascontiguousarray(shown), "RGB")
            whole.paste(image.resize(size, Image.Resampling.BILINEAR), (left, 0))
            left += size[0] + GAP
        if self.signals:
            whole.paste(self.plots.at(frame), (left - GAP, 0))
        return np.asarray(whole)

    def _running(self) -> SegmentEncoder:
        if self._encoder is None:
            fps = self.recipe.scene.frame_rate
            size = {"width": self.width, "height": self.height}
            self._encoder = SegmentEncoder(self.segment, spec=self.recipe.encoder, fps=fps, **size)
        return self._encoder

    def finish(self, out: Path, files: Mapping[str, Path]) -> None:
        """The film with the sound of its range. RenderError where encoding failed."""
        self._running().finish()
        tracks = [files[track.sha256] for track in self.recipe.scene.tracks]
        join_film([self.segment], recipe=self.recipe, tracks=tracks, out=out)

    def abort(self) -> None:
        """Leave nothing of what was added."""
        if self._encoder is not None:
            self._encoder.abort()
        self._encoder, self.frames = None, 0


@contextmanager
def written_beside(
    order: DebugOrder | None,
    recipe: Recipe,
    *,
    visualizer: Visualizer,
    plan: Plan,
    cache: StageCache,
    files: Mapping[str, Path],
) -> Iterator[Taker | None]:
    """What takes the frames of a film in order, if a debug film is wanted; it is whole when the block ends."""
    if order is None:
        yield None
        return
    # Beside its place, so that the disk is the same.
    with tempfile.TemporaryDirectory(prefix=".debug-", dir=order.out.parent) as folder:
        film = DebugFilm(
            recipe,
            signals_of(visualizer, plan, cache=cache),
            Path(folder),
            look=order.look,
            beside=visualizer.beside(plan),
        )
        try:
            yield film.add
        except BaseException:
            film.abort()
            raise
        film.finish(order.out, files)


def signals_of(visualizer: Visualizer, plan: Plan, *, cache: StageCache) -> list[Signal]:
    """All signals of the plan's scene."""
    length = plan.materials.vector_length(visualizer.vector_space(plan.parameters))
    facts = SceneFacts(plan.scene, length)
    return scene_signals(type(visualizer), facts, plan.materials.sound, cache=cache, report=lambda _title, _share: None)
