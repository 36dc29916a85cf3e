"""What a library filter says, one shape for grid, bulk decisions, saved views and versions. Conditions combine."""

from datetime import UTC, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from ninja import Schema
from pydantic import AwareDatetime, ConfigDict, Field, model_validator

Finite = Annotated[float, Field(allow_inf_nan=False)]
PortraitId = Annotated[int, Field(ge=0, le=2**63 - 1)]
# Within what every database can hold, in every time zone.
Moment = Annotated[AwareDatetime, Field(ge=datetime(1900, 1, 1, tzinfo=UTC), le=datetime(2200, 1, 1, tzinfo=UTC))]
Range = tuple[Finite | None, Finite | None]
Sort = Literal["taken", "received", "sharpness", "face_px", "stars"]


class LibraryFilter(Schema):
    """Ranges are [from, to], both included, either may be null. A portrait without that score is outside the range."""

    model_config = ConfigDict(extra="forbid")

    verdict: Literal["any", "unreviewed", "picked", "rejected"] = "any"
    stars: Range | None = None
    sessions: list[UUID] | None = Field(default=None, max_length=500)
    devices: list[UUID] | None = Field(default=None, max_length=100)
    taken: tuple[Moment | None, Moment | None] | None = None
    faces: Range | None = None
    face_px: Range | None = None
    sharpness: Range | None = None
    clipped: Range | None = None
    brightness: Range | None = None
    roll: Range | None = None
    yaw: Range | None = None
    off_centre: Range | None = None
    duplicates: Literal["all", "tops", "stacked"] = "all"  # tops: one of each stack; stacked: only those in a stack
    stack: PortraitId | None = None
    state: Literal["any", "ready", "broken"] = "any"
    text: str = Field(default="", max_length=200)
    binned: bool = False
    sort: Sort = "taken"
    descending: bool = False

    @model_validator(mode="after")
    def ranges_are_in_order(self) -> Self:
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, tuple) and None not in value and value[0] > value[1]:
                raise ValueError(f"{name}: the range begins after its end")
        return self


class Selection(Schema):
    """Portraits: listed, or all that a filter matches except some. Never 80,000 ids in a request."""

    model_config = ConfigDict(extra="forbid")

    ids: list[PortraitId] | None = Field(default=None, max_length=5000)
    filter: LibraryFilter | None = None
    except_ids: list[PortraitId] = Field(default_factory=list, max_length=5000)

    @model_validator(mode="after")
    def one_of_both(self) -> Self:
        if (self.ids is None) == (self.filter is None):
            raise ValueError("give either ids or a filter")
        return self
