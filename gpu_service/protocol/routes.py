"""Routes and cue actions: what of the music, of the grid or of the cues drives a parameter, and what a cue does.

Everything here lies in seconds or beats, never in frames, so that another frame rate or tempo keeps it right.
"""

from typing import Annotated, Literal

from pydantic import Field

from gpu_service.protocol.vectors import Part, Seed, VectorSpec

MOST_ROUTES, MOST_ACTIONS, MOST_POINTS = 64, 64, 1_000
# What the service itself can take out of a track; uploaded stems of the same name come first.
OWN_STEMS = ("drums", "bass", "vocals", "other", "harmonic", "percussive")
RouteId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
Label = Annotated[str, Field(max_length=80)]
Unit = Literal["beats", "seconds"]
Finite = Annotated[float, Field(allow_inf_nan=False)]


class CurveSource(Part):
    """A curve of the track's analysis, 0…1 from its lowest to its highest. beat, bar: 0 at each and 1 before the next.

    tempo: bpm over the track's own span. segment: 0 in the first part of the track, 1 in the last.
    """

    kind: Literal["loudness", "short_term", "onset", "brightness", "tempo", "beat", "bar", "segment"]


class BandSource(Part):
    """Energy of one band of the analysis."""

    kind: Literal["band"] = "band"
    band: Literal["bass", "low_mid", "mid", "high_mid", "high"]


class StemSource(Part):
    """Loudness of a stem: one that was uploaded, by its name, or one of OWN_STEMS."""

    kind: Literal["stem"] = "stem"
    stem: Annotated[str, Field(min_length=1, max_length=40)]


NOTES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")


class ChromaSource(Part):
    """How strongly a pitch class sounds, by its place in NOTES."""

    kind: Literal["chroma"] = "chroma"
    pitch: int = Field(ge=0, le=11)


class CueSource(Part):
    """1 from each cue with this label for `hold_seconds`, or over the whole of a span; 0 elsewhere."""

    kind: Literal["cue"] = "cue"
    label: Label
    hold_seconds: float = Field(default=0.05, ge=0, le=60)


class LfoSource(Part):
    """A wave, 0…1. `phase` in turns. A period in beats follows the grid."""

    kind: Literal["lfo"] = "lfo"
    wave: Literal["sine", "triangle", "saw", "square"] = "sine"
    period: float = Field(default=4.0, gt=0, le=3600)
    unit: Unit = "beats"
    phase: float = Field(default=0.0, ge=-1, le=1)


class DrawnSource(Part):
    """A curve drawn by hand: points (place, height 0…1), straight between them, held before and after, or looped."""

    kind: Literal["drawn"] = "drawn"
    points: list[tuple[Annotated[float, Field(ge=0, allow_inf_nan=False)], Annotated[float, Field(ge=0, le=1)]]] = (
        Field(min_length=1, max_length=MOST_POINTS)
    )
    unit: Unit = "seconds"
    loop: float | None = Field(default=None, gt=0, le=86_400)


class ChanceSource(Part):
    """A new number 0…1 every so many beats or seconds; `glide` is the share of the way spent going over to it."""

    kind: Literal["chance"] = "chance"
    seed: Seed = 0
    every: float = Field(default=1.0, gt=0, le=3600)
    unit: Unit = "beats"
    glide: float = Field(default=0.0, ge=0, le=1)


class RouteSource(Part):
    """What another route makes of its source, after shaping. A ring of such routes is refused."""

    kind: Literal["route"] = "route"
    id: RouteId


Source = Annotated[
    CurveSource
    | BandSource
    | StemSource
    | ChromaSource
    | CueSource
    | LfoSource
    | DrawnSource
    | ChanceSource
    | RouteSource,
    Field(discriminator="kind"),
]


class RouteSpec(Part):
    """A source drives a parameter. In the order of the fields: s is the source, 0…1 for each frame;

    smoothed (Gaussian, σ seconds), followed (rising and falling with these time constants), quantised to so many
    levels (0: not), bent (s ** 4**bend), turned over (1 - s). The parameter is moved by (amount · s + offset) ·
    the way of its slider, along the slider's own scale; several routes add up; the sum is clamped to the range.

    `parameter` is a parameter's name, or "route:ID" for the amount of another route.
    """

    id: RouteId
    parameter: Annotated[str, Field(min_length=1, max_length=80)]
    source: Source
    amount: float = Field(default=0.5, ge=-4, le=4, allow_inf_nan=False)
    offset: float = Field(default=0.0, ge=-1, le=1, allow_inf_nan=False)
    smoothing_seconds: float = Field(default=0.0, ge=0, le=30)
    attack_seconds: float = Field(default=0.0, ge=0, le=30)
    release_seconds: float = Field(default=0.0, ge=0, le=30)
    quantise: int = Field(default=0, ge=0, le=64)
    bend: float = Field(default=0.0, ge=-1, le=1)
    invert: bool = False
    is_bypassed: bool = False
    is_solo: bool = False


class CueAction(Part):
    """What every cue with this label does. A moment acts for `seconds` (0: until the next cue that does the same
    thing, or to the end); a span as long as it lasts.

    snapshot: draws with that place of the scene's list. vector: the picture goes to this vector. envelope: moves
    `parameter` by `amount` of its slider's way, rising and falling as a route does. hold: the picture stands still.
    seed: the visualizer's seed becomes this one; without one, a new one at each cue.
    """

    # So that edits of different actions merge; a scene file need not name any.
    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{0,40}$")] = ""
    label: Label
    kind: Literal["snapshot", "vector", "envelope", "hold", "seed"]
    seconds: float = Field(default=0.0, ge=0, le=3600)
    glide_seconds: float = Field(default=0.0, ge=0, le=60)
    snapshot: int | None = Field(default=None, ge=0, lt=64)
    vector: VectorSpec | None = None
    parameter: str | None = Field(default=None, max_length=80)
    amount: float = Field(default=0.5, ge=-4, le=4, allow_inf_nan=False)
    attack_seconds: float = Field(default=0.0, ge=0, le=30)
    release_seconds: float = Field(default=0.3, ge=0, le=30)
    seed: Seed | None = None
