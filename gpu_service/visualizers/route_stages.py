"""The hidden stages of every scene: what its routes listen to, and the curve of each route in every frame.

Hearing is shared by all visualizers and kept by the track alone; a route's curve costs milliseconds. What only changes
how far a curve moves its parameter (amount, offset, bend, levels, invert, bypass, solo) is read while drawing.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict
from functools import partial

import numpy as np

from gpu_service.music import hearing
from gpu_service.music.bands import BANDS
from gpu_service.music.beat_clock import beat_clock
from gpu_service.music.features import CHROMA_RATE, FRAME_RATE
from gpu_service.music.loudness import STEP_SECONDS
from gpu_service.music.stem_loudness import hear_own_stems
from gpu_service.protocol import CueSpec, SceneSpec
from gpu_service.protocol.routes import OWN_STEMS, CueSource, CurveSource, RouteSource, RouteSpec, StemSource
from gpu_service.routes.graph import all_routes, in_order
from gpu_service.routes.score import curve_stage
from gpu_service.routes.shaping import Curve, finished, remembered
from gpu_service.routes.sources import Hits, Points, Surroundings, curve_of, heard_as, needs_beats
from gpu_service.visualizers.stages import Arrays, Reading, Stage

FAMILY = "routes"
LEVEL, SLOW, SPECTRA, PITCH, SECTIONS = "hear loudness", "hear slowly", "hear spectra", "hear pitch", "hear sections"
SPLIT = "hear our own stems"
SLOW_RATE = 1 / STEP_SECONDS
# How long an onset lasts: a frame of the cinema.
HELD_SECONDS = 1 / 24
# What only drawing reads of a route.
DRAWN = {"parameter", "amount", "offset", "quantise", "bend", "invert", "is_bypassed", "is_solo"}
# What of it another route hears all the same.
OVERHEARD = {"parameter", "amount", "offset", "is_bypassed", "is_solo"}


def route_stages(scene: SceneSpec) -> tuple[Stage, ...]:
    """All of them, in order. Routes that cannot be followed (no such stem, no such route) have none."""
    routes = followable(all_routes(scene.routes, scene.actions), stems=stem_names(scene))
    uploaded = {stem.name for stem in scene.stems}
    hear = dict.fromkeys(stage for route in routes for stage in _hears(route, uploaded=uploaded))
    by_id = {route.id: route for route in routes}
    return (
        *(_hearing_stage(name) for name in _with_parts(hear)),
        *(_curve_stage(chain_of(route, by_id), scene) for route in routes),
    )


def stem_names(scene: SceneSpec) -> list[str]:
    """The stems that routes of this scene may listen to: those that were uploaded, and our own."""
    return list(dict.fromkeys([*(stem.name for stem in scene.stems), *OWN_STEMS]))


def followable(routes: Sequence[RouteSpec], *, stems: Collection[str]) -> list[RouteSpec]:
    """Those whose source is there, each after the one that it listens to."""
    found: dict[str, RouteSpec] = {}
    for route in in_order(routes):
        source = route.source
        if isinstance(source, StemSource) and source.stem not in stems:
            continue
        if isinstance(source, RouteSource) and source.id not in found:
            continue
        found[route.id] = route
    return list(found.values())


def chain_of(route: RouteSpec, routes: Mapping[str, RouteSpec]) -> list[RouteSpec]:
    """The routes that it listens to, the farthest first, and itself last."""
    chain = [route]
    while isinstance(source := chain[0].source, RouteSource):
        chain.insert(0, routes[source.id])
    return chain


def _hears(route: RouteSpec, *, uploaded: Collection[str]) -> list[str]:
    """The hearing stages that its own source needs."""
    source = route.source
    if isinstance(source, StemSource) and source.stem not in uploaded:
        return [SPLIT]
    if isinstance(source, CurveSource) and source.kind == "segment":
        return [SECTIONS]
    name = heard_as(source)
    return [] if name is None else [_STAGE_OF.get(name.partition(":")[0], f"hear {name}")]


_STAGE_OF = {
    "loudness": LEVEL,
    "short_term": SLOW,
    "onset": SPECTRA,
    "brightness": SPECTRA,
    "band": SPECTRA,
    "chroma": PITCH,
}


def _with_parts(names: Collection[str]) -> list[str]:
    """What the sections are found from comes before them."""
    parts = [LEVEL, SPECTRA, PITCH] if SECTIONS in names else []
    return [*dict.fromkeys([*parts, *(name for name in names if name != SECTIONS)]), *[SECTIONS] * (SECTIONS in names)]


def _hearing_stage(name: str) -> Stage:
    if name.startswith("hear stem:"):
        stem = name.removeprefix("hear stem:")
        run = partial(_stem, name=stem)
        return Stage(name, f"Loudness of {stem}", run, inputs=("stems",), family=FAMILY, seconds_per_second=2e-3)
    return _HEARING[name]


def _sound(reading: Reading) -> hearing.MonoSound:
    return hearing.MonoSound(*reading.mono())


def _level(reading: Reading) -> Arrays:
    """Loudness, and the rms that it comes from. [T]"""
    return hearing.loudness_and_rms(_sound(reading))


def _slow(reading: Reading) -> Arrays:
    return {"short_term": hearing.hear_slowly(_sound(reading))}


def _spectra(reading: Reading) -> Arrays:
    return asdict(hearing.hear_spectra(_sound(reading)))


def _pitch(reading: Reading) -> Arrays:
    return {"energy": hearing.hear_pitch(_sound(reading))}


def _stem(reading: Reading, *, name: str) -> Arrays:
    return {"loudness": hearing.loudness_and_rms(hearing.MonoSound(*reading.stem(name)))["loudness"]}


def _split(reading: Reading) -> Arrays:
    """Loudness of each of our own stems. [T] by name"""
    return hear_own_stems(*reading.mono())


def _sections(reading: Reading) -> Arrays:
    """Seconds between which the sections of the track lie. [s + 1]"""
    rms, timbre = reading.done[LEVEL]["rms"], reading.done[SPECTRA]["timbre"]
    duration = max((len(rms) - 1) / FRAME_RATE, 0.0)
    edges = hearing.section_edges(
        rms=rms,
        timbre=timbre,
        chroma=reading.done[PITCH]["energy"],
        duration_seconds=duration,
        downbeats=_downbeats(reading, duration),
    )
    return {"edges": edges}


def _downbeats(reading: Reading, duration_seconds: float) -> np.ndarray:
    """Where the bars of the grid begin; none without a grid. [n] seconds"""
    if not reading.markers:
        return np.zeros(0)
    seconds = np.arange(0, duration_seconds, 0.05)
    bars = beat_clock(reading.markers, seconds)[1]
    return np.interp(np.arange(np.ceil(bars[0]), np.floor(bars[-1]) + 1), bars, seconds)


# Seconds of one core for a second of the track, measured.
_HEARING = {
    stage.name: stage
    for stage in (
        Stage(LEVEL, "Loudness", _level, inputs=("track",), family=FAMILY, seconds_per_second=3e-4),
        Stage(SLOW, "Loudness of 3 s", _slow, inputs=("track",), family=FAMILY, seconds_per_second=8e-4),
        Stage(
            SPECTRA, "Onsets and bands", _spectra, inputs=("track",), family=FAMILY, seconds_per_second=7e-3, version=2
        ),
        Stage(SPLIT, "Stems", _split, inputs=("track",), family=FAMILY, seconds_per_second=1.6e-2),
        Stage(PITCH, "Notes", _pitch, inputs=("track",), family=FAMILY, seconds_per_second=4e-3),
        Stage(
            SECTIONS,
            "Sections",
            _sections,
            inputs=("markers",),
            after=(LEVEL, SPECTRA, PITCH),
            family=FAMILY,
            seconds_per_second=1e-3,
        ),
    )
}


def _curve_stage(chain: Sequence[RouteSpec], scene: SceneSpec) -> Stage:
    """The curve of the chain's last route, keyed by what its chain reads and by nothing else."""
    labels = {route.source.label for route in chain if isinstance(route.source, CueSource)}
    cues = [cue for cue in scene.cues if cue.label in labels]
    links = [
        route.model_dump(mode="json", exclude={"id", *(DRAWN if route is chain[-1] else OVERHEARD)}) for route in chain
    ]
    # A route's neighbours in the chain are known by their place in it, not by their names.
    for link in links[1:]:
        link["source"] = "the one before"
    reads = {"chain": links, "cues": [[cue.seconds, cue.end_seconds, cue.kind, cue.label] for cue in cues]}
    uploaded = {stem.name for stem in scene.stems}
    hears = dict.fromkeys(name for route in chain for name in _hears(route, uploaded=uploaded))
    has_beats = any(needs_beats(route.source) for route in chain)
    run: Callable[[Reading], Arrays] = partial(_curve, chain=chain, cues=cues)
    return Stage(
        curve_stage(chain[-1].id),
        "Routes",
        run,
        inputs=("fps", "markers") if has_beats else ("fps",),
        after=tuple(_with_parts(hears)),
        family=FAMILY,
        reads=json.dumps(reads, sort_keys=True),
        seconds_per_frame=1e-5,
        version=2,
    )


def _curve(reading: Reading, *, chain: Sequence[RouteSpec], cues: Sequence[CueSpec]) -> Arrays:
    """The last route's curve before quantising. float32 [frames], 0…1"""
    duration = float(reading.frames / reading.fps)
    has_beats = "markers" in reading.stage.inputs
    others: dict[str, Curve] = {}
    around = Surroundings(
        heard=heard_curves(reading.done, frame_seconds=float(1 / reading.fps)),
        section_edges=reading.done[SECTIONS]["edges"].tolist() if SECTIONS in reading.done else [],
        markers=reading.markers if has_beats else (),
        cues=cues,
        others=others,
        duration_seconds=duration,
    )
    for route in chain:
        curve = remembered(route, curve_of(route.source, around), duration_seconds=duration)
        others[route.id] = partial(_overheard, route=route, curve=curve)
    seconds = np.arange(reading.frames) * reading.fps.denominator / reading.fps.numerator
    return {"curve": np.clip(curve(seconds), 0, 1).astype(np.float32)}


def _overheard(seconds: np.ndarray, *, route: RouteSpec, curve: Curve) -> np.ndarray:
    """What another route hears of this one."""
    return finished(route, curve(seconds))


def heard_curves(done: Mapping[str, Arrays], *, frame_seconds: float) -> dict[str, Points | Hits]:
    """Every curve that those hearing stages hold, by its name.

    An onset is half a frame early, so that the first frame which shows it is the nearest one at every frame rate, and
    held for a frame at least, so that one shows it.
    """
    found: dict[str, Points | Hits] = {}
    for stage, arrays in done.items():
        if stage == LEVEL:
            found["loudness"] = Points(arrays["loudness"], FRAME_RATE)
        elif stage == SLOW:
            found["short_term"] = Points(arrays["short_term"], SLOW_RATE)
        elif stage == SPECTRA:
            held = max(HELD_SECONDS, frame_seconds)
            found["onset"] = Hits(arrays["hit_seconds"], arrays["hit_strengths"], held, frame_seconds / 2)
            found["brightness"] = Points(arrays["brightness"], FRAME_RATE)
            found |= {f"band:{name}": Points(arrays["bands"][:, k], FRAME_RATE) for k, name in enumerate(BANDS)}
        elif stage == PITCH:
            notes = hearing.notes(arrays["energy"])
            found |= {f"chroma:{pitch}": Points(notes[:, pitch], CHROMA_RATE) for pitch in range(12)}
        elif stage == SPLIT:
            found |= {f"stem:{name}": Points(curve, FRAME_RATE) for name, curve in arrays.items()}
        elif stage.startswith("hear stem:"):
            found[stage.removeprefix("hear ")] = Points(arrays["loudness"], FRAME_RATE)
    return found
