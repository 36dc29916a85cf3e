"""Events of runs. Call them in the transaction of the change."""

from typing import Any

from studio.accounts.models import User
from studio.events.record import record
from studio.training.models import TrainingRun
from studio.training.present import run_out


def tell(run: TrainingRun, *, by: User | None = None, kind: str = "training.run.changed") -> None:
    record(run.project_id, kind, subject=run.subject, payload=run_out(run), actor=by)


def tell_tick(run: TrainingRun, tick: dict[str, Any]) -> None:
    record(run.project_id, "training.tick", subject=run.subject, payload={"id": str(run.pk), "tick": tick})


def tell_snapshot(run: TrainingRun, sample: dict[str, Any]) -> None:
    payload = {"id": str(run.pk), "kimg": sample["kimg"], "sample": sample}
    record(run.project_id, "training.snapshot", subject=run.subject, payload=payload)
