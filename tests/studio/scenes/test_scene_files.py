"""A scene out as YAML and in again: the same picture where the files are there, sentences where they are not."""

import json

import pytest
import yaml

from studio.events.models import Event
from studio.projects.models import Membership, Project
from studio.scenes.models import Scene
from studio.scenes.spec import sight_of
from studio.tracks.models import BeatGrid, Cue
from tests.studio.features import make_network, make_projection, make_scene, make_track

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(owner, as_user):
    return as_user(owner)


@pytest.fixture
def scene(project, owner, client):
    """With a cue, a route, two actions, a grid and a projection."""
    scene = make_scene(project, owner, parameters={"alpha": 0.4})
    Cue.objects.create(track=scene.track, seconds=1.0, label="pulls", colour="red")
    BeatGrid.objects.create(track=scene.track, markers=[{"seconds": 0.5, "bpm": 120.0}])
    route = {"parameter": "alpha", "source": {"kind": "lfo", "period": 8.0}, "amount": 0.3, "id": "a"}
    actions = {
        "x": {"label": "pulls", "kind": "snapshot", "snapshot": 1},
        "y": {"label": "pulls", "kind": "hold", "seconds": 0.5},
    }
    projection = make_projection(project, scene.snapshots.first())["projection_id"]
    patch = {"revision": 1, "routes": {"a": route}, "actions": actions, "projection_id": str(projection)}
    assert client.call("PATCH", f"/scenes/{scene.id}", patch).status_code == 200
    return scene


def out(client, scene):
    answer = client.call("GET", f"/scenes/{scene.id}/scene.yaml")
    assert answer["Content-Type"].startswith("application/yaml")
    assert "Third pass.yaml" in answer["Content-Disposition"]
    return answer.content.decode()


def into(client, project, text, **more):
    return client.call("POST", f"/projects/{project.id}/scenes/import", {"yaml": text, **more})


def spec_of(pk):
    return sight_of(Scene.objects.select_related("track__original").get(pk=pk)).spec


def test_out_and_in_again_is_the_same_picture(client, scene, project):
    text = out(client, scene)
    found = yaml.safe_load(text)
    assert (found["format"], found["tracks"][0]["file"]) == ("phosphene scene", "Undertow.wav")
    assert [one["file"] for one in found["snapshots"]] == ["tidepool-0.safetensors", "tidepool-1.safetensors"]
    assert found["projections"][0]["file"] == "Talking head.hdf5"
    answer = into(client, project, text, name="Again").json()
    assert answer["left_out"] == []
    assert (answer["scene"]["name"], answer["scene"]["changed"]) == ("Again", ["alpha"])
    assert spec_of(answer["scene"]["id"]) == spec_of(scene.id)


def test_without_hashes_files_are_found_by_their_names(client, scene, project):
    found = yaml.safe_load(out(client, scene))
    for group in ("tracks", "snapshots", "projections"):
        for item in found[group]:
            del item["sha256"]
    answer = into(client, project, json.dumps(found)).json()
    assert answer["left_out"] == []
    assert spec_of(answer["scene"]["id"]) == spec_of(scene.id)


def test_in_another_project_what_is_missing_is_told(client, scene, owner):
    text = out(client, scene)
    other = Project.objects.create(name="Other")
    Membership.objects.create(project=other, user=owner, role="owner")
    refused = into(client, other, text)
    assert (refused.status_code, refused.json()["field"]) == (422, "track_id")
    assert "“Undertow” is not in this project" in refused.json()["detail"]
    track = make_track(other, name="Other song", seconds=20.0)
    make_network(other, snapshots=1)
    answer = into(client, other, text, track_id=str(track.id)).json()
    assert answer["left_out"] == [
        "The snapshot “tidepool-1” is missing in this project.",
        "The projection “Talking head” is missing in this project.",
        "1 of its cues were added to “Other song”.",
        "The beat grid of “Other song” stays as it is; the file has another.",
        "The action of “pulls” was left out: not all snapshots are here.",
    ]
    scene = answer["scene"]
    assert ([one["id"] for one in scene["routes"]], [one["kind"] for one in scene["actions"]]) == (["a"], ["hold"])
    assert Cue.objects.get(track=track).colour == "red"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"version": 99}, "from a newer Phosphene"),
        ({"format": "other"}, "no scene file"),
        ({"tracks": [{"file": "a.wav"}, {"file": "b.wav"}]}, "plays 2 tracks"),
        ({"visualizer": "magic"}, "no visualizer named “magic”"),
        ({"size": [64]}, "size"),
    ],
)
def test_a_file_that_cannot_be_a_scene_is_refused(client, scene, project, change, words):
    answer = into(client, project, json.dumps({**yaml.safe_load(out(client, scene)), **change}))
    assert answer.status_code == 422
    assert words in answer.json()["detail"]


def test_what_the_visualizer_does_not_know_is_left_out(client, scene, project):
    found = yaml.safe_load(out(client, scene))
    found["parameters"]["alhpa"] = 0.5
    found["routes"][0]["parameter"] = "alhpa"
    answer = into(client, project, json.dumps(found)).json()
    assert [sentence.partition(".")[0] for sentence in answer["left_out"]] == [
        "There is no parameter named “alhpa”",
        "There is no parameter named “alhpa” for a route to drive",
    ]
    assert answer["scene"]["routes"] == []


def test_a_look_at_a_file_tells_what_would_be_left_out_and_makes_nothing(client, scene, project):
    """The same sentences as the import itself, and not a row of it: no scene, no cue, no event."""
    found = yaml.safe_load(out(client, scene))
    found["snapshots"][1] = {"file": "nowhere.safetensors"}
    found["cues"].append({"seconds": 2.0, "label": "later"})
    counts = [rows.objects.count() for rows in (Scene, Cue, Event)]
    look = client.call("POST", f"/projects/{project.id}/scenes/import/look", {"yaml": json.dumps(found)}).json()
    assert [rows.objects.count() for rows in (Scene, Cue, Event)] == counts
    made = into(client, project, json.dumps(found)).json()
    assert look["left_out"] == made["left_out"]
    assert any("nowhere" in sentence for sentence in look["left_out"])
    assert (look["name"], look["track_id"]) == (made["scene"]["name"], str(scene.track_id))
    found["tracks"] = [{"file": "gone.wav"}]
    refused = client.call("POST", f"/projects/{project.id}/scenes/import/look", {"yaml": json.dumps(found)})
    assert (refused.status_code, refused.json()["field"]) == (422, "track_id")
