"""A projection from its order to its file, over as many jobs as it takes."""

import pytest

from gpu_service.projection.file import read_projection
from gpu_service.projection.writing import write_projection
from studio.blobs.store import local_path
from studio.events.models import Event
from studio.jobs.models import Job
from studio.projections.models import ProjectionFrames
from studio.services.models import RenderService
from tests.gpu_service.projection.files import facts, frame
from tests.studio.projections.parts import (
    MD5,
    expire,
    finish,
    get,
    hand_in,
    make_snapshot,
    make_target,
    order,
    patch,
    report,
    row_of,
    started,
    tick,
    work,
)
from tests.studio.training.parts import cut, make_version

pytestmark = pytest.mark.django_db


def test_a_video_is_projected_watched_and_brought_home(client, project, service):
    row = started(client, project)
    assert (row["state"], row["frames_total"], row["source"]["name"]) == ("waiting", 50, "talk.mp4")
    claim = service.claim("project")
    said = claim["job"]["payload"]
    assert (said["projection_id"], said["network_md5"], said["network_name"]) == (row["id"], MD5, "faces-001000.pkl")
    assert [item["role"] for item in claim["inputs"]] == ["snapshot", "target", "original"]
    assert all(service.call("GET", f"/inputs/{item['sha256']}").status_code == 200 for item in claim["inputs"])
    assert (get(client, row)["state"], get(client, row)["service_name"]) == ("starting", "Attic GPU")
    assert report(service, claim, tick(1)).json() == {"wanted": "run"}
    told = get(client, row)
    assert (told["state"], told["left_seconds"], told["tick"]["loss"]) == ("projecting", 98.0, 0.25)
    assert hand_in(service, claim, 0, 8).json() == {"wanted": "run"}
    assert hand_in(service, claim, 8, 16).status_code == 200
    told = get(client, row)
    assert told["frames_done"] == 16
    newest = row_of(row).frames.get(first=8)
    assert told["picture_url"] == f"/api/v1/projection-frames/{newest.pk}/picture"
    assert client.get(told["picture_url"])["Content-Length"] == str(newest.picture.size)
    parts = client.call("GET", f"/projections/{row['id']}/frames").json()
    assert [(one["first"], one["end"]) for one in parts["items"]] == [(0, 8), (8, 16)]
    paged = client.call("GET", f"/projections/{row['id']}/frames?most=1").json()
    assert client.call("GET", f"/projections/{row['id']}/frames?after={paged['next']}").json()["items"][0]["first"] == 8
    assert finish(service, claim, 50).status_code == 204
    told = get(client, row)
    assert (told["state"], told["is_complete"], told["frames_done"]) == ("done", True, 50)
    assert client.get(told["file_url"])["Content-Disposition"] == 'attachment; filename="Talking head.hdf5"'
    film = client.get(told["review_url"], headers={"Range": "bytes=0-3"})
    assert (film.status_code, film["Content-Type"]) == (206, "video/mp4")
    assert told["convergence"]["share"] == [0.5, 0.8]
    kinds = set(Event.objects.values_list("kind", flat=True))
    assert {"projection.changed", "projection.tick", "projection.frames"} <= kinds


def test_curves_are_columns_of_all_frames(client, project, service):
    row = started(client, project)
    claim = service.claim("project")
    hand_in(service, claim, 0, 3)
    hand_in(service, claim, 3, 5)
    curves = client.call("GET", f"/projections/{row['id']}/curves").json()
    assert curves["frame"] == [0, 1, 2, 3, 4]
    assert curves["loss"] == pytest.approx([0.5, 0.49, 0.48, 0.47, 0.46])
    halves = client.call("GET", f"/projections/{row['id']}/curves?most=2").json()
    assert (halves["frame"], halves["loss"]) == ([0, 3], pytest.approx([0.49, 0.465]))


def test_after_a_crash_the_next_service_gets_what_was_found(client, project, service, other_service):
    row = started(client, project)
    claim = service.claim("project")
    hand_in(service, claim, 0, 8)
    hand_in(service, claim, 8, 12)
    expire(claim)
    assert (get(client, row)["state"], "went away" in get(client, row)["sentence"]) == ("waiting", True)
    again = other_service.claim("project")
    frames = [item for item in again["inputs"] if item["role"] == "frames"]
    assert [item["name"] for item in frames] == ["frames-0-8.hdf5", "frames-8-12.hdf5"]
    assert report(service, claim, tick(13)).status_code == 409
    assert hand_in(service, claim, 12, 14).status_code == 409
    assert hand_in(other_service, again, 8, 16).status_code == 200  # it began again behind the first part
    assert get(client, row)["frames_done"] == 16
    assert row_of(row).frames.count() == 2


def test_the_same_frames_twice_are_kept_once(client, project, service):
    row = started(client, project)
    claim = service.claim("project")
    hand_in(service, claim, 0, 8)
    assert hand_in(service, claim, 0, 8).json() == {"wanted": "run"}
    assert ProjectionFrames.objects.filter(projection=row["id"]).count() == 1
    assert hand_in(service, claim, 8, 9, without="latents").status_code == 422


def test_pause_is_a_wish_and_resume_goes_on_in_another_job(client, project, service):
    row = started(client, project)
    claim = service.claim("project")
    hand_in(service, claim, 0, 8)
    assert patch(client, row, wanted="pause").json()["sentence"].startswith("Pausing")
    assert report(service, claim, tick(9)).json() == {"wanted": "pause"}
    finish(service, claim, 8, is_complete=False, artifact=None, review=None)
    told = get(client, row)
    assert (told["state"], told["frames_done"], told["file_url"]) == ("paused", 8, None)
    assert patch(client, row, wanted="run").json()["state"] == "waiting"
    again = service.claim("project")
    assert again["job"]["id"] != claim["job"]["id"]
    assert [item["role"] for item in again["inputs"]].count("frames") == 1


def test_stop_keeps_a_file_of_what_was_found(client, project, service):
    row = started(client, project)
    claim = service.claim("project")
    hand_in(service, claim, 0, 8)
    patch(client, row, wanted="stop")
    finish(service, claim, 8, is_complete=False, review=None)
    told = get(client, row)
    assert (told["state"], told["is_complete"], bool(told["file_url"])) == ("stopped", False, True)
    assert patch(client, row, wanted="stop").status_code == 409
    assert patch(client, row, wanted="run").json()["state"] == "waiting"


def test_stopped_while_nobody_holds_it_the_worker_makes_the_file(client, project, service, tmp_path):
    row = started(client, project)
    claim = service.claim("project")
    for first, end in ((0, 3), (3, 5), (8, 10)):  # what lies behind a hole is no part of a film
        part = tmp_path / f"{first}.hdf5"
        write_projection(part, facts(first_frame=first, is_complete=False), [frame(at) for at in range(first, end)])
        hand_in(service, claim, first, end, latents=part.read_bytes())
    patch(client, row, wanted="pause")
    finish(service, claim, 5, is_complete=False, artifact=None, review=None)
    assert get(client, row)["file_url"] is None
    assert patch(client, row, wanted="stop").json()["state"] == "stopped"
    work("join_projection")
    told = get(client, row)
    assert (told["state"], told["is_complete"], told["facts"]["frames"]) == ("stopped", False, 5)
    with local_path(row_of(row).file) as found:
        read = read_projection(found, unfinished=True)
        assert [round(float(w)) for w in read.latents[:, 0].mean(axis=-1)] == [0, 1, 2, 3, 4]
    patch(client, row, wanted="run")
    patch(client, row, wanted="stop")
    assert not Job.objects.filter(kind="join_projection", state="queued").exists()  # it has all of them


def test_what_nobody_holds_is_paused_at_once(client, project):
    row = started(client, project)
    told = patch(client, row, wanted="pause").json()
    assert (told["state"], told["sentence"]) == ("paused", "Paused by Ines.")
    assert patch(client, row, wanted="pause").status_code == 409


def test_a_resume_during_the_pause_goes_on(client, project, service):
    row = started(client, project)
    claim = service.claim("project")
    patch(client, row, wanted="pause")
    patch(client, row, wanted="run")
    finish(service, claim, 0, is_complete=False, artifact=None, review=None)
    assert get(client, row)["state"] == "waiting"
    assert service.claim("project") is not None


def test_a_failure_is_told_and_tried_again(client, project, service):
    row = started(client, project)
    claim = service.claim("project")
    body = {"fence": claim["lease"]["fence"], "message": "The film ends in the middle.", "retry": False}
    service.call("POST", f"/leases/job/{claim['job']['id']}/fail", body)
    told = get(client, row)
    assert (told["state"], told["sentence"]) == ("failed", "The film ends in the middle.")
    client.call("POST", f"/jobs/{claim['job']['id']}/retry")
    assert get(client, row)["state"] == "waiting"


def test_portraits_of_a_version_are_cut_first(client, project, service):
    version = make_version(client, project)
    row = started(client, project, target_id=None, version_id=version["id"])
    assert (row["source"]["kind"], row["frames_total"], row["sentence"]) == (
        "portraits",
        12,
        "The portraits are being cut first.",
    )
    assert service.claim("project") is None
    cut()
    claim = service.claim("project")
    assert [item["role"] for item in claim["inputs"]] == ["snapshot", "target", "original"]


def test_a_review_is_made_of_a_file_and_only_once_at_a_time(client, project, service):
    row = started(client, project)
    assert client.call("POST", f"/projections/{row['id']}/review").status_code == 409
    finish(service, service.claim("project"), 50, review=None)
    assert get(client, row)["review_state"] == "none"
    assert client.call("POST", f"/projections/{row['id']}/review").json()["review_state"] == "waiting"
    assert client.call("POST", f"/projections/{row['id']}/review").status_code == 409
    claim = service.claim("review_projection")
    assert [item["role"] for item in claim["inputs"]] == ["projection", "snapshot"]
    assert get(client, row)["review_state"] == "working"
    finish(service, claim, 50, artifact=None)
    told = get(client, row)
    assert (told["review_state"], told["state"], bool(told["review_url"])) == ("ready", "done", True)


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({"fps": "10"}, "config.fps"),
        ({"fps": "often"}, "config.fps"),
        ({"video_fps": "film"}, "config.video_fps"),
        ({"video_fps": "24", "fps": "25"}, "config.fps"),
        ({"first_seconds": 9.0}, "config.first_seconds"),
        ({"losses": ["features"]}, "config.losses"),
    ],
)
def test_what_does_not_fit_is_refused_and_planned(client, project, config, field):
    said = order(project, config=config)
    answer = client.call("POST", f"/projects/{project.pk}/projections", said)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    del said["name"]
    plan = client.call("POST", f"/projects/{project.pk}/projections/plan", said).json()
    assert [problem["field"] for problem in plan["problems"]] == [field]


def test_rate_size_fit_and_hold_are_part_of_the_recipe(client, project, service):
    said = {"video_fps": "10", "fps": "5", "width_height": [640, 360], "fit": "stretch", "pull": 0.5}
    row = started(client, project, config=said)
    # 50 frames, every second of them; the film's own rate would have been 25.
    assert (row["frames_total"], row["config"]["width_height"]) == (25, [640, 360])
    held = service.claim("project")["job"]["payload"]["config"]
    assert {name: held[name] for name in said} == said
    for wrong in ({"width_height": [8, 360]}, {"width_height": [640]}, {"fit": "fold"}, {"pull": -1}):
        answer = client.call("POST", f"/projects/{project.pk}/projections", order(project, config=wrong))
        assert answer.status_code == 422


def test_a_projection_of_an_older_studio_goes_on_as_it_began(client, project, service):
    row = started(client, project)
    kept = row_of(row)
    for unknown_then in ("pull", "video_fps", "width_height"):
        del kept.config[unknown_then]
    kept.save()
    patch(client, row, wanted="pause")
    told = patch(client, row, wanted="run").json()
    assert told["config"]["pull"] == 0.0
    held = service.claim("project")["job"]["payload"]["config"]
    assert (held["pull"], held["video_fps"], held["width_height"]) == (0.0, None, None)


def test_a_plan_counts_frames_and_learns_from_what_was_measured(client, project, service):
    said = order(project, config={"fps": "5", "steps": 100})
    del said["name"]
    plan = client.call("POST", f"/projects/{project.pk}/projections/plan", said).json()
    assert (plan["frames"], plan["fps"], plan["problems"]) == (10, "5", [])
    # 64 samples to begin at, 100 steps for the first frame, 25 for each of 3 keyframes, 10 for each of 10 frames.
    assert plan["estimate"]["evaluations_most"] == 339
    assert (plan["estimate"]["evaluations_likely"], plan["estimate"]["seconds_most"]) == (None, None)
    row = started(client, project)
    claim = service.claim("project")
    report(service, claim, tick(50, evaluations=940))  # in 100 seconds; 64 + 200 + 13 · 50 + 50 · 20 were the most
    finish(service, claim, 50)
    assert get(client, row)["evaluations"] == 940
    learnt = client.call("POST", f"/projects/{project.pk}/projections/plan", said).json()["estimate"]
    likely = round(339 * 940 / 1914)
    assert (learnt["evaluations_likely"], learnt["seconds_likely"]) == (likely, pytest.approx(likely / 9.4))
    assert learnt["seconds_most"] == pytest.approx(339 / 9.4)


def test_a_pattern_network_and_foreign_things_are_refused(client, project):
    pattern = make_snapshot(project, kind="cppn")
    answer = client.call("POST", f"/projects/{project.pk}/projections", order(project, snapshot=pattern))
    assert (answer.status_code, answer.json()["field"]) == (422, "snapshot_id")
    both = order(project, version_id=str(pattern.pk))
    assert client.call("POST", f"/projects/{project.pk}/projections", both).json()["field"] == "target_id"
    looking = make_target(project)
    looking.state = "looking"
    looking.save()
    assert client.call("POST", f"/projects/{project.pk}/projections", order(project, target=looking)).status_code == 409


def test_a_name_changes_and_a_late_change_is_told(client, project):
    row = started(client, project)
    assert patch(client, row, name="Other", notes="Good.", revision=1).json()["name"] == "Other"
    late = patch(client, row, name="Late", revision=1)
    assert (late.status_code, late.json()["current"]["name"]) == (409, "Other")


def test_the_bin_stops_it_and_gives_it_back(client, project, service):
    row = started(client, project)
    client.call("DELETE", f"/projections/{row['id']}")
    assert client.call("GET", f"/projects/{project.pk}/projections").json()["items"] == []
    assert service.claim("project") is None
    assert patch(client, row, wanted="run").status_code == 409
    back = client.call("POST", f"/projections/{row['id']}/restore").json()
    assert (back["state"], back["is_binned"]) == ("stopped", False)


def test_a_service_that_leaves_is_told_at_once(client, project, service):
    from studio.projections.reports import deserted
    from studio.services.tokens import holder_of

    row = started(client, project)
    claim = service.claim("project")
    report(service, claim, tick(1))
    RenderService.objects.all().delete()
    deserted(holder_of(service.token))
    assert get(client, row)["state"] == "waiting"
    report(service, claim, tick(2))
    assert get(client, row)["state"] == "projecting"
