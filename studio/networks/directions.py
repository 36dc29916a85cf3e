"""Directions: found in a snapshot by a render service, named by people."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from gpu_service.protocol import DirectionsOrder, FilesResult
from studio.accounts.models import User
from studio.blobs.models import Blob
from studio.errors import Refused
from studio.events.record import record
from studio.jobs.models import Job
from studio.networks.models import Directions, Snapshot
from studio.networks.orders import place_order
from studio.networks.present_made import directions_out

KIND = "find_directions"
TITLES = {"sefa": "SeFa", "ganspace": "GANSpace"}


def find_directions(snapshot: Snapshot, order: DirectionsOrder, *, by: User) -> tuple[Directions, Job | None]:
    """Queue the search, unless it was made or is at work."""
    title = f"{TITLES[order.method]} directions of “{snapshot.name}”"
    with transaction.atomic():
        found, job = place_order(
            Directions, snapshot, order, kind=KIND, title=title, by=by, method=order.method, count=order.count
        )
        tell(found, by=by)
    return found, job


def name_directions(directions: Directions, names: Mapping[str, str], *, by: User) -> Directions:
    """Name some of them by their numbers; an empty name is taken away. Raises Refused for a number there is not."""
    with transaction.atomic():
        directions = Directions.objects.select_for_update(of=("self",)).get(pk=directions.pk)
        kept = dict(directions.names)
        for number, name in names.items():
            if not (number.isascii() and number.isdigit() and int(number) < directions.count):
                raise Refused(f"There are directions 0 to {directions.count - 1}, and none “{number}”.", field="names")
            kept[str(int(number))] = " ".join(name.split())
        directions.names = {number: kept[number] for number in sorted(kept, key=int) if kept[number]}
        directions.save(update_fields=["names"])
        tell(directions, by=by)
    return directions


def take(directions: Directions, found: FilesResult, files: Mapping[str, Blob]) -> None:
    shares: list[Any] = list(found.facts.get("shares", []))
    directions.blob = files["directions"]
    directions.count = int(found.facts["count"])
    directions.shares = [float(share) for share in shares]


def tell(directions: Directions, *, by: User | None = None) -> None:
    project_id = directions.snapshot.network.project_id
    payload = directions_out(directions)
    record(project_id, "directions.changed", subject=directions.subject, payload=payload, actor=by)
