"""Networks: pattern networks made from a seed by a render service; snapshots added, names, notes, tags and the bin."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from gpu_service.protocol import PatternOrder, SnapshotResult, SnapshotsResult
from studio.accounts.models import User
from studio.blobs.models import Blob
from studio.errors import Conflict, Refused
from studio.jobs import queue
from studio.jobs.models import Job, State
from studio.networks.grouping import put_in_order
from studio.networks.models import Network, Snapshot, SnapshotImport
from studio.networks.present import network_out
from studio.networks.sheets import keep_growth, order_growth
from studio.networks.signals import network_ready
from studio.networks.tell import tell
from studio.networks.words import clean_name, clean_tags
from studio.projects.models import Project

PATTERN = "make_pattern"
SPECIES = ("smoke", "silk", "contour", "mandala", "iris", "dream")
MAX_SEED = 2**31 - 1


def make_pattern(project: Project, *, species: str, seed: int, name: str = "", by: User | None) -> tuple[Network, Job]:
    """A pattern network and the job that makes its six snapshots."""
    if species not in SPECIES:
        raise Refused(f"There is no species named “{species}”. There is {', '.join(SPECIES)}.", field="species")
    if not 0 <= seed <= MAX_SEED:
        raise Refused(f"Seed: use a whole number from 0 to {MAX_SEED:,}.", field="seed")
    name = " ".join(name.split())[:255] or f"{species.capitalize()} {seed}"
    with transaction.atomic():
        network = Network.objects.create(
            project=project, name=name, kind=Network.Kind.CPPN, species=species, seed=seed, created_by=by
        )
        job = queue.enqueue(
            PATTERN,
            project_id=project.id,
            title=f"Pattern network “{name}”",
            payload=PatternOrder(species=species, seed=seed).model_dump(mode="json"),
            runs_on=Job.RunsOn.SERVICE,
            subject=network.subject,
            created_by=by,
        )
        network.job_id = job.id
        network.save(update_fields=["job_id"])
        tell(network, "network.added", by=by)
    return network, job


def keep_pattern(job: Job, result: SnapshotsResult, artifacts: Mapping[str, Blob]) -> None:
    """A service has made the snapshots. Call it in the transaction that ends the job."""
    add_snapshots(Network.objects.get(job_id=job.id), result, artifacts, by=job.created_by)


def add_snapshots(
    network: Network,
    result: SnapshotsResult,
    artifacts: Mapping[str, Blob],
    *,
    by: Any,
    coming: SnapshotImport | None = None,
    training: Blob | None = None,
) -> list[Snapshot]:
    """Put snapshots among those that the network has, in the order of training.

    `training`: what a training that begins with the one snapshot goes on from.
    """
    with transaction.atomic():
        highest = network.snapshots.aggregate(highest=Max("order"))["highest"]
        first = 0 if highest is None else highest + 1
        kept = [
            _keep(network, found, coming, artifacts, order=first + place, by=by, training=training)
            for place, found in enumerate(sorted(result.snapshots, key=lambda found: found.order))
        ]
        put_in_order(network)
        network.kind = result.snapshots[0].kind
        network.revision += 1
        network.save(update_fields=["kind", "revision"])
        tell(network, "network.changed", by=by)
        network_ready.send(sender=Network, network=network)
    return kept


def follow(job: Job) -> None:
    """Called in the transaction of every change of a pattern's job."""
    network = Network.objects.filter(job_id=job.id).first()
    if network is not None and job.state in (State.FAILED, State.CANCELLED, State.RUNNING):
        tell(network, "network.changed", by=None)


def change_network(network: Network, values: dict[str, Any], *, revision: int | None, by: User) -> Network:
    """Change its name, notes or tags. Raises Conflict when it is not at that revision any more."""
    with transaction.atomic():
        network = Network.objects.select_for_update().get(pk=network.pk)
        if revision is not None and revision != network.revision:
            raise Conflict(f"“{network.name}” was changed a moment ago.", current=network_out(network))
        if values.get("name") is not None:
            network.name = clean_name(values["name"], of="network")
        if values.get("notes") is not None:
            network.notes = values["notes"]
        if values.get("tags") is not None:
            network.tags = clean_tags(values["tags"])
        network.revision += 1
        network.save(update_fields=["name", "notes", "tags", "revision"])
        tell(network, "network.changed", by=by)
    return network


def bin_network(network: Network, *, is_binned: bool, by: User) -> Network:
    """Scenes that use its snapshots keep working."""
    with transaction.atomic():
        network.binned_at = timezone.now() if is_binned else None
        network.save(update_fields=["binned_at"])
        tell(network, "network.removed" if is_binned else "network.restored", by=by)
    return network


def _keep(
    network: Network,
    found: SnapshotResult,
    coming: SnapshotImport | None,
    artifacts: Mapping[str, Blob],
    *,
    order: int,
    by: Any,
    training: Blob | None,
) -> Snapshot:
    named = [name for name in (found.file, found.thumbnail, found.sheet) if name is not None]
    if any(name not in artifacts for name in named):
        raise Refused(f"The snapshot “{found.name}” came without its file.")
    original = coming.original if coming else None
    if original is not None and found.original_sha256 not in (None, original.sha256):
        raise Refused(f"The snapshot “{found.name}” was read from another file than the one that was sent.")
    snapshot = Snapshot.objects.create(
        network=network,
        name=found.name[:255],
        order=order,
        blob=artifacts[found.file],
        original=original,
        training=training,
        original_name=coming.name if coming else "",
        original_md5=found.original_md5 or "",
        original_sha256=original.sha256 if original else "",
        kind=found.kind,
        resolution=found.resolution or 0,
        z_dim=found.z_dim,
        w_dim=found.w_dim,
        num_ws=found.num_ws,
        num_classes=found.num_classes,
        kimg=found.kimg,
        facts=found.facts,
        thumbnail=artifacts[found.thumbnail] if found.thumbnail else None,
        created_by=by,
    )
    if found.sheet is not None:
        keep_growth(snapshot, artifacts[found.sheet])
    elif coming is not None:
        order_growth(snapshot, by=by)
    return snapshot
