"""Several tracks become one: in order, at the first one's rate, analysed like any other."""

import numpy as np
import pytest
import soundfile

from studio.blobs.store import local_path
from studio.jobs.models import Job
from studio.tracks import analyse
from studio.tracks.join import handle
from studio.tracks.models import Track
from tests.studio.tracks.test_analyse_track import Context, clicks, uploaded

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def two(project, owner, tmp_path) -> list[Track]:
    """Clicks at 120 and at 60 bpm, 6 and 4 seconds long."""
    first, _ = uploaded(project, clicks(tmp_path / "Ebb.wav"), owner)
    Track.objects.filter(pk=first.pk).update(upload_id=None)
    path = clicks(tmp_path / "Flow.wav", seconds=4.0, bpm=60.0)
    second = Track.objects.create(
        project=project, name="Flow", original=analyse.put_path(path), original_name="Flow.wav"
    )
    return [first, second]


def join(as_user, owner, project, tracks, name="Ebb and flow"):
    body = {"track_ids": [str(track.id) for track in tracks], "name": name}
    return as_user(owner).call("POST", f"/projects/{project.id}/tracks/join", body)


def test_two_tracks_become_one_with_the_sound_of_both(project, owner, as_user, two):
    answer = join(as_user, owner, project, two)
    assert answer.status_code == 202
    track = Track.objects.get(pk=answer.json()["id"])
    handle(Context(Job.objects.get(pk=track.job_id)))
    track.refresh_from_db()
    with local_path(track.original) as path:
        sound, rate = soundfile.read(path)
    parts = []
    for one in two:
        with local_path(one.original) as path:
            parts.append(soundfile.read(path)[0])
    assert (rate, len(sound)) == (22_050, 10 * 22_050)
    assert np.abs(sound - np.concatenate(parts)).max() < 2**-22
    job = Job.objects.get(pk=track.job_id)
    assert (job.kind, track.original_name) == ("analyse_track", "Ebb and flow.flac")
    analyse.handle(Context(job))
    track.refresh_from_db()
    assert (track.state, track.duration_seconds) == ("ready", pytest.approx(10.0, abs=0.001))
    assert [part["name"] for part in track.facts["joined_from"]] == ["Ebb", "Flow"]


def test_only_tracks_of_the_project_that_are_kept_can_be_joined(project, owner, as_user, two):
    Track.objects.filter(pk=two[1].pk).update(original=None)
    answer = join(as_user, owner, project, two)
    assert (answer.status_code, answer.json()["field"]) == (422, "track_ids")
    assert Track.objects.count() == 2
    assert join(as_user, owner, project, two[:1]).status_code == 422


def test_a_viewer_joins_nothing(project, member, as_user, two):
    assert join(as_user, member("viewer"), project, two).status_code == 403
