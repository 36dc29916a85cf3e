"""A lease, held: renewed in a task of its own that no drawing delays, until the work ends or the studio says stop."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from typing import Self

from gpu_service.client import LeaseLost, StudioClient, StudioRefused
from gpu_service.errors import RenderError
from gpu_service.protocol import Lease, RenewAnswer, RenewRequest

log = logging.getLogger(__name__)
# How often progress is told while it moves.
TELL_SECONDS = 1.0


class LeaseKeeper:
    """`async with` holds the lease. `on_end` is called once when the work must stop: cancelled, or lost to another."""

    def __init__(self, client: StudioClient, lease: Lease) -> None:
        self.client, self.lease = client, lease
        self.is_cancelled = self.is_lost = False
        self._done: int | None = None
        self._total: int | None = None
        self._message: str | None = None
        self._rate: float | None = None
        self._changed, self._on_end = False, list[Callable[[], None]]()
        self._task: asyncio.Task[None] | None = None
        self._started: tuple[float, int] | None = None

    def tell(self, *, done: int | None = None, total: int | None = None, message: str | None = None) -> None:
        """Progress, from any thread; it goes out with the next renewal, at most once a second."""
        if done is not None:
            self._note_rate(done)
            self._done = done
        self._total = total if total is not None else self._total
        self._message = message if message is not None else self._message
        self._changed = True

    def when_it_ends(self, stop: Callable[[], None]) -> None:
        """Call `stop` when the work must stop; at once if that has happened."""
        if self.must_stop:
            stop()
        self._on_end.append(stop)

    def cancel(self) -> None:
        """The studio asked for an end, over the control socket or with a renewal."""
        if not self.must_stop:
            self.is_cancelled = True
            self._end()

    @property
    def must_stop(self) -> bool:
        return self.is_cancelled or self.is_lost

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._keep())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _keep(self) -> None:
        last = time.monotonic()
        while not self.is_lost:
            await asyncio.sleep(min(TELL_SECONDS, self.lease.renew_seconds))
            due = time.monotonic() - last >= self.lease.renew_seconds
            if due or self._changed:
                last, self._changed = time.monotonic(), False
                await self._renew()

    async def _renew(self) -> None:
        request = RenewRequest(
            fence=self.lease.fence,
            done=self._done,
            total=self._total,
            message=self._message,
            frames_per_second=self._rate,
        )
        path = f"/service/leases/{self.lease.kind}/{self.lease.id}/renew"
        try:
            response = await self.client.post(path, request, patience=self.lease.renew_seconds / 2)
        except (LeaseLost, StudioRefused):
            self.is_lost = True
            self._end()
            return
        except RenderError as error:
            # A lease that ran out but that nobody took may still be renewed, so drawing goes on.
            log.warning("A lease was not renewed: %s", error)
            return
        if RenewAnswer.model_validate_json(response.content).cancel:
            self.cancel()

    def _end(self) -> None:
        for stop in self._on_end:
            stop()

    def _note_rate(self, done: int) -> None:
        now = time.monotonic()
        if done == 0:
            self._started, self._rate = None, None
        elif self._started is None:
            self._started = (now, done)
        elif now - self._started[0] > 0.5:
            self._rate = (done - self._started[1]) / (now - self._started[0])
