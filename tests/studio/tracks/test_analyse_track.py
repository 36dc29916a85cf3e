"""A file becomes a track: waveform, playback copy and analysis, or a sentence and no file."""

import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.blobs.models import Blob, Upload
from studio.blobs.store import has_file, put_path
from studio.blobs.uploads import hand_over
from studio.events.models import Event
from studio.jobs import queue
from studio.jobs.handlers import JobFailed
from studio.jobs.models import Job
from studio.projects.models import Project
from studio.tracks.analyse import handle
from studio.tracks.models import Track

pytestmark = pytest.mark.django_db(transaction=True)


class Context:
    """What the worker hands to a handler."""

    def __init__(self, job: Job) -> None:
        self.payload, self.said = job.payload, []

    def progress(self, done: int, total: int = 0, message: str = "") -> None:
        self.said.append((done, message))

    def raise_if_cancelled(self) -> None: ...

    def raise_if_lost(self) -> None: ...


def clicks(path: Path, *, seconds: float = 6.0, bpm: float = 120.0) -> Path:
    """A click every beat, 16-bit mono."""
    rate = 22_050
    sound = np.zeros(int(seconds * rate))
    for beat in np.arange(0, seconds, 60 / bpm):
        start = int(beat * rate)
        piece = sound[start : start + 400]
        piece += np.sin(np.arange(len(piece)) * 0.4) * np.exp(-np.arange(len(piece)) / 60)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((sound * 30_000).astype("<i2").tobytes())
    return path


def uploaded(project: Project, path: Path, by: Any) -> tuple[Track, Job]:
    """The file as tus leaves it: stored, and handed over."""
    blob = put_path(path)
    upload = Upload.objects.create(
        project=project, user=by, kind="track", name=path.name, size=blob.size, blob=blob, state="finishing"
    )
    upload.result_url = hand_over(upload, blob).url
    upload.state = "done"
    upload.save()
    track = Track.objects.get()
    return track, Job.objects.get(pk=track.job_id)


def test_an_upload_becomes_a_track_and_an_analysis_is_queued(project, owner, tmp_path):
    track, job = uploaded(project, clicks(tmp_path / "Low Tide.wav"), owner)
    assert (track.name, track.original_name, track.state) == ("Low Tide", "Low Tide.wav", "uploaded")
    assert (job.kind, job.runs_on, job.subject) == ("analyse_track", "worker", f"track:{track.id}")
    assert Upload.objects.get().result_url == f"/p/{project.id}/tracks/{track.id}/"


def test_the_analysis_fills_the_track(project, owner, tmp_path, as_user):
    track, job = uploaded(project, clicks(tmp_path / "clicks.wav"), owner)
    handle(Context(job))
    seen = as_user(owner).call("GET", f"/tracks/{track.id}").json()
    assert seen["state"] == "ready"
    assert seen["duration_seconds"] == pytest.approx(6.0, abs=0.001)
    assert all(seen["files"].values())
    assert 300 <= len(seen["overview"]) <= 400
    assert max(seen["overview"]) <= 1.0
    grid = as_user(owner).call("GET", f"/tracks/{track.id}/grid").json()
    assert np.median(np.diff(grid["beats"])) == pytest.approx(0.5, abs=0.02)
    assert grid["onsets"]


def test_the_waveform_is_there_before_the_analysis(project, owner, tmp_path):
    _, job = uploaded(project, clicks(tmp_path / "clicks.wav"), owner)
    handle(Context(job))
    told = Event.objects.filter(kind="track.changed").order_by("number").values_list("payload", flat=True)
    first_with_peaks = next(seen for seen in told if seen["files"]["peaks"])
    assert first_with_peaks["overview"]
    assert first_with_peaks["files"]["analysis"] is None


def test_a_text_named_mp3_is_refused_with_a_sentence_and_not_kept(project, owner, tmp_path):
    path = tmp_path / "notes.mp3"
    path.write_text("call the plumber\n" * 20)
    track, job = uploaded(project, path, owner)
    sha256 = track.original_id
    with pytest.raises(JobFailed, match=r"“notes\.mp3” is text, not sound"):
        handle(Context(job))
    track.refresh_from_db()
    assert (track.state, track.original_id) == ("failed", None)
    assert "notes.mp3" in track.error
    assert not Blob.objects.filter(pk=sha256).exists()
    assert not has_file(sha256)
    upload = Upload.objects.get()
    assert (upload.state, upload.error) == ("refused", track.error)


def test_a_full_disk_keeps_the_file_for_another_try(project, owner, tmp_path, monkeypatch):
    from gpu_service.music import prepare
    from gpu_service.music.errors import MusicError

    def full(*_: Any, **__: Any) -> None:
        raise MusicError("“clicks.wav” could not be unpacked: No space left on device. Free space.") from OSError(28)

    monkeypatch.setattr(prepare, "decode_and_peaks", full)
    track, job = uploaded(project, clicks(tmp_path / "clicks.wav"), owner)
    with pytest.raises(JobFailed) as failure:
        handle(Context(job))
    track.refresh_from_db()
    assert failure.value.retry
    assert track.original_id is not None


def test_a_track_follows_its_job(project, owner, tmp_path):
    track, job = uploaded(project, clicks(tmp_path / "clicks.wav"), owner)
    lease = queue.claim(runs_on="worker", kinds=["analyse_track"], holder="worker")
    assert lease is not None
    queue.fail(lease, message="The worker ran out of memory.")
    track.refresh_from_db()
    assert (track.state, track.error) == ("failed", "The worker ran out of memory.")
    job.refresh_from_db()
    queue.retry(job)
    track.refresh_from_db()
    assert (track.state, track.error) == ("uploaded", "")


def test_a_second_analysis_keeps_the_edited_grid(project, owner, tmp_path, as_user):
    track, job = uploaded(project, clicks(tmp_path / "clicks.wav"), owner)
    handle(Context(job))
    client = as_user(owner)
    revision = client.call("GET", f"/tracks/{track.id}/grid").json()["revision"]
    markers = [{"seconds": 0.25, "bpm": 90.0}]
    client.call("PUT", f"/tracks/{track.id}/grid", {"revision": revision, "markers": markers})
    handle(Context(job))
    assert client.call("GET", f"/tracks/{track.id}/grid").json()["markers"][0]["bpm"] == 90.0


def test_analysing_twice_at_once_is_refused(project, owner, tmp_path, as_user):
    track, _ = uploaded(project, clicks(tmp_path / "clicks.wav"), owner)
    answer = as_user(owner).call("POST", f"/tracks/{track.id}/analyse")
    assert answer.status_code == 409


def test_a_name_that_tries_to_leave_the_folder_stays_a_name(project, owner, tmp_path):
    track, job = uploaded(project, clicks(tmp_path / "x.wav"), owner)
    Track.objects.update(original_name="../../etc/pass\x07wd.wav")
    handle(Context(job))
    track.refresh_from_db()
    assert track.state == "ready"
