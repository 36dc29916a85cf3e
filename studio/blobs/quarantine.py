"""Quarantine: what arrived damaged is set aside for whoever looks for the reason, and is never shown to anybody.

It is the operator's: files in STUDIO_DATA/quarantine, each with a note beside it, for a week and within a limit.
"""

import contextlib
import json
import time
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from studio.blobs.models import Upload

FILE_BYTES = 100 * 1024 * 1024
ALL_BYTES = 1024 * 1024 * 1024
KEPT_SECONDS = 7 * 24 * 3600.0


def folder() -> Path:
    return Path(settings.STUDIO_DATA / "quarantine")


def keep(upload: Upload, path: Path, found_sha256: str) -> None:
    """Set the damaged file of an upload aside. A large one is not worth it; a full disk is no reason to fail."""
    if upload.size > FILE_BYTES:
        return
    note = {
        "upload": str(upload.pk),
        "project": str(upload.project_id),
        "kind": upload.kind,
        "name": upload.name,
        "size": upload.size,
        "announced_sha256": upload.sha256,
        "found_sha256": found_sha256,
        "at": timezone.now().isoformat(),
    }
    with contextlib.suppress(OSError):
        folder().mkdir(parents=True, exist_ok=True)
        path.replace(folder() / str(upload.pk))
        (folder() / f"{upload.pk}.json").write_text(json.dumps(note, indent=1, ensure_ascii=False))
        sweep()


def sweep() -> None:
    """Drop what is older than a week, then the oldest until the rest is within the limit."""
    if not folder().is_dir():
        return
    files = sorted((path for path in folder().iterdir() if not path.suffix), key=lambda path: path.stat().st_mtime)
    total = sum(path.stat().st_size for path in files)
    for path in files:
        if total <= ALL_BYTES and path.stat().st_mtime > time.time() - KEPT_SECONDS:
            break
        total -= path.stat().st_size
        path.unlink(missing_ok=True)
        path.with_suffix(".json").unlink(missing_ok=True)
