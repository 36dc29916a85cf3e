"""What a guest gets by a link: the files behind it, and a word of their own where the link allows it."""

from datetime import timedelta
from pathlib import PurePath
from typing import Any

from django.http import HttpRequest

from studio.accounts import brake
from studio.accounts.models import User
from studio.blobs.models import Blob
from studio.comments import rules as comments
from studio.comments.models import Comment
from studio.errors import Refused
from studio.projects.access import PermissionRefused, role_of
from studio.renders.models import Render
from studio.sharing.models import Share
from studio.tracks.models import Track

# Of all guests of one link together, so that a script cannot fill the studio.
MOST_COMMENTS, WINDOW = 20, timedelta(minutes=5)
File = tuple[Blob, str, str]


def file_of(share: Share, name: str) -> File | None:
    """The blob, what it is called and its type. None for what there is not, or what the link does not allow."""
    if name == "download" and not share.may_download:
        return None
    thing = share.thing
    if isinstance(thing, Track):
        return _track_file(thing, name)
    assert isinstance(thing, Render)
    return _film_file(thing, name)


def _track_file(track: Track, name: str) -> File | None:
    if name == "sound" and track.proxy:
        return track.proxy, f"{track.name}.m4a", "audio/mp4"
    if name == "peaks" and track.peaks:
        return track.peaks, f"{track.name}.peaks", "application/octet-stream"
    if name == "download" and track.original:
        return track.original, PurePath(track.original_name).name or track.name, "application/octet-stream"
    return None


def _film_file(film: Render, name: str) -> File | None:
    if name in ("film", "download") and film.film:
        return film.film, f"{film.name}.mp4", "video/mp4"
    if name == "poster":
        thumb = film.thumbs.select_related("blob").order_by("frame")[film.thumbs.count() // 2 :].first()
        return (thumb.blob, f"{film.name}.jpg", "image/jpeg") if thumb else None
    return None


def add_comment(request: HttpRequest, share: Share, order: dict[str, Any]) -> Comment:
    """A member who opens the link speaks as a member; anybody else by the name that they write."""
    if not share.may_comment:
        raise PermissionRefused("This link is for listening. Ask who sent it for one that allows comments.")
    user = request.user
    member = user if isinstance(user, User) and role_of(user, share.project_id) is not None else None
    name = order.pop("name")
    if member is None:
        _brake(share)
    thing: Any = share.thing
    return comments.add_comment(thing, by=member, guest_name=name, **order)


def _brake(share: Share) -> None:
    key = brake.key_of(f"comments by link {share.pk}")
    if wait := brake.seconds_to_wait(key, limit=MOST_COMMENTS, window=WINDOW):
        raise Refused(f"Many comments came by this link. Wait {brake.minutes(wait)} min, then send yours.", status=429)
    brake.note(key)


def comment_out(comment: Comment) -> dict[str, Any]:
    """As guests see it: names, not accounts."""
    return {
        "id": str(comment.id),
        "parent_id": str(comment.parent_id) if comment.parent_id else None,
        "seconds": comment.seconds,
        "end_seconds": comment.end_seconds,
        "text": comment.text,
        "name": comment.author.name if comment.author else comment.guest_name or "Somebody",
        "is_member": comment.author_id is not None,
        "is_resolved": comment.resolved_at is not None,
        "created_at": comment.created_at,
    }
