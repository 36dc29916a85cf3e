"""Tries: a few real steps on a service tell how long a run would be, once for all that costs the same."""

from typing import Any

import pytest

from studio.events.models import Event
from tests.studio.training.parts import config, fail

pytestmark = pytest.mark.django_db
CHEAP = {name: config()[name] for name in ("z_dim", "w_dim", "channel_base", "channel_max")}
MEASURED = {"device": "H200", "precision": "fp16", "seconds_per_kimg": 6.0, "peak_bytes": 10**9}
MEASURED |= {"checkpoint_bytes": 10**8, "snapshot_bytes": 10**7, "micro_batch": 16}


def finish_try(service, claim) -> None:
    body = {"fence": claim["lease"]["fence"], "result": MEASURED, "artifacts": []}
    assert service.call("POST", f"/jobs/{claim['job']['id']}/finish", body).status_code == 204


def test_a_try_measures_once_for_all_settings_that_cost_the_same(client, project, plan, service):
    def order(**changes: Any) -> Any:
        return client.call("POST", f"/projects/{project.pk}/training/tries", {"config": config(**changes)}).json()

    assert plan(changes=CHEAP)["estimate"]["state"] == "unknown"
    first, same = order(), order(kimg=10, gamma=3)
    assert first["job_id"] == same["job_id"]
    claim = service.claim("try_training")
    assert claim["job"]["payload"] == {"config": config()}
    assert plan(changes=CHEAP)["estimate"]["state"] == "working"
    finish_try(service, claim)
    told = plan(changes=CHEAP)["estimate"]
    assert (told["state"], told["device"], told["seconds"]) == ("ready", "H200", 400 * 6.0)
    assert Event.objects.filter(kind="training.try").last().payload["estimate"]["state"] == "ready"
    assert order(kimg=10)["estimate"]["seconds"] == 60.0
    assert service.claim("try_training") is None
    order(batch=8)
    assert service.claim("try_training") is not None


def test_a_try_that_failed_says_why_and_is_ordered_again(client, project, plan, service):
    order = {"config": config()}
    client.call("POST", f"/projects/{project.pk}/training/tries", order)
    claim = service.claim("try_training")
    fail(service, claim, "The GPU is too small for a batch of one.")
    told = plan(changes=CHEAP)["estimate"]
    assert (told["state"], told["sentence"]) == ("failed", "The GPU is too small for a batch of one.")
    assert client.call("POST", f"/projects/{project.pk}/training/tries", order).status_code == 202
    finish_try(service, service.claim("try_training"))
    assert plan(changes=CHEAP)["estimate"]["state"] == "ready"


def test_a_measurement_of_a_try_that_is_none_is_refused(client, project, service):
    client.call("POST", f"/projects/{project.pk}/training/tries", {"config": config()})
    claim = service.claim("try_training")
    body = {"fence": claim["lease"]["fence"], "result": {"device": "H200"}, "artifacts": []}
    assert service.call("POST", f"/jobs/{claim['job']['id']}/finish", body).status_code == 422
