"""A library of any size for benches: real small JPEGs in the store, real rows, forty sittings over nine months.

The pictures are one of a few hundred drawings each, made different by a comment in the file; thumbnails and views are
shared. Nothing is synced to the disk: the folder is thrown away.
"""

import hashlib
import io
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import numpy as np
from PIL import Image

START = datetime(2026, 3, 14, 17, 30, tzinfo=UTC)
SITTINGS = 41
DRAWINGS = 96
SIDE_PX, VIEW_PX = 256, 640
ROWS_AT_ONCE = 2000


def fill(dataset: Any, count: int, *, seed: int = 1) -> None:
    """Give a dataset `count` portraits with scores, stacks and some decisions. About a minute for 80,000."""
    from django.db import transaction

    from studio.datasets.models import CaptureSession, Decision, Portrait

    chance = random.Random(seed)
    drawings = [_drawing(random.Random(number)) for number in range(DRAWINGS)]
    thumbs = [_stored(_encoded(drawing, SIDE_PX, "WEBP")) for drawing in drawings]
    views = [_stored(_encoded(drawing, VIEW_PX, "JPEG")) for drawing in drawings]
    files = [_encoded(drawing, SIDE_PX, "JPEG") for drawing in drawings]
    sessions = CaptureSession.objects.bulk_create(
        CaptureSession(
            dataset=dataset,
            source=CaptureSession.Source.DEVICE,
            name=f"Sitting {number + 1}",
            started_at=START + timedelta(days=6.3 * number),
        )
        for number in range(SITTINGS)
    )
    numbers = iter(range(count))
    while chunk := list(islice(numbers, ROWS_AT_ONCE)):
        with transaction.atomic():
            blobs = _store_many([_marked(files[number % DRAWINGS], number) for number in chunk])
            rows = Portrait.objects.bulk_create(
                _portrait(sessions, number, count, blob, chance, thumb=thumbs, view=views)
                for number, blob in zip(chunk, blobs, strict=True)
            )
            _stack(rows, chance)
            Decision.objects.bulk_create(_decisions(rows, chance))


def _portrait(
    sessions: list[Any], number: int, count: int, blob: Any, chance: random.Random, *, thumb: list[Any], view: list[Any]
) -> Any:
    from studio.datasets.models import Portrait

    session = sessions[number * len(sessions) // count]
    faces = chance.choices((0, 1, 2, 3, 4), (8, 79, 9, 3, 1))[0]
    place = number * SITTINGS % count / SITTINGS  # within the sitting
    taken = session.started_at + timedelta(seconds=2 * place + chance.random())
    measured = {"face_px": chance.randrange(90, 1390), "roll": chance.gauss(0, 12), "off_centre": chance.uniform(0, 40)}
    measured |= {"face_x": chance.uniform(0.2, 0.8), "face_y": chance.uniform(0.2, 0.8)}
    return Portrait(
        dataset_id=session.dataset_id,
        session=session,
        original=blob,
        sha256=blob.sha256,
        thumb=thumb[number % DRAWINGS],
        view=view[number % DRAWINGS],
        name=f"ines_{taken:%m-%d-%Y_%H-%M-%S-%f}.jpeg",
        sequence=number,
        taken_at=taken,
        received_at=START + timedelta(days=300, seconds=number),
        bytes=blob.size,
        width_px=SIDE_PX,
        height_px=SIDE_PX,
        format="JPEG",
        state="ready",
        scored_by="bench 1",
        faces=faces,
        sharpness=chance.betavariate(3, 2) * 100,
        clipped=min(100.0, chance.expovariate(0.6)),
        brightness=min(100.0, max(0.0, chance.gauss(52, 14))),
        **(measured if faces else {}),
    )


def _stack(rows: list[Any], chance: random.Random) -> None:
    """One in eight begins a stack of three to six shots."""
    from studio.datasets.models import Portrait

    changed, place = [], 0
    while place < len(rows):
        size = chance.randrange(3, 7) if chance.random() < 0.125 else 1
        stack = rows[place : place + size]
        if len(stack) > 1:
            for row in stack:
                row.stack, row.stack_size, row.is_stack_top = stack[0].pk, len(stack), row is stack[0]
            changed += stack
        place += size
    Portrait.objects.bulk_update(changed, ["stack", "stack_size", "is_stack_top"], batch_size=500)


def _decisions(rows: list[Any], chance: random.Random) -> Iterator[Any]:
    """Half of it is culled already."""
    from studio.datasets.models import Decision

    for row in rows:
        if chance.random() < 0.5:
            verdict, stars = chance.choice((-1, -1, 1)), chance.choice((0, 0, 0, 2, 3, 5))
            yield Decision(portrait=row, dataset_id=row.dataset_id, verdict=verdict, stars=stars)


def _drawing(chance: random.Random) -> Image.Image:
    """A bright oval on a shaded ground: enough like a portrait for a decoder."""
    y, x = np.mgrid[0:VIEW_PX, 0:VIEW_PX] / VIEW_PX
    centre_x, centre_y, radius = chance.uniform(0.35, 0.65), chance.uniform(0.35, 0.6), chance.uniform(0.12, 0.3)
    face = np.hypot((x - centre_x) / radius, (y - centre_y) / radius / 1.3) < 1
    ground = 40 + 90 * (x * chance.random() + y * chance.random())
    tint = np.array([chance.uniform(0.6, 1.3) for _ in range(3)])
    picture = np.where(face, 150 + 60 * y, ground)[..., None] * tint
    return Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))


def _encoded(drawing: Image.Image, side_px: int, kind: str) -> bytes:
    buffer = io.BytesIO()
    drawing.resize((side_px, side_px)).save(buffer, kind, quality=80)
    return buffer.getvalue()


def _marked(jpeg: bytes, number: int) -> bytes:
    """The same picture with a comment, so that it is another file."""
    comment = f"{number:012d}".encode()
    return jpeg[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + jpeg[2:]


def _stored(content: bytes) -> Any:
    return _store_many([content])[0]


def _store_many(contents: list[bytes]) -> list[Any]:
    from studio.blobs.models import Blob
    from studio.blobs.store import path_of

    blobs = []
    for content in contents:
        sha256 = hashlib.sha256(content).hexdigest()
        path = path_of(sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        blobs.append(Blob(sha256=sha256, size=len(content)))
    return Blob.objects.bulk_create(blobs, ignore_conflicts=True)
