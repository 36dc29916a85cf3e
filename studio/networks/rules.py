"""Networks: pattern networks made from a seed, foreign snapshots imported, both by a job on a render service."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import PurePath
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from gpu_service.protocol import ImportOrder, PatternOrder, SnapshotResult, SnapshotsResult
from studio.accounts.models import User
from studio.blobs.models import Blob, Upload
from studio.blobs.store import forget
from studio.blobs.uploads import UploadRefused
from studio.errors import Conflict, Refused
from studio.events.record import record
from studio.jobs import queue
from studio.jobs.models import Job, State
from studio.networks.models import Network, Snapshot, SnapshotImport
from studio.networks.present import network_out
from studio.networks.signals import network_ready
from studio.projects.models import Project

PATTERN, IMPORT = "make_pattern", "import_snapshot"
SPECIES = ("smoke", "silk", "contour", "mandala", "iris", "dream")
MAX_SEED = 2**31 - 1
# Files of one drop with names such as portraits-000400.pkl, portraits-000800.pkl are snapshots of one network.
SAME_DROP = timedelta(minutes=30)
NUMBERED = re.compile(r"[-_. ]*\d+(?:k|kimg)?$", re.IGNORECASE)


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


def import_from_upload(upload: Upload, blob: Blob) -> str:
    """A finished upload of the kind `snapshot` is read by a service. -> the address of its network"""
    with transaction.atomic():
        network = _network_for(upload)
        job = queue.enqueue(
            IMPORT,
            project_id=upload.project_id,
            title=f"Import of “{upload.name}”",
            payload=ImportOrder(name=upload.name).model_dump(mode="json"),
            runs_on=Job.RunsOn.SERVICE,
            subject=network.subject,
            created_by=upload.user,
        )
        SnapshotImport.objects.create(
            network=network, original=blob, name=upload.name, job_id=job.id, upload_id=upload.id
        )
        network.job_id = job.id
        network.save(update_fields=["job_id"])
        tell(network, "network.changed", by=upload.user)
    return f"/p/{network.project_id}/networks/{network.id}/"


def keep_snapshots(job: Job, result: SnapshotsResult, artifacts: Mapping[str, Blob]) -> Network:
    """A service finished: its files become snapshots. Call it in the transaction that ends the job."""
    coming = SnapshotImport.objects.select_related("network", "original").filter(job_id=job.id).first()
    network = coming.network if coming else Network.objects.get(job_id=job.id)
    return add_snapshots(network, result, artifacts, coming=coming, by=job.created_by)


def add_snapshots(
    network: Network,
    result: SnapshotsResult,
    artifacts: Mapping[str, Blob],
    *,
    by: Any,
    coming: SnapshotImport | None = None,
) -> Network:
    """Put snapshots behind those that the network has."""
    with transaction.atomic():
        highest = network.snapshots.aggregate(highest=Max("order"))["highest"]
        first = 0 if highest is None else highest + 1
        for place, found in enumerate(sorted(result.snapshots, key=lambda found: found.order)):
            _keep(network, found, coming, artifacts, order=first + place, by=by)
        network.kind = result.snapshots[0].kind
        network.revision += 1
        network.save(update_fields=["kind", "revision"])
        if coming:
            coming.delete()
        tell(network, "network.changed", by=by)
        network_ready.send(sender=Network, network=network)
    return network


def refuse_import(job: Job, sentence: str) -> None:
    """The file is no snapshot that can be read: the sentence is kept, the file is not."""
    coming = SnapshotImport.objects.select_related("network", "original").filter(job_id=job.id).first()
    if coming is None:
        return
    network, blob = coming.network, coming.original
    if coming.upload_id is not None:
        Upload.objects.filter(pk=coming.upload_id).update(blob=None, state=Upload.State.REFUSED, error=sentence)
    coming.delete()
    if not network.snapshots.exists() and not network.imports.exists():
        network.binned_at = timezone.now()
        network.save(update_fields=["binned_at"])
        tell(network, "network.removed", by=None)
    else:
        tell(network, "network.changed", by=None)
    transaction.on_commit(lambda: forget(blob))


def follow(job: Job) -> None:
    """Called in the transaction of every change of an import or a pattern job."""
    is_tried_again = job.kind == IMPORT and job.state == State.QUEUED and job.attempts == 0 and job.fence > 0
    if is_tried_again and not SnapshotImport.objects.filter(job_id=job.id).exists():
        raise Refused("That file was refused and is not kept. Send it again.", status=409)
    network = Network.objects.filter(job_id=job.id).first()
    if network is not None and job.state in (State.FAILED, State.CANCELLED, State.RUNNING):
        tell(network, "network.changed", by=None)


def change_network(network: Network, *, name: str | None, notes: str | None, revision: int | None, by: User) -> Network:
    with transaction.atomic():
        network = Network.objects.select_for_update().get(pk=network.pk)
        if revision is not None and revision != network.revision:
            raise Conflict(f"“{network.name}” was changed a moment ago.", current=network_out(network))
        if name is not None:
            network.name = " ".join(name.split())[:255]
            if not network.name:
                raise Refused("Give the network a name of 1 to 255 characters.", field="name")
        if notes is not None:
            network.notes = notes
        network.revision += 1
        network.save(update_fields=["name", "notes", "revision"])
        tell(network, "network.changed", by=by)
    return network


def bin_network(network: Network, *, is_binned: bool, by: User) -> Network:
    """Scenes that use its snapshots keep working."""
    with transaction.atomic():
        network.binned_at = timezone.now() if is_binned else None
        network.save(update_fields=["binned_at"])
        tell(network, "network.removed" if is_binned else "network.restored", by=by)
    return network


def tell(network: Network, kind: str, *, by: User | None) -> None:
    record(network.project_id, kind, subject=network.subject, payload=network_out(network), actor=by)


def _network_for(upload: Upload) -> Network:
    """The network that the upload names, the one of the same drop, or a new one."""
    rows = Network.objects.filter(project_id=upload.project_id, binned_at=None)
    if named := str(upload.target.get("network_id", "")):
        found = next((row for row in rows if str(row.id) == named), None)
        if found is None:
            raise UploadRefused("There is no such network in this project. Choose another.")
        return found
    stem = PurePath(upload.name.replace("\\", "/")).stem
    name = NUMBERED.sub("", stem) or stem
    if name != stem:
        recent = rows.filter(name=name, species="", created_by=upload.user, created_at__gt=timezone.now() - SAME_DROP)
        if (same := recent.order_by("-created_at").first()) is not None:
            return same
    network = Network.objects.create(
        project_id=upload.project_id, name=(name or "Network")[:255], created_by=upload.user
    )
    tell(network, "network.added", by=upload.user)
    return network


def _keep(
    network: Network,
    found: SnapshotResult,
    coming: SnapshotImport | None,
    artifacts: Mapping[str, Blob],
    *,
    order: int,
    by: Any,
) -> None:
    if found.file not in artifacts or (found.thumbnail and found.thumbnail not in artifacts):
        raise Refused(f"The snapshot “{found.name}” came without its file.")
    original = coming.original if coming else None
    if original is not None and found.original_sha256 not in (None, original.sha256):
        raise Refused(f"The snapshot “{found.name}” was read from another file than the one that was sent.")
    Snapshot.objects.create(
        network=network,
        name=found.name[:255],
        order=order,
        blob=artifacts[found.file],
        original=original,
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
