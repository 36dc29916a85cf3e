"""A run from its pictures to its last snapshot, over as many jobs as it takes, and how people steer it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from studio.blobs.models import Blob
from studio.datasets.models import Portrait
from studio.events.models import Event
from studio.jobs import queue
from studio.jobs.models import Job
from studio.networks.models import Network, Snapshot
from studio.services.models import RenderService
from studio.services.presence import go_away
from studio.training.models import TrainingRun, TrainingSample
from tests.studio.services.conftest import other_service as other_service
from tests.studio.services.conftest import service as service
from tests.studio.training.parts import (
    config,
    cut,
    finish,
    get,
    hand_in,
    make_version,
    patch,
    report,
    row,
    start,
    started,
    tick,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(owner, as_user):
    return as_user(owner)


def expire(claim) -> None:
    Job.objects.filter(pk=claim["job"]["id"]).update(lease_until=timezone.now() - timedelta(seconds=5))


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


def test_a_late_service_writes_nothing(client, project, service, other_service):
    run = started(client, project)
    late = service.claim("train")
    expire(late)
    taken = other_service.claim("train")
    assert report(service, late, tick(0.7)).status_code == 409
    assert hand_in(service, late, 0.5).status_code == 409
    assert finish(service, late, "done", 2.0).status_code == 409
    assert report(other_service, taken, tick(0.3)).status_code == 200
    assert (get(client, run)["kimg"], get(client, run)["service_name"]) == (0.3, "Cellar GPU")


def test_attempts_never_run_out_while_a_run_gets_further(client, project, service):
    run = started(client, project)
    for number in range(6):
        claim = service.claim("train")
        assert claim is not None, f"nothing to claim at try {number}"
        report(service, claim, tick(0.1 * (number + 1)))
        expire(claim)
    for _ in range(2):  # two more that get nowhere
        expire(service.claim("train"))
    assert service.claim("train") is None
    told = get(client, run)
    assert told["state"] == "failed"
    assert told["sentence"].startswith("The program that worked on this went away 3 times")


def test_pause_is_a_wish_and_resuming_is_another_job_of_the_same_run(client, project, service):
    run = started(client, project)
    claim = service.claim("train")
    report(service, claim, tick(0.4))
    told = patch(client, run, wanted="pause").json()
    assert (told["state"], told["wanted"]) == ("training", "pause")
    assert told["sentence"] == "Pausing: the step at work ends, then everything is saved."
    assert report(service, claim).json()["wanted"] == "pause"
    assert finish(service, claim, "paused", 0.45).status_code == 204
    told = get(client, run)
    assert (told["state"], told["kimg"], told["job_state"]) == ("paused", 0.45, "done")
    assert service.claim("train") is None
    told = patch(client, run, wanted="run").json()
    assert told["state"] == "waiting"
    again = service.claim("train")
    assert again["job"]["id"] != claim["job"]["id"]
    assert {item["role"] for item in again["inputs"]} == {"pictures", "checkpoint"}
    report(service, again, tick(0.6))
    assert get(client, run)["kimg"] == 0.6
    assert Network.objects.count() == 1


def test_who_changes_their_mind_while_it_pauses_gets_it_going_again(client, project, service):
    run = started(client, project)
    claim = service.claim("train")
    patch(client, run, wanted="pause")
    patch(client, run, wanted="run")
    assert report(service, claim).json()["wanted"] == "run"
    finish(service, claim, "paused", 0.2)  # it had heard the first word only
    assert get(client, run)["state"] == "waiting"
    assert service.claim("train") is not None


def test_a_run_made_longer_at_its_last_moment_goes_on(client, project, service):
    run = started(client, project)
    claim = service.claim("train")
    report(service, claim, tick(2.0), {"kind": "phase", "phase": "done", "kimg": 2.0})
    patch(client, run, kimg=3)
    finish(service, claim, "done", 2.0)
    assert get(client, run)["state"] == "waiting"
    finish(service, service.claim("train"), "done", 2.992)  # no whole step is left
    assert get(client, run)["state"] == "done"


def test_a_run_that_nobody_holds_pauses_and_stops_at_once(client, project, service):
    run = started(client, project)
    told = patch(client, run, wanted="pause").json()
    assert (told["state"], told["sentence"]) == ("paused", "Paused by Ines.")
    assert service.claim("train") is None
    patch(client, run, wanted="run")
    told = patch(client, run, wanted="stop").json()
    assert (told["state"], told["sentence"]) == ("stopped", "Stopped by Ines.")


def test_a_run_that_waits_for_its_pictures_pauses_and_goes_on_when_they_are_there(client, project, service):
    run = start(client, project, {"version_id": make_version(client, project)["id"]}).json()
    assert patch(client, run, wanted="pause").json()["state"] == "paused"
    cut()
    assert service.claim("train") is None
    assert patch(client, run, wanted="run").json()["state"] == "waiting"
    assert service.claim("train") is not None


def test_a_stopped_run_can_go_on_and_one_at_its_end_only_when_it_is_made_longer(client, project, service):
    run = started(client, project)
    claim = service.claim("train")
    patch(client, run, wanted="stop")
    finish(service, claim, "stopped", 1.0)
    assert get(client, run)["state"] == "stopped"
    assert patch(client, run, wanted="run").json()["state"] == "waiting"
    finish(service, service.claim("train"), "done", 2.0)
    answer = patch(client, run, wanted="run")
    assert (answer.status_code, answer.json()["field"]) == (409, "kimg")
    assert answer.json()["detail"] == "This run has reached its length of 2 kimg. Make it longer, then let it go on."
    assert patch(client, run, kimg=3, wanted="run").json()["state"] == "waiting"
    assert service.claim("train")["job"]["payload"]["config"]["kimg"] == 3


def test_length_and_distance_of_snapshots_change_while_it_trains(client, project, service):
    run = started(client, project)
    claim = service.claim("train")
    report(service, claim, tick(0.8))
    told = patch(client, run, kimg=5, snapshot_kimg=0.25, name="Longer", notes="More of it.").json()
    assert (told["total_kimg"], told["snapshot_kimg"], told["name"], told["notes"]) == (
        5,
        0.25,
        "Longer",
        "More of it.",
    )
    assert report(service, claim).json()["snapshot_kimg"] == 0.25
    answer = patch(client, run, kimg=0.5)
    assert (answer.status_code, answer.json()["field"]) == (422, "kimg")
    assert answer.json()["detail"] == "This run is at 0.8 kimg already. Choose a greater length, or stop it."
    assert client.call("POST", f"/training/runs/{run['id']}/snapshot").status_code == 202
    assert report(service, claim).json()["snapshot_now"] == 1
    expire(claim)
    assert service.claim("train")["job"]["payload"]["config"]["kimg"] == 5


def test_a_run_goes_on_with_what_people_are_told_to_try(client, project, service):
    run = started(client, project)
    claim = service.claim("train")
    answer = patch(client, run, changes={"gamma": 0.5})
    assert (answer.status_code, answer.json()["field"]) == (409, "changes")
    said = {"fence": claim["lease"]["fence"], "message": "The loss of the discriminator is no number. Try half gamma."}
    service.call("POST", f"/leases/job/{claim['lease']['id']}/fail", said)
    told = patch(client, run, changes={"gamma": 0.5, "precision": "fp32"}, wanted="run").json()
    assert {one["name"] for one in told["differences"]} >= {"gamma", "precision"}
    assert service.claim("train")["job"]["payload"]["config"]["gamma"] == 0.5
    patch(client, run, wanted="pause")
    Job.objects.update(state="cancelled")
    TrainingRun.objects.update(state="paused")
    answer = patch(client, run, changes={"batch": 8})
    assert (answer.status_code, answer.json()["field"]) == (422, "changes.batch")
    assert answer.json()["detail"].startswith("Batch: with another value it would be another run. What may change is")
    answer = patch(client, run, changes={"gamma": -1})
    assert answer.json()["detail"] == "R1 weight: input should be greater than or equal to 0."


def test_two_people_who_change_a_run_at_once_are_told(client, project):
    run = started(client, project)
    assert patch(client, run, name="Mine", revision=run["revision"]).status_code == 200
    answer = patch(client, run, name="Theirs", revision=run["revision"])
    assert (answer.status_code, answer.json()["current"]["name"]) == (409, "Mine")


def test_a_run_whose_service_is_gone_waits_and_says_so(client, project, service, other_service):
    run = started(client, project)
    claim = service.claim("train")
    report(service, claim, tick(0.4))
    here = RenderService.objects.create(
        token=service.token, instance_id=run["id"], name="Attic", state="attached", attach_id=run["id"]
    )
    go_away(here.pk, here.attach_id)
    told = get(client, run)
    assert (told["state"], told["sentence"]) == (
        "waiting",
        "“Attic GPU” went away. The run goes on from its last checkpoint as soon as it or another is here.",
    )
    assert Event.objects.filter(kind="training.run.changed").last().payload["state"] == "waiting"
    report(service, claim, tick(0.5))  # it was only the line
    assert get(client, run)["state"] == "training"
    expire(claim)
    assert get(client, run)["state"] == "waiting"
    assert patch(client, run, wanted="pause").json()["state"] == "paused"
    assert report(service, claim, tick(0.6)).status_code == 409
    assert other_service.claim("train") is None


def test_what_failed_says_why_and_can_be_tried_again(client, project, service):
    run = started(client, project)
    claim = service.claim("train")
    said = {"fence": claim["lease"]["fence"], "message": "The loss of the discriminator is no number. Try half gamma."}
    service.call("POST", f"/leases/job/{claim['lease']['id']}/fail", said)
    told = get(client, run)
    assert (told["state"], told["sentence"]) == ("failed", said["message"])
    assert patch(client, run, wanted="run").json()["state"] == "waiting"
    again = service.claim("train")
    assert again["job"]["id"] != claim["job"]["id"]
    # The former job is history: trying that one again would train beside this one.
    assert client.call("POST", f"/jobs/{claim['job']['id']}/retry").status_code == 409


def test_a_service_that_stops_gives_the_run_back_for_the_next(client, project, service, other_service):
    run = started(client, project)
    claim = service.claim("train")
    said = {"fence": claim["lease"]["fence"], "message": "The render service was stopped.", "retry": True}
    service.call("POST", f"/leases/job/{claim['lease']['id']}/fail", said)
    told = get(client, run)
    assert (told["state"], told["sentence"]) == (
        "waiting",
        "The render service was stopped. It is tried again by itself.",
    )
    assert other_service.claim("train") is not None


def test_a_pause_is_kept_when_the_service_stops_at_the_same_moment(client, project, service):
    run = started(client, project)
    claim = service.claim("train")
    patch(client, run, wanted="pause")
    said = {"fence": claim["lease"]["fence"], "message": "The render service was stopped.", "retry": True}
    service.call("POST", f"/leases/job/{claim['lease']['id']}/fail", said)
    assert get(client, run)["state"] == "paused"
    assert service.claim("train") is None


def test_who_stops_the_job_on_the_activity_page_pauses_the_run(client, project, service):
    run = started(client, project)
    claim = service.claim("train")
    client.call("POST", f"/jobs/{claim['job']['id']}/cancel")
    said = {"fence": claim["lease"]["fence"], "message": "Stopped.", "retry": True}
    service.call("POST", f"/leases/job/{claim['lease']['id']}/fail", said)
    told = get(client, run)
    assert (told["state"], told["wanted"], told["sentence"]) == ("paused", "pause", "Paused by Ines.")
    client.call("POST", f"/jobs/{claim['job']['id']}/retry")
    assert (get(client, run)["state"], get(client, run)["wanted"]) == ("waiting", "run")


def test_a_zip_that_cannot_be_made_fails_the_run_until_it_is_tried_again(client, project, service):
    run = start(client, project, {"version_id": make_version(client, project)["id"]}).json()
    job = Job.objects.get(kind="export_version")
    Job.objects.filter(pk=job.pk).update(state="running", fence=1)
    queue.fail(queue.Lease(kind="job", id=job.pk, fence=1), message="Portrait 3 of this version could not be read.")
    told = get(client, run)
    assert (told["state"], told["sentence"]) == (
        "failed",
        "The pictures could not be made ready: Portrait 3 of this version could not be read.",
    )
    queue.retry(Job.objects.get(pk=job.pk))
    assert get(client, run)["state"] == "waiting"
    cut()
    assert service.claim("train") is not None


def test_a_version_whose_pictures_were_binned_since_is_trained_on_all_the_same(client, project, service):
    version = make_version(client, project)
    client.call("POST", f"/datasets/{version['dataset_id']}/bin", {"selection": {"filter": {}}})
    assert not Portrait.objects.filter(binned_at=None).exists()
    start(client, project, {"version_id": version["id"]})
    cut()
    assert service.claim("train") is not None


def test_a_run_in_the_bin_is_stopped_and_its_network_stays(client, project, service):
    run = started(client, project)
    claim = service.claim("train")
    hand_in(service, claim, 0.5)
    told = client.call("DELETE", f"/training/runs/{run['id']}").json()
    assert (told["is_binned"], told["wanted"]) == (True, "stop")
    assert report(service, claim).json()["wanted"] == "stop"
    finish(service, claim, "stopped", 0.6)
    assert client.call("GET", f"/projects/{project.pk}/training/runs").json()["items"] == []
    (binned,) = client.call("GET", f"/projects/{project.pk}/training/runs?binned=true").json()["items"]
    assert (binned["id"], binned["state"]) == (run["id"], "stopped")
    assert client.call("GET", f"/networks/{run['network_id']}").json()["snapshots"][0]["kimg"] == 0.5
    assert not client.call("POST", f"/training/runs/{run['id']}/restore").json()["is_binned"]


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
