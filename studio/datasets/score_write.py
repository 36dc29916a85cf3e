"""Scoring portraits and writing what came of it: pictures, scores, facts, stacks and event in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from studio.blobs.store import local_path, put_bytes
from studio.datasets import arrivals, pictures, stacks, thumbs
from studio.datasets.face_models import version_of
from studio.datasets.faces import FaceFinder, ModelFile, load_finder
from studio.datasets.models import Dataset, Portrait, PortraitFacts
from studio.datasets.scores import face_facts, score
from studio.events.record import record

GONE = "The file of this portrait is missing from the store. Run manage.py verify_store."
TOO_MUCH = "There was not enough memory to open this picture."


@dataclass(frozen=True)
class Result:
    """What one portrait's columns become, and its faces for its facts."""

    portrait: Portrait
    columns: dict[str, Any]
    faces: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_broken(self) -> bool:
        return self.columns["state"] == Portrait.State.BROKEN


class Scorer:
    """One job's work. Before a picture is opened its id is noted in a file: one that kills us is named next time."""

    def __init__(self, dataset: Dataset, context: Any) -> None:
        self.dataset = dataset
        self.context = context
        self.finder = finder_of_settings()
        self.version = version_of([self.finder.name])
        self.done = self.broken = 0
        self._note = Path(settings.STUDIO_DATA) / "tmp" / f"pictures-{context.job_id}"
        self._note.parent.mkdir(parents=True, exist_ok=True)

    def score(self, portraits: Sequence[Portrait], *, total: int) -> None:
        """Score these and write them."""
        results = []
        for number, portrait in enumerate(portraits):
            self.context.progress(self.done + number, total, "Looking at the portraits")
            self._note.write_text(str(portrait.pk))
            results.append(examine(portrait, self.finder, version=self.version))
        self._write(results)
        self.context.progress(self.done, total)

    def name_the_killer(self) -> None:
        """The picture that an earlier attempt at this job died on is broken."""
        noted = self._note.read_text() if self._note.exists() else ""
        portrait = Portrait.objects.filter(pk=int(noted), scored_by="").first() if noted.isdigit() else None
        if portrait is not None:
            self._write([broken(portrait, pictures.KILLED, version=self.version)])

    def forget_note(self) -> None:
        self._note.unlink(missing_ok=True)

    @transaction.atomic
    def _write(self, results: Sequence[Result]) -> None:
        self.context.raise_if_lost()
        arrivals.announce(self.dataset)
        ids = [result.portrait.pk for result in results]
        living = set(Portrait.objects.filter(pk__in=ids).values_list("pk", flat=True))
        kept = [result for result in results if result.portrait.pk in living]
        for result in kept:
            Portrait.objects.filter(pk=result.portrait.pk).update(**result.columns)
        PortraitFacts.objects.bulk_create(
            [PortraitFacts(portrait=result.portrait, faces=result.faces) for result in kept],
            update_conflicts=True,
            unique_fields=["portrait"],
            update_fields=["faces"],
        )
        payload = {"dataset_id": self.dataset.pk, "ids": sorted(living), "count": len(living)}
        # The event's lock comes first: of two jobs at one dataset, the later sees the stacks that the earlier made.
        record(self.dataset.project_id, "portraits.scored", subject=self.dataset.subject, payload=payload)
        stacks.restack_around(self.dataset.pk, living)
        self.done += len(results)
        self.broken += sum(result.is_broken for result in results)


def examine(portrait: Portrait, finder: FaceFinder, *, version: str) -> Result:
    """Decode the original once; its small pictures, unless there are some, and its scores."""
    try:
        with local_path(portrait.original) as path:
            decoded = pictures.decode(path)
    except pictures.PictureRefused as error:
        return broken(portrait, str(error), version=version)
    except FileNotFoundError:
        return broken(portrait, GONE, version=version)
    except MemoryError:
        return broken(portrait, TOO_MUCH, version=version)
    columns: dict[str, Any] = {"width_px": decoded.width_px, "height_px": decoded.height_px, "format": decoded.format}
    if portrait.thumb_id is None or portrait.view_id is None:
        made = thumbs.make(decoded.image)
        columns |= {"thumb": put_bytes(made.thumb), "view": put_bytes(made.view)}
    size = {"width_px": decoded.width_px, "height_px": decoded.height_px}
    found = score(decoded.image, finder, **size)
    columns |= {"state": Portrait.State.READY, "error": "", "scored_by": version, **found.columns}
    return Result(portrait, columns, [face_facts(face, **size) for face in found.faces])


def broken(portrait: Portrait, sentence: str, *, version: str) -> Result:
    return Result(portrait, {"state": Portrait.State.BROKEN, "error": sentence[:300], "scored_by": version})


@lru_cache(maxsize=1)
def finder_of_settings() -> FaceFinder:
    """The detector that the settings name, loaded once per process. Raises FaceModelError."""
    models = settings.FACE_MODELS
    files = {
        "yunet": ModelFile(models.yunet.path, models.yunet.sha256) if models.yunet else None,
        "points": ModelFile(models.landmarks.path, models.landmarks.sha256) if models.landmarks else None,
    }
    return load_finder(models.detector, **files)
