"""Harvests: random pictures with or without a face, as a sheet and as a zip with JSON beside each picture."""

from collections.abc import Mapping
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from gpu_service.protocol import FilesResult, HarvestOrder
from studio.accounts.models import User
from studio.blobs.models import Blob
from studio.errors import Refused
from studio.events.record import record
from studio.jobs import queue
from studio.jobs.models import Job
from studio.networks.models import Harvest, Snapshot
from studio.networks.orders import at_work, enqueue
from studio.networks.present_made import harvest_out
from studio.networks.sheet_orders import key_of

KIND = "harvest"
WHICH = {"any": "random pictures", "with": "pictures with a face", "without": "pictures without a face"}


def start_harvest(snapshot: Snapshot, order: HarvestOrder, *, by: User) -> tuple[Harvest, Job]:
    """Queue one. The same order twice shares the job that is still at work."""
    if order.label is not None and order.label >= snapshot.num_classes:
        raise Refused(f"“{snapshot.name}” has {snapshot.num_classes or 'no'} classes. Choose another.", field="label")
    if order.most < order.count:
        raise Refused("Let it draw at least as many pictures as you want to keep.", field="most")
    key = key_of(KIND, order)
    with transaction.atomic():
        Snapshot.objects.select_for_update(of=("self",)).get(pk=snapshot.pk)
        for row in Harvest.objects.filter(snapshot=snapshot, key=key, binned_at=None):
            if (job := at_work(row.job_id)) is not None:
                return row, job
        harvest = Harvest(pk=uuid4(), snapshot=snapshot, key=key, order=order.model_dump(mode="json"), created_by=by)
        title = f"{order.count} {WHICH[order.faces]} of “{snapshot.name}”"
        job = enqueue(KIND, snapshot, order, title=title, inputs=(), subject=harvest.subject, by=by)
        harvest.job_id = job.id
        harvest.save()
        tell(harvest, by=by)
    return harvest, job


def bin_harvest(harvest: Harvest, *, is_binned: bool, by: User) -> Harvest:
    """Into the bin or back; a harvest that is still at work stops."""
    with transaction.atomic():
        harvest.binned_at = timezone.now() if is_binned else None
        harvest.save(update_fields=["binned_at"])
        going = at_work(harvest.job_id)
        if is_binned and going is not None:
            queue.cancel(going, by=by)
            harvest.refresh_from_db()
        tell(harvest, by=by)
    return harvest


def take(harvest: Harvest, found: FilesResult, files: Mapping[str, Blob]) -> None:
    harvest.zip, harvest.sheet = files["zip"], files["sheet"]
    harvest.sentence = str(found.facts.get("sentence") or "")
    harvest.facts = {name: found.facts[name] for name in ("kept", "drawn", "seeds", "columns", "tile")}


def tell(harvest: Harvest, *, by: User | None = None) -> None:
    project_id = harvest.snapshot.network.project_id
    record(project_id, "harvest.changed", subject=harvest.subject, payload=harvest_out(harvest), actor=by)
