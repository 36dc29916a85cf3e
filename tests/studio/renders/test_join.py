"""The last step of a film, with real ffmpeg: segments and the original sound become one mp4."""

import subprocess
import wave
from pathlib import Path

import numpy as np
import pytest
from django.db import transaction

from gpu_service.music.media import find_ffmpeg
from studio.blobs.store import local_path, put_bytes, put_path
from studio.jobs.handlers import JobCancelled, JobFailed
from studio.jobs.models import Job, Segment
from studio.renders.join import follow, handle
from studio.renders.models import Render, SegmentFilm
from studio.renders.order import Order, Range, start_render
from studio.renders.present import state_of
from studio.tracks.models import Track
from tests.studio.features import make_scene

pytestmark = pytest.mark.django_db(transaction=True)
FPS, SIDE = 30, 64


class Context:
    """What the worker hands to a handler; `is_stopped` as when a person cancels."""

    def __init__(self, job: Job, *, is_stopped: bool = False) -> None:
        self.payload, self.is_stopped, self.said = job.payload, is_stopped, []

    def progress(self, done: int, total: int = 0, message: str = "") -> None:
        self.said.append(done)

    def raise_if_cancelled(self) -> None:
        if self.is_stopped:
            raise JobCancelled

    def raise_if_lost(self) -> None: ...


def tone(path: Path, *, seconds: float) -> Path:
    rate = 44_100
    samples = np.sin(np.arange(round(seconds * rate)) * 440 * 2 * np.pi / rate) * 20_000
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())
    return path


def film_of(frames: int, *, grey: int) -> bytes:
    """An H.264 elementary stream that begins with a key frame."""
    pictures = np.full((frames, SIDE, SIDE, 3), grey, np.uint8).tobytes()
    words = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{SIDE}x{SIDE}", "-r", str(FPS), "-i", "pipe:0"]
    words += ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-f", "h264", "pipe:1"]
    return subprocess.run(
        [find_ffmpeg(), "-loglevel", "error", *words], input=pictures, capture_output=True, check=True
    ).stdout


@pytest.fixture
def drawn(project, owner, tmp_path) -> Render:
    """A render of three seconds at 30 frames a second: two segments, both committed."""
    scene = make_scene(project, owner, width=SIDE, height=SIDE)
    sound = put_path(tone(tmp_path / "tone.wav", seconds=3.0), move=True)
    Track.objects.filter(pk=scene.track_id).update(original=sound, duration_seconds=3.0)
    scene.refresh_from_db()
    render = start_render(scene, Order(Range()), by=owner)
    for segment in render.job.segments.all():
        data = film_of(segment.end_frame - segment.first_frame, grey=60 + 90 * segment.index)
        SegmentFilm.objects.create(segment=segment, blob=put_bytes(data))
    Segment.objects.update(state="done")
    Job.objects.filter(pk=render.job_id).update(state="done")
    with transaction.atomic():
        follow(Job.objects.get(pk=render.job_id))
    return Render.objects.get(pk=render.pk)


def words_of(film: Path) -> str:
    return subprocess.run([find_ffmpeg(), "-i", str(film), "-f", "null", "-"], capture_output=True, text=True).stderr


def test_segments_and_sound_become_one_film(drawn):
    context = Context(drawn.join_job)
    handle(context)
    drawn.refresh_from_db()
    assert state_of(drawn) == "done"
    assert context.said[-1] == 100
    with local_path(drawn.film) as film:
        said = words_of(film)
        head = film.read_bytes()[:4096]
    assert "Video: h264" in said
    assert "yuv420p" in said
    assert "Audio: aac" in said
    assert "frame=   90" in said
    assert head.find(b"moov") < head.find(b"mdat") or b"mdat" not in head
    assert b"moov" in head


def test_a_stopped_joining_leaves_no_film(drawn):
    with pytest.raises(JobCancelled):
        handle(Context(drawn.join_job, is_stopped=True))
    drawn.refresh_from_db()
    assert drawn.film_id is None


def test_a_missing_segment_is_said(drawn):
    SegmentFilm.objects.first().delete()
    with pytest.raises(JobFailed, match="are missing"):
        handle(Context(drawn.join_job))


def test_joining_twice_changes_nothing(drawn):
    handle(Context(drawn.join_job))
    first = Render.objects.get(pk=drawn.pk).film_id
    handle(Context(drawn.join_job))
    assert Render.objects.get(pk=drawn.pk).film_id == first
