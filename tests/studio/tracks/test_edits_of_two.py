"""Two people edit one track: merged by field, both kept where they meant the same, and whoever loses is told."""

import pytest

from tests.studio.features import make_track
from tests.studio.tracks.editing import Hand, cue_op, marker_op

pytestmark = pytest.mark.django_db


@pytest.fixture
def track(project):
    return make_track(project)


@pytest.fixture
def ines(owner, as_user, track):
    return Hand(as_user(owner), track)


@pytest.fixture
def ben(person, project, as_user, track):
    from studio.projects.models import Membership, Role

    user = person("Ben")
    Membership.objects.create(project=project, user=user, role=Role.EDITOR)
    return Hand(as_user(user), track)


@pytest.fixture
def cue(ines, ben):
    pk = ines.add(4.0, label="drop")
    ben.look()
    return pk


def test_a_new_name_and_a_new_time_both_hold(ines, ben, cue):
    ines.change(cue, label="lift")
    assert ben.change(cue, seconds=5.0)["conflicts"] == []
    there = ines.cues()[cue]
    assert (there["label"], there["seconds"]) == ("lift", 5.0)


def test_two_times_for_one_cue_make_two_cues(ines, ben, cue):
    ben.change(cue, seconds=5.0)
    (conflict,) = ines.change(cue, seconds=6.0)["conflicts"]
    cues = ines.cues()
    assert (cues[cue]["seconds"], cues[conflict["copy_id"]]["seconds"]) == (5.0, 6.0)
    assert cues[conflict["copy_id"]]["label"] == "drop"
    assert conflict["sentence"] == ("Ben changed “drop” a moment ago. Theirs stays, and yours stands beside it.")


def test_the_same_wish_of_two_is_no_conflict(ines, ben, cue):
    ben.change(cue, seconds=5.0)
    assert ines.change(cue, seconds=5.0)["conflicts"] == []
    assert len(ines.cues()) == 1


def test_one_deletes_what_the_other_moved(ines, ben, cue):
    ben.change(cue, seconds=5.0)
    answer = ines.remove(cue)
    (conflict,) = answer["conflicts"]
    assert conflict["sentence"] == "Ben changed “drop” a moment ago, so it was not removed."
    assert ines.cues()[cue]["seconds"] == 5.0
    # Nothing came of it: there is nothing to undo, now and after a reload.
    mine = ines.client.call("GET", f"{ines.path}/edits?mine=true").json()["items"]
    assert (answer["has_effect"], [one["title"] for one in mine]) == (False, ["Add cue"])


def test_one_moves_what_the_other_deleted(ines, ben, cue):
    ben.remove(cue)
    (conflict,) = ines.change(cue, seconds=5.0)["conflicts"]
    assert conflict["sentence"] == "Ben removed “drop” a moment ago. It is back with your change."
    assert ines.cues()[cue]["seconds"] == 5.0


def test_undo_of_such_a_move_deletes_the_cue_again(ines, ben, cue):
    ben.remove(cue)
    moved = ines.change(cue, seconds=5.0)
    ines.undo(moved)
    assert ines.cues() == {}
    assert ben.step(moved, "undo").status_code == 404


def test_both_delete_it_and_the_first_brings_it_back(ines, ben, cue):
    first = ben.remove(cue)
    assert ines.remove(cue)["conflicts"] == []
    ben.undo(first)
    assert ines.cues()[cue]["seconds"] == 4.0


def test_undo_leaves_what_another_changed_since_and_says_so(ines, ben, cue):
    mine = ines.change(cue, seconds=5.0, colour="green")
    ben.look()
    ben.change(cue, seconds=7.0)
    (conflict,) = ines.undo(mine)["conflicts"]
    assert conflict["sentence"] == "Ben changed “drop” since, so that part stays."
    there = ines.cues()[cue]
    assert (there["seconds"], there["colour"]) == (7.0, "blue")


def test_undo_of_which_nothing_is_left_is_refused_with_a_sentence(ines, ben, cue):
    mine = ines.change(cue, seconds=5.0)
    ben.look()
    ben.change(cue, seconds=7.0)
    answer = ines.step(mine, "undo")
    assert answer.status_code == 409
    assert answer.json()["detail"] == (
        "Nothing of this could be taken back: Ben changed “drop” since, so that part stays."
    )
    assert ines.cues()[cue]["seconds"] == 7.0
    listed = ines.client.call("GET", f"{ines.path}/edits?mine=true").json()["items"]
    assert listed[0]["undone_at"] is not None


def test_undo_leaves_what_another_changed_back_and_forth(ines, ben, cue):
    """The value is mine again, but the wish is Ben's."""
    mine = ines.change(cue, seconds=5.0)
    ben.look()
    ben.change(cue, seconds=7.0)
    ben.look()
    ben.change(cue, seconds=5.0)
    assert ines.step(mine, "undo").status_code == 409
    assert ines.cues()[cue]["seconds"] == 5.0


def test_undo_goes_through_once_the_other_has_undone(ines, ben, cue):
    mine = ines.change(cue, seconds=5.0)
    ben.look()
    ben.undo(ben.change(cue, seconds=7.0))
    assert ines.undo(mine)["conflicts"] == []
    assert ines.cues()[cue]["seconds"] == 4.0


def test_undo_of_a_new_cue_leaves_it_when_another_has_worked_on_it(ines, ben):
    added = ines.edit(cue_op("add", seconds=2.0, label="rise"))
    ben.look()
    pk = added["cues"][0]["id"]
    ben.change(pk, colour="pink")
    assert "Ben changed “rise” since, so it stays." in ines.step(added, "undo").json()["detail"]
    assert pk in ines.cues()


def test_undo_does_not_take_a_key_that_another_uses_now(ines, ben, cue):
    ines.change(cue, hotkey=2)
    ines.look()
    freed = ines.change(cue, hotkey=None)
    ben.look()
    theirs = ben.add(8.0, hotkey=2)
    assert ines.step(freed, "undo").status_code == 409
    assert (ines.cues()[cue]["hotkey"], ines.cues()[theirs]["hotkey"]) == (None, 2)


def test_an_edit_in_another_window_of_ones_own_is_called_that(ines, cue):
    ines.change(cue, seconds=5.0)
    (conflict,) = ines.change(cue, seconds=6.0)["conflicts"]
    assert conflict["sentence"].startswith("You, in another window, changed “drop”")


class TestMarkers:
    @pytest.fixture
    def marker(self, ines):
        op = marker_op("add", seconds=1.0, bpm=120.0)
        ines.edit(op)
        return op["id"]

    def change(self, hand, pk, before, **after):
        return hand.edit(marker_op("change", pk, {"seconds": 1.0, "bpm": 120.0, **before}, **after))

    def bpm(self, hand):
        return [marker["bpm"] for marker in hand.grid()["markers"]]

    def test_fields_of_a_marker_merge(self, ines, ben, marker):
        self.change(ines, marker, {}, bpm=121.0)
        assert self.change(ben, marker, {}, seconds=2.0)["conflicts"] == []
        (there,) = ines.grid()["markers"]
        assert (there["seconds"], there["bpm"]) == (2.0, 121.0)

    def test_of_two_tempi_the_later_rules_and_undo_brings_the_other(self, ines, ben, marker):
        self.change(ben, marker, {}, bpm=121.0)
        mine = self.change(ines, marker, {}, bpm=122.0)
        assert mine["conflicts"][0]["sentence"] == (
            "Ben changed the marker at 0:01.00 (121.00 bpm) since. Yours is in force; undo brings theirs back."
        )
        assert self.bpm(ines) == [122.0]
        ines.undo(mine)
        assert self.bpm(ines) == [121.0]

    def test_a_marker_on_the_place_of_anothers_takes_it_and_says_so(self, ines, ben, marker):
        theirs = marker_op("add", seconds=5.0, bpm=100.0)
        ben.edit(theirs)
        mine = ines.edit(marker_op("add", seconds=5.0004, bpm=90.0))
        assert "At 0:05.00 stood another marker with 100.00 bpm." in mine["conflicts"][0]["sentence"]
        assert self.bpm(ines) == [120.0, 90.0]
        ines.undo(mine)
        assert self.bpm(ines) == [120.0, 100.0]

    def test_two_of_ones_own_at_one_place_are_refused(self, ines):
        answer = ines.send(marker_op("add", seconds=5.0, bpm=100.0), marker_op("add", seconds=5.0, bpm=90.0))
        assert (answer.status_code, answer.json()["field"]) == (422, "ops.1.after.seconds")

    def test_a_changed_marker_is_not_removed_and_a_removed_one_comes_back(self, ines, ben, marker):
        self.change(ben, marker, {}, bpm=121.0)
        kept = ines.edit(marker_op("remove", marker, {"seconds": 1.0, "bpm": 120.0}))
        assert "so it was not removed" in kept["conflicts"][0]["sentence"]
        ben.edit(marker_op("remove", marker, {"seconds": 1.0, "bpm": 121.0}))
        back = self.change(ines, marker, {}, seconds=2.0)
        assert "It is back with your change." in back["conflicts"][0]["sentence"]
        assert [(one["seconds"], one["bpm"]) for one in ines.grid()["markers"]] == [(2.0, 120.0)]

    def test_undo_leaves_a_marker_that_another_changed(self, ines, ben, marker):
        mine = self.change(ines, marker, {}, bpm=121.0)
        self.change(ben, marker, {"bpm": 121.0}, bpm=90.0)
        answer = ines.step(mine, "undo")
        assert answer.status_code == 409
        assert "Ben changed the marker" in answer.json()["detail"]
        assert self.bpm(ines) == [90.0]
