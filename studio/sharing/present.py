"""A link as members see it, and what a guest sees behind it."""

from typing import Any

from django.utils import timezone

from studio.comments.rules import length_seconds
from studio.renders.models import Render
from studio.sharing.models import Share
from studio.tracks.models import Track


def share_out(share: Share) -> dict[str, Any]:
    """For members. The link itself is not in it: nobody can read it again."""
    is_open = share.expires_at > timezone.now()
    return {
        "id": str(share.id),
        "track_id": str(share.track_id) if share.track_id else None,
        "render_id": str(share.render_id) if share.render_id else None,
        "name": share.name,
        "state": "revoked" if share.revoked_at else "open" if is_open else "ended",
        "may_comment": share.may_comment,
        "may_download": share.may_download,
        "opened_count": share.opened_count,
        "opened_at": share.opened_at,
        "created_by": share.created_by.name if share.created_by else None,
        "created_at": share.created_at,
        "expires_at": share.expires_at,
    }


def shared_out(share: Share, token: str) -> dict[str, Any]:
    """For guests: what plays, how long it is, and what they may do. No ids, no people, no project."""
    base = f"/api/v1/shared/{token}/files"
    thing = share.thing
    assert isinstance(thing, Track | Render)
    return {
        **(_track(thing, base) if isinstance(thing, Track) else _film(thing, base)),
        "name": thing.name,
        "duration_seconds": length_seconds(thing),
        "download_url": f"{base}/download" if share.may_download else None,
        "may_comment": share.may_comment,
        "expires_at": share.expires_at,
    }


def _track(track: Track, base: str) -> dict[str, Any]:
    return {
        "kind": "track",
        "width": None,
        "height": None,
        "overview": track.overview,
        "media_url": f"{base}/sound",
        "peaks_url": f"{base}/peaks" if track.peaks_id else None,
        "poster_url": None,
    }


def _film(film: Render, base: str) -> dict[str, Any]:
    return {
        "kind": "film",
        "width": film.width,
        "height": film.height,
        "overview": None,
        "media_url": f"{base}/film",
        "peaks_url": None,
        "poster_url": f"{base}/poster" if film.thumbs.exists() else None,
    }
