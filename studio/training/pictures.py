"""Uploaded zips of training pictures: looked at before they are kept. The standard form is that of StyleGAN2-ADA.

PNG or JPEG files in any folders, and a dataset.json {"labels": null or [[name, class], …]} that may be missing.
"""

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from gpu_service.protocol.training import LEAST_PICTURES, SMALLEST_SIDE
from gpu_service.training.data.errors import BadPicture, DataError
from gpu_service.training.data.sources import TooMany, ZipSource
from studio.blobs.models import Blob, Upload
from studio.blobs.uploads import Became, UploadRefused
from studio.training.models import TrainingUpload

# Sorting the names of a million takes a few hundred megabytes for a moment.
MOST_PICTURES = 4_000_000
LOOKED_AT = 64
HEADER_BYTES = 1024 * 1024

NOT_ONE = "“{name}” is no zip archive, or it is damaged. Pack the pictures again."
TOO_MANY = "“{name}” holds more than {most:,} pictures. Train from a folder on the service’s own machine."
NO_PICTURES = "“{name}” holds no pictures. Training reads a zip of PNG or JPEG files."
TOO_FEW = "“{name}” holds {count} pictures, and training needs at least {least}."
TINY = "“{picture}” in “{name}” is {width} × {height}: training needs pictures of at least {least} pixels a side."
SPOILT = "“{picture}” in “{name}” {reason}. Pack the pictures again."
BROKEN = "“{picture}” in “{name}” cannot be read as a picture. Pack the pictures again."
BAD_JSON = (
    "dataset.json in “{name}” is not what training reads: {reason}. Write null for “labels”, or [name, class] pairs."
)
LACKING = "dataset.json in “{name}” names no class for {count} of the {all} pictures, such as “{picture}”."


def looks(upload: Upload, path: Path) -> dict[str, Any]:
    """What is in it. Raises UploadRefused for what training cannot read."""
    try:
        source = ZipSource(path, most_pictures=MOST_PICTURES)
    except TooMany as error:
        raise UploadRefused(TOO_MANY.format(name=upload.name, most=MOST_PICTURES)) from error
    except DataError as error:
        raise UploadRefused(NOT_ONE.format(name=upload.name)) from error
    try:
        return _facts(source, upload.name)
    finally:
        source.close()


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


def _facts(source: ZipSource, name: str) -> dict[str, Any]:
    count = len(source.names)
    if count == 0:
        raise UploadRefused(NO_PICTURES.format(name=name))
    if count < LEAST_PICTURES:
        raise UploadRefused(TOO_FEW.format(name=name, count=count, least=LEAST_PICTURES))
    sizes = [_size(source, index, name) for index in _some(count)]
    typical = max(set(sizes), key=sizes.count)
    return {
        "count": count,
        "width": typical[0],
        "height": typical[1],
        "mixed": len(set(sizes)) > 1,
        "classes": _classes(source, name),
    }


def _some(count: int) -> Sequence[int]:
    """The first, the last, and some between."""
    steps = min(count, LOOKED_AT)
    return [round(at * (count - 1) / max(steps - 1, 1)) for at in range(steps)]


def _size(source: ZipSource, index: int, name: str) -> tuple[int, int]:
    """Of one picture, from its header."""
    shown = source.names[index][:200]
    try:
        with Image.open(io.BytesIO(source.beginning(index, HEADER_BYTES))) as picture:
            width, height = picture.size
    except BadPicture as error:
        raise UploadRefused(SPOILT.format(picture=shown, name=name, reason=error)) from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UploadRefused(BROKEN.format(picture=shown, name=name)) from error
    if min(width, height) < SMALLEST_SIDE:
        said = {"picture": shown, "name": name, "width": width, "height": height}
        raise UploadRefused(TINY.format(**said, least=SMALLEST_SIDE))
    return width, height


def _classes(source: ZipSource, name: str) -> int:
    """How many classes or label numbers dataset.json has; 0 without labels."""
    try:
        found = source.labels()
    except DataError as error:
        raise UploadRefused(BAD_JSON.format(name=name, reason="it is damaged or too large")) from error
    if found is None:
        return 0
    content, front = found
    try:
        said = json.loads(content)
        labels = said["labels"] if isinstance(said, dict) else None
        if labels is None:
            return 0
        given = {str(file).replace("\\", "/"): label for file, label in labels}
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise UploadRefused(BAD_JSON.format(name=name, reason="it cannot be read")) from error
    lacking = [index for index, file in enumerate(source.names) if file.removeprefix(front) not in given]
    if lacking:
        said = {"count": len(lacking), "all": len(source.names), "picture": source.names[lacking[0]][:200]}
        raise UploadRefused(LACKING.format(name=name, **said))
    return _width_of(list(given.values()), name)


def _width_of(labels: list[Any], name: str) -> int:
    """Whole numbers from 0, or vectors of one length."""
    if all(type(label) is int and label >= 0 for label in labels):
        return max(labels) + 1
    lengths = {len(label) if isinstance(label, list) else -1 for label in labels}
    if len(lengths) == 1 and lengths != {-1} and lengths != {0}:
        return lengths.pop()
    raise UploadRefused(BAD_JSON.format(name=name, reason="its labels are neither classes nor lists of one length"))
