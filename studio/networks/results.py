"""What comes of the jobs that people order on snapshots: their files are kept, their rows follow, pages hear of it."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from gpu_service.protocol import FilesResult
from studio.blobs.models import Blob
from studio.errors import Refused
from studio.jobs.models import Job, State
from studio.networks import directions, exports, harvests, sheets
from studio.networks.models import OrderState
from studio.networks.order_models import Ordered

STATES = {
    State.QUEUED: OrderState.WAITING,
    State.RUNNING: OrderState.WORKING,
    State.FAILED: OrderState.FAILED,
    State.CANCELLED: OrderState.FAILED,
}


class Kind(NamedTuple):
    """`take` puts the files of a result into the row, `tell` writes the event of a row that changed."""

    rows: type[Ordered]
    take: Callable[[Any, FilesResult, Mapping[str, Blob]], None]
    tell: Callable[[Any], None]


KINDS = {
    sheets.KIND: Kind(sheets.Sheet, sheets.take, sheets.tell),
    directions.KIND: Kind(directions.Directions, directions.take, directions.tell),
    harvests.KIND: Kind(harvests.Harvest, harvests.take, harvests.tell),
    exports.KIND: Kind(exports.SnapshotExport, exports.take, exports.tell),
}


def keep(job: Job, result: dict[str, Any], artifacts: Mapping[str, Blob]) -> None:
    """A service has made the files. Call it in the transaction that ends the job."""
    kind, row = KINDS[job.kind], _row_of(job)
    if row is None:
        return  # thrown away meanwhile; the sweep takes the files
    row.sentence = ""
    try:
        found = FilesResult.model_validate(result)
        kind.take(row, found, {role: artifacts[name] for role, name in found.files.items()})
    except (ValidationError, KeyError, TypeError, ValueError) as error:
        raise Refused("The result of this job is not what such a job makes.", field="result") from error
    row.state = OrderState.READY
    row.save()
    kind.tell(row)


def follow(job: Job) -> None:
    """Called in the transaction of every change of such a job."""
    row, state = _row_of(job), STATES.get(State(job.state))
    if row is None or state is None or row.state == OrderState.READY:
        return
    sentence = (job.error or job.message) if state == OrderState.FAILED else ""
    if (row.state, row.sentence) != (state, sentence):
        row.state, row.sentence = state, sentence
        row.save(update_fields=["state", "sentence"])
        KINDS[job.kind].tell(row)


def _row_of(job: Job) -> Any:
    rows: Any = KINDS[job.kind].rows._default_manager
    return rows.select_related("snapshot__network", "created_by").filter(job_id=job.id).first()
