"""Whatever two people do in whatever order: no wish is lost silently, and an undo takes back one's own alone."""

import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.accounts.models import User
from studio.errors import Refused
from studio.tracks.edit_cues import values_of
from studio.tracks.edit_ops import ADD, CHANGE, CUE, REMOVE, Op
from studio.tracks.edits import apply_edit, redo_edit, undo_edit
from studio.tracks.models import Cue, Track, TrackEdit
from tests.studio.features import make_track

pytestmark = pytest.mark.django_db
FIELDS = ("seconds", "label", "colour")
COLOURS = [str(colour) for colour in Cue.Colour]
# Who does what to which cue and field, and whether they have just looked. Few cues, so that people meet.
steps = st.tuples(
    st.integers(0, 1),
    st.sampled_from(["change", "change", "change", "move", "remove", "add", "undo", "redo"]),
    st.integers(0, 1),
    st.sampled_from(["seconds", "label", "label"]),
    st.booleans(),
)


@dataclass
class Person:
    user: User
    saw: dict[str, dict[str, Any]] = field(default_factory=dict)
    done: list[TrackEdit] = field(default_factory=list)
    undone: list[TrackEdit] = field(default_factory=list)


def there(track: Track) -> dict[str, dict[str, Any]]:
    return {str(cue.pk): values_of(cue) for cue in Cue.objects.filter(track=track, binned_at=None)}


class Desk:
    """A track, two people, and a check after each of their steps."""

    def __init__(self, track: Track, people: list[User]) -> None:
        self.track, self.people, self.count = track, [Person(user) for user in people], 0
        ops = [Op(CUE, ADD, str(uuid.uuid4()), after={"seconds": float(at), "label": f"cue {at}"}) for at in range(2)]
        apply_edit(track.pk, key=uuid.uuid4(), title="Begin", ops=ops, by=None)
        self.first = there(track)
        for person in self.people:
            person.saw = there(track)

    def fresh(self, name: str) -> Any:
        """A value that nobody has used yet; of colours there are only eight."""
        self.count += 1
        values = {"seconds": 3 + self.count / 100, "label": f"label {self.count}", "colour": COLOURS[self.count % 8]}
        return values[name]

    def step(self, who: int, deed: str, at: int, name: str, has_looked: bool) -> None:
        person = self.people[who]
        if has_looked:
            person.saw = there(self.track)
        if deed in ("undo", "redo"):
            self.walk(person, deed)
        elif deed == "add":
            self.edit(person, Op(CUE, ADD, str(uuid.uuid4()), after={"seconds": self.fresh("seconds"), "label": "new"}))
        elif person.saw:
            pk = sorted(person.saw)[at % len(person.saw)]
            names = (name, "seconds") if deed == "move" else (name,)
            before = {one: person.saw[pk][one] for one in (FIELDS if deed == "remove" else names)}
            wish = {} if deed == "remove" else {one: self.fresh(one) for one in names}
            self.edit(person, Op(CUE, REMOVE if deed == "remove" else CHANGE, pk, before=before, after=wish))

    def edit(self, person: Person, op: Op) -> None:
        was = there(self.track)
        applied = apply_edit(self.track.pk, key=uuid.uuid4(), title=op.op, ops=[op], by=person.user)
        person.done.append(applied.edit)
        person.undone.clear()
        now, told = there(self.track), {one.id: one for one in applied.conflicts}
        if op.op == REMOVE:
            seen = op.id not in was or all(was[op.id][name] == op.before[name] for name in FIELDS)
            assert (op.id in now) == (not seen)
            assert seen or op.id in told
        else:
            self.check_wish(op, was, now, told)
        for pk in now:
            person.saw[pk] = now[pk] if pk == op.id or pk not in was else person.saw.get(pk, now[pk])
        person.saw = {pk: values for pk, values in person.saw.items() if pk in now or pk != op.id}

    def check_wish(self, op: Op, was: dict, now: dict, told: dict) -> None:
        """It stands, on the cue itself or on a copy that is told of; and what another wished is there, too."""
        copy = told[op.id].copy_id if op.id in told else None
        for name, wish in op.after.items():
            assert now[copy or op.id][name] == wish
        if op.id not in was:
            assert op.op == ADD or op.id in told
            return
        theirs = {n for n in op.after if was[op.id][n] not in (op.before.get(n), op.after[n])}
        assert bool(copy) == bool(theirs)
        assert all(now[op.id][n] == was[op.id][n] for n in theirs)

    def walk(self, person: Person, deed: str) -> None:
        source, target = (person.done, person.undone) if deed == "undo" else (person.undone, person.done)
        if not source:
            return
        edit = source.pop()
        target.append(edit)
        with suppress(Refused):  # nothing of it is left: that is told, too
            (undo_edit if deed == "undo" else redo_edit)(self.track.pk, edit.pk, by=person.user)

    def touched_by_others(self, person: Person) -> set[tuple[str, str]]:
        """(cue, field) as anybody else has really changed it, undone or not; a whole cue as its every field."""
        found = set()
        for edit in TrackEdit.objects.filter(track=self.track).exclude(person=person.user).exclude(title="Begin"):
            for op in edit.ops:
                names = op["after"] if op["op"] == CHANGE else (*FIELDS, "there")
                found |= {(op["id"], name) for name in names}
        return found


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(steps, min_size=5, max_size=12))
def test_no_wish_is_lost_silently_and_undo_takes_back_ones_own_alone(project, owner, member, series):
    other = User.objects.filter(name="The-editor").first() or member("editor")
    desk = Desk(make_track(project, seconds=60.0), [owner, other])
    for step in series:
        desk.step(*step)
    person = desk.people[0]
    theirs = desk.touched_by_others(person)
    before = there(desk.track)
    while person.done:
        desk.walk(person, "undo")
    now = there(desk.track)
    for pk, values in desk.first.items():
        if (pk, "there") not in theirs:
            assert pk in now
        for name in FIELDS:
            if pk in now and (pk, name) not in theirs:
                assert now[pk][name] == values[name]
    untouched = {pk for pk in now if not any((pk, name) in theirs for name in (*FIELDS, "there"))}
    assert untouched <= desk.first.keys()  # what one has added oneself is gone
    last = {}  # what the other wished last, and has not taken back
    for edit in TrackEdit.objects.filter(track=desk.track, person=other, undone_at=None).order_by("number"):
        last |= {
            (op["id"], n): op["after"][n] for op in edit.ops if op["op"] == CHANGE for n in FIELDS if n in op["after"]
        }
    for (pk, name), wish in last.items():
        if pk in before and before[pk][name] == wish:
            assert pk in now
            assert now[pk][name] == wish
