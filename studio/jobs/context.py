"""What a handler gets to work with. It runs in a child process; the worker holds the lease and writes progress."""

import time
from multiprocessing.connection import Connection
from typing import Any
from uuid import UUID

from django.db import connection

from studio.jobs.handlers import JobCancelled
from studio.jobs.leases import LeaseLost
from studio.jobs.models import Job, State

# More often is of no use to anybody: the worker writes two steps a second.
REPORT_SECONDS = 0.2


class Context:
    """One attempt at one job."""

    def __init__(self, *, job_id: UUID, fence: int, payload: dict[str, Any], pipe: Connection | None = None) -> None:
        self.job_id = job_id
        self.fence = fence
        self.payload = payload
        self._pipe = pipe
        self._reported = 0.0
        self._is_cancelled = False

    @property
    def job(self) -> Job:
        return Job.objects.get(pk=self.job_id)

    def progress(self, done: int, total: int = 0, message: str = "") -> None:
        """Say how far it is. Raises JobCancelled when a person has stopped the job."""
        self.raise_if_cancelled()
        now = time.monotonic()
        if self._pipe is not None and (now - self._reported >= REPORT_SECONDS or done == total):
            self._reported = now
            self._pipe.send(("progress", {"done": done, "total": total or None, "message": message or None}))

    def raise_if_cancelled(self) -> None:
        """Call this between steps that take longer than a second."""
        while self._pipe is not None and self._pipe.poll():
            self._is_cancelled = self._pipe.recv() == "cancel" or self._is_cancelled
        if self._is_cancelled:
            raise JobCancelled

    def raise_if_lost(self) -> None:
        """Inside the transaction that writes a result: raises LeaseLost when another attempt has taken over."""
        rows = Job.objects.filter(pk=self.job_id, fence=self.fence, state=State.RUNNING)
        if connection.features.has_select_for_update:
            rows = rows.select_for_update()
        if rows.first() is None:
            raise LeaseLost
