"""Ordering films: ranges, frozen recipes, states, drafts, and what the pages hear."""

from fractions import Fraction

import pytest

from gpu_service.protocol import Recipe, recipe_sha256
from studio.errors import Refused
from studio.events.models import Event
from studio.jobs import queue
from studio.jobs.models import Job, Segment
from studio.renders.join import follow
from studio.renders.models import Render
from studio.renders.order import Range, frames_of
from studio.renders.present import state_of
from studio.scenes.edit import change_scene
from studio.scenes.spec import sight_of
from tests.studio.features import make_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(project, owner):
    return make_scene(project, owner)


@pytest.fixture
def client(owner, as_user):
    return as_user(owner)


def order(client, scene, **changes):
    return client.call("POST", f"/scenes/{scene.id}/renders", changes)


def test_the_whole_track_is_cut_into_segments_without_a_gap(client, scene):
    render = order(client, scene).json()
    edges = [(segment["first_frame"], segment["end_frame"]) for segment in render["segments"]]
    assert edges == [(0, 64), (64, 128), (128, 192), (192, 256), (256, 300)]
    assert (render["frames_total"], render["state"], render["quality"]) == (300, "queued", "final")


@pytest.mark.parametrize(
    ("wanted", "frames"),
    [
        (Range("first", end_seconds=2.0), (0, 60)),
        (Range("first", end_seconds=99.0), (0, 300)),
        (Range("selection", 1.0, 2.5), (30, 75)),
        (Range("selection", 9.999, 10.0), (299, 300)),
    ],
)
def test_a_range_is_made_of_the_scenes_own_frames(scene, wanted, frames):
    assert frames_of(wanted, sight_of(scene).spec) == frames


def test_a_rational_rate_drifts_by_nothing(scene, owner):
    changed = change_scene(scene.id, {"revision": 1, "fps": "30000/1001"}, by=owner)
    first, end = frames_of(Range("selection", 5.0, 6.0), sight_of(changed).spec)
    assert first == int(5 * Fraction(30000, 1001))
    assert end == -int(-(6 * Fraction(30000, 1001)) // 1)


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (Range("first"), "range.end_seconds"),
        (Range("selection", None, 2.0), "range.start_seconds"),
        (Range("selection", 2.0, 2.0), "range.end_seconds"),
        (Range("selection", 10.0, 12.0), "range.start_seconds"),
    ],
)
def test_a_range_that_cannot_be_is_named(scene, wanted, field):
    with pytest.raises(Refused) as refusal:
        frames_of(wanted, sight_of(scene).spec)
    assert refusal.value.field == field


def test_a_draft_is_half_as_large_and_cut_at_the_same_frames(client, scene):
    film = order(client, scene).json()
    draft = order(client, scene, quality="draft", range={"kind": "first", "end_seconds": 5}).json()
    assert (draft["width"], draft["height"]) == (128, 128)
    assert draft["segments"][0]["end_frame"] == film["segments"][0]["end_frame"]


def test_a_draft_at_the_films_size_is_the_films_beginning(client, scene):
    film = Render.objects.get(pk=order(client, scene).json()["id"])
    size = {"width": 256, "height": 256}
    draft = order(client, scene, quality="draft", range={"kind": "first", "end_seconds": 5}, **size).json()
    short = Render.objects.get(pk=draft["id"])
    same = ("scene", "segment_frames", "encoder", "first_frame")
    assert {name: short.recipe[name] for name in same} == {name: film.recipe[name] for name in same}


@pytest.mark.parametrize(("side", "value"), [("width", 63), ("height", 255), ("width", 5000)])
def test_a_size_that_cannot_be_drawn_is_named(client, scene, side, value):
    answer = order(client, scene, **{side: value})
    assert (answer.status_code, answer.json()["field"]) == (422, side)


def test_the_recipe_is_frozen_and_names_every_input(client, scene, owner):
    render = order(client, scene).json()
    before = client.get(render["recipe_url"]).json()
    change_scene(scene.id, {"revision": 1, "parameters": {"alpha": 0.9}}, by=owner)
    after = client.get(render["recipe_url"])
    assert after.json() == before
    assert before["scene"]["parameters"]["seed"] == 1234
    assert set(before["files"]) == {
        scene.track.original_id,
        *(snapshot["sha256"] for snapshot in before["scene"]["snapshots"]),
    }
    assert before["versions"]["visualizer test-lines"] == "1"
    recipe = Recipe.model_validate(before)
    assert before["sha256"] == recipe_sha256(recipe)
    assert "attachment" in after["Content-Disposition"]


def test_a_film_whose_scene_has_changed_says_so(client, scene, owner):
    render = order(client, scene).json()
    assert render["stale"] is False
    change_scene(scene.id, {"revision": 1, "width": 512, "height": 512}, by=owner)
    assert client.call("GET", f"/renders/{render['id']}").json()["stale"] is False
    change_scene(scene.id, {"revision": 2, "parameters": {"alpha": 0.9}}, by=owner)
    assert client.call("GET", f"/renders/{render['id']}").json()["stale"] is True


def test_again_follows_the_same_recipe_code_path_included(client, scene):
    first = Render.objects.get(pk=order(client, scene).json()["id"])
    first.recipe["code_path"] = {"batch": 4, "threads": 2}
    first.save()
    again = client.call("POST", f"/renders/{first.id}/again")
    assert again.status_code == 201
    copy = Render.objects.get(pk=again.json()["id"])
    assert copy.recipe["code_path"]["batch"] == 4
    assert copy.recipe["scene"] == first.recipe["scene"]
    assert copy.inputs.count() == first.inputs.count() == 3


def test_a_render_is_stopped_and_goes_on(client, scene):
    render = order(client, scene).json()
    stopped = client.call("POST", f"/renders/{render['id']}/cancel").json()
    assert (stopped["state"], stopped["message"]) == ("cancelled", "Stopped by Ines.")
    assert client.call("POST", f"/renders/{render['id']}/cancel").status_code == 409
    assert client.call("POST", f"/renders/{render['id']}/retry").json()["state"] == "queued"
    assert client.call("POST", f"/renders/{render['id']}/retry").status_code == 409


def test_a_joining_that_failed_is_tried_again_without_drawing(client, scene):
    render = Render.objects.get(pk=order(client, scene).json()["id"])
    Segment.objects.update(state="done")
    Job.objects.filter(pk=render.job_id).update(state="done")
    follow(Job.objects.get(pk=render.job_id))
    render.refresh_from_db()
    assert state_of(render) == "joining"
    lease = queue.claim(runs_on="worker", kinds=["join_film"], holder="worker")
    assert lease is not None
    queue.fail(lease, message="The disk of the studio is full.")
    seen = client.call("GET", f"/renders/{render.id}").json()
    assert (seen["state"], seen["error"]) == ("failed", "The disk of the studio is full.")
    again = client.call("POST", f"/renders/{render.id}/retry").json()
    assert again["state"] == "joining"
    assert Job.objects.get(pk=render.job_id).state == "done"


def test_a_binned_render_is_stopped_and_comes_back(client, project, scene):
    render = order(client, scene).json()
    gone = client.call("DELETE", f"/renders/{render['id']}").json()
    assert (gone["is_binned"], gone["state"]) == (True, "cancelled")
    assert client.call("GET", f"/projects/{project.id}/renders").json()["items"] == []
    assert client.call("POST", f"/renders/{render['id']}/restore").json()["is_binned"] is False


def test_renders_of_a_binned_scene_stay(client, project, scene):
    render = order(client, scene).json()
    client.call("DELETE", f"/scenes/{scene.id}")
    assert client.call("GET", f"/renders/{render['id']}").status_code == 200


def test_a_scene_without_snapshots_cannot_be_drawn_and_says_what_it_needs(client, scene, owner):
    change_scene(scene.id, {"revision": 1, "snapshot_ids": []}, by=owner)
    answer = order(client, scene)
    assert (answer.status_code, answer.json()["field"]) == (422, "snapshot_ids")
    assert "needs a snapshot" in answer.json()["detail"]


def test_a_viewer_watches_films_and_orders_none(scene, member, as_user, client):
    render, viewer = order(client, scene).json(), as_user(member("viewer"))
    assert viewer.call("GET", f"/renders/{render['id']}").status_code == 200
    assert order(viewer, scene).status_code == 403
    for action in ("cancel", "retry", "again"):
        assert viewer.call("POST", f"/renders/{render['id']}/{action}").status_code == 403


def test_pages_hear_of_a_render_from_its_first_moment(client, scene):
    render = order(client, scene).json()
    added = Event.objects.get(kind="render.added")
    assert added.payload["id"] == render["id"]
    assert added.payload["state"] == "queued"
    assert "segments" not in added.payload


def test_a_film_that_is_not_there_yet_is_not_there(client, scene):
    render = order(client, scene).json()
    assert render["film_url"] is None
    assert client.call("GET", f"/renders/{render['id']}/film").status_code == 404
    assert client.call("GET", f"/renders/{render['id']}/thumbs/0").status_code == 404
    assert client.call("GET", f"/renders/{render['id']}/thumbs/99999999999999999999").status_code == 404
