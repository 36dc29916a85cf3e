"""Edits of the beat grid: what was found and what was set, the lock, and cues that are kept in beats."""

import pytest

from studio.tracks.edit_grid import store_found_grid
from studio.tracks.grid import Marker
from tests.studio.features import make_track
from tests.studio.tracks.editing import Hand, cue_op, marker_op

pytestmark = pytest.mark.django_db
FOUND = [0.1, 0.62, 1.09, 1.6]


@pytest.fixture
def track(project):
    track = make_track(project)
    find(track)
    return track


@pytest.fixture
def hand(owner, as_user, track):
    return Hand(as_user(owner), track)


def find(track, beats=FOUND, bpm=118.0):
    store_found_grid(track, markers=[Marker(beats[0], bpm)], beats=beats, downbeats=beats[:1], onsets=[0.3])


def tempo(hand, bpm, **more):
    """Another tempo of the first marker."""
    marker = hand.grid()["markers"][0]
    return hand.edit(marker_op("change", marker["id"], {"bpm": marker["bpm"]}, bpm=bpm), **more)


def test_the_first_change_puts_the_markers_in_force_and_its_undo_the_found_beats(hand):
    edit = tempo(hand, 120.0)
    assert edit["grid"]["is_edited"]
    assert edit["grid"]["beats"][:3] == pytest.approx([0.1, 0.6, 1.1])
    assert edit["grid"]["edited_by"]["name"] == "Ines"
    back = hand.undo(edit)["grid"]
    assert (back["beats"], back["is_edited"], back["edited_by"]) == (FOUND, False, None)
    assert hand.redo(edit)["grid"]["beats"][:3] == pytest.approx([0.1, 0.6, 1.1])


def test_what_was_found_comes_back_by_name_and_goes_by_undo(hand):
    tempo(hand, 120.0)
    back = hand.change_grid(is_in_force=False).json()
    assert (back["grid"]["beats"], back["grid"]["markers"][0]["bpm"]) == (FOUND, 118.0)
    again = hand.undo(back)["grid"]
    assert (again["is_edited"], again["markers"][0]["bpm"]) == (True, 120.0)
    assert hand.redo(back)["grid"]["beats"] == FOUND


def test_undo_of_the_first_change_keeps_what_another_has_set_since(hand, member, as_user, track):
    first = tempo(hand, 120.0)
    Hand(as_user(member("editor")), track).edit(marker_op("add", seconds=5.0, bpm=90.0))
    grid = hand.undo(first)["grid"]
    assert [marker["bpm"] for marker in grid["markers"]] == [118.0, 90.0]
    assert grid["is_edited"]


def test_a_later_analysis_leaves_an_edited_grid_and_can_be_gone_back_to(hand, track):
    tempo(hand, 120.0)
    find(track, [0.2, 0.7, 1.2])
    assert hand.grid()["markers"][0]["bpm"] == 120.0
    assert hand.change_grid(is_in_force=False).json()["grid"]["beats"] == [0.2, 0.7, 1.2]


def test_a_locked_grid_is_changed_by_nobody(hand, member, as_user, track):
    locked = hand.change_grid(is_locked=True).json()
    assert locked["grid"]["is_locked"]
    other = Hand(as_user(member("editor")), track)
    answer = other.send(cue_op("add", seconds=1.0), marker_op("add", seconds=5.0, bpm=90.0))
    assert (answer.status_code, answer.json()["detail"]) == (
        409,
        "The beat grid of “Undertow” is locked. Unlock it first.",
    )
    assert hand.cues() == {}
    find(track, [0.2, 0.7])
    assert hand.grid()["beats"] == FOUND
    hand.undo(locked)
    assert other.edit(marker_op("add", seconds=5.0, bpm=90.0))["grid"]["is_edited"]


def test_an_edit_before_the_lock_is_undone_after_it_is_off(hand):
    edit = tempo(hand, 120.0)
    lock = hand.change_grid(is_locked=True).json()
    assert hand.step(edit, "undo").status_code == 409
    hand.undo(lock)
    assert hand.undo(edit)["grid"]["beats"] == FOUND


def test_unlocking_and_changing_may_be_one_edit(hand):
    hand.change_grid(is_locked=True)
    unlock = {
        "thing": "grid",
        "op": "change",
        "id": hand.track_id,
        "before": {"is_locked": True},
        "after": {"is_locked": False},
    }
    assert hand.edit(unlock, marker_op("add", seconds=5.0, bpm=90.0))["grid"]["is_locked"] is False


class TestCuesInBeats:
    @pytest.fixture
    def cue(self, hand):
        tempo(hand, 120.0)  # beats at 0.1, 0.6, 1.1 …
        return hand.add(2.1, anchor="beats")

    def test_the_place_along_the_grid_is_kept_beside_the_second(self, hand, cue):
        assert hand.cues()[cue]["beat"] == pytest.approx(4.0)

    def test_it_follows_the_tempo_and_goes_back_with_it(self, hand, cue):
        edit = tempo(hand, 60.0)
        assert edit["cues"][0]["id"] == cue
        assert hand.cues()[cue]["seconds"] == pytest.approx(4.1)
        hand.undo(edit)
        assert hand.cues()[cue]["seconds"] == pytest.approx(2.1)

    def test_it_stays_where_the_grid_was_only_counted_wrongly(self, hand, cue):
        edit = tempo(hand, 60.0, cues_stay=True)
        there = hand.cues()[cue]
        assert (there["seconds"], there["beat"]) == (pytest.approx(2.1), pytest.approx(2.0))
        hand.undo(edit)
        there = hand.cues()[cue]
        assert (there["seconds"], there["beat"]) == (pytest.approx(2.1), pytest.approx(4.0))

    def test_a_marker_before_the_first_one_moves_nothing(self, hand, cue):
        edit = hand.edit(marker_op("add", seconds=0.02, bpm=120.0))
        assert hand.cues()[cue]["seconds"] == pytest.approx(2.1)
        hand.undo(edit)
        assert hand.cues()[cue]["seconds"] == pytest.approx(2.1)

    def test_moving_it_takes_its_beat_along_and_undo_brings_both(self, hand, cue):
        moved = hand.change(cue, seconds=3.1)
        assert hand.cues()[cue]["beat"] == pytest.approx(6.0)
        tempo(hand, 60.0)
        assert hand.cues()[cue]["seconds"] == pytest.approx(6.1)
        hand.undo(moved)
        assert hand.cues()[cue]["beat"] == pytest.approx(4.0)
        assert hand.cues()[cue]["seconds"] == pytest.approx(4.1)

    def test_a_cue_that_only_the_grid_has_moved_is_no_conflict(self, hand, member, as_user, track, cue):
        """What the page showed was its second then; its beat is what counts."""
        page = Hand(hand.client, track)
        page.look()
        tempo(hand, 60.0)
        before = {name: page.saw[cue][name] for name in ("seconds", "beat")}
        assert page.edit(cue_op("change", cue, before, seconds=1.1))["conflicts"] == []
        assert page.cues()[cue]["beat"] == pytest.approx(1.0)

    def test_it_may_be_kept_in_seconds_again(self, hand, cue):
        hand.change(cue, anchor="seconds")
        assert hand.cues()[cue]["beat"] is None
        tempo(hand, 60.0)
        assert hand.cues()[cue]["seconds"] == pytest.approx(2.1)

    def test_a_span_stretches_with_the_grid(self, hand):
        tempo(hand, 120.0)
        span = hand.add(1.1, kind="span", end_seconds=2.1, anchor="beats")
        tempo(hand, 60.0)
        there = hand.cues()[span]
        assert (there["seconds"], there["end_seconds"]) == (pytest.approx(2.1), pytest.approx(4.1))

    def test_beats_that_are_found_again_take_it_along(self, hand, track, cue):
        hand.change_grid(is_in_force=False)
        was = hand.cues()[cue]["seconds"]
        find(track, [beat + 0.05 for beat in FOUND])
        assert hand.cues()[cue]["seconds"] == pytest.approx(was + 0.05, abs=1e-3)
