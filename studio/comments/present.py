"""A comment as the API and its events show it."""

from typing import Any

from studio.comments.models import Comment


def comment_out(comment: Comment) -> dict[str, Any]:
    """`author` is a member or null; then `name` is what a guest wrote."""
    author = comment.author
    return {
        "id": str(comment.id),
        "track_id": str(comment.track_id) if comment.track_id else None,
        "render_id": str(comment.render_id) if comment.render_id else None,
        "parent_id": str(comment.parent_id) if comment.parent_id else None,
        "seconds": comment.seconds,
        "end_seconds": comment.end_seconds,
        "text": comment.text,
        "name": author.name if author else comment.guest_name or "Somebody",
        "author": _person(author) if author else None,
        "mentions": [_person(user) for user in comment.mentions.all()],
        "created_at": comment.created_at,
        "edited_at": comment.edited_at,
        "resolved_at": comment.resolved_at,
        "resolved_by": _person(comment.resolved_by) if comment.resolved_by else None,
        "is_binned": comment.binned_at is not None,
    }


def _person(user: Any) -> dict[str, Any]:
    return {"id": str(user.pk), "name": user.name, "initials": user.initials, "colour": user.colour}
