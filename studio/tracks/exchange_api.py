"""Grids and cues as files under /api/v1: a look at a file, its import as one edit, and downloads.

A file is the request's body as it is. 404 for strangers, 403 for viewers who would import, 413 above 32 MB.
"""

from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from studio.accounts.auth import person_of
from studio.blobs.store import own_name
from studio.errors import Refused
from studio.projects.access import EDIT, thing_or_404
from studio.tracks.edit_rate import brake
from studio.tracks.edit_schemas import EditAnswer
from studio.tracks.edits_api import answer
from studio.tracks.exchange.bring import bring_in, look_at, sheet_of
from studio.tracks.exchange.formats import FORMATS, MOST_BYTES
from studio.tracks.exchange.plan import Wish
from studio.tracks.exchange.rows import Choice, CueRow, Sheet
from studio.tracks.models import Track
from studio.tracks.schemas import Colour, CueKind

router = Router(tags=["tracks"])
FormatName = Literal["own", "audacity", "csv", "jams", "midi", "rekordbox"]
TOO_LARGE = "The file is larger than 32 MB. Send the cues and beats of one track."
NOTHING_YET = "The track has nothing yet that this format carries: the file will be empty."
MOST_SHOWN = 200
FILE = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class ImportWish(Schema):
    """What to take of the file. `track` and `notes` answer what a look has `asked`; a grid always replaces the grid."""

    model_config = ConfigDict(extra="forbid")
    cues: bool = True
    grid: bool = True
    mode: Literal["add", "replace"] = "add"
    offset_seconds: Annotated[float, Field(ge=-21_600, le=21_600, allow_inf_nan=False)] = 0.0
    track: Annotated[str, Field(max_length=20)] = ""
    notes: Literal["", "moments", "spans", "none"] = ""

    def wish(self) -> Wish:
        return Wish(self.cues, self.grid, self.mode == "replace", self.offset_seconds)

    def choices(self) -> dict[str, str]:
        return {"track": self.track, "notes": self.notes}


class OptionOut(Schema):
    value: str
    title: str


class AskedOut(Schema):
    """What the file leaves open; empty `value`: it must be chosen first."""

    name: Literal["track", "notes"]
    title: str
    value: str
    options: list[OptionOut]


class CueSeen(Schema):
    """A cue of the file where it would stand; `stays_out` says why not, or is empty."""

    seconds: float
    end_seconds: float | None
    kind: CueKind
    label: str
    colour: Colour
    hotkey: int | None
    stays_out: str


class MarkerSeen(Schema):
    seconds: float
    bpm: float
    beats_per_bar: int
    downbeat: int


class ImportLookOut(Schema):
    """What the file holds and what an import would do; the first 200 cues and markers. Nothing has been made yet."""

    format: FormatName
    format_title: str
    facts: list[str]
    left_out: list[str]
    asked: list[AskedOut]
    cues_found: int
    markers_found: int
    cues_in: int
    markers_in: int
    cues_removed: int
    cues_there: int
    markers_there: int
    is_locked: bool
    cues: list[CueSeen]
    markers: list[MarkerSeen]


class TrackExportOut(Schema):
    """A format that the track can be had in; `left_out`: what it does not carry, in sentences."""

    format: FormatName
    title: str
    file_name: str
    url: str
    left_out: list[str]


class TrackExportList(Schema):
    items: list[TrackExportOut]


@router.post("/tracks/{uuid:track_id}/import/look", response=ImportLookOut, openapi_extra=FILE)
def look_at_file(request: HttpRequest, track_id: UUID, wish: Query[ImportWish]) -> dict[str, Any]:
    """What an import of this file would do here, and what it would leave out."""
    track = thing_or_404(request.user, Track, track_id, may=EDIT)
    seen = look_at(track, _file(request), wish=wish.wish(), choices=wish.choices())
    look, made = seen.look, seen.plan
    return {
        "format": look.format,
        "format_title": FORMATS[look.format].title,
        "facts": look.facts,
        "left_out": look.left_out + made.told,
        "asked": [_asked(one) for one in look.asked],
        "cues_found": len(look.cues),
        "markers_found": len(look.markers),
        "cues_in": len(made.cues),
        "markers_in": len(made.markers),
        "cues_removed": made.removed,
        "cues_there": len(seen.ground.cues),
        "markers_there": len(seen.ground.markers),
        "is_locked": seen.ground.is_locked,
        "cues": [_cue_seen(cue, reason) for cue, reason in made.rows[:MOST_SHOWN]],
        "markers": made.markers[:MOST_SHOWN],
    }


@router.post("/tracks/{uuid:track_id}/import", response=EditAnswer, openapi_extra=FILE)
def import_file(
    request: HttpRequest, track_id: UUID, wish: Query[ImportWish], key: UUID | None = None
) -> dict[str, Any]:
    """Take the file in as one edit, which an undo takes back. With a `key`, sending it twice does it once."""
    track = thing_or_404(request.user, Track, track_id, may=EDIT)
    person = person_of(request)
    brake.take(person.pk, track_id)
    data = _file(request)
    made = bring_in(track, data, wish=wish.wish(), choices=wish.choices(), key=key or uuid4(), by=person)
    return answer(made, by=person)


@router.get("/tracks/{uuid:track_id}/export", response=TrackExportList)
def list_exports(request: HttpRequest, track_id: UUID) -> dict[str, Any]:
    """The formats, each with what of this track it does not carry."""
    track = thing_or_404(request.user, Track, track_id)
    sheet = sheet_of(track)
    return {
        "items": [
            {
                "format": one.name,
                "title": one.title,
                "file_name": f"{own_name(track.name)}{one.ending}",
                "url": f"/api/v1/tracks/{track.pk}/export/{one.name}",
                "left_out": one.write(sheet).left_out + _nothing_in(sheet, one.name),
            }
            for one in FORMATS.values()
        ]
    }


@router.get("/tracks/{uuid:track_id}/export/{format_name}", response={200: bytes})
def get_export(request: HttpRequest, track_id: UUID, format_name: FormatName) -> HttpResponse:
    """The track's grid and cues as a file."""
    track = thing_or_404(request.user, Track, track_id)
    form = FORMATS[format_name]
    response = HttpResponse(form.write(sheet_of(track)).data, content_type=form.content_type)
    name = f"{own_name(track.name)}{form.ending}"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _nothing_in(sheet: Sheet, format_name: str) -> list[str]:
    has_grid = bool(sheet.markers or sheet.beats) and format_name != "audacity"
    return [] if sheet.cues or has_grid else [NOTHING_YET]


def _file(request: HttpRequest) -> bytes:
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
        raise Refused(TOO_LARGE, field="file", status=413)
    data: bytes = request.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise Refused(TOO_LARGE, field="file", status=413)
    return data


def _asked(one: Choice) -> dict[str, Any]:
    options = [{"value": value, "title": title} for value, title in one.options]
    return {"name": one.name, "title": one.title, "value": one.value, "options": options}


def _cue_seen(cue: CueRow, reason: str) -> dict[str, Any]:
    names = ("seconds", "end_seconds", "kind", "label", "colour", "hotkey")
    return {**{name: getattr(cue, name) for name in names}, "stays_out": reason}
