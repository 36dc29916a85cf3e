"""Saved presets: what they hold, what a scene takes of them, and files that go from one studio to another."""

import json

import pytest

from studio.projects.models import Membership, Project
from studio.scenes.models import VisualizerCatalogue
from studio.tracks.models import Cue
from tests.studio.features import make_scene

pytestmark = pytest.mark.django_db


def route(name, **values):
    return {"id": name, "parameter": "alpha", "source": {"kind": "onset"}, **values}


@pytest.fixture
def scene(project, owner):
    return make_scene(project, owner, parameters={"alpha": 0.4, "roll": True})


@pytest.fixture
def client(owner, as_user):
    return as_user(owner)


def save(client, scene, kind, name="Mine", **more):
    answer = client.call(
        "POST", f"/projects/{scene.project_id}/presets", {"name": name, "kind": kind, "scene_id": str(scene.id), **more}
    )
    assert answer.status_code == 201, answer.content
    return answer.json()


def use(client, scene, preset, **more):
    revision = client.call("GET", f"/scenes/{scene.id}").json()["revision"]
    return client.call("POST", f"/scenes/{scene.id}/presets/{preset['id']}", {"revision": revision, **more})


def test_parameters_are_saved_and_used_in_one_step(client, scene):
    preset = save(client, scene, "parameters")
    assert (preset["parameters"]["alpha"], preset["parameters"]["roll"]) == (0.4, True)
    only = save(client, scene, "parameters", parameters=["alpha"])
    assert only["parameters"] == {"alpha": 0.4}
    client.call("PATCH", f"/scenes/{scene.id}", {"revision": 1, "parameters": {"alpha": 0.9, "seed": 3}})
    used = use(client, scene, only).json()
    assert used["left_out"] == []
    assert (used["scene"]["parameters"]["alpha"], used["scene"]["parameters"]["seed"]) == (0.4, 3)
    assert client.call("POST", f"/scenes/{scene.id}/undo").json()["parameters"]["alpha"] == 0.9


def test_routes_replace_or_join_those_of_the_scene(client, scene):
    both = {"a": route("a"), "b": route("b", source={"kind": "route", "id": "a"})}
    client.call("PATCH", f"/scenes/{scene.id}", {"revision": 1, "routes": both})
    preset = save(client, scene, "routes")
    joined = use(client, scene, preset, add=True).json()["scene"]["routes"]
    assert [one["id"] for one in joined] == ["a", "b", "a-2", "b-2"]
    assert joined[3]["source"] == {"kind": "route", "id": "a-2"}
    replaced = use(client, scene, preset).json()["scene"]["routes"]
    assert [one["id"] for one in replaced] == ["a", "b"]
    assert save(client, scene, "routes", routes=["a"])["routes"][0]["id"] == "a"


def test_what_does_not_fit_is_left_out_and_told(client, scene):
    Cue.objects.create(track=scene.track, seconds=1.0, label="pulls")
    by_cue = route("c", source={"kind": "cue", "label": "pulls"})
    client.call("PATCH", f"/scenes/{scene.id}", {"revision": 1, "routes": {"a": route("a"), "c": by_cue}})
    preset = save(client, scene, "routes")
    Cue.objects.all().delete()
    used = use(client, scene, preset).json()
    assert [one["id"] for one in used["scene"]["routes"]] == ["a"]
    assert used["left_out"] == ["The route names cues called “pulls”, and this track has none. Choose another label."]


def test_a_preset_of_which_nothing_fits_is_refused_with_the_reason(client, scene):
    Cue.objects.create(track=scene.track, seconds=1.0, label="pulls")
    by_cue = route("c", source={"kind": "cue", "label": "pulls"})
    client.call("PATCH", f"/scenes/{scene.id}", {"revision": 1, "routes": {"c": by_cue}})
    preset = save(client, scene, "routes")
    Cue.objects.all().delete()
    answer = use(client, scene, preset)
    assert answer.status_code == 422
    assert "Nothing of “Mine” fits" in answer.json()["detail"]


def test_a_whole_scene_brings_its_visualizer(client, scene):
    row = VisualizerCatalogue.objects.get(name="test-lines")
    VisualizerCatalogue.objects.create(name="other", entry={**row.entry, "name": "other"})
    client.call("PATCH", f"/scenes/{scene.id}", {"revision": 1, "routes": {"a": route("a")}})
    preset = save(client, scene, "scene")
    client.call("PATCH", f"/scenes/{scene.id}", {"revision": 2, "visualizer": "other", "routes": {"a": None}})
    used = use(client, scene, preset).json()["scene"]
    assert (used["visualizer"], used["routes"][0]["id"], used["parameters"]["alpha"]) == ("test-lines", "a", 0.4)


def test_bends_bring_the_routes_on_them_and_nothing_else(client, scene):
    row = VisualizerCatalogue.objects.get(name="test-lines")
    row.entry["schema"]["properties"]["bends"] = {"title": "Bends", "type": "array", "default": []}
    row.save()
    values = {"bends": [{"id": "b1"}]}
    routes = {"a": route("a"), "z": route("z", parameter="bend:b1")}
    client.call("PATCH", f"/scenes/{scene.id}", {"revision": 1, "parameters": values, "routes": routes})
    preset = save(client, scene, "bends")
    assert (preset["parameters"], [one["id"] for one in preset["routes"]]) == (values, ["z"])
    client.call("PATCH", f"/scenes/{scene.id}", {"revision": 2, "parameters": {"bends": []}})
    used = use(client, scene, preset).json()["scene"]
    assert (used["parameters"]["bends"], {one["id"] for one in used["routes"]}) == ([{"id": "b1"}], {"a", "z"})


def test_a_visualizer_without_signals_has_none_to_save(client, scene):
    order = {"name": "Mine", "kind": "signals", "scene_id": str(scene.id)}
    answer = client.call("POST", f"/projects/{scene.project_id}/presets", order)
    assert (answer.status_code, answer.json()["field"]) == (422, "kind")


def test_a_file_goes_into_another_project_and_does_the_same_there(client, scene, owner):
    client.call("PATCH", f"/scenes/{scene.id}", {"revision": 1, "routes": {"a": route("a", amount=0.3)}})
    preset = save(client, scene, "scene")
    answer = client.call("GET", f"/presets/{preset['id']}/file")
    assert "Mine.preset.json" in answer["Content-Disposition"]
    file = json.loads(answer.content)
    other = Project.objects.create(name="Other")
    Membership.objects.create(project=other, user=owner, role="owner")
    there = client.call("POST", f"/projects/{other.id}/presets/import", {"file": file}).json()
    same = ("name", "kind", "visualizer", "parameters", "routes", "actions")
    assert [there[name] for name in same] == [preset[name] for name in same]
    assert use(client, make_scene(other, owner), there).json()["scene"]["routes"][0]["amount"] == 0.3


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"version": 2}, "of version 2, and this studio reads up to version 1"),
        ({"format": "something"}, "no preset of Phosphene"),
        ({"version": "1"}, "no preset of Phosphene"),
        ({"kind": "magic"}, "cannot be read"),
        ({"routes": [{"id": "a"}]}, "cannot be read"),
        ({"routes": {}}, "cannot be read"),
        ({"parameters": []}, "cannot be read"),
    ],
)
def test_a_file_that_is_newer_or_damaged_is_refused(client, scene, change, words):
    preset = save(client, scene, "routes")
    file = client.call("GET", f"/presets/{preset['id']}/file").json()
    answer = client.call("POST", f"/projects/{scene.project_id}/presets/import", {"file": {**file, **change}})
    assert answer.status_code == 422
    assert words in answer.json()["detail"]


def test_a_preset_is_renamed_taken_anew_binned_and_brought_back(client, scene):
    preset = save(client, scene, "parameters")
    client.call("PATCH", f"/scenes/{scene.id}", {"revision": 1, "parameters": {"alpha": 0.9}})
    newer = {"name": "Louder", "scene_id": str(scene.id), "revision": 1}
    changed = client.call("PATCH", f"/presets/{preset['id']}", newer).json()
    assert (changed["name"], changed["parameters"]["alpha"], changed["revision"]) == ("Louder", 0.9, 2)
    late = client.call("PATCH", f"/presets/{preset['id']}", {"name": "Late", "revision": 1})
    assert (late.status_code, late.json()["current"]["name"]) == (409, "Louder")
    client.call("DELETE", f"/presets/{preset['id']}")
    assert client.call("GET", f"/projects/{scene.project_id}/presets").json()["items"] == []
    assert use(client, scene, preset).status_code == 422
    client.call("POST", f"/presets/{preset['id']}/restore")
    listed = client.call("GET", f"/projects/{scene.project_id}/presets?kind=parameters").json()["items"]
    assert [one["name"] for one in listed] == ["Louder"]
