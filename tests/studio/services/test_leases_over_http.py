"""A service claims, renews, commits and fails over HTTP; what it no longer holds it cannot write."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from studio.events.models import Event
from studio.jobs.models import Job, Segment
from studio.renders.models import Render, RenderThumb, SegmentFilm
from studio.renders.present import state_of
from studio.services.tokens import revoke

pytestmark = pytest.mark.django_db
CODE_PATH = {"batch": 8, "threads": 2, "torch": "2.13.0"}


def expire(segment_id: str) -> None:
    Segment.objects.filter(pk=segment_id).update(lease_until=timezone.now() - timedelta(seconds=5))


def test_a_claim_carries_all_that_drawing_takes(service, render):
    claim = service.claim()
    assert claim["lease"]["kind"] == "segment"
    assert claim["segment"] == {"id": claim["lease"]["id"], "index": 0, "first_frame": 0, "end_frame": 64}
    assert claim["recipe"]["scene"]["visualizer"] == "test-lines"
    assert claim["recipe"]["scene"]["parameters"]["alpha"] == 0.25
    assert {item["role"] for item in claim["inputs"]} == {"track", "snapshot"}
    assert claim["job"]["payload"] == {"render_id": str(render.id)}


def test_two_services_never_draw_the_same_segment(service, other_service, render):
    indices = [claimer.claim()["segment"]["index"] for claimer in (service, other_service, service, other_service)]
    assert indices == [0, 1, 2, 3]


def test_a_film_is_drawn_segment_by_segment_and_then_joined(service, render):
    while claim := service.claim():
        answer = service.commit(claim, f"segment {claim['segment']['index']}".encode())
        assert answer.status_code == 204, answer.content
    render = Render.objects.get(pk=render.id)
    assert (render.job.state, render.job.done, render.job.total) == ("done", 300, 300)
    assert state_of(render) == "joining"
    assert (render.join_job.kind, render.join_job.runs_on) == ("join_film", "worker")
    assert SegmentFilm.objects.filter(segment__job=render.job).count() == 5
    assert list(RenderThumb.objects.values_list("frame", flat=True)) == [0, 64, 128, 192, 256]


def test_progress_is_seen_while_a_segment_is_drawn(service, owner, render, as_user):
    claim = service.claim()
    said = {"fence": claim["lease"]["fence"], "done": 0}
    answer = service.call("POST", f"/leases/segment/{claim['lease']['id']}/renew", said)
    assert answer.json() == {"seconds": 60.0, "cancel": False}
    Render.objects.update(measured_at=timezone.now() - timedelta(seconds=4))
    Job.objects.update(progress_at=None)
    service.call("POST", f"/leases/segment/{claim['lease']['id']}/renew", {**said, "done": 32})
    seen = as_user(owner).call("GET", f"/renders/{render.id}").json()
    assert (seen["state"], seen["frames_done"]) == ("running", 32)
    assert seen["frames_per_second"] == pytest.approx(8.0, rel=0.05)
    assert seen["seconds_left"] == pytest.approx((300 - 32) / 8.0, rel=0.05)
    assert Event.objects.filter(kind="render.progress").exists()


def test_progress_writes_no_more_than_two_events_a_second(service, render):
    claim = service.claim()
    began = time.monotonic()
    for done in range(20):
        said = {"fence": claim["lease"]["fence"], "done": done, "frames_per_second": 10}
        service.call("POST", f"/leases/segment/{claim['lease']['id']}/renew", said)
    # However long the twenty take: one at once, then one in half a second.
    assert Event.objects.filter(kind="render.progress").count() <= 2 * (time.monotonic() - began) + 1


def test_the_same_commit_twice_is_a_success_without_a_change(service, render):
    claim = service.claim()
    service.commit(claim, b"frames")
    body = {"fence": claim["lease"]["fence"], "upload_id": claim["lease"]["id"], "frames": 64}
    body |= {"sha256": SegmentFilm.objects.get().blob_id, "seconds_drawing": 1, "seconds_encoding": 1}
    again = service.call("POST", f"/segments/{claim['segment']['id']}/commit", body)
    assert again.status_code == 204
    assert SegmentFilm.objects.count() == 1


def test_another_content_for_a_committed_segment_is_refused_and_the_first_stays(service, render):
    claim = service.claim()
    service.commit(claim, b"frames")
    first = SegmentFilm.objects.get().blob_id
    body = {"fence": claim["lease"]["fence"], "upload_id": claim["lease"]["id"], "frames": 64}
    body |= {"sha256": "0" * 64, "seconds_drawing": 1, "seconds_encoding": 1}
    assert service.call("POST", f"/segments/{claim['segment']['id']}/commit", body).status_code == 409
    assert SegmentFilm.objects.get().blob_id == first


def test_a_service_that_overslept_is_too_late(service, other_service, render):
    late = service.claim()
    expire(late["segment"]["id"])
    taken = other_service.claim()
    assert taken["segment"]["id"] == late["segment"]["id"]
    fence = {"fence": late["lease"]["fence"]}
    assert service.call("POST", f"/leases/segment/{late['lease']['id']}/renew", fence).status_code == 409
    assert service.commit(late, b"late frames").status_code == 409
    assert other_service.commit(taken, b"frames").status_code == 204


def test_an_expired_lease_that_nobody_took_still_counts(service, render):
    claim = service.claim()
    expire(claim["segment"]["id"])
    fence = {"fence": claim["lease"]["fence"], "done": 3}
    assert service.call("POST", f"/leases/segment/{claim['lease']['id']}/renew", fence).status_code == 200
    assert service.commit(claim, b"frames").status_code == 204


def test_three_attempts_then_the_film_has_failed_with_the_reason(service, render):
    for _ in range(3):
        claim = service.claim()
        said = {"fence": claim["lease"]["fence"], "message": "The picture could not be drawn.", "retry": True}
        service.call("POST", f"/leases/segment/{claim['lease']['id']}/fail", said)
        Segment.objects.exclude(index=0).update(state="done")
    render = Render.objects.get(pk=render.id)
    assert (state_of(render), render.job.error) == ("failed", "The picture could not be drawn.")


def test_the_first_service_fixes_how_a_film_is_computed(service, other_service, render):
    service.claim()
    other_service.claim()
    first = service.call("POST", f"/renders/{render.id}/code_path", {"code_path": CODE_PATH}).json()
    second = other_service.call("POST", f"/renders/{render.id}/code_path", {"code_path": {**CODE_PATH, "batch": 16}})
    assert second.json()["code_path"] == first["code_path"]
    assert first["revision"] == 1


def test_out_of_memory_begins_a_new_revision_and_draws_all_again(service, other_service, render):
    done = service.claim()
    service.call("POST", f"/renders/{render.id}/code_path", {"code_path": CODE_PATH})
    service.commit(done, b"frames")
    other, failing = other_service.claim(), service.claim()
    said = {"fence": failing["lease"]["fence"], "message": "The GPU ran out of memory.", "retry": True}
    said |= {"kind_of_failure": "out_of_memory", "code_path": {**CODE_PATH, "batch": 2}}
    assert service.call("POST", f"/leases/segment/{failing['lease']['id']}/fail", said).status_code == 204
    render = Render.objects.get(pk=render.id)
    assert (render.recipe_revision, render.recipe["code_path"]["batch"]) == (2, 2)
    assert not SegmentFilm.objects.exists()
    assert not RenderThumb.objects.exists()
    assert set(Segment.objects.values_list("state", flat=True)) == {"queued"}
    assert other_service.commit(other, b"old way").status_code == 409
    assert service.claim()["recipe"]["code_path"]["batch"] == 2


def test_a_stopped_film_tells_whoever_draws_it(service, owner, render, as_user):
    claim = service.claim()
    assert as_user(owner).call("POST", f"/renders/{render.id}/cancel").json()["state"] == "cancelled"
    fence = {"fence": claim["lease"]["fence"]}
    answer = service.call("POST", f"/leases/segment/{claim['lease']['id']}/renew", fence)
    assert answer.status_code == 409 or answer.json()["cancel"] is True
    assert service.claim() is None


def test_going_on_draws_only_what_is_missing(service, owner, render, as_user):
    service.commit(service.claim(), b"frames")
    client = as_user(owner)
    client.call("POST", f"/renders/{render.id}/cancel")
    again = client.call("POST", f"/renders/{render.id}/retry").json()
    assert [segment["state"] for segment in again["segments"]] == ["done", "queued", "queued", "queued", "queued"]
    assert service.claim()["segment"]["index"] == 1


def test_a_service_fetches_only_the_files_of_its_own_work(service, other_service, render):
    claim = service.claim()
    for item in claim["inputs"]:
        assert service.call("GET", f"/inputs/{item['sha256']}").status_code == 200
        assert other_service.call("GET", f"/inputs/{item['sha256']}").status_code == 404
    service.commit(claim, b"frames")
    assert service.call("GET", f"/inputs/{claim['inputs'][0]['sha256']}").status_code == 404


def test_a_revoked_token_opens_nothing(service, render):
    revoke(service.token)
    assert service.call("POST", "/claims", {"kinds": ["render_segment"], "device": "cpu"}).status_code == 401


def test_a_persons_session_is_no_service(owner, render, as_user):
    answer = as_user(owner).call("POST", "/service/claims", {"kinds": ["render_segment"], "device": "cpu"})
    assert answer.status_code == 401


def test_a_service_is_no_person(service, project):
    assert service.get(f"/api/v1/projects/{project.id}", headers=service.bearer).status_code == 401


def test_a_short_segment_is_not_taken(service, render):
    assert service.commit(service.claim(), b"frames", frames=63).status_code == 422
    assert not SegmentFilm.objects.exists()


def test_a_thumbnail_must_be_a_picture_of_its_segment(service, render):
    answer = service.commit(service.claim(), b"frames", thumbs=[{"frame": 3, "jpeg_base64": "aGVsbG8="}])
    assert answer.status_code == 422


def test_an_upload_belongs_to_work_that_the_service_holds(service, other_service, render):
    claim = service.claim()
    upload_id, sha256 = service.upload(claim["job"]["project_id"], b"frames")
    taken = other_service.claim()
    body = {"fence": taken["lease"]["fence"], "upload_id": upload_id, "sha256": sha256, "frames": 64}
    body |= {"seconds_drawing": 1, "seconds_encoding": 1}
    assert other_service.call("POST", f"/segments/{taken['segment']['id']}/commit", body).status_code == 422


def test_nothing_to_do_is_said_with_204(service):
    assert service.call("POST", "/claims", {"kinds": ["render_segment"], "device": "cpu"}).status_code == 204


def test_queued_films_wait_in_order(owner, render, as_user):
    seen = as_user(owner).call("GET", f"/renders/{render.id}").json()
    assert (seen["state"], seen["queue_place"], seen["attached"]) == ("queued", 1, False)
    assert Job.objects.get(pk=seen["job_id"]).subject == f"render:{render.id}"
