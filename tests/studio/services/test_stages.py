"""Slow stages: ordered once for a project, worked out by one service, fetched by whoever has work that needs them."""

from typing import Any

import pytest

from studio.jobs.models import Job
from studio.services.models import StageResult

pytestmark = pytest.mark.django_db
KEY = "c" * 64


def request_of(claim: dict[str, Any], **changes: Any) -> dict[str, Any]:
    scene = claim["recipe"]["scene"]
    order = {"key": KEY, "visualizer": "test-lines", "stage": "chain", "title": "Chain", "scene": scene}
    body = {"order": {**order, "estimate_seconds": 60}, "inputs": claim["inputs"]}
    return {**body, "lease_kind": "segment", "lease_id": claim["lease"]["id"], **changes}


def finish(service, claim: dict[str, Any], *, key: str = KEY) -> Any:
    upload_id, sha256 = service.upload(claim["job"]["project_id"], b"numbers", kind="artifact")
    artifact = {"name": "chain.npz", "upload_id": upload_id, "sha256": sha256}
    body = {"fence": claim["lease"]["fence"], "result": {"key": key, "artifact": "chain.npz"}, "artifacts": [artifact]}
    return service.call("POST", f"/jobs/{claim['job']['id']}/finish", body)


def test_two_services_that_need_a_stage_order_it_once(service, other_service, render):
    first = service.call("POST", f"/stages/{KEY}", request_of(service.claim())).json()
    second = other_service.call("POST", f"/stages/{KEY}", request_of(other_service.claim())).json()
    assert first["state"] == second["state"] == "queued"
    assert first["job_id"] == second["job_id"]
    assert Job.objects.filter(kind="prepare_stage").count() == 1


def test_a_finished_stage_is_found_and_fetched_by_all(service, other_service, render):
    drawing = service.claim()
    service.call("POST", f"/stages/{KEY}", request_of(drawing))
    working = other_service.claim("prepare_stage")
    assert working["job"]["payload"]["key"] == KEY
    assert {item["role"] for item in working["inputs"]} == {"track", "snapshot"}
    assert other_service.call("GET", f"/inputs/{working['inputs'][0]['sha256']}").status_code == 200
    assert finish(other_service, working).status_code == 204
    query = f"lease_kind=segment&lease_id={drawing['lease']['id']}"
    found = service.call("GET", f"/stages/{KEY}?{query}").json()
    assert (found["state"], found["size"]) == ("ready", len(b"numbers"))
    assert service.call("GET", f"/inputs/{found['sha256']}").status_code == 200
    assert other_service.call("GET", f"/inputs/{found['sha256']}").status_code == 404


def test_a_stage_that_failed_says_why(service, render):
    drawing = service.claim()
    service.call("POST", f"/stages/{KEY}", request_of(drawing))
    working = service.claim("prepare_stage")
    said = {"fence": working["lease"]["fence"], "message": "The track has no sound.", "retry": False}
    service.call("POST", f"/leases/job/{working['lease']['id']}/fail", said)
    answer = service.call("POST", f"/stages/{KEY}", request_of(drawing)).json()
    assert (answer["state"], answer["message"]) == ("failed", "The track has no sound.")


def test_nobody_orders_on_behalf_of_anothers_work(service, other_service, render):
    claim = service.claim()
    assert other_service.call("POST", f"/stages/{KEY}", request_of(claim)).status_code == 404
    assert other_service.call("GET", f"/stages/{KEY}").status_code == 404


def test_an_order_names_only_files_of_its_own_work(service, render):
    claim = service.claim()
    foreign = {"sha256": "d" * 64, "size": 3, "name": "secret", "role": "track"}
    answer = service.call("POST", f"/stages/{KEY}", request_of(claim, inputs=[foreign]))
    assert answer.status_code == 422
    assert not Job.objects.filter(kind="prepare_stage").exists()


def test_a_result_of_another_stage_is_refused(service, render):
    service.call("POST", f"/stages/{KEY}", request_of(service.claim()))
    assert finish(service, service.claim("prepare_stage"), key="e" * 64).status_code == 422
    assert not StageResult.objects.exists()
