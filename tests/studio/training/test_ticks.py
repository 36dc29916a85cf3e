"""The curves of a run: bounded however long it goes on, right after a run went back, given out as columns."""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gpu_service.protocol import Tick
from studio.training import ticks
from studio.training.models import TrainingTick
from tests.studio.training.parts import get, report, row, started, tick

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(client, project):
    return row(started(client, project))


def said(kimg: float, **values) -> Tick:
    return Tick.model_validate(tick(kimg, **values))


def test_curves_come_as_columns_of_one_length(client, project, service):
    told = started(client, project)
    claim = service.claim("train")
    report(service, claim, tick(0.5, loss_g=3.0), tick(1.0, loss_g=2.0, r1=None), tick(1.5, loss_g=1.0))
    curves = client.call("GET", f"/training/runs/{told['id']}/ticks").json()
    assert curves["columns"]["kimg"] == [0.5, 1.0, 1.5]
    assert curves["columns"]["seconds"] == [20.0, 40.0, 60.0]
    assert curves["columns"]["loss_g"] == [3.0, 2.0, 1.0]
    assert curves["columns"]["r1"] == [0.1, None, 0.1]
    assert set(curves["columns"]) == set(Tick.model_fields) - {"kind"}
    assert {len(column) for column in curves["columns"].values()} == {3}
    later = client.call("GET", f"/training/runs/{told['id']}/ticks?after_kimg={curves['upto_kimg']}").json()
    assert (later["columns"]["kimg"], later["upto_kimg"]) == ([], None)


def test_fewer_points_than_asked_for_are_means_of_neighbours(run):
    ticks.store(run, [said(0.5 * (n + 1), loss_g=float(n), r1=None if n % 2 else 1.0) for n in range(8)])
    told = ticks.columns(run, after_kimg=None, most=4)
    assert told["columns"]["kimg"] == [1.0, 2.0, 3.0, 4.0]
    assert told["columns"]["loss_g"] == [0.5, 2.5, 4.5, 6.5]
    assert told["columns"]["r1"] == [1.0, 1.0, 1.0, 1.0]
    assert told["upto_kimg"] == 4.0


def test_a_run_that_went_back_to_its_checkpoint_says_it_anew(client, project, service):
    told = started(client, project)
    claim = service.claim("train")
    report(service, claim, *[tick(0.5 * n, loss_g=float(n)) for n in range(1, 6)])
    report(service, claim, tick(1.5, loss_g=30.0), tick(2.0, loss_g=40.0))
    curves = client.call("GET", f"/training/runs/{told['id']}/ticks").json()["columns"]
    assert (curves["kimg"], curves["loss_g"]) == ([0.5, 1.0, 1.5, 2.0], [1.0, 2.0, 30.0, 40.0])
    assert get(client, told)["kimg"] == 2.0
    report(service, claim, tick(1.5, loss_g=30.0), tick(2.0, loss_g=40.0))  # the answer to it had got lost
    assert client.call("GET", f"/training/runs/{told['id']}/ticks").json()["columns"] == curves


def test_numbers_that_are_none_leave_a_gap(client, project, service):
    told = started(client, project)
    claim = service.claim("train")
    report(service, claim, tick(0.5))
    ticks.store(row(told), [said(1.0, loss_g=math.nan, score_real=math.inf)])
    curves = client.call("GET", f"/training/runs/{told['id']}/ticks").json()["columns"]
    assert (curves["loss_g"], curves["score_real"], curves["loss_d"]) == ([1.0, None], [0.4, None], [0.5, 0.5])


def test_a_run_of_months_stays_a_few_thousand_rows(run, monkeypatch):
    monkeypatch.setattr(ticks, "MOST_ROWS", 40)
    for n in range(1, 1001, 10):
        ticks.store(run, [said(float(kimg), loss_g=float(kimg % 10)) for kimg in range(n, n + 10)])
    rows = list(TrainingTick.objects.filter(run=run).order_by("kimg"))
    assert len(rows) <= 40
    assert sum(row.span for row in rows) == 1000.0
    assert rows[-1].span == 1.0
    assert rows[0].span > 100
    mean = sum(row.values["loss_g"] * row.span for row in rows) / 1000
    assert mean == pytest.approx(4.5)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(st.floats(0.1, 3.0), min_size=1, max_size=30), most=st.integers(2, 12))
def test_whatever_is_averaged_nothing_is_lost(run, steps, most):
    TrainingTick.objects.filter(run=run).delete()
    kimg, said_all = 0.0, []
    for step in steps:
        kimg += step
        said_all.append(said(kimg, loss_d=step))
    ticks.store(run, said_all)
    told = ticks.columns(run, after_kimg=None, most=most)
    assert len(told["columns"]["kimg"]) <= most
    assert told["upto_kimg"] == pytest.approx(kimg)
    kept = TrainingTick.objects.filter(run=run)
    assert sum(row.span for row in kept) == pytest.approx(kimg)
    assert min(steps) - 1e-9 <= min(told["columns"]["loss_d"])
    assert max(told["columns"]["loss_d"]) <= max(steps) + 1e-9
