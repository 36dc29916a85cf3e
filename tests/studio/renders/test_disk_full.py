"""A film that is joined on a disk that fills up: a sentence, no half file, and the next try makes the film."""

import contextlib
import os
import re
from pathlib import Path

import pytest

from studio.jobs.hand import run_handler
from studio.renders.models import Render
from tests.studio.renders.test_join import drawn  # noqa: F401 (a fixture)

pytestmark = pytest.mark.django_db(transaction=True)


class Pipe:
    """The worker's end, where nobody speaks."""

    def send(self, said: object) -> None: ...

    def poll(self) -> bool:
        return False


def join(render: Render) -> tuple[str, object]:
    job = render.join_job
    assert job is not None
    type(job).objects.filter(pk=job.pk).update(state="running")
    return run_handler("studio.renders.join.handle", job.pk, job.fence, job.payload, pipe=Pipe())  # type: ignore[arg-type]


def fill(folder: Path, *, free_bytes: int) -> Path:
    """A file that leaves so much room."""
    filler = folder / "filler"
    room = os.statvfs(folder)
    with filler.open("wb") as file, contextlib.suppress(OSError):
        file.write(b"x" * (room.f_bavail * room.f_frsize - free_bytes))
    return filler


@pytest.mark.parametrize("free_bytes", [0, 40_000, 700_000, 1_090_000])
def test_a_joining_without_room_fails_whole_and_the_next_one_works(small_disk, drawn, free_bytes):  # noqa: F811
    before = {path for path in small_disk.rglob("*") if path.is_file()}
    filler = fill(small_disk, free_bytes=free_bytes)
    outcome, said = join(drawn)
    assert outcome == "failed"
    assert re.search(r"disk.* is full|No space left on device", said["message"])
    assert re.search(r"Free (some )?space, then try again\.$", said["message"])
    filler.unlink()
    assert {path for path in small_disk.rglob("*") if path.is_file()} == before
    assert Render.objects.get(pk=drawn.pk).film_id is None
    assert join(drawn)[0] == "done"
    assert Render.objects.get(pk=drawn.pk).film_id is not None
