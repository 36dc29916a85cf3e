"""The jobs of a projection: first the zip of its version where it is missing, then the search, as often as it takes."""

from typing import Any

from django.conf import settings

from gpu_service.protocol import InputRef
from gpu_service.protocol.projection import ProjectOrder, settings_begun
from studio.accounts.models import User
from studio.blobs.models import Blob
from studio.blobs.store import put_path
from studio.datasets.exports import zip_for_training
from studio.datasets.models import VersionExport
from studio.errors import Refused
from studio.jobs import queue
from studio.jobs.models import ENDED, Job
from studio.projections.models import Projection

KIND, REVIEW = "project", "review_projection"
GONE = "What “{name}” looks for is not in the studio any more. Begin a new projection with another target."
NETWORK_GONE = "The snapshot of “{name}” is not in the studio any more. Import it again, then begin a new projection."
NO_FILE = "“{name}” has no file yet. Let it find some frames first."


def order_next(row: Projection, *, by: User | None) -> None:
    """Queue what it needs next and note its job. Call it in a transaction; saves the row. Raises Refused."""
    row.before_job_id = None
    if row.version is not None:
        export = VersionExport.objects.filter(version=row.version, kind="zip").first()
        if export is None or export.blob_id is None:
            row.before_job_id = zip_for_training(row.version, by=by).job_id
    if row.before_job_id is None:
        row.job_id = _queue(row, by=by).id
    row.save()


def order_review(row: Projection, *, by: User | None) -> None:
    """Queue the film that shows it, from its file. Saves the row. Raises Refused where there is no file."""
    if row.file is None:
        raise Refused(NO_FILE.format(name=row.name), status=409)
    inputs = [_ref(row.file, f"{row.name}.hdf5", "projection")]
    if row.snapshot is not None:
        inputs.append(_ref(row.snapshot.blob, row.snapshot.name, "snapshot"))
    payload = {"projection_id": str(row.pk), "name": row.name}
    row.review_job_id = queue.enqueue(
        REVIEW,
        project_id=row.project_id,
        title=f"Film that reviews “{row.name}”",
        payload={**payload, "inputs": [item.model_dump(mode="json") for item in inputs]},
        runs_on=Job.RunsOn.SERVICE,
        subject=row.subject,
        created_by=by,
    ).id
    row.save(update_fields=["review_job_id"])


def payload_of(row: Projection) -> dict[str, Any]:
    """What the job holds: the order, and the files as they are now. Raises Refused when one is gone."""
    order = ProjectOrder(
        projection_id=str(row.pk),
        name=row.name,
        network_md5=row.network_md5 or None,
        network_name=row.network_name,
        config=settings_begun(row.config),
    )
    return {**order.model_dump(mode="json"), "inputs": [item.model_dump(mode="json") for item in _inputs(row)]}


def refresh(row: Projection) -> None:
    """The job's order follows: frames that are done by now. Whoever claims it next reads that."""
    if row.job_id is not None:
        Job.objects.filter(pk=row.job_id).exclude(state__in=ENDED).update(payload=payload_of(row))


def _queue(row: Projection, *, by: User | None) -> Job:
    if row.job_id is not None:  # the former one is history: the search goes on in another
        Job.objects.filter(pk=row.job_id).update(may_retry=False)
    return queue.enqueue(
        KIND,
        project_id=row.project_id,
        title=f"Projection of “{row.name}”",
        payload=payload_of(row),
        runs_on=Job.RunsOn.SERVICE,
        subject=row.subject,
        created_by=by,
        total=max(row.frames_total, 1),
        unit="frames",
    )


def _inputs(row: Projection) -> list[InputRef]:
    if row.snapshot is None:
        raise Refused(NETWORK_GONE.format(name=row.name), status=409)
    snapshot = row.snapshot
    files = [_ref(snapshot.blob, snapshot.name, "snapshot"), _target(row)]
    if "discriminator" in row.config.get("losses", ()):
        if snapshot.training is not None:
            files.append(_ref(snapshot.training, snapshot.name, "training"))
        elif snapshot.original is not None:
            files.append(_ref(snapshot.original, snapshot.original_name or snapshot.name, "original"))
    if "features" in row.config.get("losses", ()) and settings.TRAINING_FEATURES is not None:
        features = put_path(settings.TRAINING_FEATURES)
        files.append(_ref(features, f"features-{features.pk}.safetensors", "features"))
    done = row.frames.select_related("latents").exclude(latents=None)
    return files + [_ref(part.latents, f"frames-{part.first}-{part.end}.hdf5", "frames") for part in done]


def _target(row: Projection) -> InputRef:
    if row.target is not None and row.target.blob is not None:
        return _ref(row.target.blob, row.target.name, "target")
    export = VersionExport.objects.select_related("blob").filter(version=row.version, kind="zip").first()
    if row.version is None or export is None or export.blob is None:
        raise Refused(GONE.format(name=row.name), status=409)
    return _ref(export.blob, f"{row.about.get('source', {}).get('name', 'portraits')}.zip", "target")


def _ref(blob: Blob | None, name: str, role: str) -> InputRef:
    assert blob is not None
    return InputRef(sha256=blob.sha256, size=blob.size, name=name, role=role)
