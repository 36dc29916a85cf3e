"""A clock that can be moved: leases are made to run out by moving their end into the past, as database time would."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from studio.jobs import queue
from studio.jobs.models import Job


@pytest.fixture
def queued(db: None) -> Callable[..., Job]:
    """Puts a job into the queue."""

    def put(kind: str = "count", **fields: Any) -> Job:
        order = {"project_id": None, "title": "Count", "payload": {}, "runs_on": "worker", **fields}
        return queue.enqueue(kind, **order)

    return put


def run_out(row: Any) -> None:
    """Let that lease have ended a second ago."""
    type(row).objects.filter(pk=row.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
