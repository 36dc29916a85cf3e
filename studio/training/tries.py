"""Tries: a few steps with those settings on a render service, to say how long a run takes and how large it is."""

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


def order_try(project: Project, config: TrainingConfig, *, again: bool, by: User) -> TrainingTry:
    """Queue one, unless it waits already, or was measured on a device that is here."""
    key = key_of(config)
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=project.pk)
        for row in TrainingTry.objects.filter(project=project, key=key, state__in=["waiting", "working"]):
            if row.job_id and Job.objects.filter(pk=row.job_id).exclude(state__in=ENDED).exists():
                return row
        known = None if again else newest(key)
        if known is not None and _is_here(known):
            return known
        row = TrainingTry.objects.create(project=project, key=key)
        payload = TryOrder(config=config).model_dump(mode="json")
        title = f"A few steps of training at {config.size} pixels"
        row.job_id = queue.enqueue(
            KIND, project_id=project.pk, title=title, payload=payload, runs_on=Job.RunsOn.SERVICE, created_by=by
        ).id
        row.save(update_fields=["job_id"])
    return row


def newest(key: str) -> TrainingTry | None:
    """The result for a device that is here before any other, the newest first."""
    rows = list(TrainingTry.objects.filter(key=key, state="ready").order_by("-created_at", "id")[:20])
    return next((row for row in rows if _is_here(row)), rows[0] if rows else None)


def estimate_of(project: Project, config: TrainingConfig | None) -> dict[str, Any]:
    """What is known of such a run's time: a measurement, whoever asked for it, or how the project's own try stands."""
    if config is None:
        return estimate_out(None, None)
    key = key_of(config)
    own = TrainingTry.objects.filter(project=project, key=key).order_by("-created_at", "id")
    going = own.filter(state__in=["waiting", "working"]).first()
    found = estimate_out(going or newest(key) or own.filter(state="failed").first(), config)
    return found if going or found["state"] == "failed" else {**found, "job_id": None}


def estimate_out(row: TrainingTry | None, config: TrainingConfig | None) -> dict[str, Any]:
    measured = row.measured if row else None
    seconds = measured["seconds_per_kimg"] * config.kimg if measured and config else None
    return {
        "state": row.state if row else "unknown",
        "seconds": seconds,
        "measured": measured,
        "device": row.device if row else "",
        "sentence": row.sentence if row else "",
        "job_id": str(row.job_id) if row and row.job_id else None,
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


def _is_here(row: TrainingTry) -> bool:
    """Whether a service with that device is attached; where none is, any result will do."""
    here = services_here()
    return not here or any(row.device.startswith(name) for found in here for name in found.devices)


def _tell(row: TrainingTry) -> None:
    payload = {"id": str(row.pk), "job_id": str(row.job_id), "estimate": estimate_out(row, None)}
    record(row.project_id, "training.try", subject=f"try:{row.pk}", payload=payload)
