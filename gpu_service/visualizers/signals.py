"""Signals: every curve that a plan uses, by name, one row per frame. For plots, for lanes and for comparing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from gpu_service.music.gance_signals import gance_signals
from gpu_service.routes.graph import AMOUNT_OF, all_routes
from gpu_service.routes.knobs import Knob
from gpu_service.routes.score import Score, curve_stage
from gpu_service.routes.shaping import finished
from gpu_service.routes.titles import title_of
from gpu_service.visualizers.stage_cache import StageCache
from gpu_service.visualizers.stages import Arrays, SceneFacts, SoundSource, Stage

if TYPE_CHECKING:
    from gpu_service.visualizers.base import Report, Visualizer

Kind = Literal["signal", "route", "value", "clamped"]


@dataclass(frozen=True)
class Signal:
    """`values` [frames] or [frames, n], plotted between `low` and `high`.

    kind: "signal" is the visualizer's, "route" the curve of a route after shaping, "value" a parameter as its routes
    drive it, "clamped" is 1 where the parameter's range has cut it off.
    """

    name: str
    title: str
    values: np.ndarray
    low: float
    high: float
    kind: Kind = "signal"


def signal(name: str, title: str, values: np.ndarray, kind: Kind = "signal") -> Signal:
    """One that is plotted between its lowest and its highest value."""
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)
    return Signal(name, title, values, low, high if high > low else low + 1.0, kind)


def scene_signals(
    visualizer: "type[Visualizer]", facts: SceneFacts, sound: SoundSource, *, cache: StageCache, report: "Report"
) -> list[Signal]:
    """All signals of a scene. The visualizer's own come first, then routes, then what they drive."""
    stages = visualizer.run_stages(facts, sound, cache=cache, report=report)
    return [
        *visualizer.signals(facts, stages, sound),
        *network_signals(facts, visualizer.own_places(stages)),
        *route_signals(visualizer, facts, stages),
        *driven_signals(visualizer, facts, stages),
    ]


def stage_signals(own: Sequence[Stage], stages: Mapping[str, Arrays], *, frames: int) -> list[Signal]:
    """Every array of a visualizer's stages that has a row per frame, named after it, and the stage where two share it.

    Of a stage with one array the stage's name says more.
    """
    found = []
    for stage in own:
        rows = {name: array for name, array in stages[stage.name].items() if is_curve(array, frames=frames)}
        for name, array in rows.items():
            full = stage.name if len(rows) == 1 else f"{stage.name}.{name}"
            title = stage.title if len(rows) == 1 else f"{stage.title}: {name.replace('_', ' ')}"
            found.append(signal(full, title, array))
    return found


def is_curve(array: np.ndarray, *, frames: int) -> bool:
    """Whether it has a number, or a row of numbers, for each frame."""
    return array.ndim in (1, 2) and len(array) == frames and array.dtype.kind in "fiub"


def network_signals(facts: SceneFacts, own: np.ndarray | None) -> list[Signal]:
    """Which snapshots each frame draws with, as cues hold, cut and glide. `own`: without them, None for the last.

    "networks" is the place in the list, between places where several mix; "networks:shares" [frames, K] tells, where
    cues cut, which ones those are: a glide from the first to the third has nothing of the second.
    """
    score, count = Score(facts.scene, {}), len(facts.scene.snapshots)
    cuts = score.events("snapshot")
    if own is None and not (cuts and count > 1):
        return []
    shown = score.shown(range(facts.frames))
    places = (np.full(facts.frames, count - 1.0) if own is None else own)[shown]
    shares = _shares(score, places, shown, count=count) if cuts else None
    place = (places if shares is None else shares @ np.arange(count)).astype(np.float32)
    found = [Signal("networks", "Choice of networks", place, 0.0, max(count - 1.0, 1.0))]
    return found if shares is None else [*found, Signal("networks:shares", "Share of each snapshot", shares, 0.0, 1.0)]


def _shares(score: Score, own: np.ndarray, shown: Sequence[int], *, count: int) -> np.ndarray:
    """How much of each snapshot is in each frame. -> float32 [frames, count]"""
    shares = np.zeros((len(shown), count), np.float32)
    for row, mix in zip(shares, score.mixes(own, shown), strict=True):
        for place, share in mix:
            row[place] = share
    return shares


def gance(facts: SceneFacts, sound: SoundSource, *, seed: int) -> list[Signal]:
    """GANce's four, by its own formulas."""
    samples, rate = sound.mono()
    found = gance_signals(
        samples, rate, fps=facts.fps, vector_length=facts.vector_length, seed=seed, frames=facts.frames
    )
    titles = {"spectrum": "Spectrum", "loudness": "Loudness", "roll": "Roll", "noise": "Noise"}
    return [signal(name, titles[name], values) for name, values in found.items()]


def route_signals(visualizer: "type[Visualizer]", facts: SceneFacts, stages: Mapping[str, Arrays]) -> list[Signal]:
    """The curve of each route that can be followed, as it moves its parameter before the amount. 0…1"""
    scene, found = facts.scene, list[Signal]()
    titles = {name: knob.title for name, (knob, _) in visualizer.knobs(visualizer.check(scene)).items()}
    for route in all_routes(scene.routes, scene.actions):
        if (stage := curve_stage(route.id)) in stages:
            curve = finished(route, stages[stage]["curve"].astype(np.float64)).astype(np.float32)
            driven = titles.get(route.parameter, "the amount of a route")
            found.append(Signal(f"route:{route.id}", f"{title_of(route.source)} to {driven}", curve, 0.0, 1.0, "route"))
    return found


def driven_signals(visualizer: "type[Visualizer]", facts: SceneFacts, stages: Mapping[str, Arrays]) -> list[Signal]:
    """Every parameter that a route drives, over its slider, and where its range cuts it off."""
    scene = facts.scene
    knobs = visualizer.knobs(visualizer.check(scene))
    score, found, frames = Score(scene, knobs), list[Signal](), range(facts.frames)
    for name in dict.fromkeys(route.parameter for route in score.routes):
        if name.startswith(AMOUNT_OF):
            continue
        moved, knob = score.driven(name, frames, stages=stages), knobs[name][0]
        low, high = _shown(knob, moved.values)
        found.append(Signal(f"value:{name}", knob.title, moved.values.astype(np.float32), low, high, "value"))
        clamped = moved.is_clamped.astype(np.float32)
        found.append(Signal(f"clamped:{name}", f"{knob.title} at its end", clamped, 0.0, 1.0, "clamped"))
    return found


def _shown(knob: Knob, values: np.ndarray) -> tuple[float, float]:
    """The slider's ends, wider where the values go beyond."""
    first, last = knob.slider
    return min(first, float(values.min(initial=first))), max(last, float(values.max(initial=last)))
