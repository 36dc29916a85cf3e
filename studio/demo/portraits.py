"""The job `make_sample_portraits`: a dataset to train on from the first minute, drawn by the render service's command.

It runs after the first start, so that nobody waits for it. Each step is taken up where an earlier attempt stopped.
"""

import os
import subprocess
import tempfile
import time
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid5

from django.conf import settings
from django.db import transaction

from studio.accounts.models import User
from studio.blobs.store import put_path, temporary_file
from studio.datasets import sessions
from studio.datasets.crops import CropRecipe
from studio.datasets.filters import LibraryFilter, Selection
from studio.datasets.ingest import found_in, take
from studio.datasets.models import CaptureSession, Dataset, DatasetVersion, Portrait
from studio.datasets.rules import make_dataset
from studio.datasets.score_job import unscored
from studio.datasets.versions import start_version
from studio.demo.parts import DemoError, answer_of, start_command
from studio.jobs import queue
from studio.jobs.handlers import JobFailed
from studio.jobs.models import Job
from studio.projects.models import Project

KIND = "make_sample_portraits"
NAME = "Sample portraits"
NOTE = "People who do not exist, drawn by code. A training run can be started on either version at once."
COUNT, SIZE_PX, SEED = 256, 128, 0
VERSION_SIZES = (64, 128)
PER_WRITE = 32
LOOK_SECONDS = 0.25
GENTLE = 10
# What a picture takes in the zip, to tell from its size how many are drawn.
PICTURE_BYTES = SIZE_PX * SIZE_PX * 3 + 300


def queue_sample_portraits(project: Project, owner: User) -> None:
    """Once for a project: a dataset that somebody renamed or binned is not made again."""
    with transaction.atomic():
        if Job.objects.filter(kind=KIND, project_id=project.pk).exists():
            return
        dataset = make_dataset(project.pk, name=NAME, note=NOTE, by=owner)
        queue.enqueue(
            KIND,
            project_id=project.pk,
            title=f"Drawing “{NAME}”",
            payload={"dataset_id": str(dataset.pk), "owner_id": str(owner.pk)},
            runs_on=Job.RunsOn.WORKER,
            subject=dataset.subject,
            created_by=owner,
            total=COUNT,
            unit="portraits",
        )


def handle(context: Any) -> dict[str, Any]:
    """What the worker runs. Returns {"portraits": n, "versions": [number, …]}."""
    dataset = Dataset.objects.filter(pk=context.payload["dataset_id"], binned_at=None).first()
    if dataset is None:
        return {"portraits": 0, "versions": []}
    if Portrait.objects.filter(dataset=dataset).count() < COUNT:
        scratch = Path(settings.STUDIO_DATA) / "tmp"
        scratch.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=scratch, prefix="portraits-") as folder:
            _take_all(dataset, _drawn(Path(folder) / "portraits.zip", context), context)
    _score(dataset, context)
    versions = _freeze(dataset, User.objects.get(pk=context.payload["owner_id"]))
    return {"portraits": Portrait.objects.filter(dataset=dataset).count(), "versions": versions}


def _drawn(out: Path, context: Any) -> Path:
    """Let the render service's command draw them, gently: somebody is having a first look at the studio."""
    words = ("--count", str(COUNT), "--size", str(SIZE_PX), "--seed", str(SEED), "--out", str(out))
    child = start_command("portraits", *words)
    with suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, child.pid, GENTLE)
    unfinished = out.with_name(f"{out.name}.part")
    try:
        while child.poll() is None:
            done = unfinished.stat().st_size // PICTURE_BYTES if unfinished.exists() else 0
            context.progress(min(done, COUNT - 1), COUNT, "Drawing the portraits")
            time.sleep(LOOK_SECONDS)
        answer_of(child)
    except DemoError as error:
        raise JobFailed(str(error)) from error
    finally:
        _end(child)
    return out


def _end(child: "subprocess.Popen[str]") -> None:
    if child.poll() is None:
        child.kill()
        child.wait()


def _take_all(dataset: Dataset, file: Path, context: Any) -> None:
    """The pictures of the zip become portraits, in its order."""
    with zipfile.ZipFile(file) as archive:
        names = [name for name in archive.namelist() if name.endswith(".png")]
        for start in range(0, len(names), PER_WRITE):
            contents = [archive.read(name) for name in names[start : start + PER_WRITE]]
            with transaction.atomic():
                context.raise_if_lost()
                held = Dataset.objects.select_for_update().get(pk=dataset.pk)
                for sequence, content in enumerate(contents, start=start + 1):
                    _take(held, content, sequence)


def _take(dataset: Dataset, content: bytes, sequence: int) -> None:
    session = sessions.ensure(
        dataset,
        uuid5(dataset.pk, KIND),
        source=CaptureSession.Source.ARCHIVE,
        name="Drawn by code",
        started_at=dataset.created_at,
        by=dataset.created_by,
    )
    with temporary_file() as path:
        path.write_bytes(content)
        found = found_in(path)
        blob = put_path(path, move=True)
    take(dataset, session, blob=blob, name=f"portrait {sequence:04d}.png", found=found, sequence=sequence)


def _score(dataset: Dataset, context: Any) -> None:
    """Here, and not in a job of its own: a version holds only what was looked at."""
    from studio.datasets.faces import FaceModelError
    from studio.datasets.score_write import Scorer

    try:
        scorer = Scorer(dataset, context)
    except FaceModelError as error:
        raise JobFailed(str(error)) from error
    scorer.name_the_killer()
    total = unscored(dataset).count()
    while rows := list(unscored(dataset).select_related("original")[:PER_WRITE]):
        scorer.score(rows, total=total)
    scorer.forget_note()


def _freeze(dataset: Dataset, owner: User) -> list[int]:
    """One version for each size, unless it is there."""
    for size in VERSION_SIZES:
        name = f"{size} px"
        if not DatasetVersion.objects.filter(dataset=dataset, name=name).exists():
            recipe = CropRecipe(crop="centre", size=size, resampling="area")
            start_version(dataset, Selection(filter=LibraryFilter()), name=name, note="", recipe=recipe, by=owner)
    return list(DatasetVersion.objects.filter(dataset=dataset).order_by("number").values_list("number", flat=True))
