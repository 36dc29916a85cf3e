"""Leases: who works on what, until when.

Claim, renew and commit are single guarded updates that carry a fencing token. Time is the database's alone. An expired
lease that nobody claimed may still be renewed; once another has claimed it, the late writer gets LeaseLost (409).
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal, TypeVar
from uuid import UUID

from django.conf import settings
from django.db.models import DateTimeField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.functions import Now

from studio.jobs.models import Job, Leased, Segment, State

Row = TypeVar("Row", bound=Leased)
LOST = "The program that worked on this went away {attempts} times without finishing. Look at its log, then try again."


class LeaseLost(Exception):
    """Somebody else holds the lease now, or the work has ended. Shown as 409."""

    def __init__(
        self, message: str = "This work was handed to another, or it has ended. What was sent is not used."
    ) -> None:
        super().__init__(message)


@dataclass(frozen=True)
class Lease:
    """The right to work on one job or segment until it runs out. `fence` proves it with every write."""

    kind: Literal["job", "segment"]
    id: UUID
    fence: int
    job: Job | None = field(default=None, compare=False)
    segment: Segment | None = field(default=None, compare=False)

    @property
    def seconds(self) -> float:
        return float(settings.LEASE_SECONDS)

    @property
    def renew_seconds(self) -> float:
        return float(settings.RENEW_SECONDS)


@dataclass(frozen=True)
class Progress:
    """How far the work has got; None leaves a number as it is."""

    done: int | None = None
    total: int | None = None
    message: str | None = None


@dataclass(frozen=True)
class RenewAnswer:
    seconds: float
    cancel: bool


def from_now(seconds: float) -> Any:
    """A moment on the database's clock."""
    return ExpressionWrapper(Now() + timedelta(seconds=seconds), output_field=DateTimeField())


def is_expired() -> Q:
    return Q(state=State.RUNNING, lease_until__lt=Now())


def take(rows: "QuerySet[Row]", candidate: Row, *, holder: str) -> bool:
    """Claim that row by one guarded update; False when another was quicker."""
    return bool(
        rows.filter(pk=candidate.pk, fence=candidate.fence).update(
            state=State.RUNNING,
            attempts=F("attempts") + 1,
            fence=F("fence") + 1,
            leased_by=holder[:100],
            lease_until=from_now(settings.LEASE_SECONDS),
        )
    )


def hold_on(rows: "QuerySet[Row]", lease: Lease, **changes: Any) -> None:
    """Renew by one guarded update, expired or not. Raises LeaseLost when another has claimed it."""
    held = rows.filter(pk=lease.id, fence=lease.fence, state=State.RUNNING)
    if not held.update(lease_until=from_now(settings.LEASE_SECONDS), **changes):
        raise LeaseLost
