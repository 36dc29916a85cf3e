"""What render services make of snapshots: once for each order, only from the project's files, kept while wanted."""

from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from studio.blobs.models import Blob, Upload
from studio.blobs.store import has_file
from studio.blobs.sweep import sweep
from studio.events.models import Event
from studio.jobs.models import Job
from studio.networks.models import Directions, Harvest, Network, Sheet, Snapshot, SnapshotExport
from studio.networks.purge import purge
from studio.projects.models import Project
from tests.studio.features import make_network, make_scene
from tests.studio.networks.parts import fail, hand_in
from tests.studio.services.conftest import JPEG
from tests.studio.services.conftest import other_service as other_service
from tests.studio.services.conftest import service as service

pytestmark = pytest.mark.django_db
HARVEST = {"kept": 2, "drawn": 9, "seeds": [3, 8], "columns": 2, "tile": 160, "sentence": None}
LATER = timedelta(days=31)


@pytest.fixture
def network(project) -> Network:
    network = make_network(project)
    network.snapshots.update(kind="stylegan2", num_ws=10)
    return network


@pytest.fixture
def client(as_user, owner):
    return as_user(owner)


@pytest.fixture
def snapshot(network) -> Snapshot:
    return network.snapshots.order_by("order").first()


def sheets(client, network, **values):
    ids = [str(pk) for pk in network.snapshots.order_by("order").values_list("pk", flat=True)]
    vectors = [{"seed": seed} for seed in range(8)]
    return client.call("POST", f"/networks/{network.id}/sheets", {"vectors": vectors, "snapshot_ids": ids, **values})


def content(client, url: str) -> bytes:
    """What an address answers, whole."""

    async def collect() -> bytes:
        return b"".join([piece async for piece in answer.streaming_content])

    answer = client.get(url)
    return async_to_sync(collect)()


def test_growth_is_drawn_once_for_each_snapshot_whoever_asks(client, network, service, as_user, member):
    asked = sheets(client, network).json()
    assert [item["state"] for item in asked["items"]] == ["waiting", "waiting"]
    again = sheets(as_user(member("viewer")), network).json()
    assert [item["id"] for item in again["items"]] == [item["id"] for item in asked["items"]]
    assert again["key"] == asked["key"]
    for _ in range(2):
        hand_in(service, "draw_sheet", {"sheet": JPEG})
    assert service.claim("draw_sheet") is None
    ready = sheets(client, network).json()["items"]
    assert [client.get(item["url"]).status_code for item in ready] == [200, 200]
    shown = client.call("GET", f"/networks/{network.id}").json()["snapshots"]
    assert [item["sheet_url"] for item in shown] == [item["url"] for item in ready]
    told = Event.objects.filter(kind="sheet.ready").values_list("payload__url", flat=True)
    assert sorted(told) == sorted(item["url"] for item in ready)
    assert sheets(client, network, tile=320).json()["key"] != asked["key"]


def test_growth_of_classes_is_drawn_of_the_first(client, network, service):
    network.snapshots.update(num_classes=5)
    (first, *_) = sheets(client, network, vectors=[{"seed": seed, "label": 0} for seed in range(8)]).json()["items"]
    hand_in(service, "draw_sheet", {"sheet": JPEG})
    # Vectors without a class are another sheet, and none that the page takes for growth.
    sheets(client, network)
    shown = client.call("GET", f"/networks/{network.id}").json()["snapshots"]
    assert shown[0]["sheet_url"] == f"/api/v1/sheets/{first['id']}"


def test_sheets_are_no_news_of_the_project_unless_they_fail(client, network, service):
    def listed(state: str = "") -> list[str]:
        items = client.call("GET", f"/projects/{network.project_id}/jobs{state}").json()["items"]
        return [job["kind"] for job in items]

    sheets(client, network)
    client.call("POST", f"/snapshots/{network.snapshots.first().pk}/directions", {"method": "sefa"})
    assert listed() == listed("?state=queued,running") == ["find_directions"]
    hand_in(service, "draw_sheet", {"sheet": JPEG})
    fail(service, "draw_sheet", "The device ran out of memory.")
    assert listed() == ["find_directions", "draw_sheet"]
    assert listed("?state=failed,cancelled") == ["draw_sheet"]
    assert listed("?state=done") == []


def test_whoever_looks_cannot_fill_the_queue(client, network, monkeypatch):
    monkeypatch.setattr("studio.networks.sheets.MOST_WAITING", 3)
    assert [sheets(client, network, tile=tile).status_code for tile in (32, 64, 96)] == [200, 200, 409]


def test_a_sheet_goes_through_snapshots_of_the_project_alone(client, network, service):
    other = make_network(Project.objects.create(name="Other"))
    foreign = str(other.snapshots.first().id)
    assert sheets(client, network, snapshot_ids=[foreign]).status_code == 422
    assert not Job.objects.exists()


def test_directions_are_found_once_and_named(client, snapshot, service):
    address = f"/snapshots/{snapshot.id}/directions"
    first = client.call("POST", address, {"method": "sefa", "count": 3})
    assert (first.status_code, first.json()["directions"]["state"]) == (202, "waiting")
    assert client.call("POST", address, {"method": "sefa", "count": 3}).json()["job"]["id"] == first.json()["job"]["id"]
    claim = hand_in(service, "find_directions", {"directions": b"rows"}, {"count": 3, "shares": [0.5, 0.3, 0.2]})
    assert (claim["job"]["payload"]["method"], claim["inputs"][0]["sha256"]) == ("sefa", snapshot.blob_id)
    found = client.call("GET", address).json()["items"][0]
    assert (found["state"], found["count"], found["shares"]) == ("ready", 3, [0.5, 0.3, 0.2])
    assert found["sha256"] == Directions.objects.get().blob_id
    assert client.call("POST", address, {"method": "sefa", "count": 3}).json()["job"] is None
    named = f"/directions/{found['id']}"
    client.call("PATCH", named, {"names": {"2": "Age", "0": " Smile  wide "}})
    assert client.call("PATCH", named, {"names": {"2": ""}}).json()["names"] == {"0": "Smile wide"}
    for wrong in ("3", "-1", "x", "٣"):
        assert client.call("PATCH", named, {"names": {wrong: "No"}}).status_code == 422


def test_a_pattern_network_has_directions_and_no_other_forms(client, project):
    pattern = make_network(project).snapshots.first()
    assert client.call("POST", f"/snapshots/{pattern.id}/directions", {"method": "sefa"}).status_code == 202
    answer = client.call("POST", f"/snapshots/{pattern.id}/exports", {"form": "state_dict"})
    assert (answer.status_code, answer.json()["field"]) == (422, "form")
    assert "Download its safetensors" in answer.json()["detail"]


def test_a_harvest_is_a_sheet_and_a_zip(client, snapshot, service):
    address = f"/snapshots/{snapshot.id}/harvests"
    first = client.call("POST", address, {"count": 2, "faces": "with"})
    assert first.status_code == 202
    again = client.call("POST", address, {"count": 2, "faces": "with"}).json()
    assert again["job"]["id"] == first.json()["job"]["id"]
    sentence = "Among 9 pictures there were only 2 of 24 with a face."
    hand_in(service, "harvest", {"zip": b"PK", "sheet": JPEG}, {**HARVEST, "sentence": sentence})
    found = client.call("GET", address).json()["items"][0]
    assert (found["kept"], found["drawn"], found["seeds"], found["sentence"]) == (2, 9, [3, 8], sentence)
    assert (found["order"]["faces"], found["order"]["truncation"]) == ("with", 0.7)
    assert content(client, found["zip_url"]) == b"PK"
    assert client.get(found["sheet_url"])["Content-Type"] == "image/jpeg"
    anew = client.call("POST", address, {"count": 2, "faces": "with"}).json()
    assert anew["harvest"]["id"] != found["id"]
    assert client.call("DELETE", f"/harvests/{anew['harvest']['id']}").json()["is_binned"] is True
    assert Job.objects.get(pk=anew["job"]["id"]).state == "cancelled"
    assert len(client.call("GET", address).json()["items"]) == 1
    client.call("POST", f"/harvests/{anew['harvest']['id']}/restore")
    assert len(client.call("GET", address).json()["items"]) == 2


@pytest.mark.parametrize(
    ("order", "field"), [({"label": 1}, "label"), ({"count": 30, "most": 20}, "most"), ({"count": 0}, "count")]
)
def test_a_harvest_that_cannot_be_is_refused(client, snapshot, order, field):
    answer = client.call("POST", f"/snapshots/{snapshot.id}/harvests", order)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_an_export_is_written_once_and_downloaded(client, snapshot, service):
    address = f"/snapshots/{snapshot.id}/exports"
    ordered = client.call("POST", address, {"form": "rosinality"}).json()
    assert (ordered["export"]["state"], ordered["export"]["url"]) == ("waiting", None)
    assert ordered["export"]["name"] == "tidepool-0-rosinality.pt"
    claim = hand_in(service, "export_snapshot", {"file": b"state_dict"})
    assert claim["job"]["payload"] == {"form": "rosinality", "name": "tidepool-0"}
    client.call("PATCH", f"/snapshots/{snapshot.id}", {"name": "renamed"})
    again = client.call("POST", address, {"form": "rosinality"}).json()
    assert (again["job"], again["export"]["size_bytes"]) == (None, 10)
    assert content(client, again["export"]["url"]) == b"state_dict"
    assert again["export"]["sha256"] == SnapshotExport.objects.get().blob_id


def test_a_form_that_the_network_has_not_is_refused(client, snapshot):
    Snapshot.objects.filter(pk=snapshot.pk).update(kind="stylegan3")
    address = f"/snapshots/{snapshot.id}/exports"
    assert client.call("POST", address, {"form": "rosinality"}).status_code == 422
    assert client.call("POST", address, {"form": "state_dict"}).status_code == 202


def test_a_refused_input_offers_no_second_try(client, snapshot, service):
    client.call("POST", f"/snapshots/{snapshot.id}/exports", {"form": "rosinality"})
    sentence = "This snapshot has no such form. Choose state_dict."
    job = fail(service, "export_snapshot", sentence, kind_of_failure="bad_input", retry=True)
    assert (job.state, job.may_retry) == ("failed", False)
    shown = client.call("GET", f"/snapshots/{snapshot.id}/exports").json()["items"][0]
    assert (shown["state"], shown["sentence"]) == ("failed", sentence)


def test_a_service_fetches_the_inputs_of_its_own_job_alone(client, snapshot, service, other_service):
    client.call("POST", f"/snapshots/{snapshot.id}/directions", {"method": "ganspace"})
    assert service.call("GET", f"/inputs/{snapshot.blob_id}").status_code == 404
    service.claim("find_directions")
    assert service.call("GET", f"/inputs/{snapshot.blob_id}").status_code == 200
    assert other_service.call("GET", f"/inputs/{snapshot.blob_id}").status_code == 404


def test_a_result_that_is_none_is_refused_and_the_job_goes_on(client, snapshot, service):
    client.call("POST", f"/snapshots/{snapshot.id}/directions", {"method": "sefa"})
    claim = service.claim("find_directions")
    for result in ({}, {"files": {"directions": "absent"}}, {"files": {}, "facts": {"count": 1}}, {"files": [1]}):
        body = {"fence": claim["lease"]["fence"], "result": result, "artifacts": []}
        assert service.call("POST", f"/jobs/{claim['job']['id']}/finish", body).status_code == 422
    assert Job.objects.get().state == "running"


def age_files() -> None:
    Upload.objects.all().delete()
    Blob.objects.update(touched_at=timezone.now() - timedelta(days=2))


def test_what_is_wanted_stays_and_what_nobody_asks_for_goes(client, network, snapshot, service):
    sheets(client, network, tile=64)
    client.call("POST", f"/snapshots/{snapshot.id}/harvests", {"count": 2})
    client.call("POST", f"/snapshots/{snapshot.id}/exports", {"form": "rosinality"})
    client.call("POST", f"/snapshots/{snapshot.id}/directions", {"method": "sefa"})
    for _ in range(2):
        hand_in(service, "draw_sheet", {"sheet": JPEG + b"64"})
    hand_in(service, "harvest", {"zip": b"PK harvest", "sheet": JPEG + b"harvest"}, HARVEST)
    hand_in(service, "export_snapshot", {"file": b"weights"})
    hand_in(service, "find_directions", {"directions": b"rows"}, {"count": 1, "shares": [1.0]})
    files = {
        "sheet": Sheet.objects.first().blob_id,
        "zip": Harvest.objects.get().zip_id,
        "export": SnapshotExport.objects.get().blob_id,
        "directions": Directions.objects.get().blob_id,
    }
    age_files()
    purge()
    sweep()
    assert all(has_file(sha256) for sha256 in files.values())
    client.call("DELETE", f"/harvests/{Harvest.objects.get().id}")
    purge(now=timezone.now() + LATER)
    sweep()
    assert {name for name, sha256 in files.items() if has_file(sha256)} == {"directions"}
    assert client.call("POST", f"/snapshots/{snapshot.id}/exports", {"form": "rosinality"}).json()["job"] is not None


def test_a_snapshot_lies_in_the_bin_for_thirty_days(client, network, snapshot):
    assert client.call("DELETE", f"/snapshots/{snapshot.id}").json()["is_binned"] is True
    shown = client.call("GET", f"/networks/{network.id}").json()
    assert (len(shown["snapshots"]), shown["binned_snapshots"]) == (1, 1)
    assert purge(now=timezone.now() + timedelta(days=29)) == 0
    binned = client.call("GET", f"/networks/{network.id}/snapshots?binned=true").json()["items"]
    assert [item["id"] for item in binned] == [str(snapshot.id)]
    client.call("POST", f"/snapshots/{snapshot.id}/restore")
    assert len(client.call("GET", f"/networks/{network.id}").json()["snapshots"]) == 2
    client.call("DELETE", f"/snapshots/{snapshot.id}")
    assert purge(now=timezone.now() + LATER) == 1
    assert client.call("GET", f"/snapshots/{snapshot.id}").status_code == 404


def test_what_a_scene_or_a_pin_uses_outlives_the_bin(client, project, owner):
    scene = make_scene(project, owner)
    used = scene.snapshots.first()
    pinned = make_network(project).snapshots.first()
    order = {"snapshot_id": str(pinned.id), "vector": {}}
    assert client.call("POST", f"/networks/{pinned.network_id}/pins", order).status_code == 201
    for snapshot in (used, pinned):
        client.call("DELETE", f"/snapshots/{snapshot.id}")
    assert purge(now=timezone.now() + LATER) == 0
    again = client.call("PATCH", f"/scenes/{scene.id}", {"revision": 1, "snapshot_ids": [str(used.id)]})
    assert again.status_code == 200
    refused = client.call("PATCH", f"/scenes/{scene.id}", {"revision": 2, "snapshot_ids": [str(pinned.id)]})
    assert (refused.status_code, "in the bin" in refused.json()["detail"]) == (422, True)


def test_directions_that_a_pin_elsewhere_follows_hold_their_snapshot(client, network, snapshot, service, project):
    client.call("POST", f"/snapshots/{snapshot.id}/directions", {"method": "sefa"})
    hand_in(service, "find_directions", {"directions": b"rows"}, {"count": 1, "shares": [1.0]})
    other = network.snapshots.order_by("order").last()
    step = {"file": Directions.objects.get().blob_id, "index": 0, "amount": 1}
    order = {"snapshot_id": str(other.id), "vector": {"steps": [step]}}
    assert client.call("POST", f"/networks/{network.id}/pins", order).status_code == 201
    client.call("DELETE", f"/snapshots/{snapshot.id}")
    assert purge(now=timezone.now() + LATER) == 0


def test_a_network_in_the_bin_goes_with_all_that_hangs_on_it(client, network, snapshot, service):
    client.call("POST", f"/networks/{network.id}/pins", {"snapshot_id": str(snapshot.id), "vector": {}})
    client.call("DELETE", f"/networks/{network.id}")
    assert purge(now=timezone.now() + LATER) == 2
    assert not Network.objects.exists()
    assert Event.objects.filter(kind="network.purged").count() == 1
