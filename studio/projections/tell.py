"""Events of projections and their targets. Call them in the transaction of the change."""

from typing import Any

from studio.accounts.models import User
from studio.events.record import record
from studio.projections.models import Projection, ProjectionTarget
from studio.projections.present import projection_out, target_out


def tell(projection: Projection, *, by: User | None = None, kind: str = "projection.changed") -> None:
    record(projection.project_id, kind, subject=projection.subject, payload=projection_out(projection), actor=by)


def tell_tick(projection: Projection, tick: dict[str, Any]) -> None:
    payload = {"id": str(projection.pk), "tick": tick}
    record(projection.project_id, "projection.tick", subject=projection.subject, payload=payload)


def tell_frames(projection: Projection, frames: dict[str, Any]) -> None:
    payload = {"id": str(projection.pk), "frames_done": projection.frames_done, "frames": frames}
    record(projection.project_id, "projection.frames", subject=projection.subject, payload=payload)


def tell_target(target: ProjectionTarget, kind: str = "projection.target.changed", *, by: User | None = None) -> None:
    record(target.project_id, kind, subject=target.subject, payload=target_out(target), actor=by)
