"""While a service is attached: tell it of work and of cancels, and hang up when its token is revoked.

The rows are asked, once a second, because work is queued and stopped in other processes too; what this process queues
is told at once.
"""

import asyncio
import contextlib
from dataclasses import dataclass
from uuid import UUID

from channels.db import database_sync_to_async
from django.db import DatabaseError
from django.db.models import F, Q
from django.utils import timezone

from gpu_service.protocol import Cancel, LeaseKind, Ping, Work
from studio.jobs.changes import on_work
from studio.jobs.leases import is_expired
from studio.jobs.models import Job, Segment, State
from studio.services.attachment import Attachment
from studio.services.models import RenderService, ServiceToken
from studio.services.tokens import holder_of

LOOK_SECONDS = 1.0
SEEN_EVERY = 15
# Its answers come from a loop of its own, however much it draws: such silence is a frozen program or a dead line.
PING_EVERY = 3
MOST_UNANSWERED = 3
SILENT = 1001
BAD_TOKEN = 4401
ACTIVE = (State.QUEUED, State.RUNNING)


@dataclass(frozen=True)
class Sight:
    """What the rows say at one moment."""

    is_revoked: bool
    has_work: bool
    stopped: frozenset[tuple[LeaseKind, UUID, int]]


class Watch:
    """Looks on behalf of one attachment until it is cancelled."""

    def __init__(self, token: ServiceToken, attachment: Attachment) -> None:
        self.token, self.attachment = token, attachment
        self._told: set[tuple[LeaseKind, UUID, int]] = set()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()

        def hear(runs_on: str) -> None:
            loop.call_soon_threadsafe(self._hear_work, runs_on)

        off = on_work(hear)
        try:
            looks = 0
            while True:
                with contextlib.suppress(DatabaseError):
                    self._tell(await database_sync_to_async(self._look)(looks))
                looks += 1
                if looks % PING_EVERY == 0:
                    self._ping()
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            off()

    def _ping(self) -> None:
        """Counted rather than timed: a studio that slept itself finds one ping unanswered, not many."""
        if self.attachment.unanswered >= MOST_UNANSWERED:
            self.attachment.end(SILENT)
        else:
            self.attachment.unanswered += 1
            self.attachment.send(Ping())

    def _hear_work(self, runs_on: str) -> None:
        if runs_on == Job.RunsOn.SERVICE:
            self.attachment.send(Work())

    def _tell(self, seen: Sight) -> None:
        if seen.is_revoked:
            self.attachment.end(BAD_TOKEN)
            return
        for kind, lease_id, fence in seen.stopped - self._told:
            self.attachment.send(Cancel(kind=kind, id=lease_id))
            self._told.add((kind, lease_id, fence))
        self._told &= seen.stopped
        if seen.has_work:
            self.attachment.send(Work())

    def _look(self, looks: int) -> Sight:
        if looks % SEEN_EVERY == 0:
            RenderService.objects.filter(pk=self.attachment.service_id).update(last_seen_at=timezone.now())
        holder = holder_of(self.token)
        segments = Segment.objects.filter(state=State.RUNNING, leased_by=holder).exclude(job__state__in=ACTIVE)
        jobs = Job.objects.filter(state=State.RUNNING, leased_by=holder, cancel_requested=True)
        stopped: set[tuple[LeaseKind, UUID, int]] = {("segment", row.id, row.fence) for row in segments}
        stopped |= {("job", row.id, row.fence) for row in jobs}
        return Sight(
            is_revoked=not ServiceToken.objects.filter(pk=self.token.pk, revoked_at=None).exists(),
            has_work=_has_work(),
            stopped=frozenset(stopped),
        )


def _has_work() -> bool:
    """Whether anything waits for a service, or was left by one."""
    free = Q(state=State.QUEUED) | is_expired()
    segments = Segment.objects.filter(free, job__state__in=ACTIVE, attempts__lt=F("job__max_attempts"))
    jobs = Job.objects.filter(free, runs_on=Job.RunsOn.SERVICE, segments=None)
    return segments.exists() or jobs.exists()
