"""The worker with real child processes."""

import time

import pytest

from studio.jobs import hand, queue
from studio.jobs.handlers import HANDLERS
from studio.jobs.models import Job, State
from studio.jobs.worker import Worker
from tests.studio.jobs.conftest import run_out

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = ("count", "refuse", "stumble", "crash", "run_away", "listen", "hang")


@pytest.fixture
def worker(monkeypatch):
    monkeypatch.setattr("studio.jobs.worker.LOOK_SECONDS", 0.02)
    monkeypatch.setattr("studio.jobs.worker.CANCEL_LOOK_SECONDS", 0.05)
    monkeypatch.setattr(hand, "KILL_SECONDS", 0.5)
    for kind in KINDS:
        monkeypatch.setitem(HANDLERS, kind, f"tests.studio.jobs.handlers_for_tests.{kind}")
    made = Worker(name="worker", hands=1)
    yield made
    made.stop()


def put(kind, **fields):
    order = {"project_id": None, "title": kind, "payload": {"numbers": [1, 2]}, "runs_on": "worker", **fields}
    return queue.enqueue(kind, **order)


def run_until(worker, job, *states, seconds=30.0):
    """Let the worker work until the job is in one of these states."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        worker.tick()
        job.refresh_from_db()
        if job.state in states:
            return job
        time.sleep(0.02)
    raise AssertionError(f"The job is still {job.state}.")


def test_a_job_is_done_and_tells_its_progress_and_result(worker):
    job = run_until(worker, put("count", total=5), State.DONE)
    assert (job.result["sum"], job.done, job.total) == (3, 5, 5)


def test_the_next_job_finds_a_warm_process(worker):
    first, second = (run_until(worker, put("count"), State.DONE) for _ in range(2))
    assert first.result["pid"] == second.result["pid"]


def test_a_handler_that_refuses_fails_with_its_own_sentence_and_only_once(worker):
    job = run_until(worker, put("refuse"), State.FAILED)
    assert (job.error, job.attempts) == ("“notes.mp3” is text, not sound.", 1)
    with pytest.raises(queue.JobRefused, match="cannot help"):
        queue.retry(job)


def test_a_handler_that_stumbles_fails_with_a_sentence(worker):
    job = run_until(worker, put("stumble"), State.FAILED)
    assert job.error.startswith("Something went wrong that nobody foresaw (ZeroDivisionError).")


def test_a_crash_costs_the_process_not_the_worker(worker):
    job = run_until(worker, put("crash"), State.FAILED)
    assert job.attempts == 3
    assert "ended without a word (SIGSEGV)" in job.error
    assert run_until(worker, put("count"), State.DONE)


def test_a_handler_that_runs_out_of_memory_fails_alone(worker, settings):
    settings.WORKER_MEMORY_BYTES = 1024**3
    job = run_until(worker, put("run_away"), State.FAILED)
    assert "MemoryError" in job.error
    assert run_until(worker, put("count"), State.DONE)


@pytest.mark.parametrize("kind", ["listen", "hang"])
def test_a_cancelled_job_stops_whether_it_listens_or_not(worker, kind):
    job = put(kind)
    run_until(worker, job, State.RUNNING)
    queue.cancel(job)
    started = time.monotonic()
    run_until(worker, job, State.CANCELLED)
    assert time.monotonic() - started < 5
    assert run_until(worker, put("count"), State.DONE)


def test_a_long_job_keeps_its_lease(worker, settings):
    settings.RENEW_SECONDS = 0.1
    job = put("listen")
    run_until(worker, job, State.RUNNING)
    until = job.lease_until
    for _ in range(20):
        worker.tick()
        time.sleep(0.02)
    job.refresh_from_db()
    assert job.lease_until > until


def test_a_worker_that_was_paused_too_long_lets_go(worker, settings):
    settings.RENEW_SECONDS = 0.05
    job = put("listen")
    run_until(worker, job, State.RUNNING)
    run_out(job)
    heir = queue.claim(runs_on="worker", kinds=["listen"], holder="heir")
    deadline = time.monotonic() + 5
    while worker.hands[0].lease is not None and time.monotonic() < deadline:
        worker.tick()
        time.sleep(0.02)
    assert not worker.hands[0].is_alive
    queue.finish(heir, result={"by": "heir"})
    assert Job.objects.get(pk=job.pk).result == {"by": "heir"}


def test_a_worker_that_is_stopped_gives_its_job_back(worker):
    job = put("listen")
    run_until(worker, job, State.RUNNING)
    worker.stop()
    job.refresh_from_db()
    assert job.state == State.QUEUED
