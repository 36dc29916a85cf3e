"""What has lain in the bin for 30 days goes, and what nobody asked for in 30 days. The sweep takes the files."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from studio.events.record import record
from studio.networks.models import Directions, Harvest, Network, OrderState, Pin, PinPath, Sheet, Snapshot
from studio.networks.models import SnapshotExport as Export
from studio.networks.sheet_orders import GROWTH_KEYS
from studio.networks.vectors import files_in
from studio.projects.models import Project

KEPT = timedelta(days=30)


def purge(*, now: datetime | None = None) -> int:
    """-> how many snapshots went. Those that a scene, a pin or a path still needs stay."""
    before = (now or timezone.now()) - KEPT
    with transaction.atomic():
        Harvest.objects.filter(binned_at__lt=before).delete()
        in_old_bin = Q(binned_at__lt=before) | Q(network__binned_at__lt=before)
        PinPath.objects.filter(in_old_bin).delete()
        Pin.objects.filter(in_old_bin).delete()
        at_work = Q(state__in=[OrderState.WAITING, OrderState.WORKING])
        Export.objects.filter(asked_at__lt=before).exclude(at_work).delete()
        Sheet.objects.filter(asked_at__lt=before, pins=None).exclude(at_work).exclude(
            key__in=GROWTH_KEYS.values()
        ).delete()
        gone = sum(_purge_snapshot(snapshot) for snapshot in _doomed(before))
        for network in Network.objects.filter(binned_at__lt=before, snapshots=None, pins=None, paths=None):
            payload = {"id": str(network.pk)}
            record(network.project_id, "network.purged", subject=network.subject, payload=payload)
            network.delete()
    return gone


def _doomed(before: datetime) -> "QuerySet[Snapshot]":
    """In the bin for long enough, by itself or with its network, and in no scene, on no pin, under no path."""
    rows = Snapshot.objects.filter(Q(binned_at__lt=before) | Q(network__binned_at__lt=before))
    return rows.filter(places=None, pins=None, paths=None).select_related("network")


def _purge_snapshot(snapshot: Snapshot) -> bool:
    """Gone with all that was made of it, unless a vector elsewhere in the project follows its directions."""
    own = set(Directions.objects.filter(snapshot=snapshot).exclude(blob=None).values_list("blob_id", flat=True))
    if own and own & files_in_use(snapshot.network.project_id):
        return False
    snapshot.delete()
    return True


def files_in_use(project_id: UUID) -> set[str]:
    """The directions that pins, paths and scenes of a project follow."""
    pins = Pin.objects.filter(network__project=project_id).values_list("vector", flat=True)
    paths = PinPath.objects.filter(network__project=project_id).values_list("waypoints", flat=True)
    scenes = Project.objects.filter(pk=project_id, scenes__isnull=False).values_list(
        "scenes__parameters", "scenes__actions"
    )
    values = [value for rows in (pins, paths) for value in rows.iterator()]
    values += [list(row) for row in scenes.iterator()]
    return set().union(*(files_in(value) for value in values))
