"""The demo's sample portraits: drawn by the real command, looked at, frozen; made once, and never again."""

from typing import Any

import pytest
from PIL import Image

from studio.blobs.store import open_blob
from studio.datasets.models import Dataset, DatasetVersion, Portrait
from studio.datasets.rules import bin_dataset, change_dataset
from studio.demo import portraits
from studio.jobs import queue
from studio.jobs.context import Context
from studio.jobs.handlers import HANDLERS, JobCancelled, JobFailed

pytestmark = pytest.mark.django_db(transaction=True)
FEW = 4


@pytest.fixture(autouse=True)
def few(monkeypatch) -> None:
    monkeypatch.setattr(portraits, "COUNT", FEW)


def work(**changes: Any) -> dict[str, Any]:
    """What the worker does with the job that waits."""
    lease = queue.claim(runs_on="worker", kinds=[portraits.KIND], holder="test")
    assert lease is not None
    context = Context(job_id=lease.id, fence=lease.fence, payload=lease.job.payload)
    for name, value in changes.items():
        setattr(context, name, value)
    try:
        result = portraits.handle(context)
    except (JobFailed, JobCancelled) as error:
        queue.fail(lease, message=str(error), retry=True)
        raise
    queue.finish(lease, result=result)
    return result


def test_the_dataset_is_drawn_looked_at_and_frozen_in_two_sizes(project, owner):
    assert HANDLERS[portraits.KIND] == "studio.demo.portraits.handle"
    portraits.queue_sample_portraits(project, owner)
    assert work() == {"portraits": FEW, "versions": [1, 2]}
    dataset = Dataset.objects.get(name="Sample portraits")
    rows = list(Portrait.objects.filter(dataset=dataset).order_by("taken_at"))
    assert [row.sequence for row in rows] == [1, 2, 3, 4]
    assert {(row.state, row.width_px, row.height_px) for row in rows} == {("ready", 128, 128)}
    assert sum(row.faces == 1 for row in rows) >= FEW - 1
    versions = DatasetVersion.objects.filter(dataset=dataset).order_by("number")
    assert [(one.name, one.count, one.recipe["size"], one.is_frozen) for one in versions] == [
        ("64 px", FEW, 64, True),
        ("128 px", FEW, 128, True),
    ]
    first = versions[0].items.select_related("portrait__original").get(position=0).portrait
    assert first.pk == rows[0].pk
    with open_blob(first.original) as file:
        assert Image.open(file).size == (128, 128)


def test_a_job_that_was_stopped_goes_on_where_it_stood(project, owner, monkeypatch):
    portraits.queue_sample_portraits(project, owner)

    def stop(*_: Any) -> None:
        raise JobCancelled

    with monkeypatch.context() as patch:
        patch.setattr(portraits, "_score", stop)
        with pytest.raises(JobCancelled):
            work()
    assert Portrait.objects.count() == FEW
    monkeypatch.setattr(portraits, "_drawn", lambda *_: pytest.fail("They were drawn again."))
    assert work() == {"portraits": FEW, "versions": [1, 2]}


def test_what_somebody_renamed_or_binned_is_not_made_again(project, owner):
    portraits.queue_sample_portraits(project, owner)
    dataset = Dataset.objects.get()
    change_dataset(dataset, {"name": "Mine"}, revision=None, by=owner)
    bin_dataset(dataset, is_binned=True, by=owner)
    portraits.queue_sample_portraits(project, owner)
    assert Dataset.objects.count() == 1
    assert work() == {"portraits": 0, "versions": []}


def test_a_command_that_fails_is_quoted(project, owner, monkeypatch):
    monkeypatch.setattr(portraits, "SIZE_PX", 65)
    portraits.queue_sample_portraits(project, owner)
    with pytest.raises(JobFailed, match="65 px are not made"):
        work()
    assert not Portrait.objects.exists()
