"""Pins: made in the explorer, changed with a revision, put into the bin and brought back."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from gpu_service.protocol import Look, VectorSpec
from studio.accounts.models import User
from studio.errors import Conflict, Refused
from studio.events.record import record
from studio.networks.models import Network, Pin, Snapshot
from studio.networks.present_made import pin_out
from studio.networks.sheet_orders import PIN_TILE, sheet_of
from studio.networks.sheets import order_sheet
from studio.networks.vectors import direction_inputs, misfit_among, require_fitting
from studio.networks.words import clean_name

MOST = 5_000
MOST_OFFERED = 500


def add_pin(network: Network, values: dict[str, Any], *, by: User) -> Pin:
    """A new pin; its picture follows. Raises Refused, which names the wrong field."""
    with transaction.atomic():
        count = Pin.objects.filter(network=network).count()
        if count >= MOST:
            raise Refused(f"“{network.name}” has {count:,} pins already. Remove some first.")
        name = values.get("name") or f"Pin {count + 1}"
        pin = Pin(network=network, snapshot=snapshot_of(network, values["snapshot_id"]), created_by=by)
        pin.name = clean_name(name, of="pin")
        pin.note = values.get("note", "")
        _set_picture(pin, values["vector"], values["look"], by=by)
        pin.changed_by = by
        pin.save()
        _tell(pin, "pin.added", by=by)
    return pin


def change_pin(pin: Pin, values: dict[str, Any], *, revision: int, by: User) -> Pin:
    """Change what `values` names. Raises Conflict when the pin is not at that revision any more."""
    with transaction.atomic():
        rows = Pin.objects.select_for_update(of=("self",)).select_related("network", "snapshot", "created_by", "sheet")
        pin = rows.get(pk=pin.pk)
        if revision != pin.revision:
            who = str(pin.changed_by) if pin.changed_by else "Somebody"
            raise Conflict(f"{who} changed this pin a moment ago.", current=pin_out(pin))
        if values.get("name") is not None:
            pin.name = clean_name(values["name"], of="pin")
        if values.get("note") is not None:
            pin.note = values["note"]
        if values.get("snapshot_id") is not None:
            pin.snapshot = snapshot_of(pin.network, values["snapshot_id"])
        if any(values.get(name) is not None for name in ("vector", "look", "snapshot_id")):
            vector = values.get("vector") or VectorSpec.model_validate(pin.vector)
            _set_picture(pin, vector, values.get("look") or Look.model_validate(pin.look), by=by)
        pin.revision += 1
        pin.changed_by = by
        pin.save()
        _tell(pin, "pin.changed", by=by)
    return pin


def bin_pin(pin: Pin, *, is_binned: bool, by: User) -> Pin:
    """Paths that run through it keep its vector."""
    with transaction.atomic():
        pin.binned_at = timezone.now() if is_binned else None
        pin.revision += 1
        pin.changed_by = by
        pin.save(update_fields=["binned_at", "revision", "changed_by"])
        _tell(pin, "pin.removed" if is_binned else "pin.restored", by=by)
    return pin


def offered_pins(project_id: UUID, snapshot_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """The project's pins for a scene of those snapshots, its own networks' first; `misfit` says why one cannot be.

    A pin of another network that fits is another picture in this one.
    """
    snapshots = Snapshot.objects.filter(pk__in=snapshot_ids, network__project_id=project_id)
    own = {snapshot.network_id for snapshot in snapshots}
    rows = Pin.objects.filter(network__project_id=project_id, network__binned_at=None, binned_at=None)
    rows = rows.select_related("network")
    found = list(rows.filter(network__in=own)[:MOST_OFFERED])
    found += rows.exclude(network__in=own)[: MOST_OFFERED - len(found)]
    misfits = misfit_among((VectorSpec.model_validate(pin.vector) for pin in found), snapshots)
    return [
        {
            "id": str(pin.pk),
            "name": pin.name,
            "network_id": str(pin.network_id),
            "network_name": pin.network.name,
            "vector": pin.vector,
            "is_own": pin.network_id in own,
            "misfit": sentence,
        }
        for pin, sentence in zip(found, misfits, strict=True)
    ]


def snapshot_of(network: Network, snapshot_id: Any) -> Snapshot:
    """Raises Refused when it is not among the network's."""
    snapshot = Snapshot.objects.select_related("network", "blob").filter(pk=snapshot_id, network=network).first()
    if snapshot is None:
        raise Refused(f"There is no such snapshot in “{network.name}”. Choose another.", field="snapshot_id")
    return snapshot


def require_drawable(snapshot: Snapshot, vectors: list[VectorSpec], *, field: str) -> None:
    """Raises Refused where a vector does not fit the snapshot or names a foreign file."""
    require_fitting(vectors, snapshot, field=field)
    direction_inputs(snapshot.network.project_id, vectors, field=field)


def _set_picture(pin: Pin, vector: VectorSpec, look: Look, *, by: User) -> None:
    require_drawable(pin.snapshot, [vector], field="vector")
    pin.vector, pin.look = vector.model_dump(mode="json"), look.model_dump(mode="json")
    pin.sheet = order_sheet(pin.snapshot, sheet_of([vector], tile=PIN_TILE, look=look), by=by)[0]


def _tell(pin: Pin, kind: str, *, by: User | None) -> None:
    record(pin.network.project_id, kind, subject=pin.subject, payload=pin_out(pin), actor=by)
