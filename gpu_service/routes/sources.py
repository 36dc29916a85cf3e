"""Sources: what a route listens to, as a curve 0…1 that can be asked at any second of the track."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gpu_service.music.bands import BANDS
from gpu_service.music.beat_clock import Marker, beat_clock
from gpu_service.protocol import CueSpec
from gpu_service.protocol.routes import (
    BandSource,
    ChanceSource,
    ChromaSource,
    CueSource,
    CurveSource,
    DrawnSource,
    LfoSource,
    RouteSource,
    Source,
    StemSource,
    Unit,
)
from gpu_service.routes.shaping import Curve

# A beat is met although its second was rounded.
HAIR = 1e-6
# A hit in the very middle between two frames is met although their seconds were rounded.
HALFWAY = 1e-9
# A cue is held for a frame of the slowest film at least.
SHORTEST_CUE = 1 / 24


@dataclass(frozen=True)
class Points:
    """A curve as it was heard: `values` [n] lie 1 / `rate` seconds apart, the first at second 0."""

    values: np.ndarray
    rate: float

    def at(self, seconds: np.ndarray) -> np.ndarray:
        """Straight between the points. [n] -> float64 [n]"""
        if len(self.values) == 0:
            return np.zeros(len(seconds))
        return np.interp(seconds * self.rate, np.arange(len(self.values)), self.values)


@dataclass(frozen=True)
class Hits:
    """Moments as a curve: each of `seconds` [h], ascending, with its strength for a while; where two meet, the higher.

    All of it is `ahead_seconds` early.
    """

    seconds: np.ndarray
    strengths: np.ndarray
    hold_seconds: float
    ahead_seconds: float = 0.0

    def at(self, seconds: np.ndarray) -> np.ndarray:
        """[n] -> float64 [n]"""
        now = seconds + self.ahead_seconds + HALFWAY
        past = np.searchsorted(self.seconds, now, side="right")
        over = np.searchsorted(self.seconds, now - self.hold_seconds, side="right")
        levels = np.zeros(len(seconds))
        for back in range(1, int((past - over).max(initial=0)) + 1):
            place = past - back
            levels = np.maximum(levels, np.where(place >= over, self.strengths[np.maximum(place, 0)], 0.0))
        return levels


@dataclass(frozen=True)
class Surroundings:
    """What sources look at. `heard` by name of the curve; `others` are the curves of the routes already made."""

    heard: Mapping[str, Points | Hits]
    section_edges: Sequence[float]
    markers: Sequence[Marker]
    cues: Sequence[CueSpec]
    others: Mapping[str, Curve]
    duration_seconds: float

    def place(self, seconds: np.ndarray, unit: Unit) -> np.ndarray:
        """Seconds, or beats of the grid that have passed."""
        return beat_clock(self.markers, seconds)[0] if unit == "beats" else seconds


def curve_of(source: Source, around: Surroundings) -> Curve:
    """The source as a curve."""
    make: Callable[..., Curve] = _MAKERS[type(source)]
    return make(source, around)


def heard_as(source: Source) -> str | None:
    """The name in `Surroundings.heard` of what this source needs; None for what needs no ears."""
    if isinstance(source, CurveSource):
        return source.kind if source.kind in ("loudness", "short_term", "onset", "brightness") else None
    if isinstance(source, BandSource):
        return f"band:{source.band}"
    if isinstance(source, ChromaSource):
        return f"chroma:{source.pitch}"
    return f"stem:{source.stem}" if isinstance(source, StemSource) else None


def needs_beats(source: Source) -> bool:
    """Whether the beat grid changes it."""
    if isinstance(source, CurveSource):
        return source.kind in ("tempo", "beat", "bar")
    return isinstance(source, LfoSource | DrawnSource | ChanceSource) and source.unit == "beats"


def _heard(source: Source, around: Surroundings) -> Curve:
    name = heard_as(source)
    assert name is not None
    return around.heard[name].at


def _curve(source: CurveSource, around: Surroundings) -> Curve:
    if source.kind in ("beat", "bar"):
        column = 0 if source.kind == "beat" else 1
        return lambda seconds: _fraction(beat_clock(around.markers, seconds)[column])
    if source.kind == "tempo":
        return _steps([marker.seconds for marker in around.markers], [marker.bpm for marker in around.markers])
    if source.kind == "segment":
        edges = around.section_edges[:-1]
        return _steps(edges, range(len(edges)))
    return _heard(source, around)


def _steps(edges: Sequence[float], values: Sequence[float]) -> Curve:
    """From each edge on its value, the first before; lowest … highest become 0…1, and what never changes is 0."""
    levels = np.array(values, dtype=np.float64)
    spread = float(np.ptp(levels)) if len(levels) else 0.0
    if spread == 0:
        return lambda seconds: np.zeros(len(seconds))
    levels = (levels - levels.min()) / spread
    return lambda seconds: levels[np.maximum(np.searchsorted(edges, seconds + HAIR, side="right") - 1, 0)]


def _cue(source: CueSource, around: Surroundings) -> Curve:
    hold = max(source.hold_seconds, SHORTEST_CUE)
    spans = sorted(
        (cue.seconds, cue.end_seconds if _is_span(cue) else cue.seconds + hold)
        for cue in around.cues
        if cue.label == source.label
    )
    starts = np.array([start for start, _ in spans])
    # A long span may outlast the ones that begin in it.
    ends = np.maximum.accumulate(np.array([end for _, end in spans])) if spans else starts

    def at(seconds: np.ndarray) -> np.ndarray:
        if not spans:
            return np.zeros(len(seconds))
        last = np.searchsorted(starts, seconds + HAIR, side="right") - 1
        return np.where(last >= 0, (seconds + HAIR < ends[np.maximum(last, 0)]).astype(np.float64), 0.0)

    return at


def _is_span(cue: CueSpec) -> bool:
    return cue.kind == "span" and cue.end_seconds is not None and cue.end_seconds > cue.seconds


def _lfo(source: LfoSource, around: Surroundings) -> Curve:
    wave = _WAVES[source.wave]
    return lambda seconds: wave(_fraction(around.place(seconds, source.unit) / source.period + source.phase))


_WAVES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "sine": lambda turn: 0.5 - 0.5 * np.cos(2 * np.pi * turn),
    "triangle": lambda turn: 1 - np.abs(2 * turn - 1),
    "saw": lambda turn: turn,
    "square": lambda turn: (turn < 0.5).astype(np.float64),
}


def _drawn(source: DrawnSource, around: Surroundings) -> Curve:
    places, heights = np.array(sorted(source.points, key=lambda point: point[0]), dtype=np.float64).T

    def at(seconds: np.ndarray) -> np.ndarray:
        place = around.place(seconds, source.unit)
        if source.loop is not None:
            place = place % source.loop
        return np.interp(place, places, heights)

    return at


def _chance(source: ChanceSource, around: Surroundings) -> Curve:
    def at(seconds: np.ndarray) -> np.ndarray:
        place = around.place(seconds, source.unit) / source.every
        number = np.floor(place + HAIR)
        levels = _dice(number, source.seed)
        if source.glide == 0:
            return levels
        share = np.clip((place - number) / source.glide, 0, 1)
        former = _dice(number - 1, source.seed)
        return former + (levels - former) * share * share * (3 - 2 * share)

    return at


def _dice(number: np.ndarray, seed: int) -> np.ndarray:
    """A number 0…1 for each whole number, the same on every machine (SplitMix64). float [n] -> float64 [n]"""
    x = number.astype(np.int64).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    x += np.uint64((seed * 0xD1342543DE82EF95 + 0x9E3779B97F4A7C15) % 2**64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        x = (x ^ (x >> np.uint64(shift))) * np.uint64(factor)
    x ^= x >> np.uint64(31)
    return (x >> np.uint64(11)).astype(np.float64) / 2**53


def _route(source: RouteSource, around: Surroundings) -> Curve:
    return around.others[source.id]


def _fraction(turns: np.ndarray) -> np.ndarray:
    """How far into its turn each is, 0…1; a hair before a whole one counts as there."""
    return np.maximum(turns - np.floor(turns + HAIR), 0.0)


_MAKERS: dict[type, Callable[..., Curve]] = {
    CurveSource: _curve,
    BandSource: _heard,
    StemSource: _heard,
    ChromaSource: _heard,
    CueSource: _cue,
    LfoSource: _lfo,
    DrawnSource: _drawn,
    ChanceSource: _chance,
    RouteSource: _route,
}
BAND_NAMES = tuple(BANDS)
