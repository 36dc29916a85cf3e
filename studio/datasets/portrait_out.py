"""A portrait as the grid, the loupe and the events show it."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema

from studio.datasets.models import Portrait

# What `portrait_out` reads beside the row itself; give it to select_related.
JOINS = ("decision__by",)
COPIED = ("id", "session_id", "name", "taken_at", "width_px", "height_px", "state", "error", "binned_at")
SCORES = ("faces", "face_px", "face_x", "face_y", "off_centre", "roll", "yaw", "sharpness", "clipped", "brightness")
STACK = ("stack", "stack_size", "is_stack_top")


class DeciderOut(Schema):
    id: UUID
    name: str


class PortraitOut(Schema):
    """Scores are null until they are known. `decided_by` and `decided_at` are null while nothing is decided."""

    id: int
    session_id: UUID
    name: str
    taken_at: datetime
    width_px: int
    height_px: int
    state: Literal["arrived", "ready", "broken"]
    error: str
    thumb_url: str | None
    view_url: str | None
    original_url: str
    verdict: int
    stars: int
    decided_by: DeciderOut | None
    decided_at: datetime | None
    faces: int | None
    face_px: int | None
    face_x: float | None
    face_y: float | None
    off_centre: float | None
    roll: float | None
    yaw: float | None
    sharpness: float | None
    clipped: float | None
    brightness: float | None
    stack: int | None
    stack_size: int
    is_stack_top: bool
    binned_at: datetime | None


class PortraitPage(Schema):
    """`next` goes into `after` for the next page; null at the end."""

    items: list[PortraitOut]
    next: str | None


def portrait_out(portrait: Portrait) -> dict[str, Any]:
    files = f"/api/v1/portraits/{portrait.pk}/files"
    decision = getattr(portrait, "decision", None)
    made = decision if decision is not None and (decision.verdict != 0 or decision.stars != 0) else None
    return {
        **{name: getattr(portrait, name) for name in (*COPIED, *SCORES, *STACK)},
        "thumb_url": f"{files}/thumb" if portrait.thumb_id else None,
        "view_url": f"{files}/view" if portrait.view_id else None,
        "original_url": f"{files}/original",
        "verdict": decision.verdict if decision else 0,
        "stars": decision.stars if decision else 0,
        "decided_by": _decider(made.by) if made and made.by else None,
        "decided_at": made.at if made else None,
    }


def _decider(person: Any) -> dict[str, Any]:
    return {"id": person.pk, "name": str(person)}
