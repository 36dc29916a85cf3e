"""A scene with a projection: of its own network, or of another one knowingly."""

import pytest

from studio.blobs.store import put_bytes
from studio.errors import Refused
from studio.projections.models import Projection
from studio.projections.purge import purge
from studio.scenes.models import Scene
from studio.scenes.spec import sight_of
from tests.studio.features import make_projection, make_scene

pytestmark = pytest.mark.django_db
MD5 = "ab" * 16


@pytest.fixture
def scene(project, owner):
    return make_scene(project, owner)


@pytest.fixture
def change(scene, owner, as_user):
    def send(**patch):
        revision = Scene.objects.get(pk=scene.pk).revision
        return as_user(owner).call("PATCH", f"/scenes/{scene.id}", {"revision": revision, **patch})

    return send


@pytest.fixture
def foreign(project):
    """A finished projection of a network that this project has not."""
    return Projection.objects.create(
        project=project,
        name="Stranger",
        state="done",
        is_complete=True,
        network_md5=MD5,
        network_name="net.pkl",
        file=put_bytes(b"hdf5 of a stranger"),
    )


def sight(scene):
    return sight_of(Scene.objects.select_related("track__original").get(pk=scene.pk))


def test_a_projection_goes_along_with_the_scene_and_can_be_undone(scene, change, project, owner, as_user):
    pk = make_projection(project, scene.snapshots.first())["projection_id"]
    told = change(projection_id=str(pk)).json()
    assert (told["projection"]["name"], told["warnings"]) == ("Talking head", [])
    found = sight(scene)
    assert [(one.name, one.is_forced) for one in found.spec.projections] == [("Talking head", False)]
    assert [item.sha256 for item in found.inputs if item.role == "projection"] == [found.spec.projections[0].sha256]
    client = as_user(owner)
    assert client.call("GET", f"/projections/{pk}").json()["used_in"] == [{"id": str(scene.id), "name": scene.name}]
    assert client.call("POST", f"/scenes/{scene.id}/undo").json()["projection"] is None
    assert client.call("POST", f"/scenes/{scene.id}/redo").json()["projection_id"] == str(pk)
    assert change(projection_id=None).json()["projection_id"] is None


def test_one_of_another_network_is_refused_by_hash_and_can_be_forced(scene, change, foreign):
    refused = change(projection_id=str(foreign.pk))
    assert (refused.status_code, refused.json()["field"]) == (422, "projection_id")
    assert "“Stranger” was made with “net.pkl” (MD5 abab…abab)" in refused.json()["detail"]
    forced = change(projection_id=str(foreign.pk), force_projection=True).json()
    assert forced["projection"]["is_forced"]
    assert [warning["field"] for warning in forced["warnings"]] == ["projection_id"]
    assert sight(scene).spec.projections[0].is_forced


def test_the_brought_files_md5_makes_it_the_scenes_own(scene, change, foreign):
    snapshot = scene.snapshots.first()
    snapshot.original_md5 = MD5
    snapshot.save()
    assert change(projection_id=str(foreign.pk), force_projection=True).json()["projection"]["is_forced"] is False


def test_other_snapshots_later_are_told_instead_of_drawn(scene, change, project):
    first, second = scene.snapshots.all()
    change(projection_id=str(make_projection(project, first)["projection_id"]))
    told = change(snapshot_ids=[str(second.pk)]).json()
    assert [warning["field"] for warning in told["warnings"]] == ["projection_id"]
    with pytest.raises(Refused, match="was made with"):
        sight(scene)


def test_an_unfinished_one_is_refused(change, foreign):
    foreign.is_complete, foreign.frames_done, foreign.frames_total = False, 8, 50
    foreign.save()
    answer = change(projection_id=str(foreign.pk), force_projection=True)
    assert "is not finished: 8 of 50 frames" in answer.json()["detail"]


def test_the_bin_keeps_what_a_scene_draws_with(scene, change, project, owner, as_user):
    from datetime import timedelta

    from django.utils import timezone

    pk = make_projection(project, scene.snapshots.first())["projection_id"]
    change(projection_id=str(pk))
    as_user(owner).call("DELETE", f"/projections/{pk}")
    assert sight(scene).spec.projections
    assert purge(now=timezone.now() + timedelta(days=31)) == 0
    change(projection_id=None)
    assert "lies in the bin" in change(projection_id=str(pk)).json()["detail"]
    assert purge(now=timezone.now() + timedelta(days=31)) == 1
