"""Close-ups of a track: ordered once for everybody, made by the worker, served by the tile and by the sample."""

import io
from datetime import timedelta

import numpy as np
import pytest
import soundfile
from asgiref.sync import async_to_sync
from django.utils import timezone
from PIL import Image

from studio.blobs.store import put_bytes
from studio.closeups.models import CloseUp
from studio.closeups.order import purge
from studio.jobs.models import Job
from studio.tracks.models import Track
from tests.studio.projections.parts import work

pytestmark = pytest.mark.django_db
RATE = 8000


def body_of(answer) -> bytes:
    async def read() -> bytes:
        return b"".join([piece async for piece in answer.streaming_content])

    return async_to_sync(read)()


def sound(seconds: float = 5.0, *, channels: int = 2) -> bytes:
    count = round(seconds * RATE)
    wave = np.arange(count * channels).reshape(count, channels) % 1000 / 2000
    held = io.BytesIO()
    soundfile.write(held, wave, RATE, "PCM_16", format="WAV")
    return held.getvalue()


@pytest.fixture
def track(project, owner):
    original = put_bytes(sound())
    return Track.objects.create(project=project, name="Saw", original=original, original_name="saw.wav")


@pytest.fixture
def ask(track, owner, as_user):
    def one(kind, *, by=None, status=200, **body):
        answer = as_user(by or owner).call("POST", f"/tracks/{track.id}/close-ups/{kind}", body)
        assert answer.status_code == status, answer.content
        return answer.json()

    return one


def test_a_spectrogram_is_made_once_for_everybody_and_served_by_the_tile(ask, track, owner, member, as_user):
    first = ask("spectrogram")
    assert (first["state"], first["url"]) == ("waiting", None)
    assert ask("spectrogram", by=member("viewer"))["job_id"] == first["job_id"]
    work("close_up")
    ready = ask("spectrogram")
    assert ready["state"] == "ready"
    client = as_user(owner)
    for number, level in enumerate(ready["facts"]["levels"]):
        widths = []
        for tile in range(level["tiles"]):
            answer = client.get(f"{ready['url']}/{number}/{tile}")
            assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
            assert "immutable" in answer["Cache-Control"]
            widths.append(Image.open(io.BytesIO(body_of(answer))).size[0])
        assert sum(widths) == level["columns"]
    assert client.get(f"{ready['url']}/0/{ready['facts']['levels'][0]['tiles']}").status_code == 404
    assert client.get(f"{ready['url']}/99/0").status_code == 404
    assert client.get(f"/api/v1/tracks/{track.id}/spectrogram/0123456789abcdef/0/0").status_code == 404


def test_samples_are_those_of_the_file(ask, owner, as_user):
    ask("samples")
    work("close_up")
    ready = ask("samples")
    assert ready["facts"] == {"sample_rate": RATE, "channels": 2, "frame_count": 5 * RATE}
    answer = as_user(owner).get(f"{ready['url']}?first=12345&count=100")
    found = np.frombuffer(answer.content, "<i2").reshape(-1, 2)
    expected = np.arange(24690, 24890).reshape(100, 2) % 1000 / 2000
    assert np.abs(found / 32767 - expected).max() < 1e-4
    last = as_user(owner).get(f"{ready['url']}?first={5 * RATE - 1}&count=100")
    assert len(last.content) == 4
    assert as_user(owner).get(f"{ready['url']}?first=0&count=65537").status_code == 422
    assert as_user(owner).get(f"{ready['url']}?first=-1&count=5").status_code == 404


def test_another_file_in_its_place_is_looked_at_anew(ask, track, owner, as_user):
    ask("samples")
    work("close_up")
    former = ask("samples")
    track.original = put_bytes(sound(2.0))
    track.save()
    assert ask("samples")["state"] == "waiting"
    assert as_user(owner).get(f"{former['url']}?first=0&count=1").status_code == 404
    work("close_up")
    assert ask("samples")["facts"]["frame_count"] == 2 * RATE


def test_what_is_no_sound_says_so_and_is_tried_again_only_when_asked(ask, track):
    track.original = put_bytes(b"only words\n" * 40)
    track.save()
    ask("spectrogram")
    work("close_up")
    failed = ask("spectrogram")
    assert failed["state"] == "failed"
    assert "is text, not sound" in failed["sentence"]
    assert ask("spectrogram", again=True)["state"] == "waiting"
    assert Job.objects.filter(kind="close_up").count() == 2


def test_a_track_whose_file_is_not_kept_has_none(ask, track):
    track.original = None
    track.save()
    assert "is not kept" in ask("spectrogram", status=409)["detail"]
    assert not Job.objects.filter(kind="close_up").exists()


def test_what_nobody_looks_at_goes_and_can_be_made_again(ask):
    ask("spectrogram")
    work("close_up")
    assert purge(now=timezone.now() + timedelta(days=29)) == 0
    assert purge(now=timezone.now() + timedelta(days=31)) == 1
    assert not CloseUp.objects.exists()
    assert ask("spectrogram")["state"] == "waiting"
