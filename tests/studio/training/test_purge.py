"""What lies in the bin for 30 days goes; what a run made, and what others need, stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from studio.blobs.models import Blob
from studio.blobs.sweep import sweep
from studio.events.models import Event
from studio.events.prune import prune
from studio.jobs.models import Job
from studio.networks.models import Snapshot
from studio.networks.purge import purge as purge_networks
from studio.training.models import TrainingRun, TrainingSample, TrainingTick, TrainingTry
from studio.training.purge import purge
from tests.studio.training.parts import cut, finish, get, hand_in, make_version, report, row, start, started, tick

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - timedelta(days=31)


@pytest.fixture
def run(client, project, service):
    """Ended, with two snapshots."""
    run = started(client, project)
    claim = service.claim("train")
    report(service, claim, tick(0.1))
    for kimg in (0.5, 1.0):
        hand_in(service, claim, kimg)
    finish(service, claim, "done", 2.0)
    return run


def sweep_all() -> None:
    Blob.objects.update(touched_at=LONG_AGO)
    sweep()


def test_a_run_leaves_the_bin_after_thirty_days_and_its_files_go_with_the_sweep(client, run):
    client.call("DELETE", f"/training/runs/{run['id']}")
    assert purge() == 0
    checkpoint = row(run).checkpoint_id
    grids = set(TrainingSample.objects.values_list("grid", flat=True))
    TrainingRun.objects.update(binned_at=LONG_AGO)
    assert purge() == 1
    sweep_all()
    assert not TrainingRun.objects.exists()
    assert not TrainingTick.objects.exists()
    assert not Blob.objects.filter(pk__in=[checkpoint, *grids]).exists()
    assert Event.objects.last().kind == "training.run.purged"
    for snapshot in Snapshot.objects.all():
        assert {snapshot.blob_id, snapshot.training_id} <= set(Blob.objects.values_list("pk", flat=True))


def test_nothing_of_a_living_run_is_swept(client, run):
    sweep_all()
    told = get(client, run)
    assert client.get(told["grid_url"]).status_code == 200
    assert Blob.objects.filter(pk=row(run).checkpoint_id).exists()


def test_a_run_outlives_its_network_and_keeps_its_own_pictures(client, run):
    client.call("DELETE", f"/networks/{run['network_id']}")
    Snapshot.objects.update(binned_at=LONG_AGO)
    row(run).network.__class__.objects.update(binned_at=LONG_AGO)
    purge_networks()
    told = get(client, run)
    assert (told["network_id"], told["newest_snapshot_id"], told["snapshots"]) == (None, None, 2)
    first = client.call("GET", f"/training/runs/{run['id']}/samples").json()["items"][0]
    assert (first["snapshot_id"], client.get(first["grid_url"]).status_code) == (None, 200)


def test_snapshots_of_a_run_whose_network_is_in_the_bin_found_another(client, project, service):
    run = started(client, project)
    claim = service.claim("train")
    client.call("DELETE", f"/networks/{run['network_id']}")
    hand_in(service, claim, 0.5)
    network_id = get(client, run)["network_id"]
    assert network_id != run["network_id"]
    assert len(client.call("GET", f"/networks/{network_id}").json()["snapshots"]) == 1


def test_old_tries_go(project):
    TrainingTry.objects.create(project=project, key="0" * 64, created_at=timezone.now() - timedelta(days=91))
    purge()
    assert not TrainingTry.objects.exists()


def test_steps_of_progress_are_forgotten_after_a_week(run):
    Event.objects.update(created_at=timezone.now() - timedelta(days=8))
    prune()
    kinds = set(Event.objects.values_list("kind", flat=True))
    assert "training.tick" not in kinds
    assert "training.snapshot" in kinds
    assert all(event.actor_id for event in Event.objects.filter(kind="training.run.changed"))
    assert Event.objects.filter(kind="training.run.changed").count() == 1  # its start, by a person


def test_a_run_that_a_crash_left_waiting_for_a_zip_that_is_there_goes_on(client, project, service):
    run = start(client, project, {"version_id": make_version(client, project)["id"]}).json()
    waits_for = row(run).export_job_id
    cut()
    Job.objects.filter(kind="train").delete()
    TrainingRun.objects.update(export_job_id=waits_for, job_id=None, state="waiting")
    assert service.claim("train") is None
    purge()
    assert service.claim("train") is not None


def test_a_project_goes_with_its_runs(project, run):
    project.delete()
    assert not TrainingRun.objects.exists()
