"""Work on snapshots that people order: one row and one job for each key, however many ask for it."""

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from pydantic import BaseModel

from gpu_service.protocol import InputRef
from studio.accounts.models import User
from studio.jobs import queue
from studio.jobs.models import ENDED, Job
from studio.networks.models import OrderState, Snapshot
from studio.networks.order_models import Ordered
from studio.networks.sheet_orders import key_of

Row = TypeVar("Row", bound=Ordered)


def place_order(
    rows: type[Row],
    snapshot: Snapshot,
    order: BaseModel,
    *,
    kind: str,
    title: str,
    by: User | None,
    inputs: Sequence[InputRef] = (),
    **fields: Any,
) -> tuple[Row, Job | None]:
    """The row of that order, and its job while one is at work. What failed or was cleared away is made again."""
    with transaction.atomic():
        Snapshot.objects.select_for_update(of=("self",)).get(pk=snapshot.pk)
        row = rows._default_manager.filter(snapshot=snapshot, key=key_of(kind, order)).first()
        if row is None:
            row = rows(snapshot=snapshot, key=key_of(kind, order), created_by=by, **fields)
        job = at_work(row.job_id)
        if row.state == OrderState.READY or job is not None:
            return row, job
        job = enqueue(kind, snapshot, order, title=title, inputs=inputs, subject=f"{kind}:{row.pk}", by=by)
        row.job_id, row.state, row.sentence = job.id, OrderState.WAITING, ""
        row.order = order.model_dump(mode="json")
        row.save()
    return row, job


def at_work(job_id: UUID | None) -> Job | None:
    """The job, unless it has ended."""
    return Job.objects.filter(pk=job_id).exclude(state__in=ENDED).first() if job_id else None


def enqueue(
    kind: str,
    snapshot: Snapshot,
    order: BaseModel,
    *,
    title: str,
    inputs: Sequence[InputRef],
    subject: str,
    by: User | None,
) -> Job:
    """The job, with the files that its service may fetch."""
    files = [snapshot_input(snapshot), *inputs]
    payload = {**order.model_dump(mode="json"), "inputs": [item.model_dump(mode="json") for item in files]}
    return queue.enqueue(
        kind,
        project_id=snapshot.network.project_id,
        title=title,
        payload=payload,
        runs_on=Job.RunsOn.SERVICE,
        subject=subject,
        created_by=by,
    )


def snapshot_input(snapshot: Snapshot) -> InputRef:
    return InputRef(sha256=snapshot.blob_id, size=snapshot.blob.size, name=snapshot.name, role="snapshot")
