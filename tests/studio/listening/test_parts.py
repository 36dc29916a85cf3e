"""Parts of a track to listen to: stems as playback copies, and the track split into what sounds on and what strikes."""

import numpy as np
import pytest
import soundfile

from gpu_service.music.decode import decode
from studio.blobs.store import local_path, put_path
from studio.jobs.handlers import JobFailed
from studio.jobs.models import Job, State
from studio.listening.make import handle
from studio.listening.models import Part
from studio.tracks.models import Stem, Track
from tests.studio.tracks.test_analyse_track import Context

pytestmark = pytest.mark.django_db(transaction=True)
RATE, SECONDS = 22_050, 6.0
TIMES = np.arange(round(RATE * SECONDS)) / RATE
TONE = 0.3 * np.sin(2 * np.pi * 440 * TIMES)


def clicks():
    made = np.zeros_like(TIMES)
    burst = np.random.default_rng(1).standard_normal(200) * np.exp(-np.arange(200) / 40) * 0.4
    for start in (np.arange(0.3, SECONDS - 0.2, 0.5) * RATE).astype(int):
        made[start : start + 200] += burst
    return made


@pytest.fixture
def track(project, tmp_path):
    soundfile.write(tmp_path / "Ebb.wav", TONE + clicks(), RATE)
    return Track.objects.create(
        project=project,
        name="Ebb",
        original=put_path(tmp_path / "Ebb.wav"),
        original_name="Ebb.wav",
        duration_seconds=SECONDS,
        state="ready",
    )


@pytest.fixture
def stem(track, tmp_path):
    soundfile.write(tmp_path / "voice.wav", TONE, RATE)
    return Stem.objects.create(
        pk="11111111-1111-4111-8111-111111111111",
        track=track,
        name="voice",
        blob=put_path(tmp_path / "voice.wav"),
        original_name="voice.wav",
        state="ready",
    )


def order(client, track, **body):
    answer = client.call("POST", f"/tracks/{track.id}/parts", body)
    assert answer.status_code == 200, answer.json()
    return answer.json()["items"]


def heard(client, part, tmp_path):
    answer = client.get(part["url"].split("?")[0])
    assert answer.status_code == 200
    path = tmp_path / f"{part['name']}.m4a"
    path.write_bytes(b"".join(answer))
    return decode(path, pcm_path=tmp_path / "heard.pcm").mono()


def test_a_track_is_split_into_what_sounds_on_and_what_strikes(track, owner, as_user, tmp_path):
    client = as_user(owner)
    items = order(client, track, split=True)
    assert [(item["name"], item["state"], item["url"]) for item in items] == [
        ("harmonic", "waiting", None),
        ("percussive", "waiting", None),
    ]
    handle(Context(Job.objects.get(pk=items[0]["job_id"])))
    parts = {item["name"]: item for item in order(client, track, split=True)}
    assert {part["state"] for part in parts.values()} == {"ready"}
    harmonic, percussive = (np.array(heard(client, parts[name], tmp_path)) for name in ("harmonic", "percussive"))
    size = min(len(harmonic), len(TONE))
    assert np.corrcoef(harmonic[:size], TONE[:size])[0, 1] > 0.99
    assert np.corrcoef(percussive[:size], clicks()[:size])[0, 1] > 0.8


def test_a_stem_as_it_was_sent_becomes_one_that_browsers_play(track, stem, owner, as_user, tmp_path):
    client = as_user(owner)
    (item,) = order(client, track)
    assert (item["name"], item["stem_id"]) == ("voice", str(stem.pk))
    handle(Context(Job.objects.get(pk=item["job_id"])))
    (ready,) = client.call("GET", f"/tracks/{track.id}/parts").json()["items"]
    sound = np.array(heard(client, ready, tmp_path))
    size = min(len(sound), len(TONE))
    assert np.corrcoef(sound[:size], TONE[:size])[0, 1] > 0.99


def test_the_same_order_twice_is_one_job_and_a_binned_stem_is_no_part(track, stem, owner, as_user):
    client = as_user(owner)
    order(client, track, split=True)
    order(client, track, split=True)
    assert Job.objects.filter(kind="make_parts").count() == 1
    Stem.objects.filter(pk=stem.pk).update(binned_at="2026-01-01T00:00:00Z")
    assert {item["name"] for item in order(client, track)} == {"harmonic", "percussive"}


def test_a_stem_that_is_sent_anew_is_made_anew(track, stem, owner, as_user):
    client = as_user(owner)
    (item,) = order(client, track)
    handle(Context(Job.objects.get(pk=item["job_id"])))
    Job.objects.update(state=State.DONE)
    assert order(client, track)[0]["state"] == "ready"
    Part.objects.update(source="another")
    assert order(client, track)[0]["state"] == "waiting"


def test_a_track_whose_file_is_gone_is_told_so(track, owner, as_user):
    client = as_user(owner)
    (item, _) = order(client, track, split=True)
    Track.objects.update(original=None)
    with pytest.raises(JobFailed, match="is not kept"):
        handle(Context(Job.objects.get(pk=item["job_id"])))
    Part.objects.all().delete()
    assert client.call("POST", f"/tracks/{track.id}/parts", {"split": True}).status_code == 409


def test_a_stranger_hears_no_part(track, owner, person, as_user, tmp_path):
    with local_path(track.original) as path:
        part = Part.objects.create(track=track, name="harmonic", blob=put_path(path), source=track.original_id)
    assert as_user(person("Stranger")).get(f"/api/v1/parts/{part.pk}/sound").status_code == 404
    assert as_user(owner).get(f"/api/v1/parts/{part.pk}/sound").status_code == 200
