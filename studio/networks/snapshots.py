"""Snapshots: named, noted, tagged, moved to another network, put into the bin."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from studio.accounts.models import User
from studio.errors import Conflict, Refused
from studio.networks.grouping import architecture_in, architecture_of, put_in_order, stem_of
from studio.networks.models import Network, Pin, PinPath, Snapshot
from studio.networks.present import snapshot_out
from studio.networks.tell import tell
from studio.networks.words import clean_name, clean_tags

OTHER_SHAPE = "“{name}” is of another architecture than the snapshots of “{network}”. Make it a network of its own."


def change_snapshot(snapshot: Snapshot, values: dict[str, Any], *, revision: int | None, by: User) -> Snapshot:
    """Change what `values` names. Raises Conflict when it is not at that revision any more."""
    with transaction.atomic():
        rows = Snapshot.objects.select_for_update(of=("self",)).select_related("network", "blob")
        snapshot = rows.get(pk=snapshot.pk)
        if revision is not None and revision != snapshot.revision:
            raise Conflict(f"“{snapshot.name}” was changed a moment ago.", current=snapshot_out(snapshot))
        if values.get("name") is not None:
            snapshot.name = clean_name(values["name"], of="snapshot")
        if "kimg" in values:
            snapshot.kimg = values["kimg"]
        if values.get("notes") is not None:
            snapshot.notes = values["notes"]
        if values.get("tags") is not None:
            snapshot.tags = clean_tags(values["tags"])
        snapshot.revision += 1
        snapshot.save(update_fields=["name", "kimg", "notes", "tags", "revision"])
        if "network_id" in values:
            _move(snapshot, values["network_id"], by=by)
        put_in_order(snapshot.network)
        tell(snapshot.network, "network.changed", by=by)
    return Snapshot.objects.select_related("network", "blob").get(pk=snapshot.pk)


def bin_snapshot(snapshot: Snapshot, *, is_binned: bool, by: User) -> Snapshot:
    """Scenes that use it keep working, and its pins stay."""
    with transaction.atomic():
        snapshot.binned_at = timezone.now() if is_binned else None
        snapshot.revision += 1
        snapshot.save(update_fields=["binned_at", "revision"])
        tell(snapshot.network, "network.changed", by=by)
    return snapshot


def _move(snapshot: Snapshot, network_id: UUID | None, *, by: User) -> None:
    """To that network of the project or to a new one, with its pins and paths. A network left empty goes to the bin."""
    left = snapshot.network
    network = _network(snapshot, network_id, by=by)
    if network.pk == left.pk:
        return
    snapshot.network = network
    snapshot.order = network.snapshots.count()
    snapshot.save(update_fields=["network", "order"])
    Pin.objects.filter(snapshot=snapshot).update(network=network)
    PinPath.objects.filter(snapshot=snapshot).update(network=network)
    network.kind = snapshot.kind
    network.save(update_fields=["kind"])
    if left.snapshots.exists() or left.imports.filter(original__isnull=False).exists():
        put_in_order(left)
        tell(left, "network.changed", by=by)
    else:
        left.binned_at = timezone.now()
        left.save(update_fields=["binned_at"])
        tell(left, "network.removed", by=by)


def _network(snapshot: Snapshot, network_id: UUID | None, *, by: User) -> Network:
    left = snapshot.network
    if left.species:
        raise Refused("The snapshots of a pattern network belong together and are not moved.", field="network_id")
    if network_id is None:
        made = Network.objects.create(
            project_id=left.project_id,
            name=snapshot.name,
            kind=snapshot.kind,
            stem=stem_of(snapshot.original_name or snapshot.name, resolution=snapshot.resolution)[:255],
            created_by=by,
        )
        tell(made, "network.added", by=by)
        return made
    network = Network.objects.filter(pk=network_id, project_id=left.project_id, binned_at=None).first()
    if network is None:
        raise Refused("There is no such network in this project. Choose another.", field="network_id")
    if network.species:
        raise Refused("A pattern network takes no other snapshots. Choose another.", field="network_id")
    if architecture_in(network) not in (None, architecture_of(snapshot.kind, snapshot.facts)):
        raise Refused(OTHER_SHAPE.format(name=snapshot.name, network=network.name), field="network_id")
    return network
