"""Sheets: pictures of one snapshot side by side. Each is drawn once, whoever asks for it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from gpu_service.protocol import FilesResult, SheetOrder
from studio.accounts.models import User
from studio.blobs.models import Blob
from studio.errors import Refused
from studio.events.record import record
from studio.jobs.models import Job
from studio.networks.models import OrderState, Pin, Sheet, Snapshot
from studio.networks.orders import place_order
from studio.networks.present import snapshot_out
from studio.networks.present_made import pin_out, sheet_out
from studio.networks.sheet_orders import GROWTH, GROWTH_KEYS
from studio.networks.vectors import direction_inputs, require_fitting

KIND = "draw_sheet"
MOST_WAITING = 1_000
BUSY = "A thousand sheets of this project wait to be drawn. Ask again when a render service has got through them."
# How exactly it is known when a sheet was last wanted.
ASKED = timedelta(days=1)


def order_sheet(snapshot: Snapshot, order: SheetOrder, *, by: User | None) -> tuple[Sheet, Job | None]:
    """Raises Refused where a vector does not fit the snapshot or names a foreign file."""
    vectors = [tile.vector for tile in order.tiles]
    require_fitting(vectors, snapshot, field="vectors")
    inputs = direction_inputs(snapshot.network.project_id, vectors, field="vectors")
    what = "Picture" if len(vectors) == 1 else f"{len(vectors)} pictures"
    sheet, job = place_order(
        Sheet, snapshot, order, kind=KIND, title=f"{what} of “{snapshot.name}”", by=by, inputs=inputs
    )
    if timezone.now() - sheet.asked_at > ASKED:
        Sheet.objects.filter(pk=sheet.pk).update(asked_at=timezone.now())
    return sheet, job


def order_sheets(snapshots: Sequence[Snapshot], order: SheetOrder, *, by: User | None) -> list[Sheet]:
    """The same order through each snapshot. Raises Refused while too many others wait."""
    waiting = Sheet.objects.filter(snapshot__network__project=snapshots[0].network.project_id, state=OrderState.WAITING)
    if waiting.count() > MOST_WAITING:
        raise Refused(BUSY, status=409)
    with transaction.atomic():
        return [order_sheet(snapshot, order, by=by)[0] for snapshot in snapshots]


def order_growth(snapshot: Snapshot, *, by: User | None) -> Sheet:
    """The same eight seeds of every snapshot, for the strip of a training's growth."""
    return order_sheet(snapshot, GROWTH[snapshot.num_classes > 0], by=by)[0]


def keep_growth(snapshot: Snapshot, blob: Blob) -> Sheet:
    """The same, where the service that read the snapshot has drawn it already."""
    order = GROWTH[snapshot.num_classes > 0].model_dump(mode="json")
    key = GROWTH_KEYS[snapshot.num_classes > 0]
    return Sheet.objects.create(snapshot=snapshot, key=key, order=order, blob=blob, state=OrderState.READY)


def take(sheet: Sheet, found: FilesResult, files: Mapping[str, Blob]) -> None:
    sheet.blob = files["sheet"]


def tell(sheet: Sheet) -> None:
    """`sheet.ready` or `sheet.failed`; pins with this picture and snapshots with this strip have changed too."""
    project_id = sheet.snapshot.network.project_id
    if sheet.state == OrderState.FAILED:
        record(project_id, "sheet.failed", subject=f"sheet:{sheet.pk}", payload=sheet_out(sheet))
    if sheet.state != OrderState.READY:
        return
    record(project_id, "sheet.ready", subject=f"sheet:{sheet.pk}", payload=sheet_out(sheet))
    for pin in Pin.objects.select_related("network", "created_by", "sheet").filter(sheet=sheet):
        record(project_id, "pin.changed", subject=pin.subject, payload=pin_out(pin))
    if sheet.key == GROWTH_KEYS[sheet.snapshot.num_classes > 0]:
        payload: dict[str, Any] = snapshot_out(sheet.snapshot)
        record(project_id, "snapshot.changed", subject=sheet.snapshot.subject, payload=payload)
