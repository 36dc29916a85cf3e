"""Sweep what nobody needs: blobs that no row points at, after a day; uploads that stopped; temporary files."""

import shutil
import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from studio.blobs import quarantine, receive, store
from studio.blobs.models import Blob, Upload

KEPT = timedelta(hours=24)


def sweep() -> int:
    """Remove what is older than a day and needed by nothing. Returns how many blobs went."""
    for upload in Upload.objects.filter(updated_at__lt=timezone.now() - timedelta(hours=settings.UPLOAD_KEPT_HOURS)):
        if upload.state != Upload.State.FINISHING:
            receive.drop(upload)
    _sweep_folder(settings.STUDIO_DATA / "tmp")
    quarantine.sweep()
    old = Blob.objects.filter(touched_at__lt=timezone.now() - KEPT).values_list("pk", flat=True)
    return sum(_sweep_blob(sha256) for sha256 in list(old))


def _sweep_blob(sha256: str) -> bool:
    """Drop one blob, if it is still old and still unneeded. Whoever stores it again meanwhile wins."""
    with transaction.atomic():
        rows = Blob.objects.filter(pk=sha256, touched_at__lt=timezone.now() - KEPT)
        if connection.features.has_select_for_update:
            rows = rows.select_for_update()
        blob = rows.first()
        if blob is None or store.is_referenced(sha256):
            return False
        store.remove(blob)
    return True


def _sweep_folder(folder: Path) -> None:
    if folder.is_dir():
        before = time.time() - KEPT.total_seconds()
        for path in folder.iterdir():
            if path.is_file() and path.stat().st_mtime < before:
                path.unlink(missing_ok=True)
            elif path.is_dir() and all(one.stat().st_mtime < before for one in (path, *path.rglob("*"))):
                shutil.rmtree(path, ignore_errors=True)
