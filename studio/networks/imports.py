"""Files on their way to become snapshots: each one's fate is told, and a file joins a network only once it was read."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from gpu_service.protocol import ImportOrder, SnapshotsResult
from studio.accounts.models import User
from studio.blobs.models import Blob, Upload
from studio.blobs.store import forget
from studio.blobs.uploads import UploadRefused
from studio.events.record import record
from studio.jobs import queue
from studio.jobs.models import ENDED, Job, State
from studio.networks.grouping import architecture_in, architecture_of, name_for, network_of_training, stem_of
from studio.networks.known import follow_twin, note_known
from studio.networks.models import Network, SnapshotImport
from studio.networks.rules import add_snapshots
from studio.networks.tell import tell, tell_import
from studio.projects.models import Project

KIND = "import_snapshot"
Fate = SnapshotImport.Fate
FATES = {
    State.QUEUED: Fate.WAITING,
    State.RUNNING: Fate.READING,
    State.FAILED: Fate.FAILED,
    State.CANCELLED: Fate.FAILED,
}


def import_from_upload(upload: Upload, blob: Blob) -> str:
    """A finished upload of the kind `snapshot` is read by a service, unless it is known. -> the address to look at"""
    with transaction.atomic():
        # Two of the same file at the same moment must not both be read.
        project = Project.objects.select_for_update().get(pk=upload.project_id)
        coming = SnapshotImport(
            project=project,
            wanted=_wanted(upload),
            name=upload.name,
            size=blob.size,
            sha256=blob.sha256,
            upload_id=upload.id,
            created_by=upload.user,
        )
        if not note_known(coming):
            coming.original = blob
            coming.job_id = _queue(coming).id
        coming.save()
        tell_import(coming, by=upload.user)
    there = f"{coming.snapshot.network_id}/" if coming.snapshot else ""
    return f"/p/{project.id}/networks/{there}"


def keep_import(job: Job, result: SnapshotsResult, artifacts: Mapping[str, Blob]) -> None:
    """A service has read the file. Call it in the transaction that ends the job."""
    coming = SnapshotImport.objects.select_related("wanted", "original", "created_by").filter(job_id=job.id).first()
    if coming is None:
        return  # somebody took the file back meanwhile
    # Two files of one training that end at the same moment must not make two networks.
    coming.project = Project.objects.select_for_update().get(pk=coming.project_id)
    network, coming.sentence = _network_for(coming, result)
    coming.fate = Fate.KEPT
    coming.save(update_fields=["fate", "sentence"])
    coming.snapshot = add_snapshots(network, result, artifacts, coming=coming, by=coming.created_by)[0]
    coming.original = None  # the snapshot keeps it from now on
    coming.save()
    tell_import(coming, by=coming.created_by)
    follow_twin(coming)
    if coming.wanted is not None and coming.wanted_id != network.id:
        tell(coming.wanted, "network.changed", by=coming.created_by)


def refuse_import(job: Job, sentence: str) -> None:
    """The file is no snapshot that can be read: the sentence is kept, the file is not."""
    coming = SnapshotImport.objects.select_related("original").filter(job_id=job.id).first()
    if coming is not None:
        coming.fate, coming.sentence = Fate.REFUSED, sentence
        _let_go(coming, state=Upload.State.REFUSED, error=sentence)
        coming.save()
        tell_import(coming, by=None)
        follow_twin(coming)
        if coming.wanted is not None:
            tell(coming.wanted, "network.changed", by=None)


def remove_import(coming: SnapshotImport, *, by: User) -> None:
    """Take a row off the table. A file that was not read yet is not read any more; a snapshot stays what it is."""
    with transaction.atomic():
        job = Job.objects.filter(pk=coming.job_id).first() if coming.job_id else None
        payload = {"id": str(coming.id)}
        record(coming.project_id, "import.removed", subject=coming.subject, payload=payload, actor=by)
        _let_go(coming)
        coming.delete()
        if job is not None:
            Job.objects.filter(pk=job.pk).update(may_retry=False)
            if job.state not in ENDED:
                queue.cancel(job, by=by)
        if coming.wanted is not None:
            tell(coming.wanted, "network.changed", by=by)


def follow(job: Job) -> None:
    """Called in the transaction of every change of an import's job."""
    coming = SnapshotImport.objects.filter(job_id=job.id).first()
    fate = FATES.get(State(job.state))
    if coming is None or fate is None or coming.fate in (Fate.KEPT, Fate.REFUSED):
        return
    sentence = (job.error or job.message) if fate == Fate.FAILED else ""
    if (coming.fate, coming.sentence) != (fate, sentence):
        coming.fate, coming.sentence = fate, sentence
        coming.save(update_fields=["fate", "sentence"])
        tell_import(coming, by=None)
        if coming.wanted is not None:
            tell(coming.wanted, "network.changed", by=None)


def _queue(coming: SnapshotImport) -> Job:
    return queue.enqueue(
        KIND,
        project_id=coming.project_id,
        title=f"Import of “{coming.name}”",
        payload=ImportOrder(name=coming.name).model_dump(mode="json"),
        runs_on=Job.RunsOn.SERVICE,
        subject=coming.subject,
        created_by=coming.created_by,
    )


def _wanted(upload: Upload) -> Network | None:
    """The network that the upload names. Raises UploadRefused when there is none such."""
    named = str(upload.target.get("network_id", ""))
    if not named:
        return None
    rows = Network.objects.filter(project_id=upload.project_id, binned_at=None)
    found = next((row for row in rows if str(row.id) == named), None)
    if found is None:
        raise UploadRefused("There is no such network in this project. Choose another.")
    return found


def _network_for(coming: SnapshotImport, result: SnapshotsResult) -> tuple[Network, str]:
    """The network that was asked for where it fits, the one of the same training, or a new one; and what to say."""
    found, sentence = result.snapshots[0], ""
    wanted = coming.wanted
    if wanted is not None and wanted.binned_at is None:
        there = architecture_in(wanted)
        if there in (None, architecture_of(found.kind, found.facts)):
            return wanted, ""
        sentence = f"It is of another architecture than “{wanted.name}”, so it is not among that network’s snapshots."
    same = network_of_training(coming.project, found, name=coming.name, by=coming.created_by)
    return same or _new_network(coming, found), sentence


def _new_network(coming: SnapshotImport, found: Any) -> Network:
    network = Network.objects.create(
        project=coming.project,
        name=name_for(found, name=coming.name),
        kind=found.kind,
        stem=stem_of(coming.name, resolution=found.resolution or 0)[:255],
        created_by=coming.created_by,
    )
    tell(network, "network.added", by=coming.created_by)
    return network


def _let_go(coming: SnapshotImport, **upload: Any) -> None:
    """The bytes of a file that is not kept go at once, unless something else needs them."""
    blob, coming.original = coming.original, None
    if blob is not None:
        if coming.upload_id is not None:
            Upload.objects.filter(pk=coming.upload_id).update(blob=None, **upload)
        transaction.on_commit(lambda: forget(blob))
