"""Links under /api/v1: members make them and take them back; guests open them by their token alone."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from ninja import Router, Schema, Status
from pydantic import ConfigDict, Field

from studio.accounts.auth import anyone, person_of
from studio.blobs.serve import blob_response
from studio.comments import rules as comments
from studio.projects.access import EDIT, thing_or_404
from studio.renders.models import Render
from studio.sharing import guests, rules
from studio.sharing.models import Share
from studio.sharing.present import share_out, shared_out
from studio.tracks.models import Track

router = Router(tags=["sharing"])
Days = Annotated[int, Field(ge=1, le=rules.MOST_DAYS)]
Seconds = Annotated[float, Field(ge=0, le=6 * 3600.0, allow_inf_nan=False)]
FileName = Literal["sound", "peaks", "film", "poster", "download"]


class ShareOut(Schema):
    """`opened_count` counts pages that were opened by it."""

    id: UUID
    track_id: UUID | None
    render_id: UUID | None
    name: str
    state: Literal["open", "ended", "revoked"]
    may_comment: bool
    may_download: bool
    opened_count: int
    opened_at: datetime | None
    created_by: str | None
    created_at: datetime
    expires_at: datetime


class NewShareOut(ShareOut):
    """`path` is the link; it is told this once."""

    path: str


class ShareList(Schema):
    items: list[ShareOut]


class ShareIn(Schema):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(default="", max_length=100)
    days: Days = 30
    may_comment: bool = False
    may_download: bool = False


class SharePatch(Schema):
    """`days` counts from now."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(default="", max_length=100)
    days: Days = 30
    may_comment: bool = False
    may_download: bool = False


class SharedOut(Schema):
    """What a guest gets to see or hear."""

    kind: Literal["track", "film"]
    name: str
    duration_seconds: float
    width: int | None
    height: int | None
    overview: list[float] | None
    media_url: str
    peaks_url: str | None
    poster_url: str | None
    download_url: str | None
    may_comment: bool
    expires_at: datetime


class GuestCommentOut(Schema):
    """`is_member` says that it was written by somebody of the project."""

    id: UUID
    parent_id: UUID | None
    seconds: float
    end_seconds: float | None
    text: str
    name: str
    is_member: bool
    is_resolved: bool
    created_at: datetime


class GuestCommentList(Schema):
    items: list[GuestCommentOut]


class GuestCommentIn(Schema):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=comments.LONGEST_NAME)
    text: str = Field(max_length=comments.LONGEST)
    seconds: Seconds = 0.0
    end_seconds: Seconds | None = None
    parent_id: UUID | None = None


@router.get("/tracks/{uuid:track_id}/shares", response=ShareList)
def list_track_shares(request: HttpRequest, track_id: UUID) -> dict[str, Any]:
    """Links to a track, newest first. Who may not edit may not see them."""
    return _list(thing_or_404(request.user, Track, track_id, may=EDIT))


@router.post("/tracks/{uuid:track_id}/shares", response={201: NewShareOut})
def share_track(request: HttpRequest, track_id: UUID, order: ShareIn) -> Status[dict[str, Any]]:
    return _make(request, thing_or_404(request.user, Track, track_id, may=EDIT), order)


@router.get("/renders/{uuid:render_id}/shares", response=ShareList)
def list_render_shares(request: HttpRequest, render_id: UUID) -> dict[str, Any]:
    return _list(thing_or_404(request.user, Render, render_id, may=EDIT))


@router.post("/renders/{uuid:render_id}/shares", response={201: NewShareOut})
def share_render(request: HttpRequest, render_id: UUID, order: ShareIn) -> Status[dict[str, Any]]:
    return _make(request, thing_or_404(request.user, Render, render_id, may=EDIT), order)


@router.patch("/shares/{uuid:share_id}", response=ShareOut)
def change_share(request: HttpRequest, share_id: UUID, patch: SharePatch) -> dict[str, Any]:
    """What the patch names: its name, what it allows, how long it lives from now on. 409 once it was taken back."""
    share = _share_or_404(request, share_id)
    return share_out(rules.change_share(share, patch.dict(exclude_unset=True), by=person_of(request)))


@router.delete("/shares/{uuid:share_id}", response=ShareOut)
def revoke_share(request: HttpRequest, share_id: UUID) -> dict[str, Any]:
    """Take the link back: from now on it opens nothing."""
    return share_out(rules.revoke(_share_or_404(request, share_id), by=person_of(request)))


@router.get("/shared/{token}", response=SharedOut, auth=None)
def get_shared(request: HttpRequest, token: str) -> dict[str, Any]:
    """What is behind a link. 404 for none, 410 with a sentence for one that ended."""
    return shared_out(rules.open_share(token), token)


@router.get("/shared/{token}/files/{name}", response={200: bytes}, auth=None)
def get_shared_file(request: HttpRequest, token: str, name: FileName) -> HttpResponseBase:
    """Sound, film, poster or waveform, by Range; the download only where the link allows it."""
    share = rules.open_share(token)
    found = guests.file_of(share, name)
    if found is None:
        raise Http404
    blob, file_name, kind = found
    return blob_response(request, blob, name=file_name, content_type=kind, attachment=name == "download")


@router.get("/shared/{token}/comments", response=GuestCommentList, auth=None)
def list_shared_comments(request: HttpRequest, token: str) -> dict[str, Any]:
    """None where the link does not allow comments."""
    share = rules.open_share(token)
    if not share.may_comment:
        return {"items": []}
    thing: Any = share.thing
    return {"items": [guests.comment_out(comment) for comment in comments.comments_of(thing)]}


@router.post("/shared/{token}/comments", response={201: GuestCommentOut}, auth=anyone)
def add_shared_comment(request: HttpRequest, token: str, order: GuestCommentIn) -> Status[dict[str, Any]]:
    """A comment of somebody without an account. 403 where the link does not allow it, 429 for too many at once."""
    share = rules.open_share(token)
    return Status(201, guests.comment_out(guests.add_comment(request, share, order.dict())))


def _list(thing: Track | Render) -> dict[str, Any]:
    return {"items": [share_out(share) for share in rules.shares_of(thing)[:200]]}


def _make(request: HttpRequest, thing: Track | Render, order: ShareIn) -> Status[dict[str, Any]]:
    share, token = rules.make_share(thing, by=person_of(request), **order.dict())
    return Status(201, {**share_out(share), "path": f"/s/{token}/"})


def _share_or_404(request: HttpRequest, share_id: UUID) -> Share:
    return thing_or_404(request.user, Share.objects.select_related("created_by"), share_id, may=EDIT)
