"""Uploaded zips of training pictures: looked at before they are kept. The standard form is that of StyleGAN2-ADA.

PNG or JPEG files in any folders, and a dataset.json {"labels": null or [[name, class], …]} that may be missing.
"""

import json
import struct
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import IO, Any

from PIL import Image

from gpu_service.protocol.training import LEAST_PICTURES, SMALLEST_SIDE
from studio.blobs.models import Blob, Upload
from studio.blobs.uploads import Became, UploadRefused
from studio.training.models import TrainingUpload

ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".bmp")
CLUTTER = ("__MACOSX/", "$RECYCLE.BIN/")
# The list of contents is read whole: a million pictures take a gigabyte of memory.
MOST_FILES = 400_000
LOOKED_AT = 64
MOST_LABEL_BYTES = 256 * 1024**2

NOT_ONE = "“{name}” is no zip archive, or it is damaged. Pack the pictures again."
TOO_MANY = "“{name}” holds more than {most:,} files. Train from a folder on the render service’s own machine instead."
NO_PICTURES = "“{name}” holds no pictures. Training reads a zip of PNG or JPEG files."
TOO_FEW = "“{name}” holds {count} pictures, and training needs at least {least}."
TINY = "“{picture}” in “{name}” is {width} × {height}: training needs pictures of at least {least} pixels a side."
BROKEN = "“{picture}” in “{name}” cannot be read as a picture. Pack the pictures again."
BAD_JSON = (
    "dataset.json in “{name}” is not what training reads: {reason}. Write null for “labels”, or [name, class] pairs."
)
LACKING = "dataset.json in “{name}” names no class for {count} of the {all} pictures, such as “{picture}”."


def looks(upload: Upload, path: Path) -> dict[str, Any]:
    """What is in it. Raises UploadRefused for what training cannot read."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _facts(archive, upload.name)
    except (zipfile.BadZipFile, struct.error, NotImplementedError, zlib.error, EOFError, RuntimeError) as error:
        raise UploadRefused(NOT_ONE.format(name=upload.name)) from error


def finished(upload: Upload, blob: Blob) -> Became:
    """The zip is kept. Runs inside the transaction that ends the upload."""
    found = upload.target["found"]
    TrainingUpload.objects.create(
        pk=upload.pk,
        project_id=upload.project_id,
        name=upload.name,
        blob=blob,
        count=found["count"],
        width_px=found["width"],
        height_px=found["height"],
        num_classes=found["classes"],
        facts={"mixed": found["mixed"]},
        created_by=upload.user,
    )
    return Became(f"/p/{upload.project_id}/training/new/?upload={upload.pk}")


def _facts(archive: zipfile.ZipFile, name: str) -> dict[str, Any]:
    infos = archive.infolist()
    if len(infos) > MOST_FILES:
        raise UploadRefused(TOO_MANY.format(name=name, most=MOST_FILES))
    pictures = [info for info in infos if _is_picture(info)]
    if not pictures:
        raise UploadRefused(NO_PICTURES.format(name=name))
    if len(pictures) < LEAST_PICTURES:
        raise UploadRefused(TOO_FEW.format(name=name, count=len(pictures), least=LEAST_PICTURES))
    sizes = [_size(archive, info, name) for info in _some(pictures)]
    typical = max(set(sizes), key=sizes.count)
    classes = _classes(archive, [info.filename for info in pictures], name)
    return {
        "count": len(pictures),
        "width": typical[0],
        "height": typical[1],
        "mixed": len(set(sizes)) > 1,
        "classes": classes,
    }


def _is_picture(info: zipfile.ZipInfo) -> bool:
    name = info.filename.replace("\\", "/")
    if info.is_dir() or name.startswith(CLUTTER) or PurePath(name).name.startswith("._"):
        return False
    return name.lower().endswith(ENDINGS)


def _some(pictures: Sequence[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """The first, the last, and some between."""
    steps = min(len(pictures), LOOKED_AT)
    return [pictures[round(at * (len(pictures) - 1) / max(steps - 1, 1))] for at in range(steps)]


def _size(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> tuple[int, int]:
    """Of one picture, from its header."""
    try:
        with archive.open(info) as file, Image.open(_bounded(file)) as picture:
            width, height = picture.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UploadRefused(BROKEN.format(picture=info.filename[:200], name=name)) from error
    if min(width, height) < SMALLEST_SIDE:
        said = {"picture": info.filename[:200], "name": name, "width": width, "height": height}
        raise UploadRefused(TINY.format(**said, least=SMALLEST_SIDE))
    return width, height


def _bounded(file: IO[bytes]) -> IO[bytes]:
    """Headers are at the beginning: no more than a MiB of a picture is unpacked."""
    import io

    return io.BytesIO(file.read(1024 * 1024))


def _classes(archive: zipfile.ZipFile, pictures: Sequence[str], name: str) -> int:
    """How many classes or label numbers dataset.json has; 0 without labels."""
    try:
        info = archive.getinfo("dataset.json")
    except KeyError:
        return 0
    if info.file_size > MOST_LABEL_BYTES:
        raise UploadRefused(BAD_JSON.format(name=name, reason="it is too large"))
    try:
        said = json.loads(archive.read(info))
        labels = said["labels"] if isinstance(said, dict) else None
        if labels is None:
            return 0
        given = {str(file).replace("\\", "/"): label for file, label in labels}
    except (ValueError, TypeError, KeyError) as error:
        raise UploadRefused(BAD_JSON.format(name=name, reason="it cannot be read")) from error
    lacking = [file for file in pictures if file.replace("\\", "/") not in given]
    if lacking:
        raise UploadRefused(LACKING.format(name=name, count=len(lacking), all=len(pictures), picture=lacking[0][:200]))
    return _width_of(list(given.values()), name)


def _width_of(labels: list[Any], name: str) -> int:
    """Whole numbers from 0, or vectors of one length."""
    if all(type(label) is int and label >= 0 for label in labels):
        return max(labels) + 1
    lengths = {len(label) if isinstance(label, list) else -1 for label in labels}
    if len(lengths) == 1 and lengths != {-1} and lengths != {0}:
        return lengths.pop()
    raise UploadRefused(BAD_JSON.format(name=name, reason="its labels are neither classes nor lists of one length"))
