"""The time of a run that nobody tried: as another run had it, else scaled from what was measured on what is here."""

import pytest

from gpu_service.protocol import TrainingConfig
from gpu_service.protocol.training_operations import operations_per_kimg
from gpu_service.protocol.training_presets import resolve
from studio.training import rough
from studio.training.here import Here
from studio.training.models import TrainingRun
from studio.training.tries import key_of
from tests.studio.training.parts import SMALL, config, report, started, tick
from tests.studio.training.test_tries import MEASURED, finish_try

pytestmark = pytest.mark.django_db
CHANGES = {name: SMALL[name] for name in ("z_dim", "w_dim", "channel_base", "channel_max")}


@pytest.fixture
def one_card(monkeypatch) -> None:
    """A service with an H200 is attached."""
    monkeypatch.setattr("studio.training.here.LOOK", [lambda: [Here("Attic", ("H200",))]])


def test_a_run_with_the_same_settings_tells_the_time_and_is_named(client, project, plan, service):
    run = started(client, project)
    report(service, service.claim("train"), *(tick(kimg, seconds=10 + 30 * kimg) for kimg in (0.5, 1.0, 2.0)))
    TrainingRun.objects.filter(pk=run["id"]).update(device="CPU, 2 cores")
    told = plan(changes=CHANGES | {"kimg": 100})["estimate"]
    assert (told["state"], told["basis"], told["device"]) == ("unknown", "run", "CPU, 2 cores")
    assert told["seconds"] == pytest.approx(100 * 30)
    assert (told["run_id"], told["run_name"]) == (run["id"], "Portraits")
    other = plan(changes=CHANGES | {"batch": 32})["estimate"]
    assert (other["basis"], other["seconds"], other["run_id"]) == ("scaled", None, run["id"])


def test_a_run_on_what_is_no_longer_here_and_one_of_a_few_steps_tell_nothing(client, project, plan, service, one_card):
    run = started(client, project)
    report(service, service.claim("train"), tick(0.1), tick(0.2))
    TrainingRun.objects.filter(pk=run["id"]).update(device="H200")
    assert plan(changes=CHANGES)["estimate"]["basis"] is None
    report(service, {"lease": {"fence": 1}, "job": {"id": TrainingRun.objects.get().job_id}}, tick(1.5), tick(2.0))
    TrainingRun.objects.filter(pk=run["id"]).update(device="A100")
    assert plan(changes=CHANGES)["estimate"]["basis"] is None


def test_other_settings_are_scaled_by_their_arithmetic_and_given_as_a_range(client, project, plan, service):
    client.call("POST", f"/projects/{project.pk}/training/tries", {"config": config()})
    finish_try(service, service.claim("try_training"))
    wanted = TrainingConfig.model_validate(plan(changes=CHANGES | {"channel_max": 64})["config"])
    told = plan(changes=CHANGES | {"channel_max": 64})["estimate"]
    ratio = operations_per_kimg(wanted) / operations_per_kimg(TrainingConfig.model_validate(config()))
    middle = MEASURED["seconds_per_kimg"] * ratio * wanted.kimg
    assert ratio > 1.5
    assert (told["basis"], told["device"], told["seconds"], told["run_id"]) == ("scaled", "H200", None, None)
    assert told["low_seconds"] * told["high_seconds"] == pytest.approx(middle**2)
    assert told["high_seconds"] / middle == pytest.approx(1.3 * ratio**0.25)


def test_where_nothing_is_known_a_few_small_steps_are_tried_once(client, project, plan, service, one_card):
    assert plan(changes=CHANGES)["estimate"]["wants_gauge"]
    order = {"config": config(), "gauge": True}
    for _ in range(2):
        answer = client.call("POST", f"/projects/{project.pk}/training/tries", order).json()
    told = plan(changes=CHANGES)["estimate"]
    assert (told["state"], told["wants_gauge"], told["is_gauging"]) == ("unknown", False, True)
    assert told["job_id"] == answer["job_id"]
    claim = service.claim("try_training")
    assert claim["job"]["payload"]["config"] == resolve("auto", size=256).model_dump(mode="json")
    finish_try(service, claim)
    assert service.claim("try_training") is None
    told = plan(changes=CHANGES)["estimate"]
    assert (told["basis"], told["wants_gauge"], told["is_gauging"]) == ("scaled", False, False)
    assert told["low_seconds"] < told["high_seconds"]


def test_without_a_service_nothing_is_ordered_for_it(plan):
    told = plan(changes=CHANGES)["estimate"]
    assert (told["basis"], told["wants_gauge"]) == (None, False)


def test_processors_are_gauged_by_small_settings(monkeypatch):
    monkeypatch.setattr("studio.training.here.LOOK", [lambda: [Here("Desk", ("CPU",))]])
    gauge = rough.gauge()
    assert (gauge.preset, gauge.size, gauge.batch) == ("small", 64, 4)
    assert key_of(gauge) != key_of(resolve("small", size=64))
