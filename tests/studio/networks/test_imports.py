"""Imports: each file's fate is told, a refused one is not kept, and files of one training become one network."""

import pytest

from studio.blobs.models import Blob, Upload
from studio.blobs.store import has_file
from studio.blobs.sweep import sweep
from studio.blobs.uploads import UploadRefused
from studio.events.models import Event
from studio.jobs.models import Job
from studio.networks.grouping import stem_of
from studio.networks.models import Network, Snapshot, SnapshotImport
from tests.studio.features import make_network
from tests.studio.networks.parts import fail, finish, read, stylegan, uploaded
from tests.studio.services.conftest import service as service
from tests.studio.tus import TusClient

pytestmark = pytest.mark.django_db(transaction=True)
EVIL = "“evil.pkl” asks to run a program while it is read, so it was refused. Nothing was run or kept."


def fates(client, project) -> dict[str, str]:
    items = client.call("GET", f"/projects/{project.id}/snapshot-imports").json()["items"]
    return {item["name"]: item["state"] for item in items}


def test_a_file_is_in_no_network_before_it_was_read(service, owner, project, as_user):
    uploaded(project, "portraits-000400.pkl", owner)
    assert not Network.objects.exists()
    client = as_user(owner)
    assert fates(client, project) == {"portraits-000400.pkl": "waiting"}
    claim = service.claim("import_snapshot")
    assert fates(client, project) == {"portraits-000400.pkl": "reading"}
    finish(service, claim, "portraits-000400", **stylegan(kimg=400, warnings=["It holds numbers that are not finite."]))
    told = client.call("GET", f"/projects/{project.id}/snapshot-imports").json()["items"][0]
    network = client.call("GET", f"/networks/{told['network_id']}").json()
    assert (network["name"], network["architecture"], network["importing"]) == ("portraits", "stylegan2 64", 0)
    assert (told["state"], told["kind"], told["resolution"], told["kimg"]) == ("kept", "stylegan2", 64, 400)
    assert told["warnings"] == ["It holds numbers that are not finite."]
    assert client.get(told["thumbnail_url"]).status_code == 200
    assert client.get(network["snapshots"][0]["sheet_url"])["Content-Type"] == "image/jpeg"
    kinds = Event.objects.filter(kind="import.changed").values_list("payload__state", flat=True)
    assert list(kinds) == ["waiting", "reading", "kept"]


def test_one_drop_of_two_architectures_becomes_two_networks(service, owner, project):
    for side in (64, 256):
        uploaded(project, f"sg2ada-{side}.pkl", owner, data=str(side).encode())
        read(service, **stylegan(f"stylegan2 {side}", side=side))
    assert sorted(Network.objects.values_list("name", flat=True)) == ["sg2ada-256", "sg2ada-64"]
    assert [network.snapshots.count() for network in Network.objects.all()] == [1, 1]


def test_files_of_one_training_become_one_network_in_the_order_of_training(service, owner, project, as_user):
    for kimg in (1200, 400, None, 800):
        name = f"portraits-{kimg:06}.pkl" if kimg else "portraits.pkl"
        uploaded(project, name, owner, data=name.encode())
        read(service, **stylegan(kimg=kimg))
    network = as_user(owner).call("GET", f"/networks/{Network.objects.get().id}").json()
    assert [snapshot["kimg"] for snapshot in network["snapshots"]] == [400, 800, 1200, None]
    assert [snapshot["order"] for snapshot in network["snapshots"]] == [0, 1, 2, 3]


def test_the_same_moment_of_training_twice_is_two_trainings(service, owner, project):
    for data in (b"first run", b"second run"):
        uploaded(project, "portraits-000400.pkl", owner, data=data)
        read(service, **stylegan(kimg=400))
    assert Network.objects.count() == 2


def test_common_names_group_within_one_drop_only(service, owner, project):
    for kimg in (200, 400):
        uploaded(project, f"network-snapshot-{kimg:06}.pkl", owner, data=str(kimg).encode())
        read(service, **stylegan(kimg=kimg))
    uploaded(project, "network-final.pkl", owner, data=b"final")
    read(service, **stylegan())
    assert Network.objects.get().name == "StyleGAN2 64"
    assert [snapshot.name for snapshot in Snapshot.objects.order_by("order")][-1] == "network-final"
    Snapshot.objects.update(created_at="2020-01-01T00:00:00Z")
    uploaded(project, "network-snapshot-000600.pkl", owner, data=b"600")
    read(service, **stylegan(kimg=600))
    assert Network.objects.count() == 2


def test_names_are_in_order_as_people_count(service, owner, project):
    for name in ("net-10", "net-9", "Net-2b", "net-2"):
        uploaded(project, f"{name}.pkl", owner, data=name.encode())
        read(service, **stylegan())
    names = Snapshot.objects.filter(network__stem="net").order_by("order").values_list("name", flat=True)
    assert list(names) == ["net-2", "net-9", "net-10"]


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("portraits-000400.pkl", "portraits"),
        ("sg2ada-256.pkl", "sg2ada-256"),
        ("550000.pt", ""),
        ("C:\\nets\\iris_1200kimg.pkl", "iris"),
        ("sg3t-64-moved.pkl", "sg3t-64-moved"),
        ("network-snapshot-000256.pkl", ""),
        ("faces-000256.pkl", "faces"),
    ],
)
def test_a_stem_is_the_name_without_its_running_number(name, stem):
    assert stem_of(name, resolution=256) == stem


def test_a_file_may_name_its_network_and_joins_it_only_where_it_fits(service, owner, project, as_user):
    uploaded(project, "a.pkl", owner, data=b"a")
    read(service, **stylegan(kimg=1))
    network = Network.objects.get()
    uploaded(project, "b.pkl", owner, data=b"b", network_id=str(network.id))
    assert as_user(owner).call("GET", f"/networks/{network.id}").json()["importing"] == 1
    read(service, **stylegan(kimg=2))
    assert network.snapshots.count() == 2
    uploaded(project, "c.pkl", owner, data=b"c", network_id=str(network.id))
    read(service, **stylegan("stylegan2 128"))
    assert (network.snapshots.count(), Network.objects.count()) == (2, 2)
    assert "another architecture than “a”" in SnapshotImport.objects.get(name="c.pkl").sentence
    for wrong in ("nonsense", "00000000-0000-0000-0000-000000000000"):
        with pytest.raises(UploadRefused, match="no such network"):
            uploaded(project, "more.pkl", owner, data=wrong.encode(), network_id=wrong)


def test_the_same_file_again_is_known_and_read_once(service, owner, project, as_user):
    uploaded(project, "iris.pkl", owner)
    uploaded(project, "copy of iris.pkl", owner)
    read(service, **stylegan())
    assert service.claim("import_snapshot") is None
    again = uploaded(project, "iris again.pkl", owner)
    network = Network.objects.get()
    assert again.result_url == f"/p/{project.id}/networks/{network.id}/"
    told = SnapshotImport.objects.get(name="iris again.pkl")
    assert (told.fate, told.snapshot_id) == ("known", network.snapshots.get().id)
    assert told.sentence == "This file is in the project already, as “iris” of “iris”."
    assert SnapshotImport.objects.get(name="copy of iris.pkl").snapshot_id == told.snapshot_id
    as_user(owner).call("DELETE", f"/snapshots/{told.snapshot_id}")
    uploaded(project, "iris once more.pkl", owner)
    assert "in the bin" in SnapshotImport.objects.get(name="iris once more.pkl").sentence
    assert Snapshot.objects.count() == 1


def test_a_known_file_need_not_even_be_sent(service, owner, project, as_user):
    upload, client = uploaded(project, "iris.pkl", owner), as_user(owner)
    read(service, **stylegan())
    known = TusClient(client).begin(project, 7, filename="again.pkl", kind="snapshot", sha256=upload.blob_id)
    assert (known.status_code, known["Phosphene-Receipt"]) == (200, f"{Snapshot.objects.get().id}:{upload.blob_id}")
    assert fates(client, project) == {"iris.pkl": "kept", "again.pkl": "known"}
    ours = TusClient(client).begin(project, 4, filename="ours", kind="snapshot", sha256=Snapshot.objects.get().blob_id)
    assert ours.status_code == 200
    new = TusClient(client).begin(project, 4, filename="new.pkl", kind="snapshot", sha256="a" * 64)
    assert new.status_code == 201


def test_a_copy_beside_a_refused_file_is_refused_with_it(service, owner, project, as_user):
    for name in ("evil.pkl", "copy.pkl"):
        uploaded(project, name, owner)
    assert fates(as_user(owner), project) == {"evil.pkl": "waiting", "copy.pkl": "known"}
    read(service, refused=EVIL)
    assert fates(as_user(owner), project) == {"evil.pkl": "refused", "copy.pkl": "refused"}


def test_a_refused_file_leaves_its_row_and_a_sentence_and_nothing_else(service, owner, project, as_user):
    upload = uploaded(project, "evil.pkl", owner)
    read(service, refused=EVIL)
    job = Job.objects.get()
    assert (job.state, job.error) == ("failed", EVIL)
    assert not Blob.objects.filter(pk=upload.blob_id).exists()
    assert not has_file(upload.blob_id)
    client = as_user(owner)
    assert client.call("GET", f"/uploads/{upload.id}").json()["error"] == EVIL
    told = client.call("GET", f"/projects/{project.id}/snapshot-imports").json()["items"][0]
    assert (told["state"], told["sentence"], told["network_id"]) == ("refused", EVIL, None)
    assert client.call("GET", f"/projects/{project.id}/networks").json()["items"] == []
    assert client.call("GET", f"/jobs/{job.id}").json()["can_retry"] is False
    assert client.call("POST", f"/jobs/{job.id}/retry").status_code == 409
    assert client.call("DELETE", f"/snapshot-imports/{told['id']}").status_code == 204
    assert fates(client, project) == {}


def test_a_refused_file_that_something_else_needs_stays(service, owner, project):
    uploaded(project, "fine.pkl", owner, data=b"shared")
    read(service, **stylegan())
    other = Snapshot.objects.get()
    Snapshot.objects.update(original_sha256="")
    uploaded(project, "evil.pkl", owner, data=b"shared")
    read(service, refused=EVIL)
    assert has_file(other.original_id)


def test_a_service_that_crashed_leaves_the_file_for_another_try(service, owner, project, as_user):
    upload, client = uploaded(project, "large.pkl", owner), as_user(owner)
    job = fail(service, "import_snapshot", "The service ran out of memory.", kind_of_failure="crashed")
    told = client.call("GET", f"/projects/{project.id}/snapshot-imports").json()["items"][0]
    assert (told["state"], told["sentence"], told["job_id"]) == (
        "failed",
        "The service ran out of memory.",
        str(job.id),
    )
    assert client.call("GET", f"/jobs/{job.id}").json()["can_retry"] is True
    assert client.call("POST", f"/jobs/{job.id}/retry").status_code == 200
    assert fates(client, project) == {"large.pkl": "waiting"}
    assert read(service, **stylegan())["inputs"][0]["sha256"] == upload.blob_id
    assert fates(client, project) == {"large.pkl": "kept"}


def test_a_file_taken_back_while_it_waits_is_not_read(service, owner, project, as_user):
    upload, client = uploaded(project, "wrong.pkl", owner), as_user(owner)
    row = SnapshotImport.objects.get()
    assert client.call("DELETE", f"/snapshot-imports/{row.id}").status_code == 204
    assert service.claim("import_snapshot") is None
    assert not has_file(upload.blob_id)
    assert client.call("GET", f"/jobs/{Job.objects.get().id}").json()["can_retry"] is False


def test_what_a_service_reads_of_a_file_taken_back_is_dropped(service, owner, project, as_user):
    uploaded(project, "wrong.pkl", owner)
    claim = service.claim("import_snapshot")
    as_user(owner).call("DELETE", f"/snapshot-imports/{SnapshotImport.objects.get().id}")
    assert finish(service, claim, "wrong", **stylegan()).status_code == 204
    assert not Network.objects.exists()


def test_the_sweep_keeps_originals_and_what_waits(service, owner, project):
    kept, waiting = uploaded(project, "a.pkl", owner, data=b"a"), uploaded(project, "b.pkl", owner, data=b"b")
    read(service, **stylegan())
    Upload.objects.all().delete()
    Blob.objects.update(touched_at="2020-01-01T00:00:00Z")
    sweep()
    snapshot = Snapshot.objects.get()
    needed = (kept.blob_id, waiting.blob_id, snapshot.blob_id, snapshot.sheets.get().blob_id)
    assert all(has_file(sha256) for sha256 in needed)


def test_without_a_sheet_of_the_service_one_is_ordered(service, owner, project):
    uploaded(project, "old.pkl", owner)
    claim = service.claim("import_snapshot")
    result_of = stylegan()
    finish(service, claim, "old", **{**result_of, "sheet": None})
    order = service.claim("draw_sheet")["job"]["payload"]
    assert ([tile["vector"]["seed"] for tile in order["tiles"]], order["tile"]) == (list(range(8)), 160)


def test_a_viewer_sees_fates_and_takes_nothing_back(owner, project, as_user, member):
    uploaded(project, "a.pkl", owner)
    viewer = as_user(member("viewer"))
    assert fates(viewer, project) == {"a.pkl": "waiting"}
    assert viewer.call("DELETE", f"/snapshot-imports/{SnapshotImport.objects.get().id}").status_code == 403


def test_pattern_networks_take_no_imported_snapshots(service, owner, project, as_user):
    pattern, client = make_network(project), as_user(owner)
    uploaded(project, "a.pkl", owner)
    read(service, **stylegan())
    snapshot = Snapshot.objects.get(name="a")
    refused = client.call("PATCH", f"/snapshots/{snapshot.id}", {"network_id": str(pattern.id)})
    assert (refused.status_code, refused.json()["field"]) == (422, "network_id")
