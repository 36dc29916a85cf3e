"""A version as files: the standard zip, a folder in a tar, TFRecords in a tar. Same version, same bytes.

Nothing in them tells when or where they were made. Pictures are PNG without metadata.
"""

import io
import json
import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from PIL import Image

from studio.datasets.tfrecord import SeriesWriter

# (position in the version, picture), in order.
Pictures = Iterable[tuple[int, Image.Image]]
LONG_AGO = (1980, 1, 1, 0, 0, 0)


def picture_name(position: int) -> str:
    return f"{position // 1000:05d}/img{position:08d}.png"


def write_zip(out: Path, pictures: Pictures, facts: dict[str, Any]) -> None:
    """What StyleGAN2-ADA and StyleGAN3 read: PNGs stored as they are, and dataset.json. No labels."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for position, picture in pictures:
            _store(archive, picture_name(position), png(picture, effort=0))
        _store(archive, "dataset.json", json.dumps({"labels": None}).encode())


def write_folder(out: Path, pictures: Pictures, facts: dict[str, Any]) -> None:
    """Plain files; version.json says which original each is from and how it was cut."""
    with tarfile.open(out, "w", format=tarfile.GNU_FORMAT) as archive:
        for position, picture in pictures:
            _pack(archive, picture_name(position), png(picture, effort=6))
        _pack(archive, "dataset.json", json.dumps({"labels": None}).encode())
        _pack(archive, "version.json", json.dumps(facts, indent=1).encode())


def write_tfrecord(out: Path, pictures: Pictures, facts: dict[str, Any]) -> None:
    """A folder of one file per resolution, as StyleGAN and StyleGAN2 read it."""
    folder = out.parent / f"{out.name}-series"
    folder.mkdir()
    try:
        series = SeriesWriter(folder, name="portraits", size_px=facts["recipe"]["size"])
        try:
            for _, picture in pictures:
                series.add(picture)
        finally:
            series.close()
        with tarfile.open(out, "w", format=tarfile.GNU_FORMAT) as archive:
            for path in sorted(series.paths):
                with path.open("rb") as file:
                    archive.addfile(_entry(f"portraits/{path.name}", path.stat().st_size), file)
                path.unlink()  # at no time is more than one of them there twice
    finally:
        shutil.rmtree(folder, ignore_errors=True)


WRITERS: dict[str, Callable[[Path, Pictures, dict[str, Any]], None]] = {
    "zip": write_zip,
    "folder": write_folder,
    "tfrecord": write_tfrecord,
}
ENDINGS = {"zip": "zip", "folder": "tar", "tfrecord": "tfrecords.tar"}
TYPES = {"zip": "application/zip", "folder": "application/x-tar", "tfrecord": "application/x-tar"}


def png(picture: Image.Image, *, effort: int) -> bytes:
    """Effort 0 does not compress: training reads it many times."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=effort)
    return buffer.getvalue()


def _store(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, LONG_AGO)
    entry.create_system, entry.external_attr = 3, 0o644 << 16
    archive.writestr(entry, content, zipfile.ZIP_STORED)


def _pack(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    archive.addfile(_entry(name, len(content)), io.BytesIO(content))


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o644
    return entry
