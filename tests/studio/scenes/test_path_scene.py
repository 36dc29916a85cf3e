"""Paths become scenes: pinned vectors walk in time with a track, and their directions travel with them."""

import pytest

from gpu_service.protocol import SnapshotNeeds, VisualizerInfo
from gpu_service.visualizers.path import PathParameters
from studio.networks.models import Directions, Network, Pin, PinPath
from studio.networks.purge import files_in_use
from studio.renders.models import RenderInput
from studio.renders.order import Order, Range, start_render
from studio.scenes.catalogue import store_catalogue
from studio.scenes.models import Scene
from studio.scenes.spec import sight_of
from tests.studio.features import make_catalogue, make_made_of, make_network, make_scene, make_track

pytestmark = pytest.mark.django_db


@pytest.fixture
def network(project) -> Network:
    make_catalogue()
    schema = PathParameters.model_json_schema()
    needs = SnapshotNeeds(min=1, max=1, kinds=["cppn"])
    entry = VisualizerInfo(name="path", title="Path of pins", version="1", summary="", schema=schema, snapshots=needs)
    hidden = entry.model_copy(update={"name": "explore", "is_for_scenes": False})
    store_catalogue([entry, hidden])
    return make_network(project)


@pytest.fixture
def client(as_user, owner):
    return as_user(owner)


@pytest.fixture
def path(client, network) -> PinPath:
    """Two pins; the second one leans along a direction of the snapshot."""
    snapshot = network.snapshots.first()
    made = make_made_of(snapshot)
    PinPath.objects.all().delete()
    step = {"file": Directions.objects.get(pk=made["directions_id"]).blob_id, "index": 1, "amount": 2}
    points = [{"pin_id": str(made["pin_id"]), "length": 4}, {"vector": {"seed": 3, "steps": [step]}}]
    order = {"snapshot_id": str(snapshot.id), "name": "Round", "waypoints": points, "interpolation": "spherical"}
    answer = client.call("POST", f"/networks/{network.id}/paths", order)
    assert answer.status_code == 201, answer.content
    return PinPath.objects.get()


def test_a_path_becomes_a_scene_with_its_directions_as_inputs(client, path, project, owner):
    track = make_track(project)
    made = client.call("POST", f"/paths/{path.id}/scene", {})
    assert made.status_code == 200, made.content
    scene = made.json()
    assert (scene["visualizer"], scene["name"], scene["track_id"]) == ("path", "Round", str(track.id))
    assert scene["parameters"]["interpolation"] == "spherical"
    assert [point["length"] for point in scene["parameters"]["path"]] == [4.0, 2.0]
    file = Directions.objects.get().blob_id
    sight = sight_of(Scene.objects.get())
    assert {(item.role, item.sha256) for item in sight.inputs} >= {("directions", file)}
    start_render(Scene.objects.get(), Order(Range()), by=owner)
    assert RenderInput.objects.filter(blob_id=file).exists()
    PinPath.objects.all().delete()
    assert file in files_in_use(project.id)


def test_a_scene_has_the_grain_and_camera_that_its_first_pin_was_seen_with(client, path, project):
    make_track(project)
    Pin.objects.update(look={"noise": "random", "noise_seed": 5, "noise_strength": 1.2, "turn": 30.0})
    seen = client.call("POST", f"/paths/{path.id}/scene", {}).json()["parameters"]
    assert (seen["noise"], seen["noise_seed"], seen["noise_strength"]) == ("random", 5, 1.2)
    assert (seen["turn"], seen["zoom"]) == (30.0, 1.0)


def test_a_scene_that_is_there_can_walk_the_path(client, path, project, owner):
    scene = make_scene(project, owner)
    order = {"scene_id": str(scene.id)}
    changed = client.call("POST", f"/paths/{path.id}/scene", order).json()
    assert (changed["id"], changed["visualizer"], changed["revision"]) == (str(scene.id), "path", 2)
    assert changed["snapshot_ids"] == [str(path.snapshot_id)]
    assert client.call("POST", f"/scenes/{scene.id}/undo").json()["visualizer"] == "test-lines"
    order["scene_id"] = "00000000-0000-0000-0000-000000000000"
    assert client.call("POST", f"/paths/{path.id}/scene", order).json()["field"] == "scene_id"


def test_without_a_track_the_sentence_says_what_to_do(client, path):
    answer = client.call("POST", f"/paths/{path.id}/scene", {})
    assert (answer.status_code, answer.json()["field"]) == (422, "track_id")


def test_foreign_directions_are_no_parameter_of_a_scene(client, path, project):
    make_track(project)
    scene = client.call("POST", f"/paths/{path.id}/scene", {}).json()
    step = {"file": "a" * 64, "index": 0, "amount": 1}
    patch = {"revision": 1, "parameters": {"path": [{"vector": {"mixes": [{"of": {"steps": [step]}, "rows": {}}]}}]}}
    answer = client.call("PATCH", f"/scenes/{scene['id']}", patch)
    assert (answer.status_code, answer.json()["field"]) == (422, "parameters.path")


def test_what_is_not_for_scenes_is_not_offered(client, network):
    names = [item["name"] for item in client.call("GET", "/visualizers").json()["items"]]
    assert "path" in names
    assert "explore" not in names
