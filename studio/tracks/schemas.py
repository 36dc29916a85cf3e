"""What the API of tracks takes and gives."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field

Seconds = Annotated[float, Field(ge=0, le=6 * 3600.0, allow_inf_nan=False)]
Colour = Literal["red", "orange", "yellow", "green", "blue", "violet", "pink", "grey"]
CueKind = Literal["moment", "span"]
Anchor = Literal["seconds", "beats"]


class TrackFiles(Schema):
    proxy: str | None
    peaks: str | None
    lanes: str | None
    analysis: str | None
    original: str | None


class TrackOut(Schema):
    id: UUID
    project_id: UUID
    name: str
    state: Literal["uploaded", "decoding", "analysing", "ready", "failed"]
    error: str
    duration_seconds: float | None
    sample_rate: int | None
    channels: int | None
    codec: str
    size_bytes: int | None
    lufs: float | None
    bpm: float | None
    key: str
    warnings: list[str]
    facts: dict[str, Any]
    revision: int
    created_at: datetime
    created_by: UUID | None
    job_id: UUID | None
    # The file that is being read to take the place of the present one; empty where there is none.
    incoming_name: str
    files: TrackFiles
    overview: list[float] | None
    is_binned: bool


class TrackList(Schema):
    """`next` goes into `after` for the next page; null at the end."""

    items: list[TrackOut]
    next: str | None


class TrackPatch(Schema):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=255)
    revision: int | None = None


class JoinIn(Schema):
    """These tracks one after the other."""

    model_config = ConfigDict(extra="forbid")
    track_ids: list[UUID] = Field(min_length=2, max_length=50)
    name: str = Field(max_length=255)


class MarkerIO(Schema):
    """From `seconds` on, `bpm`; bar `downbeat` begins here."""

    model_config = ConfigDict(extra="forbid")
    seconds: Seconds
    bpm: Annotated[float, Field(allow_inf_nan=False)]
    beats_per_bar: int = 4
    downbeat: Annotated[int, Field(ge=-100_000, le=1_000_000)] = 1


class MarkerOut(MarkerIO):
    """`id` is its own for good; edits name it. Beyond the end where the track has become shorter."""

    id: str
    is_beyond_end: bool = False


class EditorOut(Schema):
    id: UUID
    name: str


class SectionOut(Schema):
    """A section of the track; the same label sounds alike."""

    start: float
    end: float
    label: str


class UnsureOut(Schema):
    """A stretch in which the beats that were found are a guess; `trust` is 0…1, below 0.4."""

    start: float
    end: float
    trust: float


class GridOut(Schema):
    """`is_edited`: beats follow from the markers, not from what the analysis found; `has_found`: that can come back."""

    track_id: UUID
    revision: int
    markers: list[MarkerOut]
    beats: list[float]
    downbeats: list[float]
    is_edited: bool
    is_locked: bool
    has_found: bool
    edited_by: EditorOut | None
    onsets: list[float]
    segments: list[SectionOut]
    no_beats: str | None
    unsure: list[UnsureOut]


class GridIn(Schema):
    model_config = ConfigDict(extra="forbid")
    revision: int
    markers: list[MarkerIO] = Field(max_length=2_000)


# A list holds ten thousand: pydantic alone writes them natively.
class CueOut(BaseModel):
    id: UUID
    track_id: UUID
    seconds: float
    end_seconds: float | None
    kind: CueKind
    label: str
    colour: Colour
    hotkey: int | None
    anchor: Anchor
    beat: float | None
    end_beat: float | None
    is_beyond_end: bool
    revision: int
    created_by: UUID | None
    changed_by: UUID | None
    is_binned: bool


class CueList(Schema):
    items: list[CueOut]


class CueIn(Schema):
    model_config = ConfigDict(extra="forbid")
    seconds: Seconds
    end_seconds: Seconds | None = None
    kind: CueKind = "moment"
    label: str = Field(default="", max_length=200)
    colour: Colour = "blue"
    hotkey: Annotated[int, Field(ge=1, le=8)] | None = None


class CuePatch(Schema):
    model_config = ConfigDict(extra="forbid")
    revision: int
    seconds: Seconds = 0.0
    end_seconds: Seconds | None = None
    kind: CueKind = "moment"
    label: str = Field(default="", max_length=200)
    colour: Colour = "blue"
    hotkey: Annotated[int, Field(ge=1, le=8)] | None = None


class StemOut(Schema):
    """A part of a track that somebody sent; routes may follow it by its name once it is ready."""

    id: UUID
    track_id: UUID
    name: str
    state: Literal["checking", "ready", "refused"]
    sentence: str
    original_name: str
    duration_seconds: float | None
    size_bytes: int | None
    file_url: str | None
    job_id: UUID | None
    created_by: UUID | None
    created_at: datetime
    is_binned: bool


class StemList(Schema):
    items: list[StemOut]
