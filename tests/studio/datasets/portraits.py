"""Datasets and portraits for tests: rows with a stored original, as they are when they have just arrived."""

import hashlib
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image

from studio.blobs.store import put_bytes
from studio.datasets.models import CaptureSession, Dataset, DatasetVersion, Portrait, VersionExport
from studio.projects.models import Project

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def make_dataset(project: Project, name: str = "Faces") -> Dataset:
    dataset = Dataset.objects.create(project=project, name=name)
    CaptureSession.objects.create(dataset=dataset, source="upload", started_at=START)
    return dataset


def add_portrait(dataset: Dataset, content: bytes, *, seconds: float = 0.0, name: str = "", **columns: Any) -> Portrait:
    """A portrait taken that many seconds after START."""
    return Portrait.objects.create(
        dataset=dataset,
        session=dataset.sessions.first(),
        original=put_bytes(content),
        sha256=hashlib.sha256(content).hexdigest(),
        name=name or f"{seconds:g}.jpg",
        taken_at=START + timedelta(seconds=seconds),
        bytes=len(content),
        **columns,
    )


def jpeg(picture: Image.Image | Path, *, size: tuple[int, int] | None = None, quality: int = 90) -> bytes:
    image = Image.open(picture) if isinstance(picture, Path) else picture
    image = image.convert("RGB")
    buffer = io.BytesIO()
    (image.resize(size) if size else image).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def make_version(dataset: Dataset) -> DatasetVersion:
    """A frozen version without any portrait, and a file of it."""
    recipe = {"crop": "centre", "margin": 0.6, "aspect": "square", "size": 64, "resampling": "area"}
    version = DatasetVersion.objects.create(dataset=dataset, number=1, recipe=recipe, is_frozen=True)
    VersionExport.objects.create(version=version, kind="zip", blob=put_bytes(b"a zip"))
    return version
