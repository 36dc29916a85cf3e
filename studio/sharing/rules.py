"""Making a link, changing what it allows, taking it back, and opening it."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.http import Http404
from django.utils import timezone

from studio.accounts.models import User, new_token, token_sha256
from studio.errors import Refused
from studio.events.record import record
from studio.renders.models import Render
from studio.sharing.models import Share
from studio.sharing.present import share_out
from studio.tracks.models import Track

MOST_DAYS = 365
MOST_LINKS = 100
RELATED = ("track__original", "track__proxy", "track__peaks", "render__film", "project", "created_by")


class LinkEnded(Exception):
    """The link was taken back, or its time is over, or what it leads to is gone. Its sentence is for the guest."""


def shares_of(thing: Track | Render) -> "QuerySet[Share]":
    """Newest first, those that ended as well: they say how often they were opened."""
    rows = Share.objects.select_related("created_by")
    return rows.filter(track=thing) if isinstance(thing, Track) else rows.filter(render=thing)


def make_share(thing: Track | Render, *, days: int, by: User, **values: Any) -> tuple[Share, str]:
    """-> the share and its token. Raises Refused while there is nothing to hear or see."""
    if isinstance(thing, Track) and thing.proxy_id is None:
        raise Refused(f"“{thing.name}” cannot be heard yet. Share it when it is unpacked.", status=409)
    if isinstance(thing, Render) and thing.film_id is None:
        raise Refused(f"“{thing.name}” is not finished. Share it when it is.", status=409)
    if shares_of(thing).filter(revoked_at=None, expires_at__gt=Now()).count() >= MOST_LINKS:
        raise Refused(f"“{thing.name}” has {MOST_LINKS} links already. Take some back first.", status=409)
    token = new_token("share")
    of = {"track": thing} if isinstance(thing, Track) else {"render": thing}
    with transaction.atomic():
        share = Share.objects.create(
            project_id=thing.project_id,
            token_sha256=token_sha256(token),
            expires_at=timezone.now() + timedelta(days=days),
            created_by=by,
            **of,
            **values,
        )
        _tell(share, by=by)
    return share, token


def change_share(share: Share, values: dict[str, Any], *, by: User) -> Share:
    """What it allows, its name, and how long it lives from now on (`days`)."""
    if share.revoked_at is not None:
        raise Refused("This link was taken back. Make a new one.", status=409)
    if (days := values.pop("days", None)) is not None:
        share.expires_at = timezone.now() + timedelta(days=days)
    for name, value in values.items():
        setattr(share, name, value)
    with transaction.atomic():
        share.save(update_fields=["expires_at", *values])
        _tell(share, by=by)
    return share


def revoke(share: Share, *, by: User) -> Share:
    """From now on it opens nothing. What is being played goes on to the end of what was sent."""
    if share.revoked_at is None:
        with transaction.atomic():
            share.revoked_at = timezone.now()
            share.save(update_fields=["revoked_at"])
            _tell(share, by=by)
    return share


def open_share(token: str) -> Share:
    """The living share of that token. Raises Http404 for no link at all, LinkEnded with the reason for an old one."""
    share = Share.objects.select_related(*RELATED).filter(token_sha256=token_sha256(token)).first()
    if share is None:
        raise Http404
    thing: Any = share.thing
    if share.revoked_at is not None or thing.binned_at is not None or share.project.binned_at is not None:
        raise LinkEnded("This link was taken back. Ask who sent it for a new one.")
    if share.expires_at <= timezone.now():
        raise LinkEnded(f"This link ended on {share.expires_at:%-d %B %Y}. Ask who sent it for a new one.")
    return share


def note_opening(share: Share) -> None:
    """Counted once a page, for its maker to see."""
    Share.objects.filter(Q(pk=share.pk)).update(opened_count=F("opened_count") + 1, opened_at=Now())


def _tell(share: Share, *, by: User) -> None:
    record(share.project_id, "share.changed", subject=f"share:{share.pk}", payload=share_out(share), actor=by)
