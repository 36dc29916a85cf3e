"""Comments of tracks and films under /api/v1. Members see and write them; strangers get 404."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import ConfigDict, Field

from studio.accounts.auth import person_of
from studio.comments import rules
from studio.comments.models import Comment
from studio.comments.present import comment_out
from studio.projects.access import project_or_404, thing_or_404
from studio.renders.models import Render
from studio.tracks.models import Track

router = Router(tags=["comments"])
Seconds = Annotated[float, Field(ge=0, le=6 * 3600.0, allow_inf_nan=False)]
RECENT = 50


class CommentatorOut(Schema):
    id: UUID
    name: str
    initials: str
    colour: str


class CommentOut(Schema):
    """`author` is null for a guest who came by a link, or whose account is gone. Answers carry `parent_id`."""

    id: UUID
    track_id: UUID | None
    render_id: UUID | None
    parent_id: UUID | None
    seconds: float
    end_seconds: float | None
    text: str
    name: str
    author: CommentatorOut | None
    mentions: list[CommentatorOut]
    created_at: datetime
    edited_at: datetime | None
    resolved_at: datetime | None
    resolved_by: CommentatorOut | None
    is_binned: bool


class CommentList(Schema):
    items: list[CommentOut]


class CommentIn(Schema):
    """`parent_id` makes it an answer, which takes its time from there. Mentioned people are members."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field(max_length=rules.LONGEST)
    seconds: Seconds = 0.0
    end_seconds: Seconds | None = None
    parent_id: UUID | None = None
    mentions: list[UUID] = Field(default=[], max_length=50)


class CommentPatch(Schema):
    model_config = ConfigDict(extra="forbid")
    text: str = Field(max_length=rules.LONGEST)
    mentions: list[UUID] = Field(default=[], max_length=50)


class ResolvedIn(Schema):
    model_config = ConfigDict(extra="forbid")
    is_resolved: bool


@router.get("/tracks/{uuid:track_id}/comments", response=CommentList)
def list_track_comments(request: HttpRequest, track_id: UUID) -> dict[str, Any]:
    return _list(thing_or_404(request.user, Track, track_id))


@router.post("/tracks/{uuid:track_id}/comments", response={201: CommentOut})
def add_track_comment(request: HttpRequest, track_id: UUID, order: CommentIn) -> Status[dict[str, Any]]:
    return _add(request, thing_or_404(request.user, Track, track_id), order)


@router.get("/renders/{uuid:render_id}/comments", response=CommentList)
def list_render_comments(request: HttpRequest, render_id: UUID) -> dict[str, Any]:
    return _list(thing_or_404(request.user, Render, render_id))


@router.post("/renders/{uuid:render_id}/comments", response={201: CommentOut})
def add_render_comment(request: HttpRequest, render_id: UUID, order: CommentIn) -> Status[dict[str, Any]]:
    return _add(request, thing_or_404(request.user, Render, render_id), order)


@router.get("/projects/{uuid:project_id}/mentions", response=CommentList)
def list_mentions(request: HttpRequest, project_id: UUID) -> dict[str, Any]:
    """The newest comments of threads that are open and name the person who asks."""
    project = project_or_404(request.user, project_id)
    rows = Comment.objects.select_related(*rules.RELATED).prefetch_related("mentions")
    rows = rows.filter(project=project, mentions=person_of(request), binned_at=None)
    rows = rows.filter(resolved_at=None).exclude(parent__resolved_at__isnull=False)
    rows = rows.exclude(parent__binned_at__isnull=False)
    return {"items": [comment_out(comment) for comment in rows.order_by("-created_at")[:RECENT]]}


@router.patch("/comments/{uuid:comment_id}", response=CommentOut)
def change_comment(request: HttpRequest, comment_id: UUID, patch: CommentPatch) -> dict[str, Any]:
    """Mend one's own words."""
    comment = _comment_or_404(request, comment_id)
    return comment_out(rules.change_text(comment, text=patch.text, mentions=patch.mentions, by=person_of(request)))


@router.post("/comments/{uuid:comment_id}/resolve", response=CommentOut)
def resolve_comment(request: HttpRequest, comment_id: UUID, order: ResolvedIn) -> dict[str, Any]:
    """Close its thread, or open it again."""
    comment = _comment_or_404(request, comment_id)
    return comment_out(rules.resolve(comment, is_resolved=order.is_resolved, by=person_of(request)))


@router.delete("/comments/{uuid:comment_id}", response=CommentOut)
def bin_comment(request: HttpRequest, comment_id: UUID) -> dict[str, Any]:
    """One's own, or any as an owner."""
    return comment_out(rules.bin_comment(_comment_or_404(request, comment_id), is_binned=True, by=person_of(request)))


@router.post("/comments/{uuid:comment_id}/restore", response=CommentOut)
def restore_comment(request: HttpRequest, comment_id: UUID) -> dict[str, Any]:
    return comment_out(rules.bin_comment(_comment_or_404(request, comment_id), is_binned=False, by=person_of(request)))


def _list(thing: Track | Render) -> dict[str, Any]:
    return {"items": [comment_out(comment) for comment in rules.comments_of(thing)]}


def _add(request: HttpRequest, thing: Track | Render, order: CommentIn) -> Status[dict[str, Any]]:
    return Status(201, comment_out(rules.add_comment(thing, by=person_of(request), **order.dict())))


def _comment_or_404(request: HttpRequest, comment_id: UUID) -> Comment:
    return thing_or_404(request.user, Comment.objects.select_related(*rules.RELATED, "parent"), comment_id)
