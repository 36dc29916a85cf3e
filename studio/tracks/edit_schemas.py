"""What the API of edits takes and gives."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field, model_validator

from studio.tracks.schemas import Anchor, Colour, CueKind, CueOut, EditorOut, GridOut, Seconds

MOST_OPS = 20_000
Beat = Annotated[float, Field(ge=-100_000, le=1_000_000, allow_inf_nan=False)]
FIELDS_OF = {
    "cue": {"seconds", "end_seconds", "kind", "label", "colour", "hotkey", "anchor", "beat", "end_beat"},
    "marker": {"seconds", "bpm", "beats_per_bar", "downbeat"},
    "grid": {"is_locked", "is_in_force"},
}


# An edit may hold ten thousand: ninja's own Schema would look each of them up in Python, pydantic reads them natively.
class Values(BaseModel):
    """Fields of a cue, of a tempo marker or of the grid, by their names."""

    model_config = ConfigDict(extra="forbid")
    seconds: Seconds = 0.0
    end_seconds: Seconds | None = None
    kind: CueKind = "moment"
    label: str = Field(default="", max_length=200)
    colour: Colour = "blue"
    hotkey: Annotated[int, Field(ge=1, le=8)] | None = None
    anchor: Anchor = "seconds"
    beat: Beat | None = None
    end_beat: Beat | None = None
    bpm: Annotated[float, Field(allow_inf_nan=False)] = 120.0
    beats_per_bar: int = 4
    downbeat: Annotated[int, Field(ge=-100_000, le=1_000_000)] = 1
    is_locked: bool = False
    is_in_force: bool = True


class OpIn(BaseModel):
    """One change. `before` holds what the page showed of the fields in `after`; it may hold more."""

    model_config = ConfigDict(extra="forbid")
    thing: Literal["cue", "marker", "grid"]
    op: Literal["add", "change", "remove", "restore"]
    id: UUID
    before: Values = Field(default_factory=Values)
    after: Values = Field(default_factory=Values)

    @model_validator(mode="after")
    def _fits(self) -> "OpIn":
        """Only fields of the thing, and what stood there before for each one that is changed."""
        before, after = self.before.model_fields_set, self.after.model_fields_set
        if strange := sorted((before | after) - FIELDS_OF[self.thing]):
            raise ValueError(f"a {self.thing} has no field {strange[0]}")
        if self.op == "change" and (unseen := sorted(after - before)):
            raise ValueError(f"say in before what {unseen[0]} was")
        if self.thing == "grid" and self.op != "change":
            raise ValueError("a grid is changed, not added or removed")
        if self.thing == "cue" and self.op == "add" and not after & {"seconds", "beat"}:
            raise ValueError("say where the cue lies")
        return self


class EditIn(Schema):
    """All of it is done, or nothing. `key` is made by the page: the same one again does nothing more.

    `cues_stay`: cues kept in beats keep their seconds, for a grid that was only counted wrongly (half, double).
    """

    model_config = ConfigDict(extra="forbid")
    key: UUID
    title: str = Field(min_length=1, max_length=200)
    ops: list[OpIn] = Field(min_length=1, max_length=MOST_OPS)
    cues_stay: bool = False


class EditOut(Schema):
    id: UUID
    number: int
    title: str
    created_at: datetime
    undone_at: datetime | None
    is_mine: bool
    person: EditorOut | None


class EditList(Schema):
    """Newest first."""

    items: list[EditOut]


class ConflictOut(Schema):
    """Somebody else changed the same. `copy_id`: the cue that now holds one's own values, beside theirs."""

    thing: Literal["cue", "marker"]
    id: str
    sentence: str
    copy_id: str | None


class EditAnswer(Schema):
    """What stands now of all that was touched; `grid` is null where it is as before, `event` the event's number.

    `has_effect` is false where nothing came of it, such as deleting what somebody else changed meanwhile.
    """

    edit: EditOut
    cues: list[CueOut]
    removed_cues: list[str]
    grid: GridOut | None
    conflicts: list[ConflictOut]
    event: int
    has_effect: bool


def values_in(values: Values) -> dict[str, Any]:
    return values.model_dump(exclude_unset=True)
