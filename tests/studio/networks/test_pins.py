"""Pins and paths: kept with who, when and which snapshot; changed with a revision; brought back from the bin."""

import pytest

from studio.events.models import Event
from studio.networks.models import Directions, Network, Pin, PinPath, Sheet
from studio.projects.models import Membership, Project
from tests.studio.features import make_made_of, make_network
from tests.studio.networks.parts import fail, hand_in
from tests.studio.services.conftest import JPEG
from tests.studio.services.conftest import service as service

pytestmark = pytest.mark.django_db


@pytest.fixture
def network(project) -> Network:
    return make_network(project)


@pytest.fixture
def client(as_user, owner):
    return as_user(owner)


def pin(client, network, **values):
    snapshot = network.snapshots.order_by("order").first()
    answer = client.call(
        "POST", f"/networks/{network.id}/pins", {"snapshot_id": str(snapshot.id), "vector": {}, **values}
    )
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_a_pin_keeps_its_recipe_whole_and_gets_a_picture(client, network, service, owner):
    made = pin(client, network, name="Dusk", vector={"seed": 7, "tweaks": [{"kind": "scale", "amount": 1.1}]})
    assert (made["name"], made["created_by_name"], made["revision"]) == ("Dusk", str(owner), 1)
    assert made["vector"]["truncation"] == 0.7
    stored = Pin.objects.get().vector
    assert {"seed", "truncation", "label", "mixes"} <= set(stored)
    assert made["thumbnail_url"] is None
    claim = hand_in(service, "draw_sheet", {"sheet": JPEG})
    assert claim["job"]["payload"]["tiles"][0]["vector"]["seed"] == 7
    assert [item["role"] for item in claim["inputs"]] == ["snapshot"]
    assert "inputs" not in claim["job"]["payload"]
    picture = client.get(client.call("GET", f"/pins/{made['id']}").json()["thumbnail_url"])
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/jpeg")
    kinds = list(Event.objects.exclude(kind="job.changed").values_list("kind", flat=True))
    assert kinds == ["pin.added", "sheet.ready", "pin.changed"]


def test_the_same_picture_is_drawn_once_for_all_pins(client, network, service):
    for name in ("one", "two"):
        pin(client, network, name=name, vector={"seed": 3})
    hand_in(service, "draw_sheet", {"sheet": JPEG})
    assert service.claim("draw_sheet") is None
    pins = client.call("GET", f"/networks/{network.id}/pins").json()["items"]
    assert len({made["thumbnail_url"] for made in pins}) == 1


def test_a_late_edit_gets_the_present_pin(client, network):
    made = pin(client, network, name="Dusk")
    first = client.call("PATCH", f"/pins/{made['id']}", {"revision": 1, "name": "Dawn", "note": "left eye"})
    assert (first.status_code, first.json()["revision"], first.json()["note"]) == (200, 2, "left eye")
    late = client.call("PATCH", f"/pins/{made['id']}", {"revision": 1, "name": "Noon"})
    assert (late.status_code, late.json()["current"]["name"]) == (409, "Dawn")
    assert "Ines" in late.json()["detail"]


def test_a_changed_vector_is_drawn_again_and_a_changed_name_is_not(client, network, service):
    made = pin(client, network, vector={"seed": 1})
    hand_in(service, "draw_sheet", {"sheet": JPEG})
    client.call("PATCH", f"/pins/{made['id']}", {"revision": 1, "name": "Other"})
    assert service.claim("draw_sheet") is None
    changed = client.call("PATCH", f"/pins/{made['id']}", {"revision": 2, "vector": {"seed": 2}}).json()
    assert (changed["thumbnail_url"], changed["look"]["noise"]) == (None, "const")
    assert service.claim("draw_sheet") is not None


def test_a_picture_that_cannot_be_drawn_says_so_and_is_tried_when_asked_again(client, network, service):
    pin(client, network, vector={"seed": 1})
    job = fail(service, "draw_sheet", "The service ran out of memory.", kind_of_failure="out_of_memory")
    sheet = Sheet.objects.get()
    assert (sheet.state, sheet.sentence) == ("failed", "The service ran out of memory.")
    pin(client, network, vector={"seed": 1})
    sheet.refresh_from_db()
    assert sheet.state == "waiting"
    assert sheet.job_id != job.id


def test_pins_lie_in_the_bin_and_come_back(client, network):
    made = pin(client, network)
    assert client.call("DELETE", f"/pins/{made['id']}").json()["is_binned"] is True
    assert client.call("GET", f"/networks/{network.id}/pins").json()["items"] == []
    assert len(client.call("GET", f"/networks/{network.id}/pins?binned=true").json()["items"]) == 1
    client.call("POST", f"/pins/{made['id']}/restore")
    assert len(client.call("GET", f"/projects/{network.project_id}/pins").json()["items"]) == 1
    assert client.call("GET", f"/networks/{network.id}").json()["pins"] == 1


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"vector": {"z": [0.0] * 4}}, "vector", "has 4 numbers"),
        ({"vector": {"label": 3}}, "vector", "no classes"),
        ({"vector": {"mixes": [{"of": {"z": [1.0]}, "rows": {"first": 0}}]}}, "vector", "takes 512"),
        ({"vector": {"steps": [{"file": "a" * 64, "index": 0, "amount": 1}]}}, "vector", "does not have"),
        ({"snapshot_id": "00000000-0000-0000-0000-000000000000"}, "snapshot_id", "no such snapshot"),
        ({"vector": {"seed": 1, "sead": 2}}, "vector.sead", ""),
        ({"vector": {"truncation": 1e400}}, "", ""),
    ],
)
def test_a_vector_that_cannot_be_drawn_is_refused(client, network, values, field, words):
    snapshot = network.snapshots.first()
    order = {"snapshot_id": str(snapshot.id), "vector": {}, **values}
    answer = client.call("POST", f"/networks/{network.id}/pins", order)
    assert answer.status_code == 422, answer.content
    assert words in answer.json()["detail"]
    assert field in answer.json()["field"]
    assert not Pin.objects.exists()


def test_directions_of_another_project_are_not_there(client, network, owner, service):
    other = Project.objects.create(name="Other")
    Membership.objects.create(project=other, user=owner, role="owner")
    for made in (make_network(other), network):
        make_made_of(made.snapshots.first())
        Directions.objects.exclude(snapshot__network=network).update(blob=made.snapshots.last().blob)
    mine = Directions.objects.get(snapshot__network=network).blob_id
    theirs = Directions.objects.exclude(snapshot__network=network).get().blob_id
    assert mine != theirs
    step = {"index": 0, "amount": 1.0}
    pin(client, network, vector={"steps": [{"file": mine, **step}]})
    claim = service.claim("draw_sheet")
    assert [(item["role"], item["sha256"]) for item in claim["inputs"]][1] == ("directions", mine)
    assert service.call("GET", f"/inputs/{mine}").status_code == 200
    order = {"snapshot_id": str(network.snapshots.first().id), "vector": {"steps": [{"file": theirs, **step}]}}
    assert client.call("POST", f"/networks/{network.id}/pins", order).status_code == 422


def test_a_path_follows_its_pins_and_keeps_them_when_they_go(client, network):
    made = pin(client, network, vector={"seed": 1})
    points = [{"pin_id": made["id"]}, {"vector": {"seed": 9}, "length": 4}]
    snapshot_id = made["snapshot_id"]
    path = client.call(
        "POST", f"/networks/{network.id}/paths", {"snapshot_id": snapshot_id, "waypoints": points}
    ).json()
    assert [point["length"] for point in path["waypoints"]] == [2.0, 4.0]
    client.call("PATCH", f"/pins/{made['id']}", {"revision": 1, "vector": {"seed": 2}})
    address = f"/paths/{path['id']}"
    assert [point["vector"]["seed"] for point in client.call("GET", address).json()["waypoints"]] == [2, 9]
    Pin.objects.all().delete()
    assert [point["vector"]["seed"] for point in client.call("GET", address).json()["waypoints"]] == [1, 9]
    changed = client.call("PATCH", address, {"revision": 1, "loop": False, "interpolation": "spherical"}).json()
    assert (changed["loop"], changed["interpolation"], changed["revision"]) == (False, "spherical", 2)
    late = client.call("PATCH", address, {"revision": 1, "name": "Late"})
    assert (late.status_code, late.json()["current"]["revision"]) == (409, 2)


@pytest.mark.parametrize(
    "points", [[], [{}], [{"pin_id": "00000000-0000-0000-0000-000000000000"}], [{"vector": {}}] * 65]
)
def test_a_path_needs_places_to_go(client, network, points):
    snapshot_id = str(network.snapshots.first().id)
    answer = client.call("POST", f"/networks/{network.id}/paths", {"snapshot_id": snapshot_id, "waypoints": points})
    assert (answer.status_code, answer.json()["field"].split(".")[0]) == (422, "waypoints")
    assert not PinPath.objects.exists()


def test_a_viewer_pins_nothing(network, as_user, member):
    viewer = as_user(member("viewer"))
    order = {"snapshot_id": str(network.snapshots.first().id), "vector": {}}
    assert viewer.call("POST", f"/networks/{network.id}/pins", order).status_code == 403
    assert viewer.call("GET", f"/networks/{network.id}/pins").status_code == 200


def test_a_scene_is_offered_its_own_networks_pins_first_and_told_which_others_fit(client, network, project):
    elsewhere = make_network(project)
    elsewhere.snapshots.update(z_dim=8, num_classes=3)
    Network.objects.filter(pk=elsewhere.pk).update(name="Faces")
    usual = pin(client, elsewhere, name="Seed", vector={"seed": 1})
    numbers = pin(client, elsewhere, name="Numbers", vector={"z": [0.5] * 8})
    labelled = pin(client, elsewhere, name="Class", vector={"terms": [{"of": {"label": 2}, "amount": 1.0}]})
    own = pin(client, network, name="Own", vector={"z": [0.5] * 512})
    asked = "&".join(f"snapshot_ids={one.id}" for one in network.snapshots.all())
    offered = client.call("GET", f"/projects/{project.id}/pins/offered?{asked}").json()["items"]
    assert [(one["id"], one["is_own"], one["misfit"]) for one in offered] == [
        (own["id"], True, ""),
        (usual["id"], False, ""),
        (numbers["id"], False, "This vector has 8 numbers, and “tidepool-0” takes 512."),
        (labelled["id"], False, "“tidepool-0” has no classes, and the vector names class 2."),
    ]
    assert offered[3]["network_name"] == "Faces"
    both = f"{asked}&snapshot_ids={elsewhere.snapshots.first().id}"
    offered = client.call("GET", f"/projects/{project.id}/pins/offered?{both}").json()["items"]
    # Its own pin, but of one of its networks alone: every snapshot of the scene has to draw it.
    assert offered[-1]["misfit"] == "This vector has 512 numbers, and “tidepool-0” takes 8."


def test_a_pin_along_directions_of_another_width_is_not_offered(client, network, project):
    elsewhere = make_network(project)
    elsewhere.snapshots.update(w_dim=4)
    made_of = make_made_of(elsewhere.snapshots.first())
    file = Directions.objects.get(pk=made_of["directions_id"]).blob_id
    pin(client, elsewhere, vector={"steps": [{"file": file, "index": 0, "amount": 1.0}]})
    asked = f"snapshot_ids={network.snapshots.first().id}"
    offered = client.call("GET", f"/projects/{project.id}/pins/offered?{asked}").json()["items"]
    assert [one["misfit"] for one in offered] == ["", "Its directions have 4 numbers, and w of “tidepool-0” has 16."]
