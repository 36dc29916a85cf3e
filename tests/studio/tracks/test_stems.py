"""Stems that are sent: named, as long as their track, given to whoever draws; refused with a sentence else."""

import numpy as np
import pytest
import soundfile

from studio.scenes.models import Scene
from studio.scenes.spec import sight_of
from studio.tracks.models import Stem
from tests.studio.features import make_scene
from tests.studio.projections.parts import work
from tests.studio.tus import TusClient

pytestmark = pytest.mark.django_db


def sound(folder, *, seconds):
    path = folder / "drums.wav"
    soundfile.write(path, np.sin(np.arange(round(seconds * 8000)) / 9) * 0.3, 8000)
    return path.read_bytes()


@pytest.fixture
def scene(project, owner):
    """On a track of ten seconds."""
    return make_scene(project, owner)


@pytest.fixture
def send(scene, project, owner, as_user):
    def one(data, **metadata):
        said = {"track": str(scene.track_id), "stem": "drums", "filename": "drums.wav", **metadata}
        return TusClient(as_user(owner)).send(project, data, kind="stem", **said)

    return one


def stems(scene, client, **query):
    binned = "?binned=true" if query else ""
    return client.call("GET", f"/tracks/{scene.track_id}/stems{binned}").json()["items"]


def spec_of(scene):
    return sight_of(Scene.objects.select_related("track__original").get(pk=scene.pk))


def test_a_stem_is_heard_by_routes_and_goes_along_with_the_scene(scene, send, owner, as_user, tmp_path):
    client = as_user(owner)
    route = {"id": "a", "parameter": "alpha", "source": {"kind": "stem", "stem": "choir"}}
    order = {"revision": 1, "routes": {"a": route}}
    assert client.call("PATCH", f"/scenes/{scene.id}", order).json()["field"] == "routes.a.source.stem"
    assert send(sound(tmp_path, seconds=10.3), stem="choir").status_code == 204
    assert stems(scene, client)[0]["state"] == "checking"
    work("check_stem")
    found = stems(scene, client)[0]
    assert (found["state"], found["duration_seconds"]) == ("ready", pytest.approx(10.3, abs=0.01))
    assert client.call("PATCH", f"/scenes/{scene.id}", order).status_code == 200
    sight = spec_of(scene)
    assert [stem.name for stem in sight.spec.stems] == ["choir"]
    assert [item.name for item in sight.inputs if item.role == "stem"] == ["drums.wav"]
    client.call("DELETE", f"/stems/{found['id']}")
    told = client.call("GET", f"/scenes/{scene.id}").json()
    assert [warning["field"] for warning in told["warnings"]] == ["routes.a"]
    assert spec_of(scene).spec.routes == []
    client.call("POST", f"/stems/{found['id']}/restore")
    assert client.call("GET", f"/scenes/{scene.id}").json()["warnings"] == []


def test_a_stem_of_another_length_is_refused_and_not_kept(scene, send, owner, as_user, tmp_path):
    send(sound(tmp_path, seconds=9.4))
    work("check_stem")
    found = stems(scene, as_user(owner))[0]
    assert (found["state"], found["file_url"]) == ("refused", None)
    assert "“drums.wav” lasts 9.40 s and “Undertow” 10.00 s" in found["sentence"]


def test_what_is_no_sound_is_refused_by_its_name(scene, send, owner, as_user):
    send(b"only words\n" * 40)
    work("check_stem")
    found = stems(scene, as_user(owner))[0]
    assert found["state"] == "refused"
    assert "“drums.wav”" in found["sentence"]


def test_a_newer_one_of_the_same_name_takes_its_place(scene, send, owner, as_user, tmp_path):
    client = as_user(owner)
    for seconds in (10.0, 10.2):
        send(sound(tmp_path, seconds=seconds))
        work("check_stem")
    assert [stem["duration_seconds"] for stem in stems(scene, client)] == [pytest.approx(10.2, abs=0.01)]
    former = stems(scene, client, binned=True)[0]
    assert client.call("POST", f"/stems/{former['id']}/restore").status_code == 409


@pytest.mark.parametrize(("metadata", "words"), [({"track": "x"}, "no such track"), ({"stem": "x" * 50}, "a name of")])
def test_a_stem_of_nothing_is_refused_before_it_is_sent(send, tmp_path, metadata, words):
    answer = send(b"sound", **metadata)
    assert answer.status_code == 422
    assert words in answer.json()["detail"]
    assert not Stem.objects.exists()
