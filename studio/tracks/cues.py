"""Cues: adding, moving, naming and binning. An edit of a cue that somebody else has changed is a 409 with theirs."""

import math
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from studio.accounts.models import User
from studio.errors import Conflict, Refused
from studio.events.record import record
from studio.tracks.models import Cue, Track
from studio.tracks.present import cue_out

MAX_CUES = 5_000
FIELDS = ("seconds", "end_seconds", "kind", "label", "colour", "hotkey")


def add_cue(track: Track, values: dict[str, Any], *, by: User) -> Cue:
    """A new cue. Raises Refused, which names the wrong field."""
    with transaction.atomic():
        if Cue.objects.filter(track=track, binned_at=None).count() >= MAX_CUES:
            raise Refused(f"“{track.name}” has {MAX_CUES:,} cues already. Remove some first.")
        cue = Cue(track=track, created_by=by, changed_by=by)
        _set(cue, values, track)
        _free_hotkey(cue)
        cue.save()
        _tell(cue, "cue.added", track=track, by=by)
    return cue


def change_cue(cue_id: UUID, values: dict[str, Any], *, revision: int, by: User) -> Cue:
    """Change what `values` names. Raises Conflict when the cue is not at that revision any more."""
    with transaction.atomic():
        cue = Cue.objects.select_for_update(of=("self",)).select_related("track", "changed_by").get(pk=cue_id)
        if cue.revision != revision:
            who = str(cue.changed_by) if cue.changed_by else "Somebody"
            raise Conflict(f"{who} changed this cue a moment ago.", current=cue_out(cue))
        _set(cue, values, cue.track)
        _free_hotkey(cue)
        cue.revision += 1
        cue.changed_by = by
        cue.save()
        _tell(cue, "cue.changed", track=cue.track, by=by)
    return cue


def bin_cue(cue: Cue, *, is_binned: bool, by: User) -> Cue:
    with transaction.atomic():
        cue.binned_at = timezone.now() if is_binned else None
        cue.revision += 1
        cue.changed_by = by
        _free_hotkey(cue)
        cue.save()
        _tell(cue, "cue.removed" if is_binned else "cue.added", track=cue.track, by=by)
    return cue


def _set(cue: Cue, values: dict[str, Any], track: Track) -> None:
    for name in FIELDS:
        if name in values:
            setattr(cue, name, values[name])
    if cue.kind == Cue.Kind.MOMENT:
        cue.end_seconds = None
    end = track.duration_seconds if track.duration_seconds is not None else math.inf
    if not 0 <= cue.seconds <= end:
        raise Refused("A cue lies within its track. Choose a time inside it.", field="seconds")
    if cue.kind == Cue.Kind.SPAN and (cue.end_seconds is None or not cue.seconds < cue.end_seconds <= end):
        raise Refused("A span ends after it begins, and within its track.", field="end_seconds")


def _free_hotkey(cue: Cue) -> None:
    """A key jumps to one cue: the newest owner keeps it."""
    if cue.hotkey is not None and cue.binned_at is None:
        Cue.objects.filter(track=cue.track, hotkey=cue.hotkey).exclude(pk=cue.pk).update(hotkey=None)


def _tell(cue: Cue, kind: str, *, track: Track, by: User) -> None:
    record(track.project_id, kind, subject=cue.subject, payload=cue_out(cue), actor=by)
