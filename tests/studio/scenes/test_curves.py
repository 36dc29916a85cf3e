"""A scene's curves are ordered once for the same content; a debug film is ordered like a draft."""

import pytest

from studio.events.models import Event
from studio.jobs.models import Job
from studio.scenes.curves import purge
from studio.scenes.models import SceneCurves
from tests.studio.features import make_scene
from tests.studio.services.conftest import service as service

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(project, owner):
    return make_scene(project, owner)


@pytest.fixture
def client(owner, as_user):
    return as_user(owner)


def ask(client, scene, **body):
    answer = client.call("POST", f"/scenes/{scene.id}/curves", body)
    assert answer.status_code == 200, answer.content
    return answer.json()


def finish(service, claim, role):
    upload_id, sha256 = service.upload(claim["job"]["project_id"], f"{role} made".encode(), kind="artifact")
    artifact = {"name": "made", "upload_id": upload_id, "sha256": sha256}
    body = {"fence": claim["lease"]["fence"], "result": {"files": {role: "made"}}, "artifacts": [artifact]}
    return service.call("POST", f"/jobs/{claim['job']['id']}/finish", body)


def fail(service, claim):
    body = {"fence": claim["lease"]["fence"], "message": "The track is silent.", "kind_of_failure": "bad_input"}
    return service.call("POST", f"/leases/job/{claim['job']['id']}/fail", body)


def test_curves_of_a_former_way_of_making_them_are_made_anew(client, scene, monkeypatch):
    before = ask(client, scene)
    assert ask(client, scene)["key"] == before["key"]
    monkeypatch.setattr("studio.scenes.curves.SIGNALS_VERSION", 3)
    assert ask(client, scene)["key"] != before["key"]


def test_curves_are_made_once_for_everybody(client, scene, service, member, as_user):
    first = ask(client, scene)
    assert (first["state"], first["url"]) == ("waiting", None)
    assert ask(as_user(member("viewer")), scene)["job_id"] == first["job_id"]
    assert client.get(f"/api/v1/scenes/{scene.id}/curves/{first['key']}").status_code == 404
    claim = service.claim("scene_curves")
    assert claim["job"]["payload"]["scene"]["visualizer"] == "test-lines"
    assert {item["role"] for item in claim["inputs"]} == {"track", "snapshot"}
    assert ask(client, scene)["state"] == "working"
    assert finish(service, claim, "curves").status_code == 204
    ready = ask(client, scene)
    assert ready["state"] == "ready"
    assert client.get(ready["url"])["Content-Length"] == str(len(b"curves made"))
    told = Event.objects.filter(kind="scene.curves").values_list("payload__state", flat=True)
    assert [told.first(), told.last()] == ["working", "ready"]


def test_another_content_is_another_file_and_stops_what_waits(client, scene):
    first = ask(client, scene)
    client.call("PATCH", f"/scenes/{scene.id}", {"revision": 1, "parameters": {"alpha": 0.9}})
    second = ask(client, scene)
    assert second["key"] != first["key"]
    assert Job.objects.get(pk=first["job_id"]).state == "cancelled"
    client.call("POST", f"/scenes/{scene.id}/undo")
    assert ask(client, scene)["key"] == first["key"]


def test_another_size_is_the_same_content(client, scene):
    first = ask(client, scene)
    client.call("PATCH", f"/scenes/{scene.id}", {"revision": 1, "width": 512})
    assert ask(client, scene)["job_id"] == first["job_id"]


def test_a_failure_is_told_and_made_again_when_asked(client, scene, service):
    ask(client, scene)
    fail(service, service.claim("scene_curves"))
    failed = ask(client, scene)
    assert (failed["state"], failed["sentence"]) == ("failed", "The track is silent.")
    assert ask(client, scene, again=True)["state"] == "waiting"


def test_a_result_without_its_file_is_refused(client, scene, service):
    ask(client, scene)
    assert finish(service, service.claim("scene_curves"), "other").status_code == 422


def test_what_nobody_asks_for_goes(client, scene):
    from datetime import timedelta

    from django.utils import timezone

    ask(client, scene)
    assert purge() == 0
    assert purge(now=timezone.now() + timedelta(days=15)) == 1
    assert not SceneCurves.objects.exists()


def test_a_debug_film_is_ordered_watched_and_brought_home(client, scene, service, project):
    order = {"range": {"kind": "selection", "start_seconds": 1.0, "end_seconds": 3.0}}
    row = client.call("POST", f"/scenes/{scene.id}/debug-films", order).json()
    assert (row["state"], row["first_frame"], row["end_frame"]) == ("queued", 30, 90)
    claim = service.claim("debug_film")
    said = claim["job"]["payload"]
    assert (said["first_frame"], said["end_frame"], said["scene"]["fps"]) == (30, 90, "30")
    renewed = {"fence": claim["lease"]["fence"], "done": 12, "total": 60}
    service.call("POST", f"/leases/job/{claim['job']['id']}/renew", renewed)
    seen = client.call("GET", f"/debug-films/{row['id']}").json()
    assert (seen["state"], seen["frames_done"], seen["film_url"]) == ("running", 12, None)
    finish(service, claim, "film")
    done = client.call("GET", f"/projects/{project.id}/debug-films?scene_id={scene.id}").json()["items"][0]
    assert (done["state"], done["frames_done"]) == ("done", 60)  # all of them, although the service last said 12
    assert client.get(done["film_url"])["Content-Type"] == "video/mp4"


def test_a_debug_film_in_the_bin_is_stopped_and_comes_back(client, scene, project):
    row = client.call("POST", f"/scenes/{scene.id}/debug-films", {"range": {"kind": "whole"}}).json()
    assert client.call("DELETE", f"/debug-films/{row['id']}").json()["state"] == "cancelled"
    assert client.call("GET", f"/projects/{project.id}/debug-films").json()["items"] == []
    assert client.call("POST", f"/debug-films/{row['id']}/restore").json()["is_binned"] is False
    bad = {"range": {"kind": "selection", "start_seconds": 99, "end_seconds": 100}}
    assert client.call("POST", f"/scenes/{scene.id}/debug-films", bad).json()["field"] == "range.start_seconds"
