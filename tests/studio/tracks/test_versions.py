"""Named versions of grid and cues: what has changed since, and back to it by one edit."""

import pytest

from studio.tracks import versions
from studio.tracks.edit_grid import store_found_grid
from studio.tracks.grid import Marker
from tests.studio.features import make_track
from tests.studio.tracks.editing import Hand, cue_op, marker_op

pytestmark = pytest.mark.django_db
FOUND = [0.1, 0.62, 1.09]


@pytest.fixture
def track(project):
    track = make_track(project)
    store_found_grid(track, markers=[Marker(0.1, 118.0)], beats=FOUND, downbeats=[0.1], onsets=[])
    return track


@pytest.fixture
def hand(owner, as_user, track):
    return Hand(as_user(owner), track)


@pytest.fixture
def version(hand):
    """Three cues and the beats that were found."""
    for seconds in (1.0, 2.0, 3.0):
        hand.add(seconds, label=f"at {seconds:.0f}", hotkey=int(seconds))
    return keep(hand, "As mixed")


def keep(hand, name):
    answer = hand.client.call("POST", f"{hand.path}/versions", {"name": name})
    assert answer.status_code == 201, answer.content
    return f"{hand.path}/versions/{answer.json()['id']}"


def work_on(hand):
    first, second, _ = hand.cues()
    hand.remove(first)
    hand.change(second, seconds=2.5, colour="pink")
    hand.add(7.0, label="new", hotkey=3)
    hand.edit(marker_op("add", seconds=5.0, bpm=90.0))
    return first, second


def shown(hand):
    return [(cue["seconds"], cue["label"], cue["colour"], cue["hotkey"]) for cue in hand.cues().values()]


def test_a_version_tells_what_was_added_removed_and_changed_since(hand, version):
    _, second = work_on(hand)
    diff = hand.client.call("GET", f"{version}/diff").json()
    assert diff["cues"] == {"added": 1, "removed": 1, "changed": 2}  # the third has lost its key to the new one
    assert diff["markers"] == {"added": 1, "removed": 0, "changed": 0}
    (moved,) = [item for item in diff["items"] if item["id"] == second]
    assert moved["fields"] == {"seconds": [2.0, 2.5], "colour": ["blue", "pink"]}
    assert [item["seconds"] for item in diff["items"]] == sorted(item["seconds"] for item in diff["items"])


def test_restoring_brings_all_of_it_back_and_undo_takes_that_back(hand, version):
    before = shown(hand)
    work_on(hand)
    after = shown(hand)
    restored = hand.client.call("POST", f"{version}/restore").json()
    assert shown(hand) == before
    assert (hand.grid()["beats"], hand.grid()["is_edited"]) == (FOUND, False)
    assert hand.client.call("GET", f"{version}/diff").json()["items"] == []
    assert restored["edit"]["title"] == "Bring back “As mixed”"
    hand.undo(restored)
    assert shown(hand) == after
    assert [marker["bpm"] for marker in hand.grid()["markers"]] == [118.0, 90.0]


def test_a_version_of_edited_markers_comes_back_as_these(hand):
    hand.edit(marker_op("add", seconds=5.0, bpm=90.0))
    version = keep(hand, "Two tempos")
    hand.change_grid(is_in_force=False)
    hand.client.call("POST", f"{version}/restore")
    assert [marker["bpm"] for marker in hand.grid()["markers"]] == [118.0, 90.0]
    assert hand.grid()["is_edited"]


def test_cues_in_beats_come_back_along_their_grid(hand):
    hand.edit(marker_op("add", seconds=5.0, bpm=120.0))
    cue = hand.add(6.0, anchor="beats")
    version = keep(hand, "In beats")
    seconds, beat = hand.cues()[cue]["seconds"], hand.cues()[cue]["beat"]
    marker = hand.grid()["markers"][1]
    hand.edit(marker_op("change", marker["id"], {"bpm": 120.0}, bpm=60.0))
    assert hand.cues()[cue]["seconds"] != pytest.approx(seconds)
    hand.client.call("POST", f"{version}/restore")
    assert (hand.cues()[cue]["seconds"], hand.cues()[cue]["beat"]) == (pytest.approx(seconds), pytest.approx(beat))


def test_a_locked_grid_is_not_restored(hand, version):
    work_on(hand)
    hand.change_grid(is_locked=True)
    assert hand.client.call("POST", f"{version}/restore").status_code == 409


def listed(hand, binned=""):
    return hand.client.call("GET", f"{hand.path}/versions{binned}").json()["items"]


def test_versions_are_listed_newest_first_and_come_back_from_the_bin(hand, version):
    keep(hand, "  For the  stage ")
    items = listed(hand)
    assert [(item["name"], item["cues"], item["created_by"]["name"]) for item in items] == [
        ("For the stage", 3, "Ines"),
        ("As mixed", 3, "Ines"),
    ]
    assert hand.client.call("DELETE", version).json()["is_binned"]
    assert [one["name"] for one in listed(hand)] == ["For the stage"]
    assert [one["name"] for one in listed(hand, "?binned=true")] == ["As mixed"]
    assert [
        hand.client.call("GET", f"{version}/diff").status_code,
        hand.client.call("DELETE", version).status_code,
    ] == [404, 404]
    work_on(hand)
    assert not hand.client.call("POST", f"{version}/unbin").json()["is_binned"]
    assert [one["name"] for one in listed(hand)] == ["For the stage", "As mixed"]
    assert hand.client.call("GET", f"{version}/diff").json()["cues"]["removed"] == 1
    assert hand.client.call("POST", f"{version}/unbin").status_code == 200  # it is out already


def test_the_bin_holds_as_many_versions_as_the_desk_and_the_oldest_go(hand, version, monkeypatch):
    monkeypatch.setattr(versions, "MOST_VERSIONS", 2)
    second = keep(hand, "second")
    assert hand.client.call("POST", f"{hand.path}/versions", {"name": "third"}).status_code == 409
    for path in (version, second):
        hand.client.call("DELETE", path)
    third = keep(hand, "third")
    keep(hand, "fourth")
    assert hand.client.call("POST", f"{version}/unbin").status_code == 409
    hand.client.call("DELETE", third)
    keep(hand, "fifth")
    assert [one["name"] for one in listed(hand, "?binned=true")] == ["third", "second"]


def test_a_version_needs_a_name_and_an_editor(hand, version, member, as_user):
    answer = hand.client.call("POST", f"{hand.path}/versions", {"name": "  "})
    assert (answer.status_code, answer.json()["field"]) == (422, "name")
    viewer = as_user(member("viewer"))
    assert viewer.call("GET", f"{version}/diff").status_code == 200
    for method, path in (("POST", f"{version}/restore"), ("DELETE", version)):
        assert viewer.call(method, path).status_code == 403


def test_a_cue_behind_the_end_of_a_shorter_track_comes_back_too(hand, track, version):
    hand.edit(cue_op("remove", next(iter(hand.cues()))))
    track.duration_seconds = 0.5
    track.save()
    assert hand.client.call("POST", f"{version}/restore").status_code == 200
    assert all(cue["is_beyond_end"] for cue in hand.cues().values())
