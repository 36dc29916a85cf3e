"""Exports of a version: made by a job on demand, kept as a file that can be fetched again and again."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from PIL import Image

from studio.accounts.models import User
from studio.blobs.store import StoreFull, local_path, put_path
from studio.datasets.crops import CropRecipe
from studio.datasets.models import DatasetVersion, VersionExport
from studio.datasets.versions import tell
from studio.errors import Refused
from studio.jobs import queue
from studio.jobs.handlers import JobFailed
from studio.jobs.models import ENDED, Job

KIND = "export_version"
ROWS = 200
# Bytes on the disk for each byte of pixels, at most: TFRecords hold smaller copies too, and are there twice for a time.
GROWTH = {"zip": 1.02, "folder": 1.02, "tfrecord": 2.7}
WORDS = {"zip": "Zip", "folder": "Folder", "tfrecord": "TFRecords"}
CUTTING, AGAIN = "Cutting the portraits", "Cutting the portraits from the first again: the last try was interrupted"
NOT_YET = "This version is still being frozen. Wait for it, then export it."
NOT_SQUARE = "Training reads square pictures only. Export a folder, or freeze a version with square crops."
NO_POWER = "TFRecords are a series of halves: they need a size such as 256, 512 or 1024. This version has {size}."
GONE = "its file is missing from the store. Run manage.py verify_store."
LOST = "Portrait {position} of this version could not be read: {reason}"


def start_export(version: DatasetVersion, kind: str, *, by: User) -> VersionExport:
    """Queue the making, unless it is made or being made. Raises Refused for what the kind cannot hold."""
    refuse_unfit(version, kind)
    return _start(version, kind, by=by)


def zip_for_training(version: DatasetVersion, *, by: User | None) -> VersionExport:
    """The zip that our own training reads: pictures may have any shape, for they are padded or cropped there."""
    if not version.is_frozen:
        raise Refused(NOT_YET, status=409)
    return _start(version, VersionExport.Kind.ZIP, by=by)


def _start(version: DatasetVersion, kind: str, *, by: User | None) -> VersionExport:
    with transaction.atomic():
        DatasetVersion.objects.select_for_update().get(pk=version.pk)
        export, _ = VersionExport.objects.get_or_create(version=version, kind=kind)
        if export.blob_id is None and not _is_at_work(export):
            _refuse_without_room(version, kind)
            export.job_id = _queue(export, by=by).id
            export.save(update_fields=["job_id"])
    return export


def refuse_unfit(version: DatasetVersion, kind: str) -> None:
    recipe = CropRecipe(**version.recipe)
    if not version.is_frozen:
        raise Refused(NOT_YET, status=409)
    if recipe.aspect == "keep" and kind != "folder":
        raise Refused(NOT_SQUARE, field="kind")
    if kind == "tfrecord" and recipe.size & (recipe.size - 1):
        raise Refused(NO_POWER.format(size=recipe.size), field="kind")


def handle(context: Any) -> dict[str, Any]:
    """What the worker runs."""
    from studio.datasets.export_files import WRITERS

    export = VersionExport.objects.select_related("version__dataset").get(pk=context.payload["export_id"])
    if export.blob_id is None:
        scratch = Path(settings.STUDIO_DATA) / "tmp"
        scratch.mkdir(parents=True, exist_ok=True)
        for left in scratch.glob(f"export-{export.pk}-*"):  # of a try that was killed
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=scratch, prefix=f"export-{export.pk}-") as folder:
            out = Path(folder) / "version"
            WRITERS[export.kind](out, _pictures(export.version, context), facts_of(export.version))
            context.progress(export.version.count, export.version.count, "Storing the file")
            blob = put_path(out, move=True)
        with transaction.atomic():
            context.raise_if_lost()
            VersionExport.objects.filter(pk=export.pk).update(blob=blob)
            tell(export.version, "version.exported")
    return {"export_id": str(export.pk)}


def facts_of(version: DatasetVersion) -> dict[str, Any]:
    """What a person finds beside the pictures: the recipe, and which original each picture is from."""
    items = version.items.select_related("portrait").order_by("position")
    return {
        "dataset": version.dataset.name,
        "version": version.number,
        "fingerprint": version.fingerprint,
        "recipe": version.recipe,
        "pictures": [
            {"position": item.position, "sha256": item.sha256, "original": item.portrait.name, "corners": item.corners}
            for item in items.iterator(chunk_size=ROWS)
        ],
    }


def _pictures(version: DatasetVersion, context: Any) -> Iterator[tuple[int, Image.Image]]:
    from studio.datasets.cut import cut_file
    from studio.datasets.pictures import PictureRefused

    recipe = CropRecipe(**version.recipe)
    items = version.items.select_related("portrait__original").order_by("position")
    words = AGAIN if context.job.attempts > 1 else CUTTING
    for item in items.iterator(chunk_size=ROWS):
        context.progress(item.position, version.count, words)
        try:
            with local_path(item.portrait.original) as path:
                picture = cut_file(path, recipe, item.corners)
        except (PictureRefused, FileNotFoundError) as error:
            raise JobFailed(LOST.format(position=item.position, reason=_reason(error))) from error
        yield item.position, picture


def _reason(error: Exception) -> str:
    return GONE if isinstance(error, FileNotFoundError) else str(error)


def _refuse_without_room(version: DatasetVersion, kind: str) -> None:
    size = CropRecipe(**version.recipe).size
    needed = round(version.count * size * size * 3 * GROWTH[kind])
    lacking = needed + settings.FREE_BYTES_FLOOR - shutil.disk_usage(settings.STUDIO_DATA).free
    if lacking > 0:
        raise StoreFull(lacking)


def _is_at_work(export: VersionExport) -> bool:
    return export.job_id is not None and Job.objects.filter(pk=export.job_id).exclude(state__in=ENDED).exists()


def _queue(export: VersionExport, *, by: User | None) -> Job:
    version = export.version
    return queue.enqueue(
        KIND,
        project_id=version.dataset.project_id,
        title=f"{WORDS[export.kind]} of version {version.number} of “{version.dataset.name}”",
        payload={"export_id": str(export.pk)},
        runs_on=Job.RunsOn.WORKER,
        subject=version.subject,
        created_by=by,
        total=version.count,
        unit="portraits",
    )
