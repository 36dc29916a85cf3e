"""Tracks over the API: files by Range, grids and cues that two people edit, the bin."""

import pytest

from studio.events.models import Event
from studio.tracks.models import Track
from tests.studio.features import make_track

pytestmark = pytest.mark.django_db
MARKER = {"seconds": 0.5, "bpm": 120.0, "beats_per_bar": 4, "downbeat": 1}


@pytest.fixture
def track(project) -> Track:
    return make_track(project)


@pytest.fixture
def client(owner, as_user):
    return as_user(owner)


def test_a_track_says_which_of_its_files_there_are(client, track):
    seen = client.call("GET", f"/tracks/{track.id}").json()
    assert seen["files"]["proxy"] == f"/api/v1/tracks/{track.id}/files/proxy?v={track.proxy_id[:12]}"
    assert seen["files"]["lanes"] is None
    assert seen["size_bytes"] == track.original.size


def test_a_file_is_served_by_range(client, track):
    part = client.call("GET", f"/tracks/{track.id}/files/proxy", Range="bytes=1-3")
    assert (part.status_code, part["Content-Range"], part["Content-Type"]) == (206, "bytes 1-3/5", "audio/mp4")


def test_the_original_is_handed_back_as_a_download_that_nothing_runs(client, track):
    answer = client.call("GET", f"/tracks/{track.id}/files/original")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_file_that_is_not_made_yet_is_not_there(client, track):
    assert client.call("GET", f"/tracks/{track.id}/files/lanes").status_code == 404
    assert client.call("GET", f"/tracks/{track.id}/files/secrets").status_code == 422


def test_an_edited_grid_gives_its_beats_and_a_late_edit_gets_both(client, track):
    saved = client.call("PUT", f"/tracks/{track.id}/grid", {"revision": 0, "markers": [MARKER]}).json()
    assert saved["beats"][:3] == [0.0, 0.5, 1.0]
    assert saved["edited_by"]["name"] == "Ines"
    late = client.call("PUT", f"/tracks/{track.id}/grid", {"revision": 0, "markers": []})
    assert (late.status_code, late.json()["current"]["revision"]) == (409, 1)


def test_a_wrong_marker_is_named(client, track):
    markers = [MARKER, {**MARKER, "seconds": 3.0, "bpm": 5}]
    answer = client.call("PUT", f"/tracks/{track.id}/grid", {"revision": 0, "markers": markers})
    assert (answer.status_code, answer.json()["field"]) == (422, "markers.1.bpm")


def test_cues_come_go_and_come_back(client, track):
    cue = client.call("POST", f"/tracks/{track.id}/cues", {"seconds": 1.5, "label": "pull"}).json()
    assert (cue["kind"], cue["colour"], cue["revision"]) == ("moment", "blue", 1)
    client.call("DELETE", f"/cues/{cue['id']}")
    assert client.call("GET", f"/tracks/{track.id}/cues").json()["items"] == []
    client.call("POST", f"/cues/{cue['id']}/restore")
    assert client.call("GET", f"/tracks/{track.id}/cues").json()["items"][0]["label"] == "pull"
    told = list(Event.objects.filter(kind="track.edited").order_by("number").values_list("payload", flat=True))
    assert [(len(payload["cues"]), payload["removed_cues"]) for payload in told] == [(1, []), (0, [cue["id"]]), (1, [])]


def test_two_people_who_move_the_same_cue_get_both_versions(client, track, member, as_user):
    cue = client.call("POST", f"/tracks/{track.id}/cues", {"seconds": 1.5}).json()
    moved = as_user(member("editor")).call("PATCH", f"/cues/{cue['id']}", {"revision": 1, "seconds": 2.0})
    assert moved.json()["revision"] == 2
    late = client.call("PATCH", f"/cues/{cue['id']}", {"revision": 1, "seconds": 3.0})
    assert late.status_code == 409
    assert late.json()["current"]["seconds"] == 2.0
    assert "The-editor changed this cue" in late.json()["detail"]


def test_a_patch_changes_only_what_it_names(client, track):
    cue = client.call("POST", f"/tracks/{track.id}/cues", {"seconds": 1.5, "label": "pull", "colour": "red"}).json()
    named = client.call("PATCH", f"/cues/{cue['id']}", {"revision": 1, "label": "push"}).json()
    assert (named["seconds"], named["label"], named["colour"]) == (1.5, "push", "red")


@pytest.mark.parametrize(
    ("cue", "field"),
    [
        ({"seconds": 11.0}, "seconds"),
        ({"seconds": -1.0}, "seconds"),
        ({"seconds": 2.0, "kind": "span"}, "end_seconds"),
        ({"seconds": 2.0, "kind": "span", "end_seconds": 1.0}, "end_seconds"),
        ({"seconds": 2.0, "kind": "span", "end_seconds": 99.0}, "end_seconds"),
        ({"seconds": 2.0, "colour": "mauve"}, "colour"),
        ({"seconds": 2.0, "hotkey": 9}, "hotkey"),
    ],
)
def test_a_cue_that_cannot_be_is_refused_and_the_field_named(client, track, cue, field):
    answer = client.call("POST", f"/tracks/{track.id}/cues", cue)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_a_hotkey_jumps_to_one_cue(client, track):
    first = client.call("POST", f"/tracks/{track.id}/cues", {"seconds": 1.0, "hotkey": 1}).json()
    client.call("POST", f"/tracks/{track.id}/cues", {"seconds": 2.0, "hotkey": 1})
    cues = client.call("GET", f"/tracks/{track.id}/cues").json()["items"]
    assert [(cue["id"] == first["id"], cue["hotkey"]) for cue in cues] == [(True, None), (False, 1)]


def test_a_viewer_reads_cues_and_moves_none(track, member, as_user, client):
    cue = client.call("POST", f"/tracks/{track.id}/cues", {"seconds": 1.0}).json()
    viewer = as_user(member("viewer"))
    assert len(viewer.call("GET", f"/tracks/{track.id}/cues").json()["items"]) == 1
    assert viewer.call("PATCH", f"/cues/{cue['id']}", {"revision": 1, "seconds": 2.0}).status_code == 403
    assert viewer.call("POST", f"/tracks/{track.id}/cues", {"seconds": 1.0}).status_code == 403


def test_a_binned_track_comes_back(client, project, track):
    client.call("DELETE", f"/tracks/{track.id}")
    assert client.call("GET", f"/projects/{project.id}/tracks").json()["items"] == []
    assert len(client.call("GET", f"/projects/{project.id}/tracks?binned=true").json()["items"]) == 1
    client.call("POST", f"/tracks/{track.id}/restore")
    assert len(client.call("GET", f"/projects/{project.id}/tracks").json()["items"]) == 1


def test_a_track_is_renamed_once(client, track):
    assert (
        client.call("PATCH", f"/tracks/{track.id}", {"name": " Under  tow ", "revision": 1}).json()["name"]
        == "Under tow"
    )
    assert client.call("PATCH", f"/tracks/{track.id}", {"name": "X", "revision": 1}).status_code == 409
    assert client.call("PATCH", f"/tracks/{track.id}", {"name": "  "}).json()["field"] == "name"
