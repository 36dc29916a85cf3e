"""Saying something, answering, mending one's own words, resolving a thread, taking it back.

Every member may speak, viewers as well. Who may edit the project resolves; the author resolves, too.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from studio.accounts.models import User
from studio.comments.models import Comment
from studio.comments.present import comment_out
from studio.comments.words import kept_name, kept_text
from studio.errors import Refused
from studio.events.record import record
from studio.projects.access import EDIT, NEEDS, OWN, RANK, PermissionRefused, role_of
from studio.projects.models import Membership
from studio.renders.models import Render
from studio.tracks.models import Track

MOST = 5_000
LONGEST = 4_000
LONGEST_NAME = 100
RELATED = ("author", "resolved_by", "track", "render")


def comments_of(thing: Track | Render) -> "QuerySet[Comment]":
    """Of a track or a film, in the order of their times, answers among them; without what is in the bin."""
    rows = Comment.objects.select_related(*RELATED).prefetch_related("mentions").filter(binned_at=None)
    return rows.filter(**_of(thing)).exclude(parent__binned_at__isnull=False)


def add_comment(
    thing: Track | Render,
    *,
    text: str,
    seconds: float = 0.0,
    end_seconds: float | None = None,
    parent_id: UUID | None = None,
    mentions: Iterable[UUID] = (),
    by: User | None,
    guest_name: str = "",
) -> Comment:
    """A new thread at `seconds`, or an answer to `parent_id`. Raises Refused, which names the wrong field."""
    with transaction.atomic():
        if Comment.objects.filter(binned_at=None, **_of(thing)).count() >= MOST:
            raise Refused(f"There are {MOST:,} comments here already. Resolve and delete some first.")
        comment = Comment(project_id=thing.project_id, author=by, text=_checked_text(text), **_of(thing))
        if by is None:
            comment.guest_name = _checked_name(guest_name)
        if parent_id is not None:
            _answer(comment, thing, parent_id)
        else:
            _place(comment, thing, seconds, end_seconds)
        comment.save()
        comment.mentions.set(_members(thing.project_id, mentions))
        tell(comment, "comment.added", by=by)
    return comment


def change_text(comment: Comment, *, text: str, mentions: Iterable[UUID], by: User) -> Comment:
    """One's own words only. Raises PermissionRefused for those of another."""
    if comment.author_id != by.pk:
        raise PermissionRefused("Only who wrote a comment changes it. Answer it instead.")
    with transaction.atomic():
        comment.text = _checked_text(text)
        comment.edited_at = timezone.now()
        comment.save(update_fields=["text", "edited_at"])
        comment.mentions.set(_members(comment.project_id, mentions))
        tell(comment, "comment.changed", by=by)
    return comment


def resolve(comment: Comment, *, is_resolved: bool, by: User) -> Comment:
    """Close a thread, or open it again. An answer has nothing to resolve: its thread is meant."""
    head = comment.parent or comment
    if head.author_id != by.pk:
        _require(by, head, EDIT)
    with transaction.atomic():
        head.resolved_at = timezone.now() if is_resolved else None
        head.resolved_by = by if is_resolved else None
        head.save(update_fields=["resolved_at", "resolved_by"])
        tell(head, "comment.changed", by=by)
    return head


def bin_comment(comment: Comment, *, is_binned: bool, by: User) -> Comment:
    """One's own, or any as an owner. A thread's answers go and come with it."""
    if comment.author_id != by.pk:
        _require(by, comment, OWN)
    with transaction.atomic():
        comment.binned_at = timezone.now() if is_binned else None
        comment.save(update_fields=["binned_at"])
        tell(comment, "comment.removed" if is_binned else "comment.restored", by=by)
    return comment


def tell(comment: Comment, kind: str, *, by: User | None) -> None:
    record(comment.project_id, kind, subject=comment.subject, payload=comment_out(comment), actor=by)


def _of(thing: Track | Render) -> dict[str, Any]:
    return {"track": thing} if isinstance(thing, Track) else {"render": thing}


def _answer(comment: Comment, thing: Track | Render, parent_id: UUID) -> None:
    parent = Comment.objects.filter(pk=parent_id, binned_at=None, **_of(thing)).select_related("parent").first()
    if parent is None:
        raise Refused("The comment that this answers was deleted. Begin a new one.", field="parent_id")
    head = parent.parent or parent
    comment.parent, comment.seconds, comment.end_seconds = head, head.seconds, head.end_seconds


def _place(comment: Comment, thing: Track | Render, seconds: float, end_seconds: float | None) -> None:
    length = length_seconds(thing)
    if not 0 <= seconds <= length:
        raise Refused("A comment stands at a time within what it is about. Choose one.", field="seconds")
    if end_seconds is not None and not seconds < end_seconds <= length:
        raise Refused("A span ends after it begins, and within what it is about.", field="end_seconds")
    comment.seconds, comment.end_seconds = seconds, end_seconds


def length_seconds(thing: Track | Render) -> float:
    """0 while a track is still being unpacked."""
    if isinstance(thing, Track):
        return thing.duration_seconds or 0.0
    numerator, _, denominator = thing.fps.partition("/")
    return thing.frames_total * float(denominator or 1) / float(numerator)


def _checked_text(text: str) -> str:
    text = kept_text(text)
    if not 1 <= len(text) <= LONGEST:
        raise Refused(f"Write 1 to {LONGEST:,} characters.", field="text")
    return text


def _checked_name(name: str) -> str:
    name = kept_name(name)
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Refused("Write the name that others shall see.", field="name")
    return name


def _members(project_id: UUID, ids: Iterable[UUID]) -> list[User]:
    """Those of these people who are members; who is not would never hear of it."""
    rows = Membership.objects.filter(project_id=project_id, user_id__in=list(ids)).select_related("user")
    return [row.user for row in rows]


def _require(by: User, comment: Comment, may: str) -> None:
    role = role_of(by, comment.project_id)
    if role is None or RANK[role] < NEEDS[may]:
        who = "An owner or its author" if may == OWN else "Its author or an editor"
        verb = "deletes" if may == OWN else "resolves"
        raise PermissionRefused(f"{who} {verb} a comment.")
