"""Taking in and scoring portraits, in pictures per second of one core, against dlib's own bare detection loop.

    python bench/library_scoring.py [--pictures 60] [--json]

The portraits are 2000 × 2000 JPEGs, as Pitraiture's camera writes them: drawn, or made from the sample portraits where
PHOSPHENE_TEST_DATA names a folder of them. The bare loop is the shortest program that finds their faces with dlib at
the size the library looks at: load_rgb_image, resize_image to 1000 px, detect. Beside it stands the detection alone, of
pictures that lie ready in memory. Ours takes the file in (header, hash, store, row), decodes it, makes thumbnail and
loupe copy, finds faces, measures, hashes, stacks, writes. All run by turns in one process; the medians of their rounds
count, in seconds of the processor.
"""

import argparse
import io
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from _figures import Figure, tell
from PIL import Image, ImageDraw, ImageFilter

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

SIDE_PX, LOOK_PX, QUALITY = 2000, 1000, 92
ROUNDS = 5
GATE = 0.8
MANY = 80_000


def drawn(seed: int) -> Image.Image:
    """A head of ovals on a textured wall: work for the decoder and the detector alike."""
    rng = np.random.default_rng(seed)
    wall = Image.fromarray(rng.integers(90, 150, (250, 250, 3)).astype(np.uint8)).resize((SIDE_PX, SIDE_PX))
    draw = ImageDraw.Draw(wall)
    x, y = rng.integers(700, 1300, 2).tolist()
    draw.ellipse((x - 300, y - 400, x + 300, y + 400), fill=(205, 165, 140))
    for dx in (-110, 110):
        draw.ellipse((x + dx - 45, y - 120, x + dx + 45, y - 80), fill=(60, 40, 35))
    draw.ellipse((x - 100, y + 180, x + 100, y + 220), fill=(140, 70, 70))
    return wall.filter(ImageFilter.GaussianBlur(2))


def portraits(folder: Path, count: int) -> list[Path]:
    """That many different files of the size that the camera writes."""
    sample = os.environ.get("PHOSPHENE_TEST_DATA", "")
    known = sorted(Path(sample, "portraits").glob("[!cdr]*_*.jpg")) if sample else []
    chance, paths = random.Random(1), []
    for number in range(count):
        if known:
            picture = Image.open(known[number % len(known)]).convert("RGB")
            side = min(picture.size)
            top = chance.randrange(0, max(1, (picture.height - side) // 3 + 1))
            picture = picture.resize((SIDE_PX, SIDE_PX), Image.Resampling.BICUBIC, box=(0, top, side, top + side))
        else:
            picture = drawn(number)
        path = folder / f"faces_{number:05d}.jpeg"
        buffer = io.BytesIO()
        # Without a colour profile, as the camera writes them.
        picture.save(buffer, "JPEG", quality=QUALITY, icc_profile=None, comment=str(number))
        path.write_bytes(buffer.getvalue())
        paths.append(path)
    return paths


def bare_loop(paths: list[Path]) -> int:
    import dlib

    detector = dlib.get_frontal_face_detector()
    return sum(len(detector(dlib.resize_image(dlib.load_rgb_image(str(path)), LOOK_PX, LOOK_PX), 0)) for path in paths)


def detection_alone(pictures: list[np.ndarray]) -> int:
    """The least that can be: pictures that are decoded and scaled already."""
    import dlib

    detector = dlib.get_frontal_face_detector()
    return sum(len(detector(picture, 0)) for picture in pictures)


def take_in(dataset: Any, session: Any, paths: list[Path]) -> None:
    """As the end of an upload does it."""
    from django.db import transaction

    from studio.blobs.store import put_path
    from studio.datasets import arrivals, ingest, pictures

    for path in paths:
        header = pictures.inspect(path)
        found = {"format": header.format, "width": header.width_px, "height": header.height_px, "exif": header.exif}
        with transaction.atomic():
            ingest.take(dataset, session, blob=put_path(path), name=path.name, found=found)
            arrivals.note(dataset, by=None)


def score_all() -> None:
    """As the worker does it."""
    from studio.datasets import score_job
    from studio.jobs import queue

    while lease := queue.claim(runs_on="worker", kinds=[score_job.KIND], holder="bench"):
        assert lease.job is not None
        queue.finish(lease, result=score_job.handle(Attempt(lease.job)))


class Attempt:
    """What a handler gets from the worker."""

    def __init__(self, job: Any) -> None:
        self.payload, self.job_id = job.payload, job.pk

    def progress(self, done: int, total: int = 0, message: str = "") -> None: ...

    def raise_if_cancelled(self) -> None: ...

    def raise_if_lost(self) -> None: ...


def spent(work: Callable[[], Any]) -> tuple[float, float]:
    """Seconds of the processor, seconds by the clock."""
    clock, cpu = time.perf_counter(), time.process_time()
    work()
    return time.process_time() - cpu, time.perf_counter() - clock


def measure(folder: Path, count: int) -> list[Figure]:
    from studio.datasets.models import CaptureSession, Dataset, Portrait
    from studio.projects.models import Project

    project = Project.objects.create(name="Bench")
    paths = portraits(folder, count)
    ready = [np.asarray(Image.open(path).resize((LOOK_PX, LOOK_PX), Image.Resampling.BOX)) for path in paths[:20]]
    bare, ours, alone, clock = [], [], [], []
    for number in range(ROUNDS + 1):
        dataset = Dataset.objects.create(project=project, name=f"Round {number}")
        session = CaptureSession.objects.create(dataset=dataset, source="upload")
        bare.append(spent(lambda: bare_loop(paths))[0] / count)
        cpu, wall = spent(lambda: (take_in(dataset, session, paths), score_all()))  # noqa: B023
        ours.append(cpu / count)
        clock.append(wall / count)
        alone.append(spent(lambda: detection_alone(ready))[0] / len(ready))
        assert Portrait.objects.filter(dataset=dataset, state="ready").count() == count
    # The first round loads libraries.
    bare_each, our_each, alone_each, clock_each = (statistics.median(found[1:]) for found in (bare, ours, alone, clock))
    return [
        Figure("ingest and scoring, pictures/s per core ÷ dlib's bare loop", bare_each / our_each, at_least=GATE),
        Figure("… ÷ dlib's detection alone, of decoded pictures", alone_each / our_each),
        Figure("ingest and scoring", 1 / our_each, "pictures/s of a core", digits=1),
        Figure("ingest and scoring, by the clock, disk included", 1 / clock_each, "pictures/s", digits=1),
        Figure("dlib's bare loop: load, resize to 1000 px, detect", 1 / bare_each, "pictures/s of a core", digits=1),
        Figure("dlib's detection alone", 1 / alone_each, "pictures/s of a core", digits=1),
        Figure(f"stacks of {MANY:,} portraits, all anew", stacking(), "s", at_most=5),
    ]


def stacking() -> float:
    """Seconds for bursts of ten, two seconds apart, that look alike but for a few bits."""
    from studio.datasets.stacks import Row, stacks_of

    chance = random.Random(2)
    rows = []
    for burst in range(MANY // 10):
        look = chance.getrandbits(63)
        for shot in range(10):
            bits = look ^ (1 << chance.randrange(63)) ^ (1 << chance.randrange(63))
            rows.append(Row(len(rows), burst * 60 + shot * 2.0, bits, bits, chance.random() * 100))
    began = time.process_time()
    places = stacks_of(rows)
    assert sum(on_top for _, _, on_top in places.values()) == MANY // 10
    return time.process_time() - began


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=60)
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="phosphene-bench-") as name:
        os.environ |= {"STUDIO_DATA": f"{name}/data", "DJANGO_SETTINGS_MODULE": "studio.settings.base"}
        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command

        settings.SCORING_LINGER_SECONDS = 0.0
        call_command("migrate", verbosity=0)
        folder = Path(name) / "camera"
        folder.mkdir()
        figures = measure(folder, options.pictures)
    title = f"{options.pictures} portraits of {SIDE_PX} × {SIDE_PX} px, taken in and scored"
    return tell(title, figures, as_json=options.json)


if __name__ == "__main__":
    sys.exit(main())
