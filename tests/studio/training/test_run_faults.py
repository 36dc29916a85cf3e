"""What may go wrong around a run: services that vanish or come late, failures, pictures that cannot be had."""

import pytest

from studio.datasets.models import Portrait
from studio.events.models import Event
from studio.jobs import queue
from studio.jobs.models import Job
from studio.services.models import RenderService
from studio.services.presence import go_away
from tests.studio.training.parts import (
    cut,
    expire,
    fail,
    finish,
    get,
    hand_in,
    make_version,
    patch,
    report,
    start,
    started,
    tick,
)

pytestmark = pytest.mark.django_db


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
    fail(service, claim, "The picture “a.png” is damaged.")
    told = get(client, run)
    assert (told["state"], told["sentence"]) == ("failed", "The picture “a.png” is damaged.")
    assert told["advice"] == []
    assert patch(client, run, wanted="run").json()["state"] == "waiting"
    again = service.claim("train")
    assert again["job"]["id"] != claim["job"]["id"]
    # The former job is history: trying that one again would train beside this one.
    assert client.call("POST", f"/jobs/{claim['job']['id']}/retry").status_code == 409


def test_a_service_that_stops_gives_the_run_back_for_the_next(client, project, service, other_service):
    run = started(client, project)
    claim = service.claim("train")
    fail(service, claim, "The render service was stopped.", retry=True)
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
    fail(service, claim, "The render service was stopped.", retry=True)
    assert get(client, run)["state"] == "paused"
    assert service.claim("train") is None


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
