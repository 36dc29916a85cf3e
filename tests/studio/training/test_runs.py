"""A run from its pictures to its last snapshot, over as many jobs as it takes."""

import pytest
from django.utils import timezone

from studio.blobs.models import Blob
from studio.events.models import Event
from studio.networks.models import Snapshot
from studio.services.models import RenderService
from studio.training.models import TrainingRun, TrainingSample
from tests.studio.training.parts import (
    config,
    cut,
    expire,
    finish,
    get,
    hand_in,
    make_version,
    report,
    row,
    start,
    started,
    tick,
)

pytestmark = pytest.mark.django_db


def test_a_run_cuts_its_pictures_then_trains_and_its_snapshots_grow_a_network(client, project, service):
    version = make_version(client, project)
    run = start(client, project, {"version_id": version["id"]}).json()
    assert (run["state"], run["sentence"]) == ("waiting", "The pictures wait to be cut by the studio’s worker.")
    assert service.claim("train") is None
    cut()
    claim = service.claim("train")
    order = claim["job"]["payload"]
    assert (order["run_id"], order["name"], order["config"], order["fit"]) == (
        run["id"],
        "Portraits",
        config(),
        "exact",
    )
    assert [item["role"] for item in claim["inputs"]] == ["pictures"]
    assert (get(client, run)["state"], get(client, run)["service_name"]) == ("starting", "Attic GPU")
    wish = report(service, claim, tick(0.1), tick(0.2), {"kind": "phase", "phase": "training", "kimg": 0.2}).json()
    assert wish == {"wanted": "run", "snapshot_kimg": 0.5, "kimg": 2.0, "snapshot_now": 0, "yields": False}
    told = get(client, run)
    assert (told["state"], told["kimg"], told["seconds"], told["p"]) == ("training", 0.2, 8.0, 0.05)
    assert told["left_seconds"] == pytest.approx((2.0 - 0.2) * 1000 / 25)
    for kimg in (0.5, 1.0):
        assert hand_in(service, claim, kimg).status_code == 200
    network = client.call("GET", f"/networks/{run['network_id']}").json()
    assert (network["name"], network["kind"]) == ("Portraits", "stylegan2")
    assert [snapshot["kimg"] for snapshot in network["snapshots"]] == [0.5, 1.0]
    assert all(snapshot["sheet_url"] and snapshot["thumbnail_url"] for snapshot in network["snapshots"])
    assert finish(service, claim, "done", 2.0).status_code == 204
    told = get(client, run)
    assert (told["state"], told["kimg"], told["snapshots"], told["checkpoint_kimg"]) == ("done", 2.0, 2, 2.0)
    file = client.get(f"/api/v1/snapshots/{told['newest_snapshot_id']}/training")
    assert file["Content-Disposition"] == 'attachment; filename="portraits-snapshot-001000.training.safetensors"'
    assert (told["newest_snapshot_id"], told["metrics"]) == (network["snapshots"][1]["id"], {"sharpness": 0.6})


def test_samples_are_told_in_order_with_their_pictures(client, project, service):
    run = started(client, project)
    claim = service.claim("train")
    for kimg in (1.0, 0.5):
        hand_in(service, claim, kimg)
    first, second = client.call("GET", f"/training/runs/{run['id']}/samples").json()["items"]
    assert (first["kimg"], second["kimg"], first["notes"]) == (0.5, 1.0, ["A note."])
    assert (first["width"], first["height"]) == (96, 64)
    grid = client.get(first["grid_url"])
    assert (grid.status_code, grid["Content-Type"]) == (200, "image/png")
    assert client.get(first["sheet_url"])["Content-Type"] == "image/jpeg"
    found = Event.objects.filter(kind="training.snapshot").values_list("payload__kimg", flat=True)
    assert list(found) == [1.0, 0.5]


def test_the_same_snapshot_twice_is_kept_once(client, project, service):
    started(client, project)
    claim = service.claim("train")
    assert hand_in(service, claim, 0.5).status_code == 200
    assert hand_in(service, claim, 0.5).status_code == 200
    assert (Snapshot.objects.count(), TrainingSample.objects.count()) == (1, 1)


def test_a_snapshot_without_its_weights_is_refused_and_nothing_of_it_stays(client, project, service):
    started(client, project)
    claim = service.claim("train")
    answer = hand_in(service, claim, 0.5, without="portraits-snapshot-000500.safetensors")
    assert (answer.status_code, answer.json()["field"]) == (422, "artifacts")
    assert answer.json()["detail"] == (
        "The snapshot of 0.5 kimg came without its file “portraits-snapshot-000500.safetensors”."
    )
    assert (Snapshot.objects.count(), TrainingSample.objects.count()) == (0, 0)
    assert hand_in(service, claim, 0.5).status_code == 200


def test_only_the_newest_checkpoint_is_kept_and_the_next_claim_has_it(
    client, project, service, other_service, django_capture_on_commit_callbacks
):
    run = started(client, project)
    claim = service.claim("train")
    hand_in(service, claim, 0.5)
    first = row(run).checkpoint_id
    with django_capture_on_commit_callbacks(execute=True):
        hand_in(service, claim, 1.0)
    second = row(run).checkpoint_id
    assert first != second
    assert not Blob.objects.filter(pk=first).exists()
    expire(claim)
    again = other_service.claim("train")
    assert {item["role"]: item["sha256"] for item in again["inputs"]}["checkpoint"] == second
    assert other_service.call("GET", f"/inputs/{second}").status_code == 200


def test_runs_wait_in_order_and_say_for_whom(client, project, service):
    first = started(client, project)
    second = started(client, project, name="Second")
    assert second["sentence"] == "No render service is attached. The run goes on by itself as soon as one is here."
    here = {"state": "attached", "last_seen_at": timezone.now(), "name": "Attic"}
    RenderService.objects.create(token=service.token, instance_id=first["id"], **here)
    assert get(client, second)["sentence"] == "Waits for a render service that has a place for it."
    assert service.claim("train")["job"]["payload"]["run_id"] == first["id"]
    assert get(client, second)["sentence"] == "Waits for its turn: “Portraits” trains now."
    assert get(client, second)["queue_place"] == 1


def test_lists_are_paged_newest_first(client, project):
    names = [started(client, project, name=f"Run {number}")["name"] for number in range(3)]
    told = client.call("GET", f"/projects/{project.pk}/training/runs").json()
    assert [run["name"] for run in told["items"]] == names[::-1]
    assert told["next"] is None


def test_what_was_trained_is_told_at_the_version_the_start_and_the_network(client, project, service):
    version = {"version_id": make_version(client, project)["id"]}
    first = start(client, project, version).json()
    cut()
    claim = service.claim("train")
    hand_in(service, claim, 0.5)
    start_id = Snapshot.objects.get().pk
    second = start(client, project, version, name="Fine", start_snapshot_id=str(start_id)).json()
    assert second["start"]["snapshot_id"] == str(start_id)
    assert (second["start"]["network_name"], second["start"]["has_discriminator"]) == ("Portraits", True)
    told = client.call("GET", f"/networks/{first['network_id']}/training").json()
    assert [run["id"] for run in told["runs"]] == [first["id"]]
    assert [run["id"] for run in told["started"]] == [second["id"]]
    trained = client.call("GET", f"/versions/{first['version']['id']}/training").json()["items"]
    assert {run["name"] for run in trained} == {"Portraits", "Fine"}
    finish(service, claim, "done", 2.0)
    claim = service.claim("train")
    roles = {item["role"]: item["sha256"] for item in claim["inputs"]}
    assert roles["start_training"] == Snapshot.objects.get().training_id
    assert roles["start"] == Snapshot.objects.get().blob_id


def test_every_change_is_an_event_of_the_project(client, project, service):
    run = started(client, project)
    claim = service.claim("train")
    report(service, claim, tick(0.1))
    report(service, claim, tick(0.2))  # a moment later: no page needs both
    report(service, claim, {"kind": "said", "level": "warning", "sentence": "“a.png” is damaged: skipped."})
    ticks = Event.objects.filter(kind="training.tick")
    assert [event.payload["tick"]["kimg"] for event in ticks] == [0.1]
    changed = Event.objects.filter(kind="training.run.changed", subject=f"training:{run['id']}")
    assert [event.payload["state"] for event in changed][-3:] == ["starting", "training", "training"]
    assert changed.last().payload["warnings"] == ["“a.png” is damaged: skipped."]
    assert TrainingRun.objects.get().warnings == ["“a.png” is damaged: skipped."]
