"""Scenes over the API: values are judged, edits merge, and every step can be undone."""

import pytest

from gpu_service.protocol import VectorSpec
from studio.projects.models import Project
from studio.scenes.catalogue import visualizer
from studio.scenes.models import Scene, VisualizerCatalogue
from studio.scenes.schema import ParameterError, check_parameters
from tests.studio.features import make_catalogue, make_network, make_scene, make_track

pytestmark = pytest.mark.django_db


def test_a_new_scene_has_every_parameter_filled_in(owner, project, as_user):
    make_catalogue()
    track, network = make_track(project), make_network(project)
    first = network.snapshots.first()
    order = {"name": "One", "track_id": str(track.id), "visualizer": "test-lines", "snapshot_ids": [str(first.id)]}
    answer = as_user(owner).call("POST", f"/projects/{project.id}/scenes", order)
    assert answer.status_code == 201
    scene = answer.json()
    assert scene["parameters"] == {
        "alpha": 0.25,
        "seed": 1234,
        "roll": False,
        "mode": "fixed",
        "limit": None,
        "range": [-1, 1],
    }
    assert scene["changed"] == []
    assert scene["snapshots"][0]["thumbnail_url"]
    assert scene["track"]["duration_seconds"] == 10.0


def test_a_preset_sets_its_values(owner, project, as_user):
    scene = make_scene(project, owner, preset="calm", parameters={"alpha": 0.4})
    values = as_user(owner).call("GET", f"/scenes/{scene.id}").json()["parameters"]
    assert (values["alpha"], values["roll"]) == (0.4, True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("alpha", 1.5),
        ("alpha", "much"),
        ("alpha", True),
        ("seed", 1.5),
        ("seed", -1),
        ("roll", 1),
        ("mode", "odd"),
        ("limit", -1),
        ("range", [0]),
        ("range", [-11, 0]),
        ("alhpa", 0.1),
    ],
)
def test_a_wrong_value_is_refused_and_named(owner, project, as_user, name, value):
    scene = make_scene(project, owner)
    patch = {"revision": 1, "parameters": {name: value}}
    answer = as_user(owner).call("PATCH", f"/scenes/{scene.id}", patch)
    assert answer.status_code == 422
    assert answer.json()["field"] == f"parameters.{name}"
    assert answer.json()["detail"].endswith(".")
    assert Scene.objects.get(pk=scene.id).revision == 1


def test_a_misspelt_parameter_gets_its_name_back(owner, project, as_user):
    scene = make_scene(project, owner)
    answer = as_user(owner).call("PATCH", f"/scenes/{scene.id}", {"revision": 1, "parameters": {"alhpa": 0.1}})
    assert "Near it: alpha" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("field", "value"), [("width", 63), ("width", 257), ("height", 9000), ("fps", "fast"), ("fps", "0")]
)
def test_a_size_or_rate_that_cannot_be_drawn_is_refused(owner, project, as_user, field, value):
    scene = make_scene(project, owner)
    answer = as_user(owner).call("PATCH", f"/scenes/{scene.id}", {"revision": 1, field: value})
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_two_people_who_change_different_fields_both_keep_theirs(owner, project, member, as_user):
    scene, other = make_scene(project, owner), member("editor")
    as_user(owner).call("PATCH", f"/scenes/{scene.id}", {"revision": 1, "parameters": {"alpha": 0.5}})
    late = as_user(other).call("PATCH", f"/scenes/{scene.id}", {"revision": 1, "parameters": {"seed": 7}, "width": 512})
    assert late.status_code == 200
    values = late.json()
    assert (values["parameters"]["alpha"], values["parameters"]["seed"], values["width"]) == (0.5, 7, 512)
    assert values["revision"] == 3


def test_two_people_who_change_the_same_field_get_both_versions(owner, project, member, as_user):
    scene, other = make_scene(project, owner), member("editor")
    as_user(owner).call("PATCH", f"/scenes/{scene.id}", {"revision": 1, "parameters": {"alpha": 0.5}})
    late = as_user(other).call("PATCH", f"/scenes/{scene.id}", {"revision": 1, "parameters": {"alpha": 0.9}})
    assert late.status_code == 409
    assert late.json()["current"]["parameters"]["alpha"] == 0.5
    assert "Ines" in late.json()["detail"]


def test_undo_and_redo_walk_the_same_steps(owner, project, as_user):
    scene, client = make_scene(project, owner), as_user(owner)
    client.call("PATCH", f"/scenes/{scene.id}", {"revision": 1, "parameters": {"alpha": 0.5}})
    client.call("PATCH", f"/scenes/{scene.id}", {"revision": 2, "name": "Fourth pass"})
    back = client.call("POST", f"/scenes/{scene.id}/undo").json()
    assert (back["name"], back["parameters"]["alpha"], back["can_redo"]) == ("Third pass", 0.5, True)
    first = client.call("POST", f"/scenes/{scene.id}/undo").json()
    assert (first["parameters"]["alpha"], first["can_undo"]) == (0.25, False)
    assert client.call("POST", f"/scenes/{scene.id}/undo").status_code == 409
    client.call("POST", f"/scenes/{scene.id}/redo")
    ahead = client.call("POST", f"/scenes/{scene.id}/redo").json()
    assert (ahead["name"], ahead["parameters"]["alpha"], ahead["can_redo"]) == ("Fourth pass", 0.5, False)


def test_a_drag_is_one_undo(owner, project, as_user):
    scene, client = make_scene(project, owner), as_user(owner)
    for step, alpha in enumerate((0.3, 0.4, 0.5)):
        client.call("PATCH", f"/scenes/{scene.id}", {"revision": 1 + step, "parameters": {"alpha": alpha}})
    back = client.call("POST", f"/scenes/{scene.id}/undo").json()
    assert (back["parameters"]["alpha"], back["can_undo"]) == (0.25, False)


def test_an_edit_after_undo_forgets_what_was_ahead(owner, project, as_user):
    scene, client = make_scene(project, owner), as_user(owner)
    client.call("PATCH", f"/scenes/{scene.id}", {"revision": 1, "name": "B"})
    back = client.call("POST", f"/scenes/{scene.id}/undo").json()
    new = client.call("PATCH", f"/scenes/{scene.id}", {"revision": back["revision"], "parameters": {"seed": 9}}).json()
    assert not new["can_redo"]


def test_a_viewer_looks_and_a_stranger_sees_nothing(owner, project, member, person, as_user):
    scene, viewer = make_scene(project, owner), member("viewer")
    assert as_user(viewer).call("GET", f"/scenes/{scene.id}").status_code == 200
    assert as_user(viewer).call("PATCH", f"/scenes/{scene.id}", {"revision": 1, "name": "X"}).status_code == 403
    assert as_user(person("Stranger")).call("GET", f"/scenes/{scene.id}").status_code == 404


def test_a_binned_scene_comes_back(owner, project, as_user):
    scene, client = make_scene(project, owner), as_user(owner)
    client.call("DELETE", f"/scenes/{scene.id}")
    assert client.call("GET", f"/projects/{project.id}/scenes").json()["items"] == []
    client.call("POST", f"/scenes/{scene.id}/restore")
    assert len(client.call("GET", f"/projects/{project.id}/scenes").json()["items"]) == 1


def test_a_copy_lives_its_own_life(owner, project, as_user):
    scene, client = make_scene(project, owner), as_user(owner)
    copy = client.call("POST", f"/scenes/{scene.id}/duplicate").json()
    client.call("PATCH", f"/scenes/{copy['id']}", {"revision": 1, "parameters": {"alpha": 0.9}})
    assert client.call("GET", f"/scenes/{scene.id}").json()["parameters"]["alpha"] == 0.25
    assert copy["snapshot_ids"] == [str(item.snapshot_id) for item in scene.places.all()]


def test_a_scene_takes_nothing_from_another_project(owner, project, as_user):
    other = Project.objects.create(name="Elsewhere")
    scene, foreign = make_scene(project, owner), make_network(other)
    patch = {"revision": 1, "snapshot_ids": [str(foreign.snapshots.first().id)]}
    answer = as_user(owner).call("PATCH", f"/scenes/{scene.id}", patch)
    assert (answer.status_code, answer.json()["field"]) == (422, "snapshot_ids")
    patch = {"revision": 1, "track_id": str(make_track(other).id)}
    assert as_user(owner).call("PATCH", f"/scenes/{scene.id}", patch).json()["field"] == "track_id"


def test_without_any_service_ever_a_sentence_says_so(owner, project, as_user):
    order = {"name": "One", "track_id": str(make_track(project).id), "visualizer": "test-lines"}
    answer = as_user(owner).call("POST", f"/projects/{project.id}/scenes", order)
    assert answer.status_code == 409
    assert "No render service" in answer.json()["detail"]


def test_the_catalogue_is_told_as_the_service_announced_it(owner, as_user):
    make_catalogue()
    answer = as_user(owner).call("GET", "/visualizers").json()
    assert answer["service"] == "away"
    assert answer["items"][0]["schema"]["properties"]["alpha"]["x-stage"] == "draw"
    assert answer["items"][0]["snapshots"] == {"min": 1, "max": 8, "kinds": ["cppn", "stylegan2"]}


def test_what_is_not_for_scenes_is_in_no_gallery_and_makes_no_scene(owner, project, as_user):
    make_catalogue()
    row = VisualizerCatalogue.objects.get(name="test-lines")
    VisualizerCatalogue.objects.create(
        name="explore", position=1, entry={**row.entry, "name": "explore", "is_for_scenes": False}
    )
    items = as_user(owner).call("GET", "/visualizers").json()["items"]
    assert [item["name"] for item in items] == ["test-lines"]
    order = {"name": "One", "track_id": str(make_track(project).id), "visualizer": "explore"}
    answer = as_user(owner).call("POST", f"/projects/{project.id}/scenes", order)
    assert (answer.status_code, answer.json()["field"]) == (422, "visualizer")
    assert "There is “test-lines”" in answer.json()["detail"]
    assert visualizer("explore", is_for_scenes=False)["name"] == "explore"


def test_a_preset_leaves_the_path_of_pins_alone(owner, project, as_user):
    scene = make_scene(project, owner, parameters={"alpha": 0.4})
    row = VisualizerCatalogue.objects.get(name="test-lines")
    row.entry["schema"]["properties"]["way"] = {"title": "Way", "type": "array", "x-control": "path", "default": []}
    row.save()
    pin = VectorSpec(seed=3).model_dump(mode="json")
    call = as_user(owner).call
    patch = {"revision": 1, "parameters": {"way": [{"vector": pin, "length": 4.0}]}}
    assert call("PATCH", f"/scenes/{scene.id}", patch).status_code == 200
    values = call("PATCH", f"/scenes/{scene.id}", {"revision": 2, "preset": "calm"}).json()["parameters"]
    assert values["alpha"] == 0.1
    assert values["way"] == [{"vector": pin, "length": 4.0}]


def test_a_path_is_judged_by_its_waypoints():
    schema = {"properties": {"path": {"title": "Path", "type": "array", "x-control": "path", "maxItems": 2}}}
    pin = {"vector": {"seed": 3}, "length": 4}
    (kept,) = check_parameters(schema, {"path": [pin]})["path"]
    assert (kept["vector"]["seed"], kept["vector"]["truncation"], kept["length"]) == (3, 0.7, 4)
    for wrong, words in (
        ([{"vector": {"sed": 3}}], "0.vector.sed cannot be used"),
        ([{**pin, "length": 0}], "0.length cannot be used"),
        ([pin] * 3, "use up to 2 pins"),
        ("far", "it cannot be used"),
    ):
        with pytest.raises(ParameterError, match=words) as caught:
            check_parameters(schema, {"path": wrong})
        assert caught.value.field == "parameters.path"


def test_a_name_with_a_nul_in_it_breaks_nothing(owner, project, as_user):
    scene = make_scene(project, owner)
    answer = as_user(owner).call("PATCH", f"/scenes/{scene.id}", {"revision": 1, "name": "a\x00b"})
    assert answer.status_code in (200, 422)
