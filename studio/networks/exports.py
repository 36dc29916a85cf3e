"""Exports: the weights of a snapshot as other tools read them. None of these files holds code."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import PurePath

from django.db import transaction
from django.utils import timezone

from gpu_service.protocol import ExportOrder, FilesResult
from studio.accounts.models import User
from studio.blobs.models import Blob
from studio.errors import Refused
from studio.events.record import record
from studio.jobs.models import Job
from studio.networks.models import Snapshot, SnapshotExport
from studio.networks.orders import place_order
from studio.networks.present_made import export_out

KIND = "export_snapshot"
TITLES = {"state_dict": "state_dict with NVIDIA’s tensor names", "rosinality": "rosinality’s converted form"}
KINDS = {"state_dict": ("stylegan2", "stylegan3"), "rosinality": ("stylegan2",)}
UNFIT = "“{name}” is a {kind} snapshot, and {form} holds {kinds}. Download its safetensors instead."
ASKED = timedelta(days=1)


def start_export(snapshot: Snapshot, form: str, *, by: User) -> tuple[SnapshotExport, Job | None]:
    """Queue the making, unless it is made or being made. Raises Refused for what the form cannot hold."""
    if snapshot.kind not in KINDS[form]:
        words = {"form": TITLES[form], "kinds": " and ".join(KINDS[form])}
        raise Refused(UNFIT.format(name=snapshot.name, kind=snapshot.kind, **words), field="form")
    stem = (PurePath(snapshot.name.replace("\\", "/")).stem or "snapshot")[:200]
    order = ExportOrder.model_validate({"form": form, "name": stem})
    with transaction.atomic():
        export = SnapshotExport.objects.filter(snapshot=snapshot, form=form).first()
        if export is not None:  # a new name is no reason to write it again
            order = ExportOrder.model_validate(export.order)
        title = f"“{snapshot.name}” as {TITLES[form]}"
        export, job = place_order(
            SnapshotExport, snapshot, order, kind=KIND, title=title, by=by, form=form, name=f"{stem}-{form}.pt"
        )
        tell(export, by=by)
    return export, job


def note_asked(export: SnapshotExport) -> None:
    """Somebody fetches it: it is not cleared away for a while."""
    if timezone.now() - export.asked_at > ASKED:
        SnapshotExport.objects.filter(pk=export.pk).update(asked_at=timezone.now())


def take(export: SnapshotExport, found: FilesResult, files: Mapping[str, Blob]) -> None:
    export.blob = files["file"]
    export.name = PurePath(found.files["file"]).name[:255]


def tell(export: SnapshotExport, *, by: User | None = None) -> None:
    project_id = export.snapshot.network.project_id
    record(project_id, "export.changed", subject=export.subject, payload=export_out(export), actor=by)
