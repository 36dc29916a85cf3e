from datetime import timedelta

import pytest
from django.utils import timezone

from studio.events.models import Event
from studio.jobs import changes, queue
from studio.jobs.leases import Lease, LeaseLost, Progress
from studio.jobs.models import Job, State
from studio.jobs.out import job_out
from tests.studio.jobs.conftest import run_out

pytestmark = pytest.mark.django_db


def claim(holder="a"):
    return queue.claim(runs_on="worker", kinds=["count"], holder=holder)


def test_jobs_are_claimed_in_the_order_of_coming(queued):
    first, second = queued(), queued()
    assert [claim().id, claim().id] == [first.pk, second.pk]
    assert claim() is None


def test_only_asked_for_kinds_are_claimed(queued):
    queued("paint")
    assert claim() is None


def test_an_expired_lease_is_claimed_by_another_and_the_late_writer_is_refused(queued):
    job = queued()
    late = claim("late")
    run_out(job)
    heir = claim("heir")
    assert heir.fence > late.fence
    for write in (
        lambda: queue.renew(late),
        lambda: queue.finish(late, result={"by": "late"}),
        lambda: queue.fail(late, message="no"),
    ):
        with pytest.raises(LeaseLost):
            write()
    queue.finish(heir, result={"by": "heir"})
    job.refresh_from_db()
    assert (job.state, job.result) == (State.DONE, {"by": "heir"})


def test_an_expired_lease_that_nobody_claimed_may_be_renewed(queued):
    job = queued()
    lease = claim()
    run_out(job)
    assert queue.renew(lease).cancel is False
    assert claim("other") is None


def test_finishing_twice_is_a_success_without_a_change(queued):
    job = queued()
    lease = claim()
    queue.finish(lease, result={"n": 1})
    queue.finish(lease, result={"n": 2})
    job.refresh_from_db()
    assert job.result == {"n": 1}


def test_three_lost_attempts_are_a_failure_with_a_reason(queued):
    job = queued()
    for _ in range(3):
        assert claim() is not None
        run_out(job)
    assert claim() is None
    job.refresh_from_db()
    assert job.state == State.FAILED
    assert "went away 3 times" in job.error


def test_a_failure_that_may_pass_is_tried_again_three_times_in_all(queued):
    job = queued()
    states = []
    for _ in range(3):
        queue.fail(claim(), message="The disk was busy.", retry=True)
        job.refresh_from_db()
        states.append(job.state)
    assert states == [State.QUEUED, State.QUEUED, State.FAILED]
    assert job.error == "The disk was busy."


def test_a_waiting_job_is_cancelled_at_once_and_can_be_tried_again(queued, owner):
    job = queued()
    queue.cancel(job, by=owner)
    assert (job.state, job.message) == (State.CANCELLED, "Stopped by Ines.")
    assert claim() is None
    queue.retry(job)
    assert claim().id == job.pk


def test_whoever_works_on_a_cancelled_job_hears_of_it_and_ends_it(queued):
    job = queued()
    lease = claim()
    queue.cancel(job)
    assert queue.renew(lease).cancel is True
    queue.fail(lease, message="Stopped.", retry=True)
    job.refresh_from_db()
    assert (job.state, job.error) == (State.CANCELLED, "")


def test_a_cancelled_job_whose_holder_is_gone_ends_too(queued):
    job = queued()
    claim()
    queue.cancel(job)
    run_out(job)
    assert claim() is None
    job.refresh_from_db()
    assert job.state == State.CANCELLED


def test_a_running_job_cannot_be_tried_again(queued):
    job = queued()
    claim()
    with pytest.raises(queue.JobRefused):
        queue.retry(job)


def test_progress_is_written_at_most_once_in_its_half_second(queued, project, monkeypatch):
    assert changes.PROGRESS_SECONDS == 0.5
    monkeypatch.setattr(changes, "PROGRESS_SECONDS", 3600)  # fifty renewals take as long as the machine likes
    queued(project_id=project.pk)
    lease = claim()
    before = Event.objects.count()
    for done in range(50):
        queue.renew(lease, progress=Progress(done=done, total=50))
    assert Event.objects.count() - before == 1
    assert Job.objects.get().done == 0
    Job.objects.update(progress_at=timezone.now() - timedelta(hours=2))
    queue.renew(lease, progress=Progress(done=49, total=50))
    assert Event.objects.count() - before == 2
    assert Job.objects.get().done == 49


def test_places_in_the_queue_count_from_one(queued):
    jobs = [queued() for _ in range(3)]
    assert [job_out(job).queue_place for job in jobs] == [1, 2, 3]
    claim()
    assert [job_out(Job.objects.get(pk=job.pk)).queue_place for job in jobs] == [None, 1, 2]


def test_every_change_of_state_is_an_event_of_the_project(queued, project):
    queued(project_id=project.pk)
    queue.finish(claim())
    states = [event.payload["state"] for event in Event.objects.filter(kind="job.changed")]
    assert states == ["queued", "running", "done"]


def test_a_watcher_hears_of_every_state_inside_the_transaction(queued, monkeypatch):
    heard = []
    monkeypatch.setattr("studio.jobs.changes.tell_watcher", lambda job: heard.append(job.state))
    queued()
    queue.finish(claim())
    assert heard == ["queued", "running", "done"]


def test_a_lease_that_never_was_opens_nothing(queued):
    job = queued()
    with pytest.raises(LeaseLost):
        queue.renew(Lease(kind="job", id=job.pk, fence=0))
