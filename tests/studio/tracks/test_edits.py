"""Edits of one person: all or nothing, once, told in one event, undone and done again."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from studio.events.models import Event
from studio.tracks import edits
from studio.tracks.models import Cue, TrackEdit
from tests.studio.features import make_track
from tests.studio.tracks.editing import Hand, cue_op, marker_op

pytestmark = pytest.mark.django_db


@pytest.fixture
def track(project):
    return make_track(project)


@pytest.fixture
def hand(owner, as_user, track):
    return Hand(as_user(owner), track)


def test_many_cues_come_by_one_edit_and_one_event(hand):
    ids = [str(uuid.uuid4()) for _ in range(3)]
    answer = hand.edit(*[cue_op("add", pk, seconds=3.0 - at) for at, pk in enumerate(ids)], title="Add 3 cues")
    assert [cue["id"] for cue in answer["cues"]] == ids[::-1]
    event = Event.objects.get(kind="track.edited")
    assert event.number == answer["event"]
    assert {cue["id"] for cue in event.payload["cues"]} == set(ids)
    assert (event.payload["title"], event.payload["is_whole"], event.payload["grid_revision"]) == (
        "Add 3 cues",
        False,
        None,
    )


def test_an_event_of_very_many_cues_says_so_instead_of_carrying_them(hand):
    hand.edit(*[cue_op("add", seconds=at / 100) for at in range(edits.MOST_IN_EVENT + 1)])
    payload = Event.objects.get(kind="track.edited").payload
    assert (payload["is_whole"], payload["cues"], payload["removed_cues"]) == (True, [], [])


def test_an_edit_that_is_sent_twice_is_done_once(hand):
    key, op = str(uuid.uuid4()), cue_op("add", seconds=1.0)
    first = hand.edit(op, key=key)
    second = hand.edit(op, key=key)
    assert second["cues"] == first["cues"]
    assert Cue.objects.count() == TrackEdit.objects.count() == 1


def test_the_key_of_somebody_elses_edit_is_refused(hand, member, as_user, track):
    key = str(uuid.uuid4())
    hand.edit(cue_op("add", seconds=1.0), key=key)
    other = Hand(as_user(member("editor")), track)
    assert other.send(cue_op("add", seconds=2.0), key=key).status_code == 409
    assert Cue.objects.count() == 1


@pytest.mark.parametrize(
    ("op", "field"),
    [
        (cue_op("add", seconds=10.5), "ops.1.after.seconds"),
        (cue_op("add", seconds=-1.0), "ops.1.after.seconds"),
        (cue_op("add", seconds=float("nan")), ""),
        (cue_op("add", seconds=1.0, kind="span", end_seconds=0.5), "ops.1.after.end_seconds"),
        (cue_op("add", seconds=1.0, label="x" * 201), "ops.1.after.label"),
        (cue_op("add", seconds=1.0, colour="mauve"), "ops.1.after.colour"),
        (cue_op("add", seconds=1.0, hotkey=9), "ops.1.after.hotkey"),
        (cue_op("add", seconds=1.0, bpm=120.0), "ops.1"),
        (cue_op("add", label="nowhere"), "ops.1"),
        (cue_op("change", label="x"), "ops.1"),
        (cue_op("change", before={"label": ""}, label="x"), "ops.1.id"),
        (cue_op("add", seconds=1.0, anchor="beats"), "ops.1.after.anchor"),
        (marker_op("add", seconds=1.0, bpm=3.0), "ops.1.after.bpm"),
        (marker_op("add", seconds=11.0, bpm=120.0), "ops.1.after.seconds"),
        (marker_op("add", seconds=1.0, bpm=120.0, beats_per_bar=17), "ops.1.after.beats_per_bar"),
        (marker_op("add", bpm=120.0), "ops.1.after.seconds"),
        (marker_op("change", before={"bpm": 120.0}, bpm=121.0), "ops.1.id"),
    ],
)
def test_one_wrong_value_refuses_the_whole_edit_and_is_named(hand, op, field):
    answer = hand.send(cue_op("add", seconds=1.0), op)
    assert answer.status_code in (400, 422)
    if field:
        assert answer.json()["field"] == field
    assert Cue.objects.count() == 0
    assert hand.grid()["markers"] == []


def test_a_track_holds_ten_thousand_cues_and_no_more(hand, track, monkeypatch):
    monkeypatch.setattr("studio.tracks.edit_cues.MAX_CUES", 5)
    hand.edit(*[cue_op("add", seconds=at) for at in range(5)])
    answer = hand.send(cue_op("add", seconds=6.0))
    assert (answer.status_code, answer.json()["detail"]) == (
        422,
        "“Undertow” would hold more than 5 cues. Remove some first.",
    )
    first = next(iter(hand.cues()))
    hand.edit(cue_op("remove", first), cue_op("add", seconds=6.0))
    assert len(hand.cues()) == 5


def test_undo_and_redo_of_adding_changing_and_deleting(hand):
    pk = str(uuid.uuid4())
    added = hand.edit(cue_op("add", pk, seconds=4.0, label="drop"))
    hand.look()
    moved = hand.change(pk, seconds=6.0, colour="green")
    hand.look()
    removed = hand.remove(pk)
    assert removed["removed_cues"] == [pk]
    hand.undo(removed)
    assert hand.cues()[pk]["seconds"] == 6.0
    hand.undo(moved)
    assert (hand.cues()[pk]["seconds"], hand.cues()[pk]["colour"]) == (4.0, "blue")
    hand.undo(added)
    assert hand.cues() == {}
    for edit in (added, moved):
        hand.redo(edit)
    assert (hand.cues()[pk]["seconds"], hand.cues()[pk]["colour"], hand.cues()[pk]["label"]) == (6.0, "green", "drop")
    hand.redo(removed)
    assert hand.cues() == {}


def test_an_undo_that_is_sent_twice_undoes_once(hand):
    added = hand.edit(cue_op("add", seconds=4.0))
    hand.undo(added)
    number = Event.objects.count()
    assert hand.undo(added)["removed_cues"] == [added["cues"][0]["id"]]
    assert Event.objects.count() == number


def test_nobody_undoes_what_another_did(hand, member, as_user, track):
    added = hand.edit(cue_op("add", seconds=4.0))
    other = Hand(as_user(member("editor")), track)
    assert other.step(added, "undo").status_code == 404
    assert len(hand.cues()) == 1


def test_a_hotkey_goes_to_its_newest_owner_and_back_by_undo(hand):
    first = hand.add(1.0, hotkey=1)
    taken = hand.edit(cue_op("add", seconds=2.0, hotkey=1))
    assert {cue["seconds"]: cue["hotkey"] for cue in hand.cues().values()} == {1.0: None, 2.0: 1}
    hand.undo(taken)
    assert hand.cues()[first]["hotkey"] == 1


def test_edits_are_listed_newest_first_with_whose_they_are(hand, member, as_user, track):
    added = hand.edit(cue_op("add", seconds=4.0), title="Add cue")
    Hand(as_user(member("editor")), track).edit(cue_op("add", seconds=5.0), title="Add another")
    hand.undo(added)
    every = hand.client.call("GET", f"{hand.path}/edits").json()["items"]
    assert [(edit["title"], edit["is_mine"], edit["undone_at"] is None) for edit in every] == [
        ("Add another", False, True),
        ("Add cue", True, False),
    ]
    mine = hand.client.call("GET", f"{hand.path}/edits?mine=true&limit=1").json()["items"]
    assert [edit["title"] for edit in mine] == ["Add cue"]


def test_the_order_of_edits_does_not_hang_on_the_clock(hand, monkeypatch):
    """A studio whose clock is put back by hours still knows what came last."""
    hand.edit(cue_op("add", seconds=1.0), title="first")
    earlier = timezone.now() - timedelta(hours=7)
    monkeypatch.setattr("studio.tracks.edits.timezone.now", lambda: earlier)
    second = hand.edit(cue_op("add", seconds=2.0), title="second")
    hand.undo(second)
    items = hand.client.call("GET", f"{hand.path}/edits").json()["items"]
    assert [edit["title"] for edit in items] == ["second", "first"]
    assert items[0]["created_at"] < items[1]["created_at"]
    assert [cue["seconds"] for cue in hand.cues().values()] == [1.0]


def test_the_last_five_hundred_edits_are_kept(hand, monkeypatch):
    monkeypatch.setattr(edits, "KEPT_EDITS", 3)
    for seconds in range(5):
        hand.add(float(seconds))
    assert list(TrackEdit.objects.values_list("number", flat=True)) == [5, 4, 3]


def test_a_viewer_edits_nothing(member, as_user, track):
    viewer = Hand(as_user(member("viewer")), track)
    assert viewer.send(cue_op("add", seconds=1.0)).status_code == 403


def test_a_track_of_unknown_length_is_not_edited_yet(hand, track):
    track.duration_seconds = None
    track.save()
    assert hand.send(cue_op("add", seconds=1.0)).status_code == 409
