"""Routes and cue actions over the API: judged, merged by id, undone; and what becomes of them when things go."""

from datetime import timedelta

import pytest

from studio.networks.models import Snapshot
from studio.networks.purge import files_in_use
from studio.scenes.driven import moved
from studio.scenes.ground import ground_of
from studio.scenes.history import state_of
from studio.scenes.models import Scene, VisualizerCatalogue
from studio.scenes.spec import sight_of
from studio.tracks.models import Cue
from tests.studio.features import make_scene

pytestmark = pytest.mark.django_db
ONSET = {"kind": "onset"}
NO_CUES = "names cues called “pulls”, and this track has none. Choose another label."


def route(name="r1", **values):
    return {"id": name, "parameter": "alpha", "source": ONSET, **values}


@pytest.fixture
def scene(project, owner):
    return make_scene(project, owner)


@pytest.fixture
def change(scene, owner, as_user):
    """PATCHes the scene as its owner, on its present revision unless one is given."""

    def send(by=owner, **patch):
        patch.setdefault("revision", Scene.objects.get(pk=scene.pk).revision)
        return as_user(by).call("PATCH", f"/scenes/{scene.id}", patch)

    return send


def spec_of(scene):
    return sight_of(Scene.objects.select_related("track__original").get(pk=scene.pk)).spec


def test_a_route_is_kept_whole_drawn_and_taken_out_again(scene, change):
    kept = change(routes={"r1": route(amount=0.4)}).json()
    assert (kept["routes"][0]["amount"], kept["routes"][0]["smoothing_seconds"]) == (0.4, 0.0)
    assert [(one.id, one.amount) for one in spec_of(scene).routes] == [("r1", 0.4)]
    assert change(routes={"r1": None}).json()["routes"] == []


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        (route(parameter="alhpa"), "routes.r1.parameter", "Near it: alpha"),
        (route(parameter="seed"), "routes.r1.parameter", "“Seed” cannot be driven"),
        (route(parameter="bend:b1"), "routes.r1.parameter", "no bend “b1”"),
        (route(parameter="route:r9"), "routes.r1.parameter", "no route “r9”"),
        (route(source={"kind": "route", "id": "r9"}), "routes.r1.source.id", "no route “r9”"),
        (route(source={"kind": "cue", "label": "pulls"}), "routes.r1.source.label", NO_CUES),
        (route(source={"kind": "stem", "stem": "choir"}), "routes.r1.source.stem", "“choir”"),
        (route(source={"kind": "route", "id": "r1"}), "routes.r1.source", "in a ring"),
        (route(parameter="route:r1"), "routes.r1.source", "in a ring"),
        (route(name="r2"), "routes.r1.id", "at once"),
    ],
)
def test_a_route_that_cannot_work_is_refused_and_named(scene, change, given, field, words):
    answer = change(routes={"r1": given})
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert words in answer.json()["detail"]
    assert Scene.objects.get(pk=scene.pk).routes == []


def test_a_ring_through_source_and_amount_is_refused(change):
    change(routes={"a": route("a"), "b": route("b", source={"kind": "route", "id": "a"})})
    ring = change(routes={"c": route("c", parameter="route:a", source={"kind": "route", "id": "b"})})
    assert ring.status_code == 422
    assert all(f"“{name}”" in ring.json()["detail"] for name in "abc")


def test_different_routes_of_two_people_merge_and_the_same_one_does_not(scene, change, member):
    other, base = member("editor"), scene.revision
    assert change(routes={"a": route("a")}, revision=base).status_code == 200
    merged = change(by=other, routes={"b": route("b")}, actions={"x": None}, revision=base)
    assert {one["id"] for one in merged.json()["routes"]} == {"a", "b"}
    late = change(by=other, routes={"a": route("a", amount=0.1)}, revision=base)
    assert late.status_code == 409
    assert "the route on “alpha”" in late.json()["detail"]
    assert next(one for one in late.json()["current"]["routes"] if one["id"] == "a")["amount"] == 0.5


def test_undo_takes_a_route_back_and_redo_brings_it(scene, change, owner, as_user):
    change(routes={"a": route("a")})
    client = as_user(owner)
    assert client.call("POST", f"/scenes/{scene.id}/undo").json()["routes"] == []
    assert client.call("POST", f"/scenes/{scene.id}/redo").json()["routes"][0]["id"] == "a"


def test_what_hangs_on_a_route_goes_with_it_in_one_step(scene, change, owner, as_user, monkeypatch):
    monkeypatch.setattr("studio.scenes.history.GESTURE", timedelta(0))
    change(routes={"a": route("a"), "b": route("b", source={"kind": "route", "id": "a"})})
    assert change(routes={"a": None}).json()["routes"] == []
    back = as_user(owner).call("POST", f"/scenes/{scene.id}/undo").json()
    assert [one["id"] for one in back["routes"]] == ["a", "b"]


def test_a_label_that_goes_later_is_warned_of_and_not_drawn(scene, change):
    cue = Cue.objects.create(track=scene.track, seconds=1.0, label="pulls")
    by_cue = route("c", source={"kind": "cue", "label": "pulls"})
    follower = route("f", source={"kind": "route", "id": "c"})
    hold = {"label": "pulls", "kind": "hold", "seconds": 1.0}
    kept = change(routes={"c": by_cue, "f": follower, "o": route("o")}, actions={"h": hold})
    assert (kept.status_code, kept.json()["warnings"]) == (200, [])
    assert spec_of(scene).actions[0].kind == "hold"
    Cue.objects.filter(pk=cue.pk).delete()
    left = change(routes={"c": {**by_cue, "amount": 0.9}}).json()
    assert {warning["field"]: NO_CUES in warning["sentence"] for warning in left["warnings"]} == {
        "routes.c": True,
        "actions.h": True,
    }
    spec = spec_of(scene)
    assert ([one.id for one in spec.routes], spec.actions) == (["o"], [])
    assert next(one for one in left["routes"] if one["id"] == "c")["amount"] == 0.9


@pytest.mark.parametrize(
    ("action", "field"),
    [
        ({"kind": "snapshot"}, "actions.x.snapshot"),
        ({"kind": "snapshot", "snapshot": 7}, "actions.x.snapshot"),
        ({"kind": "vector"}, "actions.x.vector"),
        ({"kind": "envelope"}, "actions.x.parameter"),
        ({"kind": "envelope", "parameter": "seed"}, "actions.x.parameter"),
        ({"kind": "hold", "label": "pushes"}, "actions.x.label"),
    ],
)
def test_an_action_that_cannot_work_is_refused_and_named(scene, change, action, field):
    Cue.objects.create(track=scene.track, seconds=1.0, label="pulls")
    answer = change(actions={"x": {"label": "pulls", **action}})
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_an_action_to_a_vector_keeps_its_directions(scene, change, project):
    Cue.objects.create(track=scene.track, seconds=1.0, label="pulls")
    stranger = {"steps": [{"file": "a" * 64, "index": 0, "amount": 1.0}]}
    refused = change(actions={"x": {"label": "pulls", "kind": "vector", "vector": stranger}})
    assert refused.json()["field"] == "actions.x.vector"
    assert change(actions={"x": {"label": "pulls", "kind": "vector", "vector": {"seed": 3}}}).status_code == 200
    row = Scene.objects.get(pk=scene.pk)
    row.actions[0]["vector"]["steps"] = stranger["steps"]
    row.save()
    assert files_in_use(project.pk) == {"a" * 64}


def test_a_pin_that_does_not_fit_is_refused_and_one_that_fits_no_more_is_warned_of(scene, change):
    Cue.objects.create(track=scene.track, seconds=1.0, label="pulls")
    action = {"label": "pulls", "kind": "vector"}
    refused = change(actions={"x": {**action, "vector": {"z": [0.5] * 8}}})
    assert (refused.status_code, refused.json()["field"]) == (422, "actions.x.vector")
    assert "8 numbers" in refused.json()["detail"]
    kept = change(actions={"x": {**action, "vector": {"z": [0.5] * 512}}})
    assert (kept.status_code, kept.json()["warnings"], len(spec_of(scene).actions)) == (200, [], 1)
    Snapshot.objects.filter(places__scene=scene).update(z_dim=64)
    (warning,) = change(name="Other networks").json()["warnings"]
    assert warning["field"] == "actions.x"
    assert "takes 64. Choose another." in warning["sentence"]
    assert spec_of(scene).actions == []


def test_another_visualizer_takes_the_routes_along_that_fit(scene, change, owner, as_user):
    row = VisualizerCatalogue.objects.get(name="test-lines")
    entry = {**row.entry, "name": "other", "schema": {"type": "object", "properties": {}}, "presets": []}
    VisualizerCatalogue.objects.create(name="other", entry=entry)
    change(routes={"a": route("a")})
    assert change(visualizer="other").json()["routes"] == []
    assert as_user(owner).call("POST", f"/scenes/{scene.id}/undo").json()["routes"][0]["id"] == "a"


def test_bends_can_be_driven_while_they_are_there(scene, change):
    row = VisualizerCatalogue.objects.get(name="test-lines")
    row.entry["schema"]["properties"]["bends"] = {"title": "Bends", "type": "array", "default": [{"id": "b1"}]}
    row.save()
    assert change(routes={"a": route("a", parameter="bend:b1")}).status_code == 200
    assert change(parameters={"bends": []}).json()["routes"] == []


def test_a_copy_has_the_routes_too(scene, change, owner, as_user):
    change(routes={"a": route("a")})
    copy = as_user(owner).call("POST", f"/scenes/{scene.id}/duplicate").json()
    assert [one["id"] for one in copy["routes"]] == ["a"]


def test_what_a_hand_moves_is_told_by_id_and_with_what_follows(scene, change):
    change(routes={"a": route("a"), "b": route("b", source={"kind": "route", "id": "a"})})
    row = Scene.objects.get(pk=scene.pk)
    state = state_of(row)
    ground = ground_of(row.project_id, VisualizerCatalogue.objects.get(name="test-lines").entry, state)
    found = moved(state, {"routes": {"a": route("a", amount=0.9)}}, ground)
    assert {name: one["amount"] for name, one in found["routes"].items()} == {"a": 0.9}
    assert moved(state, {"routes": {"a": None}}, ground) == {"routes": {"a": None, "b": None}}
    same = moved(state, {"routes": {"a": route("a")}}, ground)
    assert same["routes"]["a"]["amount"] == 0.5
