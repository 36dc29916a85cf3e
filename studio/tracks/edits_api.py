"""Edits of a track under /api/v1: everything that people change in grids and cues, with undo and redo.

404 for strangers, 403 for viewers, 409 for a locked grid or an undo of which nothing is left, 429 for more edits than a
hand makes.
"""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from studio.accounts.auth import person_of
from studio.accounts.models import User
from studio.projects.access import EDIT, thing_or_404
from studio.tracks import edits
from studio.tracks.edit_ops import Op
from studio.tracks.edit_rate import brake
from studio.tracks.edit_schemas import EditAnswer, EditIn, EditList, OpIn, values_in
from studio.tracks.models import Track, TrackEdit
from studio.tracks.present import cue_out, edit_out, grid_out

router = Router(tags=["tracks"])


@router.get("/tracks/{uuid:track_id}/edits", response=EditList)
def list_edits(
    request: HttpRequest, track_id: UUID, mine: bool = False, limit: int = Query(50, ge=1, le=500)
) -> dict[str, Any]:
    """What was changed in grid and cues, newest first; the last 500 are kept."""
    track = thing_or_404(request.user, Track, track_id)
    person = person_of(request)
    rows = TrackEdit.objects.filter(track=track).select_related("person").defer("ops", "conflicts")
    # Of what came to nothing there is nothing to undo.
    rows = rows.filter(person=person).exclude(ops=[]) if mine else rows
    return {"items": [edit_out(edit, by=person) for edit in rows[:limit]]}


@router.post("/tracks/{uuid:track_id}/edits", response=EditAnswer)
def make_edit(request: HttpRequest, track_id: UUID, order: EditIn) -> dict[str, Any]:
    """Change grid and cues at one stroke, or nothing: 422 names the wrong value, such as ops.3.after.seconds."""
    person = editor(request, track_id)
    ops = [_op(at, one) for at, one in enumerate(order.ops)]
    return answer(
        edits.apply_edit(track_id, key=order.key, title=order.title, ops=ops, by=person, cues_stay=order.cues_stay),
        by=person,
    )


@router.post("/tracks/{uuid:track_id}/edits/{uuid:edit_id}/undo", response=EditAnswer)
def undo_edit(request: HttpRequest, track_id: UUID, edit_id: UUID) -> dict[str, Any]:
    """Take back an edit of one's own. What others changed since stays, and is told in `conflicts`."""
    person = editor(request, track_id)
    return answer(edits.undo_edit(track_id, edit_id, by=person), by=person)


@router.post("/tracks/{uuid:track_id}/edits/{uuid:edit_id}/redo", response=EditAnswer)
def redo_edit(request: HttpRequest, track_id: UUID, edit_id: UUID) -> dict[str, Any]:
    """Do an edit again that was taken back."""
    person = editor(request, track_id)
    return answer(edits.redo_edit(track_id, edit_id, by=person), by=person)


def answer(applied: edits.Applied, *, by: User) -> dict[str, Any]:
    end = applied.track.duration_seconds
    return {
        "edit": edit_out(applied.edit, by=by),
        "cues": [cue_out(cue, end=end) for cue in applied.cues],
        "removed_cues": applied.removed,
        "grid": grid_out(applied.track, applied.grid) if applied.grid else None,
        "conflicts": [asdict(conflict) for conflict in applied.conflicts],
        "event": applied.event,
        "has_effect": bool(applied.edit.ops),
    }


def editor(request: HttpRequest, track_id: UUID) -> User:
    """Who may edit it, and is not too fast."""
    thing_or_404(request.user, Track, track_id, may=EDIT)
    person = person_of(request)
    brake.take(person.pk, track_id)
    return person


def _op(at: int, one: OpIn) -> Op:
    before, after = values_in(one.before), values_in(one.after)
    return Op(one.thing, one.op, str(one.id), before=before, after=after, at=at)
