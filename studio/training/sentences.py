"""How a run stands, in a word and in a sentence, from its own row and the job that it hangs on."""

from django.utils import timezone

from studio.jobs.models import Job
from studio.jobs.models import State as JobState
from studio.training.here import services_here
from studio.training.models import ENDED, TrainingRun

State, Wanted = TrainingRun.State, TrainingRun.Wanted

CUTTING = "The pictures are being cut: {done} of {total}."
TO_CUT = "The pictures wait to be cut by the studio’s worker."
NOBODY = "No render service is attached. The run goes on by itself as soon as one is here."
BEHIND = "Waits for its turn: “{name}” trains now."
QUEUED = "Waits for a render service that has a place for it."
AGAIN = "{error} It is tried again by itself."
DESERTED = "{service} went away. The run goes on from its last checkpoint as soon as it or another is here."
PAUSING = "Pausing: the step at work ends, then everything is saved."
STOPPING = "Stopping: the step at work ends, then a last snapshot is made."


def state_of(run: TrainingRun, job: Job | None) -> str:
    """The state as people see it: a run whose service is gone waits."""
    return State.WAITING if is_deserted(run, job) else run.state


def sentence_of(run: TrainingRun, job: Job | None) -> str:
    if is_deserted(run, job):
        return DESERTED.format(service=f"“{run.service_name}”" if run.service_name else "The render service")
    if run.state in ENDED:
        return run.sentence
    if run.state != State.WAITING:
        return {Wanted.PAUSE: PAUSING, Wanted.STOP: STOPPING}.get(Wanted(run.wanted), run.sentence)
    if run.export_job_id is not None:
        is_running = job is not None and job.state == JobState.RUNNING
        return CUTTING.format(done=job.done, total=job.total) if job and is_running else TO_CUT
    return _waiting(job)


def is_deserted(run: TrainingRun, job: Job | None) -> bool:
    """Whether whoever holds the job has gone, or has not been heard of for the length of a lease."""
    if run.state in ENDED or run.export_job_id is not None or job is None or job.state != JobState.RUNNING:
        return False
    return run.is_deserted or (job.lease_until is not None and job.lease_until < timezone.now())


def _waiting(job: Job | None) -> str:
    if job is not None and job.error:
        return AGAIN.format(error=job.error)
    at_work = Job.objects.filter(kind="train", state=JobState.RUNNING, lease_until__gt=timezone.now())
    ahead = TrainingRun.objects.filter(job_id__in=at_work.values("pk"), project_id=job.project_id if job else None)
    if not services_here():
        return NOBODY
    first = ahead.order_by("created_at").first()
    return BEHIND.format(name=first.name) if first else QUEUED
