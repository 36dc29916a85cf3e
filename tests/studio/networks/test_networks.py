"""Networks: patterns from a seed, files imported or refused, and what a service hands in."""

import pytest

from studio.blobs.models import Blob
from studio.jobs.models import Job
from studio.networks.models import Network, Snapshot, SnapshotImport
from tests.studio.features import make_network, make_scene
from tests.studio.networks.parts import finish, uploaded
from tests.studio.services.conftest import service as service

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_pattern_network_is_ordered_and_made(service, owner, project, as_user):
    client = as_user(owner)
    ordered = client.call("POST", f"/projects/{project.id}/networks/pattern", {"species": "silk", "seed": 5})
    assert ordered.status_code == 202
    assert ordered.json()["network"]["name"] == "Silk 5"
    claim = service.claim("make_pattern")
    assert claim["job"]["payload"] == {"species": "silk", "seed": 5}
    assert finish(service, claim, "simple", "complex").status_code == 204
    network = client.call("GET", f"/networks/{ordered.json()['network']['id']}").json()
    assert [(snapshot["name"], snapshot["order"]) for snapshot in network["snapshots"]] == [
        ("simple", 0),
        ("complex", 1),
    ]
    picture = client.get(network["snapshots"][0]["thumbnail_url"])
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/jpeg")
    assert Job.objects.get().state == "done"


def test_the_answer_to_finish_may_get_lost(service, owner, project, as_user):
    as_user(owner).call("POST", f"/projects/{project.id}/networks/pattern", {"species": "silk", "seed": 5})
    claim = service.claim("make_pattern")
    finish(service, claim, "simple")
    body = {"fence": claim["lease"]["fence"], "result": {}, "artifacts": []}
    assert service.call("POST", f"/jobs/{claim['job']['id']}/finish", body).status_code == 204
    assert Snapshot.objects.count() == 1


@pytest.mark.parametrize(
    ("order", "field"),
    [
        ({"species": "lava"}, "species"),
        ({"species": "smoke", "seed": -1}, "seed"),
        ({"species": "smoke", "seed": 2**40}, "seed"),
    ],
)
def test_a_pattern_that_cannot_be_is_refused(owner, project, as_user, order, field):
    answer = as_user(owner).call("POST", f"/projects/{project.id}/networks/pattern", order)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_a_file_is_imported_and_its_origin_kept(service, owner, project, as_user):
    upload = uploaded(project, "portraits.pkl", owner)
    claim = service.claim("import_snapshot")
    original = claim["inputs"][0]
    assert (original["role"], original["name"], claim["job"]["payload"]) == (
        "original",
        "portraits.pkl",
        {"name": "portraits.pkl"},
    )
    assert service.call("GET", f"/inputs/{original['sha256']}").status_code == 200
    done = finish(service, claim, "portraits", original_md5="0" * 32, original_sha256=original["sha256"])
    assert done.status_code == 204
    snapshot = Snapshot.objects.get()
    assert (snapshot.original_id, snapshot.original_sha256) == (upload.blob_id, upload.blob_id)
    assert (snapshot.original_md5, snapshot.original_name) == ("0" * 32, "portraits.pkl")
    assert (SnapshotImport.objects.get().fate, SnapshotImport.objects.get().original) == ("kept", None)
    assert service.call("GET", f"/inputs/{original['sha256']}").status_code == 404


def test_a_service_that_crashed_leaves_the_file_for_another_try(service, owner, project, as_user):
    upload = uploaded(project, "large.pkl", owner)
    claim = service.claim("import_snapshot")
    said = {"fence": claim["lease"]["fence"], "message": "The service ran out of memory.", "kind_of_failure": "crashed"}
    service.call("POST", f"/leases/job/{claim['lease']['id']}/fail", said)
    assert Blob.objects.filter(pk=upload.blob_id).exists()
    assert as_user(owner).call("POST", f"/jobs/{Job.objects.get().id}/retry").status_code == 200
    assert service.claim("import_snapshot")["inputs"][0]["sha256"] == upload.blob_id


def test_a_result_of_another_file_is_refused(service, owner, project):
    uploaded(project, "portraits.pkl", owner)
    claim = service.claim("import_snapshot")
    assert finish(service, claim, "portraits", original_sha256="f" * 64).status_code == 422
    assert not Snapshot.objects.exists()
    assert Job.objects.get().state == "running"


def test_a_network_says_which_scenes_use_it_and_they_outlive_its_bin(owner, project, as_user):
    scene, client = make_scene(project, owner), as_user(owner)
    network = Network.objects.get()
    seen = client.call("GET", f"/networks/{network.id}").json()
    assert seen["used_in"] == [{"id": str(scene.id), "name": "Third pass"}]
    client.call("DELETE", f"/networks/{network.id}")
    assert client.call("GET", f"/projects/{project.id}/networks").json()["items"] == []
    assert len(client.call("GET", f"/scenes/{scene.id}").json()["snapshots"]) == 2
    assert client.call("POST", f"/networks/{network.id}/restore").json()["is_binned"] is False


def test_many_networks_are_asked_for_at_once(owner, project, as_user, django_assert_max_num_queries):
    for _ in range(12):
        make_network(project)
    client = as_user(owner)
    with django_assert_max_num_queries(14):
        items = client.call("GET", f"/projects/{project.id}/networks").json()["items"]
    assert [len(network["snapshots"]) for network in items] == [2] * 12


def test_weights_are_downloaded_and_never_shown(owner, project, as_user):
    snapshot = make_network(project).snapshots.first()
    answer = as_user(owner).call("GET", f"/snapshots/{snapshot.id}/file")
    assert answer["Content-Disposition"] == 'attachment; filename="tidepool-0.safetensors"'


def test_a_late_rename_gets_both(owner, project, as_user):
    network, client = make_network(project), as_user(owner)
    assert client.call("PATCH", f"/networks/{network.id}", {"name": "Pool", "revision": 1}).status_code == 200
    late = client.call("PATCH", f"/networks/{network.id}", {"name": "Lake", "revision": 1})
    assert (late.status_code, late.json()["current"]["name"]) == (409, "Pool")
