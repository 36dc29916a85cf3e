"""Tries: a few steps with those settings on a render service, to say how long a run takes and how large it is.

Where nobody tried them, the time is as a run with the same settings had it, or scaled from another measurement
(`rough.py`).
"""

import hashlib
import json
from typing import Any

from django.db import transaction
from pydantic import ValidationError

from gpu_service.protocol import Measured, TrainingConfig, TryOrder
from studio.accounts.models import User
from studio.errors import Refused
from studio.events.record import record
from studio.jobs import queue
from studio.jobs.models import ENDED, Job, State
from studio.projects.models import Project
from studio.training import rough
from studio.training.here import services_here
from studio.training.models import TrainingTry

KIND = "try_training"
# What a step does not depend on.
WITHOUT = {"preset", "kimg", "snapshot_kimg", "tick_kimg", "metrics", "seed", "mirror", "first_p", "gamma"}
WITHOUT |= {"g_rate", "d_rate", "ema_kimg", "ema_ramp", "ada_target", "ada_kimg", "ada_every", "blur_kimg"}
STATES = {State.QUEUED: "waiting", State.RUNNING: "working", State.FAILED: "failed", State.CANCELLED: "failed"}


def key_of(config: TrainingConfig) -> str:
    """The same for settings that take the same time and memory."""
    text = json.dumps(config.model_dump(mode="json", exclude=WITHOUT), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def order_gauge(project: Project, *, by: User) -> TrainingTry:
    """Queue a try of small settings, so that there is something to scale from."""
    return order_try(
        project, rough.gauge(), again=False, by=by, title="A few steps of training, to know how fast it is"
    )


def order_try(project: Project, config: TrainingConfig, *, again: bool, by: User, title: str = "") -> TrainingTry:
    """Queue one, unless it waits already, or was measured on a device that is here."""
    key = key_of(config)
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=project.pk)
        for row in TrainingTry.objects.filter(project=project, key=key, state__in=["waiting", "working"]):
            if row.job_id and Job.objects.filter(pk=row.job_id).exclude(state__in=ENDED).exists():
                return row
        known = None if again else newest(key)
        if known is not None and rough.is_here(known.device):
            return known
        row = TrainingTry.objects.create(project=project, key=key)
        payload = TryOrder(config=config).model_dump(mode="json")
        title = title or f"A few steps of training at {config.size} pixels"
        row.job_id = queue.enqueue(
            KIND, project_id=project.pk, title=title, payload=payload, runs_on=Job.RunsOn.SERVICE, created_by=by
        ).id
        row.save(update_fields=["job_id"])
    return row


def newest(key: str) -> TrainingTry | None:
    """The result for a device that is here before any other, the newest first."""
    rows = list(TrainingTry.objects.filter(key=key, state="ready").order_by("-created_at", "id")[:20])
    return next((row for row in rows if rough.is_here(row.device)), rows[0] if rows else None)


def estimate_of(project: Project, config: TrainingConfig | None) -> dict[str, Any]:
    """What is known of such a run's time: a measurement, whoever asked for it, or how the project's own try stands.

    Without a measurement of these settings: as a run had it, or a range.
    """
    if config is None:
        return estimate_out(None, None)
    key = key_of(config)
    own = TrainingTry.objects.filter(project=project, key=key).order_by("-created_at", "id")
    going = own.filter(state__in=["waiting", "working"]).first()
    found = estimate_out(going or newest(key) or own.filter(state="failed").first(), config)
    if found["state"] != "ready":
        found |= _without_try(project, config, key)
    is_followed = going or found["state"] == "failed" or found["is_gauging"]
    return found if is_followed else {**found, "job_id": None}


def _without_try(project: Project, config: TrainingConfig, key: str) -> dict[str, Any]:
    """The time where these settings were not tried, and what is needed to say one."""
    runs = list(rough.by_runs(project))
    for known in runs:
        if key_of(known.config) == key and known.run is not None:
            found = {"basis": "run", "seconds": known.seconds_per_kimg * config.kimg, "device": known.device}
            return found | {"run_id": str(known.run.pk), "run_name": known.run.name}
    pair = rough.nearest(config, [*rough.by_tries(), *runs])
    if pair is None:
        return _gauging(project)
    known, ratio = pair
    seconds, width = known.seconds_per_kimg * ratio * config.kimg, rough.spread(ratio)
    found = {"basis": "scaled", "device": known.device, "low_seconds": seconds / width, "high_seconds": seconds * width}
    return found | ({"run_id": str(known.run.pk), "run_name": known.run.name} if known.run else {})


def _gauging(project: Project) -> dict[str, Any]:
    """Nothing was measured on what is here: whether a few steps of small settings are wanted, or under way."""
    tried = TrainingTry.objects.filter(project=project, key=key_of(rough.gauge())).order_by("-created_at", "id").first()
    if tried is None or tried.state == "ready":  # then it was measured on what is no longer here
        return {"wants_gauge": bool(services_here())}
    is_going = tried.state in ("waiting", "working")
    return {"is_gauging": True, "job_id": str(tried.job_id)} if is_going else {}


def estimate_out(row: TrainingTry | None, config: TrainingConfig | None) -> dict[str, Any]:
    measured = row.measured if row else None
    seconds = measured["seconds_per_kimg"] * config.kimg if measured and config else None
    return {
        "state": row.state if row else "unknown",
        "basis": "try" if measured else None,
        "seconds": seconds,
        "low_seconds": None,
        "high_seconds": None,
        "measured": measured,
        "device": row.device if row else "",
        "run_id": None,
        "run_name": "",
        "sentence": row.sentence if row else "",
        "job_id": str(row.job_id) if row and row.job_id else None,
        "wants_gauge": False,
        "is_gauging": False,
    }


def follow(job: Job) -> None:
    """Called in the transaction of every change of such a job."""
    row, state = TrainingTry.objects.filter(job_id=job.pk).first(), STATES.get(State(job.state))
    if row is None or state is None or row.state == "ready":
        return
    sentence = (job.error or job.message) if state == "failed" else ""
    if (row.state, row.sentence) != (state, sentence):
        row.state, row.sentence = state, sentence
        row.save(update_fields=["state", "sentence"])
        _tell(row)


def keep(job: Job, result: dict[str, Any], _: Any) -> None:
    """A service has measured. Call it in the transaction that ends the job."""
    row = TrainingTry.objects.filter(job_id=job.pk).first()
    if row is None:
        return
    try:
        measured = Measured.model_validate(result)
    except ValidationError as error:
        raise Refused("The result of this job measures nothing.", field="result") from error
    row.state, row.sentence, row.device = "ready", "", measured.device[:200]
    row.measured = measured.model_dump(mode="json")
    row.save(update_fields=["state", "sentence", "device", "measured"])
    TrainingTry.objects.filter(key=row.key, device=row.device, state="ready").exclude(pk=row.pk).delete()
    _tell(row)


def _tell(row: TrainingTry) -> None:
    payload = {"id": str(row.pk), "job_id": str(row.job_id), "estimate": estimate_out(row, None)}
    record(row.project_id, "training.try", subject=f"try:{row.pk}", payload=payload)
