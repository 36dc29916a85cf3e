"""`manage.py verify_store`: read every blob again and compare. Names what is wrong, and which rows need it."""

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from studio.blobs import store
from studio.blobs.models import Blob


class Command(BaseCommand):
    help = "Read every file of the store and compare it with its name. Exit 1 when something is wrong."

    def handle(self, *arguments: Any, **options: Any) -> None:
        checked = wrong = 0
        for blob in Blob.objects.order_by("pk").iterator(chunk_size=500):
            checked += 1
            fault = fault_of(blob)
            if fault:
                wrong += 1
                self.stdout.write(f"{blob.sha256}: {fault} {needed_by(blob.sha256)}")
        strays = [] if store.is_remote() else list(stray_files())
        for path in strays:
            self.stdout.write(f"{path}: no row knows this file. The sweep does not touch it; delete it by hand.")
        self.stdout.write(f"{checked} files read, {wrong} wrong, {len(strays)} unknown.")
        if wrong:
            sys.exit(1)


def fault_of(blob: Blob) -> str | None:
    """What is wrong with a blob, as a sentence; None when it is whole."""
    try:
        with store.local_path(blob) as path:
            found, size = store.hash_file(path), path.stat().st_size
    except OSError:
        return "The file is missing or cannot be read."
    if size != blob.size:
        return f"The file has {size} bytes instead of {blob.size}."
    return None if found == blob.sha256 else "The content has changed."


def needed_by(sha256: str) -> str:
    """Which rows point at it."""
    rows = [
        f"{model._meta.label} {row.pk}"
        for model, column in store.references()
        for row in model._base_manager.filter(**{column: sha256})[:5]
    ]
    return f"Needed by {', '.join(rows)}." if rows else "Nothing needs it."


def stray_files() -> Any:
    """Files of the store that no row knows."""
    folder = Path(settings.STUDIO_DATA / "blobs")
    for path in sorted(folder.glob("*/*/*")):
        if not Blob.objects.filter(pk=path.name).exists():
            yield path
