"""A made-up library: rows with every kind of score, and a little picture that all of them share."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Model

from studio.blobs.store import put_bytes
from studio.datasets.models import CaptureSession, Dataset, DecisionBatch, Portrait
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
        return {"state": Portrait.State.BROKEN, "error": "This file ends early."}
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


def fill_by_sql(dataset: Dataset, count: int) -> None:
    """`count` portraits of 40 sittings and a decision about each third, made by the database in a second or two."""
    blob = put_bytes(b"one picture")
    sessions = [make_session(dataset, day=3 * number, name=f"Sitting {number}") for number in range(40)]
    numbers = "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < %s)"
    padded, at = "substr('0000000000000000000000000000000000000000000000000000000000000000' || i, -64)", "datetime"
    if connection.vendor == "postgresql":
        padded, at = "lpad(i::text, 64, '0')", "postgresql"
    taken = {
        "datetime": "strftime('%%Y-%%m-%%d %%H:%%M:%%S', %s, '+' || (i %% {each} * 7) || ' seconds')",
        "postgresql": "%s::timestamptz + make_interval(secs => i %% {each} * 7)",
    }[at].format(each=max(count // len(sessions), 1))
    columns = {
        "dataset_id": _stored(Portrait, "dataset", dataset.pk),
        "original_id": blob.pk,
        "thumb_id": blob.pk,
        "bytes": 11,
        "width_px": 2000,
        "height_px": 2000,
        "format": "JPEG",
        "state": "ready",
        "error": "",
        "scored_by": "made up",
        "stack_size": 1,
        "is_stack_top": True,
    }
    computed = {
        "sha256": padded,
        "name": "'face_' || i || '.jpeg'",
        "sequence": "i",
        "faces": "i %% 4",
        "face_px": "CASE WHEN i %% 4 = 0 THEN NULL ELSE i * 37 %% 1400 END",
        "sharpness": "(i * 61 %% 1000) / 10.0",
        "clipped": "(i * 17 %% 100) / 10.0",
        "brightness": "(i * 7 %% 100)",
        "roll": "(i * 13 %% 70) - 35",
    }
    names = ", ".join([*columns, *computed, "session_id", "taken_at", "received_at"])
    values = ", ".join([*["%s"] * len(columns), *computed.values(), "%s", taken, taken])
    each = max(count // len(sessions), 1)
    with connection.cursor() as cursor:
        for place, session in enumerate(sessions):
            first, end = place * each, count if session is sessions[-1] else (place + 1) * each
            started = _stored(Portrait, "taken_at", session.started_at)
            cursor.execute(
                f"INSERT INTO datasets_portrait ({names}) {numbers} SELECT {values} FROM n WHERE i >= %s",
                [end, *columns.values(), _stored(Portrait, "session", session.pk), started, started, first],
            )
        batch = DecisionBatch.objects.create(dataset=dataset, label="made up", at=START)
        cursor.execute(
            "INSERT INTO datasets_decision (portrait_id, dataset_id, verdict, stars, at, batch_id) "
            "SELECT id, dataset_id, sequence / 3 %% 3 - 1, sequence / 3 %% 6, %s, %s FROM datasets_portrait "
            "WHERE dataset_id = %s AND sequence %% 3 = 0",
            [_stored(Portrait, "taken_at", START), batch.pk, columns["dataset_id"]],
        )


def _stored(model: type[Model], field: str, value: Any) -> Any:
    """As the database keeps it."""
    return model._meta.get_field(field).get_db_prep_save(value, connection)
