"""A made-up library: rows with every kind of score, and a little picture that all of them share."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from studio.blobs.store import put_bytes
from studio.datasets.models import CaptureSession, Dataset, Portrait
from studio.projects.models import Project

START = datetime(2026, 8, 3, 17, 0, tzinfo=UTC)


def make_dataset(project: Project, *, name: str = "ines") -> Dataset:
    return Dataset.objects.create(project=project, name=name)


def make_session(dataset: Dataset, *, day: int = 0, name: str = "", **fields: Any) -> CaptureSession:
    fields = {"source": CaptureSession.Source.UPLOAD, "started_at": START + timedelta(days=day), **fields}
    return CaptureSession.objects.create(dataset=dataset, name=name, **fields)


def make_portraits(session: CaptureSession, count: int, *, seed: int = 0, **fields: Any) -> list[Portrait]:
    """`count` portraits a second apart; their scores are random, some missing, unless `fields` says them."""
    chance = random.Random(seed)
    blob = put_bytes(b"one picture")
    rows = []
    for number in range(count):
        values = {**scores(chance), **fields}
        rows.append(
            Portrait(
                dataset_id=session.dataset_id,
                session=session,
                original=blob,
                sha256=f"{chance.getrandbits(256):064x}",
                thumb=blob,
                view=blob,
                name=f"face_{number:05d}.jpeg",
                sequence=number,
                taken_at=session.started_at + timedelta(seconds=number),
                received_at=START + timedelta(days=200, seconds=chance.randrange(100_000)),
                width_px=2000,
                height_px=2000,
                **values,
            )
        )
    return Portrait.objects.bulk_create(rows, batch_size=500)


def scores(chance: random.Random) -> dict[str, Any]:
    """As a scorer gives them: no face means no size and no angle; one in ten is not scored yet, one in fifty broken."""
    if chance.random() < 0.02:
        return {"state": Portrait.State.BROKEN, "error": "This file ends in the middle."}
    if chance.random() < 0.1:
        return {"state": Portrait.State.READY}
    faces = chance.choice((0, 1, 1, 1, 1, 2, 3, 5))
    found = {
        "state": Portrait.State.READY,
        "scored_by": "made up",
        "faces": faces,
        "sharpness": round(chance.uniform(0, 100), 1),
        "clipped": round(chance.expovariate(0.5), 2),
        "brightness": round(chance.gauss(50, 15), 1),
    }
    if faces:
        found |= {"face_px": chance.randrange(80, 1_380), "off_centre": chance.uniform(0, 40)}
        found |= {"roll": chance.gauss(0, 15), "face_x": chance.random(), "face_y": chance.random()}
    return found
