"""How people steer a run: pause, stop, other lengths and settings, the bin."""

import pytest

from studio.networks.models import Network
from tests.studio.training.parts import (
    config,
    cut,
    expire,
    fail,
    finish,
    get,
    hand_in,
    make_version,
    patch,
    report,
    start,
    started,
    tick,
)

pytestmark = pytest.mark.django_db


def test_pause_is_a_wish_and_resuming_is_another_job_of_the_same_run(client, project, service):
    run = started(client, project)
    claim = service.claim("train")
    report(service, claim, tick(0.4))
    told = patch(client, run, wanted="pause").json()
    assert (told["state"], told["wanted"]) == ("training", "pause")
    assert told["sentence"] == "Pausing: the step at work ends, then everything is saved."
    assert report(service, claim).json()["wanted"] == "pause"
    assert finish(service, claim, "paused", 0.45).status_code == 204
    told = get(client, run)
    assert (told["state"], told["kimg"], told["job_state"]) == ("paused", 0.45, "done")
    assert service.claim("train") is None
    told = patch(client, run, wanted="run").json()
    assert told["state"] == "waiting"
    again = service.claim("train")
    assert again["job"]["id"] != claim["job"]["id"]
    assert {item["role"] for item in again["inputs"]} == {"pictures", "checkpoint"}
    report(service, again, tick(0.6))
    assert get(client, run)["kimg"] == 0.6
    assert Network.objects.count() == 1


def test_who_changes_their_mind_while_it_pauses_gets_it_going_again(client, project, service):
    run = started(client, project)
    claim = service.claim("train")
    patch(client, run, wanted="pause")
    patch(client, run, wanted="run")
    assert report(service, claim).json()["wanted"] == "run"
    finish(service, claim, "paused", 0.2)  # it had heard the first word only
    assert get(client, run)["state"] == "waiting"
    assert service.claim("train") is not None


def test_a_run_made_longer_at_its_last_moment_goes_on(client, project, service):
    run = started(client, project)
    claim = service.claim("train")
    report(service, claim, tick(2.0), {"kind": "phase", "phase": "done", "kimg": 2.0})
    patch(client, run, kimg=3)
    finish(service, claim, "done", 2.0)
    assert get(client, run)["state"] == "waiting"
    finish(service, service.claim("train"), "done", 2.992)  # no whole step is left
    assert get(client, run)["state"] == "done"


def test_a_run_that_nobody_holds_pauses_and_stops_at_once(client, project, service):
    run = started(client, project)
    told = patch(client, run, wanted="pause").json()
    assert (told["state"], told["sentence"]) == ("paused", "Paused by Ines.")
    assert service.claim("train") is None
    patch(client, run, wanted="run")
    told = patch(client, run, wanted="stop").json()
    assert (told["state"], told["sentence"]) == ("stopped", "Stopped by Ines.")


def test_a_run_that_waits_for_its_pictures_pauses_and_goes_on_when_they_are_there(client, project, service):
    run = start(client, project, {"version_id": make_version(client, project)["id"]}).json()
    assert patch(client, run, wanted="pause").json()["state"] == "paused"
    cut()
    assert service.claim("train") is None
    assert patch(client, run, wanted="run").json()["state"] == "waiting"
    assert service.claim("train") is not None


def test_a_stopped_run_can_go_on_and_one_at_its_end_only_when_it_is_made_longer(client, project, service):
    run = started(client, project)
    claim = service.claim("train")
    patch(client, run, wanted="stop")
    finish(service, claim, "stopped", 1.0)
    assert get(client, run)["state"] == "stopped"
    assert patch(client, run, wanted="run").json()["state"] == "waiting"
    finish(service, service.claim("train"), "done", 2.0)
    answer = patch(client, run, wanted="run")
    assert (answer.status_code, answer.json()["field"]) == (409, "kimg")
    assert answer.json()["detail"] == "This run has reached its length of 2 kimg. Make it longer, then let it go on."
    assert patch(client, run, kimg=3, wanted="run").json()["state"] == "waiting"
    assert service.claim("train")["job"]["payload"]["config"]["kimg"] == 3


def test_length_and_distance_of_snapshots_change_while_it_trains(client, project, service):
    run = started(client, project)
    claim = service.claim("train")
    report(service, claim, tick(0.8))
    told = patch(client, run, kimg=5, snapshot_kimg=0.25, name="Longer", notes="More of it.").json()
    assert (told["total_kimg"], told["snapshot_kimg"], told["name"], told["notes"]) == (
        5,
        0.25,
        "Longer",
        "More of it.",
    )
    differences = {one["name"]: one["value"] for one in told["differences"]}
    assert (differences["kimg"], differences["snapshot_kimg"]) == (5, 0.25)
    assert report(service, claim).json()["snapshot_kimg"] == 0.25
    answer = patch(client, run, kimg=0.5)
    assert (answer.status_code, answer.json()["field"]) == (422, "kimg")
    assert answer.json()["detail"] == "This run is at 0.8 kimg already. Choose a greater length, or stop it."
    assert client.call("POST", f"/training/runs/{run['id']}/snapshot").status_code == 202
    assert report(service, claim).json()["snapshot_now"] == 1
    expire(claim)
    assert service.claim("train")["job"]["payload"]["config"]["kimg"] == 5


def test_a_run_that_diverged_goes_on_with_what_is_advised(client, project, service):
    run = started(client, project)
    assert (run["advice"], run["config"]["precision"]) == ([], "auto")
    fail(service, service.claim("train"), "A loss is no number any more.", kind_of_failure="diverged")
    told = get(client, run)
    assert (told["state"], told["sentence"]) == ("failed", "A loss is no number any more.")
    gamma, rates = config()["gamma"], {name: config()[name] / 2 for name in ("g_rate", "d_rate")}
    assert told["advice"] == [
        {"title": "Go on with twice the R1", "changes": {"gamma": gamma * 2}},
        {"title": "Go on with half the rates", "changes": rates},
        {"title": "Go on in fp32", "changes": {"precision": "fp32"}},
    ]
    for advice in told["advice"]:
        told = patch(client, run, changes=advice["changes"], wanted="run").json()
        assert (told["state"], told["advice"]) == ("waiting", [])
        claim = service.claim("train")
        assert claim["job"]["payload"]["config"] | advice["changes"] == claim["job"]["payload"]["config"]
        fail(service, claim, "A loss is no number any more.", kind_of_failure="diverged")
    assert len(get(client, run)["advice"]) == 2  # it is in fp32 already
    patch(client, run, wanted="run")
    fail(service, service.claim("train"), "The disk is full.")
    assert get(client, run)["advice"] == []


def test_what_a_run_may_go_on_with_is_told_as_a_form_and_set_while_it_does_not_train(client, project, service):
    run = started(client, project, config=config(gamma=3))
    told = client.call("GET", f"/training/runs/{run['id']}/settings").json()
    form = {field["name"]: field for field in told["items"]}
    assert set(form) == {"tick_kimg", "metrics", "micro_batch", "precision", "gamma", "g_rate", "d_rate"}
    assert (form["gamma"]["value"], form["gamma"]["default"], form["gamma"]["changed"]) == (3, config()["gamma"], True)
    answer = patch(client, run, changes={"gamma": 0.5})
    assert (answer.status_code, answer.json()["field"]) == (409, "changes")
    patch(client, run, wanted="pause")
    changes = {"gamma": 0.5, "micro_batch": None, "metrics": ["sharpness"], "precision": "fp32"}
    told = patch(client, run, changes=changes).json()
    assert (told["state"], told["config"]) == ("paused", run["config"] | changes)
    refused = {
        "batch": (8, "Batch: with another value it would be another run. What may change is Report every … kimg, "),
        "gamma": (-1, "R1 weight: input should be greater than or equal to 0."),
        "g_rate": (0, "Learning rate, generator: input should be greater than 0."),
        "metrics": (["beauty"], "Measured at each snapshot: input should be "),
    }
    for name, (value, sentence) in refused.items():
        answer = patch(client, run, changes={name: value})
        assert (answer.status_code, answer.json()["field"]) == (422, f"changes.{name}")
        assert answer.json()["detail"].startswith(sentence)
    assert get(client, run)["config"] == told["config"]


def test_two_people_who_change_a_run_at_once_are_told(client, project):
    run = started(client, project)
    assert patch(client, run, name="Mine", revision=run["revision"]).status_code == 200
    answer = patch(client, run, name="Theirs", revision=run["revision"])
    assert (answer.status_code, answer.json()["current"]["name"]) == (409, "Mine")


def test_who_stops_the_job_on_the_activity_page_pauses_the_run(client, project, service):
    run = started(client, project)
    claim = service.claim("train")
    client.call("POST", f"/jobs/{claim['job']['id']}/cancel")
    fail(service, claim, "Stopped.", retry=True)
    told = get(client, run)
    assert (told["state"], told["wanted"], told["sentence"]) == ("paused", "pause", "Paused by Ines.")
    client.call("POST", f"/jobs/{claim['job']['id']}/retry")
    assert (get(client, run)["state"], get(client, run)["wanted"]) == ("waiting", "run")


def test_a_run_in_the_bin_is_stopped_and_its_network_stays(client, project, service):
    run = started(client, project)
    claim = service.claim("train")
    hand_in(service, claim, 0.5)
    told = client.call("DELETE", f"/training/runs/{run['id']}").json()
    assert (told["is_binned"], told["wanted"]) == (True, "stop")
    assert report(service, claim).json()["wanted"] == "stop"
    finish(service, claim, "stopped", 0.6)
    assert client.call("GET", f"/projects/{project.pk}/training/runs").json()["items"] == []
    (binned,) = client.call("GET", f"/projects/{project.pk}/training/runs?binned=true").json()["items"]
    assert (binned["id"], binned["state"]) == (run["id"], "stopped")
    assert client.call("GET", f"/networks/{run['network_id']}").json()["snapshots"][0]["kimg"] == 0.5
    assert not client.call("POST", f"/training/runs/{run['id']}/restore").json()["is_binned"]
