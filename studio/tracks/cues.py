"""Single cues, as scripts set them: each is an edit of its own. A change of an older revision is a 409."""

from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from studio.accounts.models import User
from studio.errors import Conflict, Refused
from studio.tracks.edit_cues import values_of
from studio.tracks.edit_ops import ADD, CHANGE, CUE, REMOVE, RESTORE, Op
from studio.tracks.edits import apply_edit, locked
from studio.tracks.models import Cue, Track
from studio.tracks.present import cue_out


def add_cue(track: Track, values: dict[str, Any], *, by: User) -> Cue:
    """A new cue. Raises Refused, which names the wrong field."""
    pk = str(uuid4())
    return _one(track.pk, Op(CUE, ADD, pk, after=values), title="Add cue", by=by)


def change_cue(cue_id: UUID, values: dict[str, Any], *, revision: int, by: User) -> Cue:
    """Change what `values` names. Raises Conflict when the cue is not at that revision any more."""
    with transaction.atomic():
        track = locked(Cue.objects.values_list("track_id", flat=True).get(pk=cue_id))
        cue = Cue.objects.select_related("changed_by").get(pk=cue_id)
        if cue.revision != revision:
            who = str(cue.changed_by) if cue.changed_by else "Somebody"
            raise Conflict(f"{who} changed this cue a moment ago.", current=cue_out(cue, end=track.duration_seconds))
        op = Op(CUE, CHANGE, str(cue_id), before=values_of(cue), after=values)
        return _one(track.pk, op, title="Change cue", by=by)


def bin_cue(cue: Cue, *, is_binned: bool, by: User) -> Cue:
    title = "Delete cue" if is_binned else "Bring a cue back"
    return _one(cue.track_id, Op(CUE, REMOVE if is_binned else RESTORE, str(cue.pk)), title=title, by=by)


def _one(track_id: UUID, op: Op, *, title: str, by: User) -> Cue:
    try:
        apply_edit(track_id, key=uuid4(), title=title, ops=[op], by=by)
    except Refused as error:
        error.field = error.field.removeprefix("ops.0.after.")
        raise
    return Cue.objects.select_related("track").get(pk=op.id)
