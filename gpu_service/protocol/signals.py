"""Signals: what of the music moves an audio-reactive film, as data that can be edited, saved and shared.

A set names five things: `energy` (its quiet valleys cut the film into segments), `weights` (twelve shares per frame),
`mix` (how far the second set of seeds comes in), `swell` (how strong the noise is and how far a segment turns) and
any number of `drives`, each with a name, which move the bends.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from gpu_service.protocol.signal_steps import FUNCTIONS, OTHER_NAMES, Kind, Step
from gpu_service.protocol.vectors import Part

SIGNALS_VERSION: Literal[1] = 1
MOST_STEPS, MOST_DRIVES = 24, 16
STEMS = ("drums", "bass", "vocals", "other")
SignalName = Annotated[str, Field(min_length=1, max_length=40)]


class Signal(Part):
    """A stem and what is done to it, in order. `source`: mix, drums, bass, vocals, other, or an uploaded stem."""

    source: SignalName = Field(default="mix", title="Stem")
    chain: list[Step] = Field(title="Functions", min_length=1, max_length=MOST_STEPS)

    @model_validator(mode="before")
    @classmethod
    def _spelt_right(cls, value: Any) -> Any:
        """Refuse unknown functions and keywords by their names, before the union makes a riddle of them."""
        if not isinstance(value, dict) or not isinstance(value.get("chain"), list):
            return value
        return {**value, "chain": [_spelt(step) for step in value["chain"]]}

    @model_validator(mode="after")
    def _fits_together(self) -> "Signal":
        have: Kind = "sound"
        for step in self.chain:
            if have not in step.takes:
                raise ValueError(_out_of_place(step.do, have, step.takes))
            have = step.gives or have
        if have != "frames":
            raise ValueError("the chain makes no frames: “resample” is missing")
        return self

    @property
    def is_many(self) -> bool:
        """Whether it makes twelve curves."""
        return any(step.rows for step in self.chain)


class Drive(Signal):
    """A signal with a name, for bends."""

    name: SignalName = Field(title="Name")


class SignalSet(Part):
    """All signals of a film. Frames that keywords count last 1 / `counted_at` s; 0 means the film's own frames."""

    version: Literal[1] = SIGNALS_VERSION
    name: SignalName = Field(default="Own", title="Name")
    counted_at: float = Field(default=24.0, title="Frames counted at", ge=0, le=120, allow_inf_nan=False)
    energy: Signal = Field(title="Energy, cut at its valleys")
    weights: Signal = Field(title="Twelve weights")
    mix: Signal = Field(title="Mix of the two sets of seeds")
    swell: Signal = Field(title="Swell of noise and turning")
    drives: list[Drive] = Field(title="Drives of bends", max_length=MOST_DRIVES)

    @model_validator(mode="before")
    @classmethod
    def _not_from_the_future(cls, value: Any) -> Any:
        version = value.get("version", SIGNALS_VERSION) if isinstance(value, dict) else SIGNALS_VERSION
        if isinstance(version, int) and version > SIGNALS_VERSION:
            raise ValueError(
                f"these signals were saved by a newer version of Phosphene (format {version}; this one reads "
                f"{SIGNALS_VERSION}). Update Phosphene, or choose other signals"
            )
        return value

    @model_validator(mode="after")
    def _one_or_twelve(self) -> "SignalSet":
        if not self.weights.is_many:
            raise ValueError("“weights” needs “decompose” or “chroma”, which make twelve curves of one sound")
        for name, signal in self.single():
            if signal.is_many:
                raise ValueError(f"“{name}” is one curve, and “decompose” or “chroma” make twelve")
        names = [drive.name for drive in self.drives]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"there are two drives named “{twice}”")
        return self

    def single(self) -> list[tuple[str, Signal]]:
        """The signals of one curve each, by name."""
        fixed = [("energy", self.energy), ("mix", self.mix), ("swell", self.swell)]
        return [*fixed, *((drive.name, drive) for drive in self.drives)]


def _spelt(step: Any) -> Any:
    if not isinstance(step, dict):
        return step if not isinstance(step, str) else _spelt({"do": step})
    name = step.get("do")
    name = OTHER_NAMES.get(name, name) if isinstance(name, str) else name
    if name not in FUNCTIONS:
        raise ValueError(f"there is no function named “{name}”. There are: {', '.join(FUNCTIONS)}")
    keywords = [keyword for keyword in FUNCTIONS[name].model_fields if keyword != "do"]
    for keyword in step:
        if keyword != "do" and keyword not in keywords:
            has = f"It has: {', '.join(keywords)}" if keywords else "It has none"
            raise ValueError(f"“{name}” has no keyword “{keyword}”. {has}")
    return {**step, "do": name}


def _out_of_place(name: str, have: Kind, takes: tuple[Kind, ...]) -> str:
    words = {"sound": "a sound", "curve": "a curve", "frames": "frames"}
    return f"“{name}” is in the wrong place: it takes {' or '.join(words[kind] for kind in takes)}, not {words[have]}"
