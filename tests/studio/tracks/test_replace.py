"""Another file for a track: grid, cues and scenes stay; what lies behind the end of a shorter one is kept and shown."""

import uuid

import pytest

from studio.events.models import Event
from studio.jobs.models import Job
from studio.scenes.models import Scene
from studio.scenes.spec import sight_of
from studio.tracks.models import Stem, Track
from tests.studio.features import make_scene
from tests.studio.projections.parts import work
from tests.studio.tracks.editing import Hand, marker_op
from tests.studio.tracks.test_analyse_track import clicks
from tests.studio.tus import TusClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(project, owner):
    """On a track of ten seconds."""
    return make_scene(project, owner)


@pytest.fixture
def hand(scene, owner, as_user):
    hand = Hand(as_user(owner), scene.track)
    hand.edit(marker_op("add", seconds=0.5, bpm=120.0), marker_op("add", seconds=9.0, bpm=60.0))
    hand.add(2.0, label="early")
    hand.add(9.5, label="late")
    hand.add(4.0, kind="span", end_seconds=9.0, label="long")
    return hand


@pytest.fixture
def send(scene, project, hand):
    def one(data, name="mended.wav", **metadata):
        said = {"track": str(scene.track_id), "filename": name, **metadata}
        return TusClient(hand.client).send(project, data, kind="track", **said)

    return one


def sound(folder, *, seconds):
    return clicks(folder / "sound.wav", seconds=seconds).read_bytes()


def track_of(scene):
    return Track.objects.select_related("original").get(pk=scene.track_id)


def beyond(hand):
    return {cue["label"]: cue["is_beyond_end"] for cue in hand.cues().values()}


def test_a_shorter_file_keeps_cues_and_markers_behind_its_end(scene, hand, send, tmp_path):
    assert send(sound(tmp_path, seconds=5.0)).status_code == 204
    seen = hand.client.call("GET", f"/tracks/{scene.track_id}").json()
    assert (seen["incoming_name"], seen["state"], seen["duration_seconds"]) == ("mended.wav", "ready", 10.0)
    work("analyse_track")
    seen = hand.client.call("GET", f"/tracks/{scene.track_id}").json()
    assert (seen["incoming_name"], seen["duration_seconds"]) == ("", pytest.approx(5.0))
    assert track_of(scene).original_name == "mended.wav"
    assert beyond(hand) == {"early": False, "late": True, "long": True}
    grid = hand.grid()
    assert [marker["is_beyond_end"] for marker in grid["markers"]] == [False, True]
    assert (grid["is_edited"], grid["beats"][-1]) == (True, pytest.approx(4.5))
    spec = sight_of(Scene.objects.select_related("track__original").get(pk=scene.pk)).spec
    assert [(cue.label, cue.end_seconds) for cue in spec.cues] == [("early", None), ("long", pytest.approx(5.0))]
    assert [marker.bpm for marker in spec.markers] == [120.0]


def test_what_lay_behind_the_end_can_still_be_named_and_moved_within(hand, send, tmp_path):
    send(sound(tmp_path, seconds=5.0))
    work("analyse_track")
    (late,) = [cue["id"] for cue in hand.cues().values() if cue["label"] == "late"]
    hand.change(late, label="later")
    assert hand.cues()[late]["is_beyond_end"]
    moved = hand.change(late, seconds=4.0)
    assert not hand.cues()[late]["is_beyond_end"]
    hand.undo(moved)
    assert (hand.cues()[late]["seconds"], hand.cues()[late]["is_beyond_end"]) == (9.5, True)


def test_a_longer_file_has_all_of_them_within(scene, hand, send, tmp_path):
    send(sound(tmp_path, seconds=5.0))
    work("analyse_track")
    send(sound(tmp_path, seconds=12.0), name="long.wav")
    work("analyse_track")
    assert beyond(hand) == {"early": False, "late": False, "long": False}
    assert hand.grid()["beats"][-1] == pytest.approx(11.0)  # 60 bpm from 9 s on, counted up to the new end
    assert track_of(scene).duration_seconds == pytest.approx(12.0)


def test_pages_hear_of_the_new_file_and_of_the_cues(scene, hand, send, tmp_path):
    before = hand.client.call("GET", f"/tracks/{scene.track_id}").json()["files"]
    send(sound(tmp_path, seconds=5.0))
    work("analyse_track")
    after = hand.client.call("GET", f"/tracks/{scene.track_id}").json()["files"]
    assert all(after[name] and after[name] != before[name] for name in ("original", "proxy", "peaks", "lanes"))
    told = Event.objects.filter(kind="track.edited").order_by("number").last().payload
    assert {cue["label"] for cue in told["cues"] if cue["is_beyond_end"]} == {"late", "long"}


def test_a_file_that_is_no_sound_takes_nothing_away(scene, hand, send):
    before = track_of(scene)
    send(b"no sound at all" * 100, name="notes.txt")
    work("analyse_track")
    now = track_of(scene)
    assert (now.original_id, now.state, now.duration_seconds) == (before.original_id, "ready", 10.0)
    assert now.incoming_id is None
    assert now.warnings[0].startswith("“notes.txt” did not take the place of the sound: ")
    assert len(hand.cues()) == 3


def test_stems_that_are_as_long_stay_and_others_go_into_the_bin(scene, hand, send, tmp_path):
    for name, seconds in (("drums", 10.0), ("choir", 5.1)):
        row = {"state": Stem.State.READY, "duration_seconds": seconds}
        Stem.objects.create(pk=uuid.uuid4(), track=scene.track, name=name, **row)
    send(sound(tmp_path, seconds=5.0))
    work("analyse_track")
    assert list(Stem.objects.filter(binned_at=None).values_list("name", flat=True)) == ["choir"]


def test_a_track_that_is_not_there_or_is_being_analysed_takes_no_file(scene, hand, send, project, tmp_path):
    data = sound(tmp_path, seconds=5.0)
    strange = TusClient(hand.client).send(project, data, kind="track", track=str(project.pk))
    assert (strange.status_code, strange.json()["field"]) == (422, "track")
    assert send(data).status_code == 204
    again = send(data)
    assert again.status_code == 409
    assert "is being analysed" in again.json()["detail"]
    assert Job.objects.filter(kind="analyse_track").count() == 1
