"""The job `import_portraits`: the pictures of an archive become portraits, a few at a time; each file's fate is noted.

What is settled stays settled: after a stop, a crash or a full disk the next attempt goes on behind it.
"""

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid5

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from studio.blobs.models import Blob, Upload
from studio.blobs.store import StoreFull, local_path, put_path, temporary_file
from studio.blobs.uploads import Became, Coming, Start, UploadRefused
from studio.datasets import archives, arrivals, pictures, sessions
from studio.datasets.archive_models import ArchivedFile, ArchiveImport
from studio.datasets.archives import ArchiveRefused, Entry, FileRefused
from studio.datasets.ingest import dataset_of, found_in, take
from studio.datasets.models import CaptureSession, Dataset, Portrait
from studio.jobs import queue
from studio.jobs.handlers import JobFailed
from studio.jobs.models import Job

KIND = "import_portraits"
PER_WRITE = 25
Fate = ArchivedFile.Fate


@dataclass(frozen=True)
class Unpacked:
    """A file of the archive: a stored picture with the facts of its header, or the reason why not."""

    position: int
    entry: Entry
    blob: Blob | None = None
    found: dict[str, Any] | None = None
    reason: str = ""


def begins(coming: Coming) -> Start:
    """An archive goes into a dataset; nothing else is said of it. Raises Refused."""
    return Start({"dataset": str(dataset_of(coming).pk)})


def looks(upload: Upload, path: Path) -> dict[str, Any]:
    """How many files it says that it holds. Raises UploadRefused for what is no archive, or too large a one."""
    try:
        return {"files": archives.count_files(path)}
    except ArchiveRefused as refusal:
        raise UploadRefused(f"“{upload.name}” was not taken. {refusal}") from refusal


def finished(upload: Upload, blob: Blob) -> Became:
    """A whole archive waits for the worker. Runs inside the transaction that ends the upload."""
    dataset = Dataset.objects.filter(pk=upload.target["dataset"]).first()
    if dataset is None:
        raise UploadRefused("The dataset of this archive is no longer there.")
    files = upload.target["found"]["files"]
    coming = ArchiveImport.objects.create(
        dataset=dataset, name=upload.name, archive=blob, files=files, created_by=upload.user
    )
    job = queue.enqueue(
        KIND,
        project_id=dataset.project_id,
        title=f"Pictures of “{upload.name}” into “{dataset.name}”",
        payload={"import_id": str(coming.pk)},
        runs_on=Job.RunsOn.WORKER,
        subject=dataset.subject,
        created_by=upload.user,
        total=files,
        unit="files",
    )
    ArchiveImport.objects.filter(pk=coming.pk).update(job_id=job.pk)
    return Became(f"/p/{dataset.project_id}/library/{dataset.pk}/")


def handle(context: Any) -> dict[str, Any]:
    """What the worker runs. Returns {"taken": n, "known": n, "refused": n}."""
    coming = ArchiveImport.objects.select_related("archive", "dataset").filter(pk=context.payload["import_id"]).first()
    if coming is None or coming.finished_at is not None:
        return _counts(coming)
    if coming.archive is None:
        raise JobFailed(f"The archive “{coming.name}” is not kept. Send it again.", is_final=True)
    try:
        with local_path(coming.archive) as path, archives.opened(path) as (archive, entries):
            _take_all(coming, archive, entries, context)
    except ArchiveRefused as refusal:
        raise JobFailed(str(refusal), is_final=True) from refusal
    except StoreFull as error:
        raise JobFailed(str(error), retry=False) from error
    with transaction.atomic():
        context.raise_if_lost()
        # The archive itself goes with the next sweep: everything of it is in the library.
        ArchiveImport.objects.filter(pk=coming.pk).update(finished_at=Now(), archive=None)
    coming.refresh_from_db()
    return _counts(coming)


def _take_all(coming: ArchiveImport, archive: zipfile.ZipFile, entries: list[Entry], context: Any) -> None:
    assert coming.archive is not None
    ArchiveImport.objects.filter(pk=coming.pk).update(files=len(entries))
    budget = archives.allowed_in_all(coming.archive.size)
    while coming.position < len(entries):
        context.progress(coming.position, len(entries), "Taking pictures out of the archive")
        batch = []
        for position in range(coming.position, min(coming.position + PER_WRITE, len(entries))):
            context.raise_if_cancelled()
            if coming.unpacked_bytes > budget:
                raise ArchiveRefused(archives.TOO_MUCH)
            batch.append(_unpack(coming, archive, entries[position], position))
        _write(coming, batch, context)
    context.progress(len(entries), len(entries))


def _unpack(coming: ArchiveImport, archive: zipfile.ZipFile, entry: Entry, position: int) -> Unpacked:
    """One file into the store, if it is a picture."""
    with temporary_file() as path:
        try:
            with path.open("wb") as target:
                sha256 = archives.unpack(archive, entry, target, limit=settings.PORTRAIT_MAX_BYTES)
            found = found_in(path)
            return Unpacked(position, entry, put_path(path, move=True, sha256=sha256), found)
        except FileRefused as refusal:
            return Unpacked(position, entry, reason=str(refusal))
        except pictures.PictureRefused as refusal:
            return Unpacked(position, entry, reason=archives.NESTED if zipfile.is_zipfile(path) else str(refusal))
        finally:
            coming.unpacked_bytes += path.stat().st_size if path.exists() else entry.info.file_size


@transaction.atomic
def _write(coming: ArchiveImport, batch: list[Unpacked], context: Any) -> None:
    """Portraits and fates of a batch, and how far the archive has got: all of it or nothing."""
    context.raise_if_lost()
    dataset = Dataset.objects.select_for_update().get(pk=coming.dataset_id)
    fates = []
    for file in batch:
        fate, portrait = Fate.REFUSED, None
        if file.blob is not None and file.found is not None:
            is_known = Portrait.objects.filter(dataset=dataset, sha256=file.blob.pk).exists()
            fate = Fate.KNOWN if is_known else Fate.TAKEN
            portrait = take(
                dataset,
                _session_of(coming, dataset, file.entry),
                blob=file.blob,
                name=file.entry.name,
                found=file.found,
                otherwise=file.entry.packed_at,
            )
        fates.append(
            ArchivedFile(
                archive=coming,
                position=file.position,
                name=file.entry.path[:300],
                fate=fate,
                reason=file.reason[:300],
                portrait_id=portrait.pk if portrait else None,
            )
        )
    ArchivedFile.objects.bulk_create(fates)
    coming.position += len(batch)
    for fate in Fate:
        setattr(coming, fate.value, getattr(coming, fate.value) + sum(row.fate == fate for row in fates))
    coming.save(update_fields=["position", "unpacked_bytes", "taken", "known", "refused"])
    arrivals.note(dataset, by=coming.created_by)


def _session_of(coming: ArchiveImport, dataset: Dataset, entry: Entry) -> CaptureSession:
    """Of the set and day that the file's name tells; else one for each folder of the archive."""
    source = CaptureSession.Source.ARCHIVE
    named = sessions.set_session(dataset, entry.name, source=source, by=coming.created_by)
    if named is not None:
        return named
    return sessions.ensure(
        dataset,
        uuid5(coming.pk, f"folder {entry.folder}"),
        source=source,
        name=entry.folder or Path(coming.name).stem,
        started_at=entry.packed_at or coming.created_at,
        by=coming.created_by,
    )


def _counts(coming: ArchiveImport | None) -> dict[str, Any]:
    return {"taken": coming.taken, "known": coming.known, "refused": coming.refused} if coming else {}
