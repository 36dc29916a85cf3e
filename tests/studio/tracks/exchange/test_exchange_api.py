"""Files over the API: a look changes nothing, an import is one edit that one undo takes back, exports are downloads."""

from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from studio.tracks.models import BeatGrid, Cue, Track, TrackEdit
from tests.studio.features import make_track

pytestmark = pytest.mark.django_db
LABELS = b"1.000000\t1.000000\tDrop\n2.000000\t4.500000\tVerse\n99.000000\t99.000000\tLate\n"
GRID = b"time,end,label,kind,bpm,beats_per_bar,bar\n0.5,,,tempo,120,4,1\n4.5,,,tempo,90,3,3\n1.0,,Drop,,,,\n"


@pytest.fixture
def track(project) -> Track:
    return make_track(project)  # ten seconds


@pytest.fixture
def client(owner, as_user):
    return as_user(owner)


def send(client: Any, to: Track, data: bytes, *, look: bool = False, **wish: Any) -> Any:
    path = f"/api/v1/tracks/{to.id}/import{'/look' if look else ''}?{urlencode(wish)}"
    return client.generic("POST", path, data, content_type="application/octet-stream")


def edit(client: Any, to: Track, thing: str, pk: Any, **values: tuple[Any, Any]) -> None:
    before, after = ({name: pair[side] for name, pair in values.items()} for side in (0, 1))
    op = {"thing": thing, "op": "change", "id": str(pk), "before": before, "after": after}
    answer = client.call("POST", f"/tracks/{to.id}/edits", {"key": str(uuid4()), "title": "Change", "ops": [op]})
    assert answer.status_code == 200, answer.content


def said_of_exports(client: Any, track: Track) -> dict[str, str]:
    items = client.call("GET", f"/tracks/{track.id}/export").json()["items"]
    return {one["format"]: " ".join(one["left_out"]) for one in items}


def cues_of(client: Any, track: Track) -> list[tuple[float, str]]:
    return [(cue["seconds"], cue["label"]) for cue in client.call("GET", f"/tracks/{track.id}/cues").json()["items"]]


def test_a_look_tells_what_would_come_in_and_changes_nothing(client, track):
    seen = send(client, track, LABELS, look=True).json()
    assert (seen["format"], seen["cues_found"], seen["cues_in"]) == ("audacity", 3, 2)
    assert [cue["stays_out"] for cue in seen["cues"]] == ["", "", "outside the track"]
    assert seen["left_out"] == ["Left out: 1 row outside the track."]
    assert cues_of(client, track) == []


def test_an_import_is_one_edit_and_one_undo_takes_it_back(client, track):
    client.call("POST", f"/tracks/{track.id}/cues", {"seconds": 3.0, "label": "Mine"})
    made = send(client, track, GRID, mode="replace").json()
    assert made["edit"]["title"] == "Import 1 cue and a beat grid"
    assert cues_of(client, track) == [(1.0, "Drop")]
    assert [marker["bpm"] for marker in made["grid"]["markers"]] == [120.0, 90.0]
    client.call("POST", f"/tracks/{track.id}/edits/{made['edit']['id']}/undo")
    assert cues_of(client, track) == [(3.0, "Mine")]
    assert client.call("GET", f"/tracks/{track.id}/grid").json()["markers"] == []
    client.call("POST", f"/tracks/{track.id}/edits/{made['edit']['id']}/redo")
    assert cues_of(client, track) == [(1.0, "Drop")]


def test_the_same_file_again_adds_nothing(client, track):
    assert send(client, track, LABELS).status_code == 200
    again = send(client, track, LABELS)
    assert again.status_code == 422
    assert "are there already" in again.json()["detail"]
    assert len(cues_of(client, track)) == 2


def test_the_same_key_again_does_it_once(client, track):
    key = uuid4()
    first, again = (send(client, track, LABELS, key=key).json() for _ in range(2))
    assert first["edit"]["id"] == again["edit"]["id"] == str(key)
    assert TrackEdit.objects.filter(track=track).count() == 1


def test_everything_can_be_moved_on_its_way_in(client, track):
    send(client, track, b"-0.5\t-0.5\tEarly\n9.8\t12.0\tEnd\n", offset_seconds=0.75)
    assert cues_of(client, track) == [(0.25, "Early")]
    made = send(client, track, b"9.0\t12.0\tEnd\n", offset_seconds=0.75).json()
    assert made["cues"][0]["end_seconds"] == 10.0


def test_a_hot_cue_that_is_taken_comes_without_its_number(client, track):
    client.call("POST", f"/tracks/{track.id}/cues", {"seconds": 1.0, "hotkey": 2})
    table = b"time,label,hotkey\n2,A,2\n3,B,3\n4,C,3\n"
    seen = send(client, track, table, look=True).json()
    assert [cue["hotkey"] for cue in seen["cues"]] == [None, 3, None]
    assert any("2 cues without its hot cue number" in told for told in seen["left_out"])


def test_only_cues_or_only_the_grid_can_be_taken(client, track):
    made = send(client, track, GRID, grid="false").json()
    assert (made["grid"], len(made["cues"])) == (None, 1)
    made = send(client, track, GRID, cues="false").json()
    assert (len(made["grid"]["markers"]), made["cues"]) == (2, [])


def test_a_locked_grid_stays_and_the_look_says_so(client, track):
    send(client, track, GRID, cues="false")
    edit(client, track, "grid", track.id, is_locked=(False, True))
    seen = send(client, track, GRID, look=True).json()
    assert (seen["is_locked"], seen["markers_in"], seen["cues_in"]) == (True, 0, 1)
    assert any("locked" in told for told in seen["left_out"])
    assert send(client, track, GRID, cues="false").status_code == 422


def test_more_cues_than_a_track_holds_are_cut_off_and_told(client, track):
    many = b"".join(b"%.4f\t%.4f\tx\n" % (at / 1100, at / 1100) for at in range(10_001))
    seen = send(client, track, many, look=True).json()
    assert (seen["cues_in"], len(seen["cues"])) == (10_000, 200)
    assert any("beyond the first 10,000" in told for told in seen["left_out"])


@pytest.mark.parametrize("name", ["own", "audacity", "csv", "jams", "midi", "rekordbox"])
def test_what_goes_out_comes_in_again_by_the_api(client, track, project, name):
    send(client, track, GRID)
    span = {"seconds": 2, "end_seconds": 3, "kind": "span", "label": "=Füge", "hotkey": 4}
    client.call("POST", f"/tracks/{track.id}/cues", span)
    file = client.get(f"/api/v1/tracks/{track.id}/export/{name}")
    assert file["Content-Disposition"].startswith("attachment")
    assert file["X-Content-Type-Options"] == "nosniff"
    other = make_track(project, name=track.name)
    assert send(client, other, file.content).status_code == 200
    found = cues_of(client, other)
    assert [label for _, label in found] == ["Drop", "=Füge"]
    assert [seconds for seconds, _ in found] == pytest.approx([1.0, 2.0], abs=1e-3)
    if name != "audacity":
        markers = client.call("GET", f"/tracks/{other.id}/grid").json()["markers"]
        assert [marker["bpm"] for marker in markers] == pytest.approx([120.0, 90.0], abs=1e-3)


def test_each_format_says_beforehand_what_it_does_not_carry(client, track):
    send(client, track, GRID)
    items = client.call("GET", f"/tracks/{track.id}/export").json()["items"]
    told = {item["format"]: " ".join(item["left_out"]) for item in items}
    assert told["own"] == ""
    assert "beat grid (2 tempo markers)" in told["audacity"]
    assert all(item["file_name"].startswith(track.name) for item in items)


def test_a_cue_in_beats_comes_back_in_beats_by_our_own_file(client, track, project):
    send(client, track, GRID)
    client.call("POST", f"/tracks/{track.id}/cues", {"seconds": 2.5, "label": "Beat"})
    cue = Cue.objects.get(track=track, label="Beat")
    edit(client, track, "cue", cue.pk, anchor=("seconds", "beats"))
    file = client.get(f"/api/v1/tracks/{track.id}/export/own").content
    other = make_track(project, name="Other")
    send(client, other, file)
    there = Cue.objects.get(track=other, label="Beat")
    assert (there.anchor, there.seconds) == ("beats", pytest.approx(2.5))
    bare = make_track(project, name="Bare")
    made = send(client, bare, file, grid="false", look=True).json()
    assert any("kept in seconds" in told for told in made["left_out"])


def test_too_large_a_file_and_a_wrong_one_are_told(client, track):
    answer = send(client, track, b"x" * (32 * 1024 * 1024 + 1), look=True)
    assert (answer.status_code, answer.json()["field"]) == (413, "file")
    answer = send(client, track, b"\x89PNG\r\n", look=True)
    assert (answer.status_code, answer.json()["field"]) == (422, "file")
    assert send(client, track, b"", look=True).json()["detail"] == "The file is empty."
    assert send(client, track, LABELS, look=True, offset_seconds="nan").status_code == 422


def test_a_viewer_exports_and_brings_nothing_in(track, member, as_user):
    viewer = as_user(member("viewer"))
    assert viewer.get(f"/api/v1/tracks/{track.id}/export/csv").status_code == 200
    assert send(viewer, track, LABELS, look=True).status_code == 403
    assert send(viewer, track, LABELS).status_code == 403


def test_of_a_collection_one_must_be_chosen(client, track):
    one = '<TRACK Name="{0}" TotalTime="9"><POSITION_MARK Name="{0}" Type="0" Start="1.5" Num="-1"/></TRACK>'
    data = f"<DJ_PLAYLISTS><COLLECTION>{one.format('A')}{one.format('B')}</COLLECTION></DJ_PLAYLISTS>".encode()
    seen = send(client, track, data, look=True).json()
    assert (seen["asked"][0]["value"], [option["title"] for option in seen["asked"][0]["options"]]) == ("", ["A", "B"])
    send(client, track, data, track="2")
    assert cues_of(client, track) == [(1.5, "B")]


def test_a_track_that_is_still_unpacked_is_told(client, track):
    Track.objects.filter(pk=track.pk).update(duration_seconds=None)
    assert send(client, track, LABELS, look=True).status_code == 409
    assert client.get(f"/api/v1/tracks/{track.id}/export/csv").status_code == 409


def test_a_grid_that_was_found_says_so_in_an_export_and_a_set_one_does_not(client, track):
    beats = [0.5, 1.0, 1.5, 2.2, 2.9, 3.6, 4.3, 5.0, 5.7]
    marker = {"id": str(uuid4()), "seconds": 0.5, "bpm": 100.0, "beats_per_bar": 4, "downbeat": 1}
    BeatGrid.objects.create(track=track, markers=[marker], beats=beats, downbeats=[0.5, 2.9, 5.7])
    told = said_of_exports(client, track)
    saying = {name for name, sentence in told.items() if "found, not set" in sentence}
    assert saying == {"own", "csv", "midi", "rekordbox"}
    send(client, track, GRID)
    told = said_of_exports(client, track)
    assert not any("found, not set" in sentence for sentence in told.values())


def test_a_track_with_nothing_in_it_says_that_the_file_will_be_empty(client, track):
    assert all("will be empty" in sentence for sentence in said_of_exports(client, track).values())
    send(client, track, GRID, cues=False)
    assert {name for name, sentence in said_of_exports(client, track).items() if "will be empty" in sentence} == {
        "audacity"
    }
