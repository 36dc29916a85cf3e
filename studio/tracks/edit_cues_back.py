"""Cues as an undo or a redo changes them: what another person has changed since is left, and told."""

from studio.errors import Refused
from studio.tracks.edit_cues import FIELDS, TIMES, CueSheet, name_of, values_of
from studio.tracks.edit_ops import ADD, CHANGE, CUE, REMOVE, RESTORE, THERE, Conflict, Op, Since
from studio.tracks.models import Cue

Changes = dict[str, str]


def take_back(sheet: CueSheet, op: Op, since: Since) -> None:
    """`op` is the change that takes another back, or does it again; `since` names who changed what in between."""
    cue = sheet.cues.get(op.id)
    if cue is None:
        sheet.conflicts.append(Conflict(CUE, op.id, "A cue of this change is not kept any more."))
        return
    act = {ADD: _bring_back, RESTORE: _bring_back, REMOVE: _take_away, CHANGE: _change_back}[op.op]
    act(sheet, cue, op, since.get((CUE, op.id), {}))


def _bring_back(sheet: CueSheet, cue: Cue, op: Op, since: Changes) -> None:
    if cue.binned_at is None:
        return
    if THERE in since:
        return sheet.tell(cue, f"{since[THERE]} removed {name_of(cue)} since. It stays removed.")
    sheet.bin(cue, is_binned=False)
    if sheet.holders(cue, cue.hotkey):
        cue.hotkey = None
    sheet.note(cue, RESTORE, before={}, after=values_of(cue))


def _take_away(sheet: CueSheet, cue: Cue, op: Op, since: Changes) -> None:
    if cue.binned_at is not None:
        return
    theirs = next((name for field, name in since.items() if field != "hotkey"), None)
    if theirs or sheet.changed_since(cue, op.before):
        return sheet.tell(cue, f"{theirs or sheet.changer(cue)} changed {name_of(cue)} since, so it stays.")
    sheet.bin(cue, is_binned=True)
    sheet.note(cue, REMOVE, before=values_of(cue), after={})


def _change_back(sheet: CueSheet, cue: Cue, op: Op, since: Changes) -> None:
    """Field by field. A cue that somebody removed is changed in the bin, so that it comes back as it should."""
    was, name = values_of(cue), name_of(cue)
    theirs = {field for field in op.after if field in since or not sheet.stands(cue, field, op.before)}
    left = {field for field in theirs if not sheet.stands(cue, field, op.after)}
    values = {field: op.after[field] for field in FIELDS if field in op.after and field not in theirs}
    if sheet.holders(cue, values.get("hotkey")):
        left.add("hotkey")
        del values["hotkey"]
    try:
        sheet.put(cue, values, op, is_checked=False)
    except Refused:  # together with what somebody else changed, the times would make no cue
        left |= TIMES & values.keys()
        timeless = {field: value for field, value in values.items() if field not in TIMES}
        sheet.put(cue, {**was, **timeless}, op, is_checked=False)
    if left:
        who = next((since[field] for field in FIELDS if field in left & since.keys()), sheet.changer(cue))
        sheet.tell(cue, f"{who} changed {name} since, so that part stays.")
    elif cue.binned_at is not None:
        sheet.tell(cue, f"{since.get(THERE) or sheet.changer(cue)} removed {name} since. It stays removed.")
    sheet.note_changes(cue, was)
