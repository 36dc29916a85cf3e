import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from studio.datasets.devices import pair
from studio.datasets.models import CaptureDevice, CaptureSession, Dataset, DatasetVersion, Decision, Portrait
from studio.datasets.purge import purge
from studio.events.models import Event
from studio.projects.models import Project
from tests.studio.conftest import ApiClient
from tests.studio.features import make_portrait

pytestmark = pytest.mark.django_db


def put(device, path, body):
    return ApiClient().call("PUT", f"/capture{path}", body, Authorization=f"Bearer {device[1]}")


def test_a_dataset_is_made_renamed_binned_and_brought_back(project, owner, as_user):
    client = as_user(owner)
    made = client.call("POST", f"/projects/{project.pk}/datasets", {"name": "  faces   of june "}).json()
    assert (made["name"], made["counts"]["all"], made["cover_url"], made["sessions"]) == ("faces of june", 0, None, 0)
    address = f"/datasets/{made['id']}"
    changed = client.call("PATCH", address, {"note": "On the quay", "revision": 1}).json()
    assert (changed["note"], changed["revision"]) == ("On the quay", 2)
    late = client.call("PATCH", address, {"name": "x", "revision": 1})
    assert (late.status_code, late.json()["current"]["note"]) == (409, "On the quay")
    assert client.call("DELETE", address).json()["is_binned"]
    assert client.call("GET", f"/projects/{project.pk}/datasets").json()["items"] == []
    assert len(client.call("GET", f"/projects/{project.pk}/datasets?binned=true").json()["items"]) == 1
    assert not client.call("POST", f"{address}/restore").json()["is_binned"]
    kinds = ["dataset.added", "dataset.changed", "dataset.removed", "dataset.restored"]
    assert list(Event.objects.order_by("number").values_list("kind", flat=True)) == kinds


def test_a_name_is_one_living_dataset_s(project, owner, as_user):
    client = as_user(owner)
    first = client.call("POST", f"/projects/{project.pk}/datasets", {"name": "faces"}).json()
    taken = client.call("POST", f"/projects/{project.pk}/datasets", {"name": "faces"})
    assert (taken.status_code, taken.json()["field"]) == (422, "name")
    client.call("DELETE", f"/datasets/{first['id']}")
    assert client.call("POST", f"/projects/{project.pk}/datasets", {"name": "faces"}).status_code == 201
    assert client.call("POST", f"/datasets/{first['id']}/restore").json()["field"] == "name"


def test_counts_tell_what_became_of_the_portraits(project, owner, as_user):
    portrait = make_portrait(project)
    client, address = as_user(owner), f"/datasets/{portrait.dataset_id}"
    counts = client.call("GET", address).json()["counts"]
    assert counts == dict.fromkeys(counts, 0) | {"all": 1, "ready": 1, "unreviewed": 1}
    Decision.objects.create(portrait=portrait, dataset=portrait.dataset, verdict=1)
    portrait.scored_by = "somebody"
    portrait.save()
    counts = client.call("GET", address).json()["counts"]
    assert counts == dict.fromkeys(counts, 0) | {"all": 1, "ready": 1, "picked": 1, "scored": 1}
    assert client.call("GET", address).json()["cover_url"] == f"/api/v1/portraits/{portrait.pk}/files/thumb"


@pytest.mark.django_db(transaction=True)
def test_counts_are_kept_until_an_event_says_that_they_changed(project, owner, as_user, django_assert_num_queries):
    from studio.datasets import counts
    from studio.datasets.rules import make_dataset

    portrait = make_portrait(project)
    assert counts.of_dataset(portrait.dataset)["all"] == 1
    with django_assert_num_queries(2):
        assert counts.of_dataset(portrait.dataset)["ready"] == 1
    portrait.state = "broken"
    portrait.save()
    make_dataset(project.pk, name="another", by=owner)  # records an event
    assert counts.of_dataset(portrait.dataset)["broken"] == 1


def test_sessions_warn_of_what_a_person_at_the_camera_would_want_to_hear(project, owner, as_user):
    portrait = make_portrait(project)
    session = portrait.session
    for number in range(6):
        portrait.pk, portrait.sha256, portrait.faces = None, f"{number:064}", 0 if number < 4 else 1
        portrait.save()
    found = as_user(owner).call("GET", f"/datasets/{portrait.dataset_id}/sessions").json()["items"]
    assert [(item["id"], item["count"], item["warning"]) for item in found] == [
        (str(session.pk), 7, "No face in 4 of 6 pictures.")
    ]


def test_a_session_is_renamed(project, owner, as_user):
    portrait = make_portrait(project)
    address = f"/sessions/{portrait.session_id}"
    changed = as_user(owner).call("PATCH", address, {"name": "Noon", "place": "The quay", "revision": 1}).json()
    assert (changed["name"], changed["place"], changed["revision"]) == ("Noon", "The quay", 2)
    assert as_user(owner).call("PATCH", address, {"name": "Late", "revision": 1}).status_code == 409


def test_a_device_finds_or_makes_its_dataset_by_name(project, owner):
    device = pair(project, name="Attic Pi", by=owner)
    made = put(device, "/datasets", {"name": "faces"}).json()
    assert made["project_id"] == str(project.pk)
    assert put(device, "/datasets", {"name": "faces"}).json()["id"] == made["id"]
    refused = put(device, "/datasets", {"name": "faces", "append": False})
    assert (refused.status_code, refused.json()["field"]) == (409, "name")
    assert put(device, "/datasets", {"name": "nobody", "create": False}).status_code == 404
    assert Dataset.objects.count() == 1


def test_a_devices_last_session_is_found_again_by_who_may_see_the_project(project, owner, as_user, person):
    device = pair(project, name="Attic Pi", by=owner)
    dataset = put(device, "/datasets", {"name": "faces"}).json()["id"]
    address = f"/devices/{CaptureDevice.objects.get().pk}/sessions"
    assert as_user(owner).call("GET", address).json() == {"items": []}, "no 404 while nothing was shot"
    ids = [str(uuid.uuid4()) for _ in range(3)]
    for number, session in enumerate(ids):
        # The device's clock may go backwards; the order in which it told of them does not.
        said = {"dataset_id": dataset, "name": f"Sitting {number}", "started_at": f"20{20 - number}-01-01T12:00:00Z"}
        said["camera"] = {"wished": {"iso": 100}}
        assert put(device, f"/sessions/{session}", said).status_code == 200
    handed_on = {"dataset_id": dataset, "name": "A memory card"}
    assert put(device, f"/sessions/{uuid.uuid4()}", handed_on).status_code == 200
    found = as_user(owner).call("GET", f"{address}?limit=2").json()["items"]
    assert [(item["id"], item["name"]) for item in found] == [(ids[2], "Sitting 2"), (ids[1], "Sitting 1")]
    assert as_user(person("Stranger")).call("GET", address).status_code == 404


def test_a_device_announces_its_session_as_often_as_it_likes(project, owner):
    device = pair(project, name="Attic Pi", by=owner)
    dataset = put(device, "/datasets", {"name": "faces"}).json()["id"]
    said = {"dataset_id": dataset, "name": "Noon", "camera": {"wished": {"iso": 100}}}
    path = f"/sessions/{uuid.uuid4()}"
    first = put(device, path, said).json()
    assert (first["device_name"], first["source"], first["count"]) == ("Attic Pi", "device", 0)
    assert put(device, path, said).json() == first
    ended = put(device, path, {**said, "ended_at": "2026-11-21T12:00:00Z"}).json()
    assert ended["ended_at"].startswith("2026-11-21T12:00:00")
    assert list(Event.objects.filter(kind__startswith="session.").values_list("kind", flat=True)) == [
        "session.added",
        "session.changed",
    ]


def test_a_session_of_others_is_not_found(project, owner, person, as_user):
    device, second = pair(project, name="Attic Pi", by=owner), pair(project, name="Cellar Pi", by=owner)
    dataset = put(device, "/datasets", {"name": "faces"}).json()["id"]
    elsewhere = Project.objects.create(name="Elsewhere")
    foreign = pair(elsewhere, name="Foreign Pi", by=None)
    path = f"/sessions/{uuid.uuid4()}"
    assert put(device, path, {"dataset_id": dataset}).status_code == 200
    assert put(second, path, {"dataset_id": dataset}).status_code == 404
    assert put(foreign, path, {"dataset_id": dataset}).status_code == 404
    theirs = put(foreign, "/datasets", {"name": "faces"}).json()["id"]
    assert put(foreign, path, {"dataset_id": theirs}).status_code == 404
    assert CaptureSession.objects.get().device == device[0]


def test_a_person_s_token_does_the_same_and_names_the_project(project, owner, member, as_user):
    def token_of(user):
        return as_user(user).call("POST", "/me/tokens", {"name": "laptop"}).json()["token"]

    mine = (None, token_of(owner))
    assert put(mine, "/datasets", {"name": "faces"}).json()["field"] == "project"
    dataset = put(mine, "/datasets", {"name": "faces", "project": str(project.pk)}).json()["id"]
    path = f"/sessions/{uuid.uuid4()}"
    assert put(mine, path, {"dataset_id": dataset, "project": str(project.pk)}).json()["source"] == "upload"
    viewer = (None, token_of(member("viewer")))
    assert put(viewer, "/datasets", {"name": "other", "project": str(project.pk)}).status_code == 403


def test_no_browser_session_opens_what_is_for_devices(project, owner, as_user):
    client = as_user(owner)
    for method, path in (("PUT", "/datasets"), ("PUT", f"/sessions/{uuid.uuid4()}")):
        assert client.call(method, f"/capture{path}", {"name": "x"}).status_code == 401
    assert client.call("POST", f"/capture/datasets/{uuid.uuid4()}/known", {"sha256": []}).status_code == 401


def test_what_is_known_is_answered_with_receipts(project, owner):
    portrait = make_portrait(project)
    device = pair(project, name="Attic Pi", by=owner)
    asked = {"sha256": [portrait.sha256.upper(), "0" * 64]}
    path, bearer = f"/capture/datasets/{portrait.dataset_id}/known", {"Authorization": f"Bearer {device[1]}"}
    answer = ApiClient().call("POST", path, asked, **bearer)
    assert answer.json() == {"known": {portrait.sha256: f"{portrait.pk}:{portrait.sha256}"}}
    assert ApiClient().call("POST", path, {"sha256": ["x"] * 1001}, **bearer).status_code == 422


def test_a_dataset_goes_30_days_after_it_was_put_into_the_bin(project):
    old, kept, young = (Dataset.objects.create(project=project, name=name) for name in ("old", "kept", "young"))
    first = make_portrait(project)
    for dataset in (old, kept, young):
        session = CaptureSession.objects.create(dataset=dataset, source="upload")
        first.pk, first.dataset, first.session = None, dataset, session
        first.save()
    DatasetVersion.objects.create(dataset=kept, number=1, recipe={})
    now = timezone.now()
    Dataset.objects.filter(pk__in=[old.pk, kept.pk]).update(binned_at=now - timedelta(days=31))
    Dataset.objects.filter(pk=young.pk).update(binned_at=now - timedelta(days=29))
    assert purge(now=now) == 1
    assert set(Dataset.objects.values_list("name", flat=True)) == {"kept", "young", "Faces"}
    assert Portrait.objects.count() == 3
