"""Beats of a part found anew: a proposal on the track's own clock, which changes nothing by itself."""

import numpy as np
import pytest
import soundfile

from gpu_service.music.decode import decode
from gpu_service.music.proxy import write_proxy
from studio.blobs.store import put_path
from studio.jobs.models import Job, State
from studio.tracks.find_anew import handle
from studio.tracks.models import BeatGrid, Track
from tests.studio.tracks.test_analyse_track import Context

pytestmark = pytest.mark.django_db(transaction=True)
RATE, SECONDS = 22_050, 40.0
# 120 bpm, and 97 from 20.371 s on.
BEATS = np.concatenate([np.arange(0.371, 20.3, 0.5), np.arange(20.371, SECONDS - 0.5, 60 / 97)])


@pytest.fixture(scope="module")
def proxy(tmp_path_factory):
    """The playback copy of a track that clicks on BEATS."""
    folder = tmp_path_factory.mktemp("proxy")
    sound = np.zeros(round(SECONDS * RATE), np.float32)
    burst = np.random.default_rng(1).standard_normal(400) * np.exp(-np.arange(400) / 80) * 0.3
    for start in np.round(BEATS * RATE).astype(int):
        sound[start : start + 400] += burst[: len(sound) - start]
    soundfile.write(folder / "track.wav", sound, RATE)
    write_proxy(decode(folder / "track.wav", pcm_path=folder / "track.pcm"), folder / "proxy.m4a")
    return folder / "proxy.m4a"


@pytest.fixture
def track(project, proxy):
    return Track.objects.create(
        project=project, name="Ebb", proxy=put_path(proxy, move=False), duration_seconds=SECONDS, state="ready"
    )


@pytest.fixture
def find(track, owner, as_user):
    def one(start, end):
        client = as_user(owner)
        ordered = client.call("POST", f"/tracks/{track.id}/grid/find", {"from_seconds": start, "to_seconds": end})
        assert ordered.status_code == 202, ordered.json()
        job = Job.objects.get(pk=ordered.json()["job_id"])
        result = handle(Context(job))
        Job.objects.filter(pk=job.pk).update(state=State.DONE, result=result)
        return client.call("GET", f"/tracks/{track.id}/grid/found/{job.id}").json()

    return one


@pytest.mark.parametrize(
    ("start", "end", "bpm"), [(0.0, 12.0, 120.0), (1.3, 12.0, 120.0), (3.0, 18.0, 120.0), (22.0, 39.0, 97.0)]
)
def test_a_part_is_heard_alone_and_placed_on_the_clock_of_the_whole(find, start, end, bpm):
    found = find(start, end)
    assert (found["state"], found["no_beats"], found["unsure"]) == ("done", None, [])
    (marker,) = found["markers"]
    assert marker["bpm"] == pytest.approx(bpm, abs=0.05)
    assert np.abs(BEATS - marker["seconds"]).min() < 0.005
    assert start <= marker["seconds"] <= end


def test_nothing_of_the_grid_is_changed_by_it(find, track):
    grid = BeatGrid.objects.create(track=track, markers=[{"seconds": 1.0, "bpm": 90.0}], is_edited=True, revision=7)
    find(3.0, 18.0)
    grid.refresh_from_db()
    assert (grid.revision, grid.markers) == (7, [{"seconds": 1.0, "bpm": 90.0}])


def test_where_there_is_no_pulse_a_sentence_says_so(find, track, tmp_path):
    soundfile.write(tmp_path / "hush.wav", np.zeros(RATE * 40, np.float32), RATE)
    write_proxy(decode(tmp_path / "hush.wav", pcm_path=tmp_path / "hush.pcm"), tmp_path / "hush.m4a")
    Track.objects.filter(pk=track.pk).update(proxy=put_path(tmp_path / "hush.m4a", move=False))
    found = find(3.0, 18.0)
    assert found["markers"] == []
    assert found["no_beats"].startswith("No beats were found")


@pytest.mark.parametrize(("start", "end"), [(3.0, 5.0), (20.0, 10.0), (38.0, 90.0)])
def test_a_part_too_short_is_refused_with_a_sentence(track, owner, as_user, start, end):
    body = {"from_seconds": start, "to_seconds": end}
    answer = as_user(owner).call("POST", f"/tracks/{track.id}/grid/find", body)
    assert (answer.status_code, answer.json()["field"]) == (422, "to_seconds")
    assert not Job.objects.exists()


def test_one_part_at_a_time_and_no_viewer_orders_one(track, owner, member, as_user):
    path, body = f"/tracks/{track.id}/grid/find", {"from_seconds": 1.0, "to_seconds": 9.0}
    assert as_user(member("viewer")).call("POST", path, body).status_code == 403
    assert as_user(owner).call("POST", path, body).status_code == 202
    assert as_user(owner).call("POST", path, body).status_code == 409


def test_a_track_that_is_not_unpacked_cannot_be_heard(track, owner, as_user):
    Track.objects.filter(pk=track.pk).update(proxy=None)
    body = {"from_seconds": 1.0, "to_seconds": 9.0}
    assert as_user(owner).call("POST", f"/tracks/{track.id}/grid/find", body).status_code == 409
