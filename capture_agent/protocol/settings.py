"""What a person may set for a sitting, and what the camera then really did. Names and defaults are Pitraiture's.

Times of exposure are microseconds. ISO 0 leaves the gain to the camera; so does shutter 0 for the exposure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from capture_agent.protocol.records import Record, maybe, number, pair, text, whole, yes_no

LARGEST = (4056, 3040)


@dataclass(frozen=True)
class CaptureSettings(Record):
    """One sitting's wishes."""

    resolution: tuple[int, int] = pair(64, *LARGEST, default=(2000, 2000))
    iso: int = whole(0, 800, 0)
    shutter_us: int = whole(0, 1_000_000, 1000)
    red_gain: float = number(0, 8, 3.125)
    blue_gain: float = number(0, 8, 1.96)
    preview_seconds: float = number(0, 3600, 10.0)
    prompt_on_timeout: bool = yes_no(True)
    number_of_photos: int = whole(1, 100_000, 10)
    interval_seconds: float = number(0, 3600, 0.0)
    countdown_seconds: float = number(0, 600, 5.0)
    dataset_name: str = text(200, "faces", least=1)

    def changed(self, changes: Mapping[str, Any]) -> Self:
        """These settings with some values changed. RecordError names a wrong one."""
        return type(self).from_dict(self.as_dict() | dict(changes))


@dataclass(frozen=True)
class EffectiveSettings(Record):
    """What the camera reported of a picture it took; None where it does not tell."""

    resolution: tuple[int, int] = pair(1, 65_535, 65_535, default=(1, 1))
    exposure_us: int | None = maybe(whole(0, 1_000_000_000))
    analogue_gain: float | None = maybe(number(0, 10_000))
    digital_gain: float | None = maybe(number(0, 10_000))
    red_gain: float | None = maybe(number(0, 1000))
    blue_gain: float | None = maybe(number(0, 1000))
    colour_temperature: int | None = maybe(whole(0, 1_000_000))
    lux: float | None = maybe(number(0, 1e9))
