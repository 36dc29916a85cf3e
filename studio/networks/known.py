"""The same bytes once more: nothing is sent or read again, and the table of fates says where they are."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q

from studio.blobs.uploads import Coming, Start
from studio.networks.models import Snapshot, SnapshotImport
from studio.networks.tell import tell_import

Fate = SnapshotImport.Fate


def begins(coming: Coming) -> Start:
    """An upload whose announced SHA-256 the project has as a snapshot is answered with a receipt at once."""
    there = snapshot_of(coming.project_id, coming.sha256) if coming.sha256 else None
    if there is None:
        return Start(dict(coming.target))
    with transaction.atomic():
        row = SnapshotImport(project_id=coming.project_id, name=coming.name, size=coming.size, sha256=coming.sha256)
        row.created_by = coming.user
        note_known(row)
        row.save()
        tell_import(row, by=coming.user)
    return Start(receipt=f"{there.pk}:{coming.sha256}")


def snapshot_of(project_id: UUID, sha256: str) -> Snapshot | None:
    """The project's snapshot that was read from these bytes or is kept as them, one outside the bin first."""
    rows = Snapshot.objects.select_related("network").filter(network__project=project_id)
    rows = rows.filter(Q(original_sha256=sha256) | Q(blob=sha256))
    return next(iter(sorted(rows, key=lambda found: (_is_binned(found), found.created_at))), None)


def note_known(coming: SnapshotImport) -> bool:
    """Fill in what is known of that file; False when nothing is."""
    there = snapshot_of(coming.project_id, coming.sha256)
    twins = SnapshotImport.objects.filter(project=coming.project_id, sha256=coming.sha256).exclude(original=None)
    if there is not None:
        coming.snapshot = there
        where = ", in the bin. Bring it back from there." if _is_binned(there) else "."
        coming.sentence = f"This file is in the project already, as “{there.name}” of “{there.network.name}”{where}"
    elif (other := twins.first()) is not None:
        coming.sentence = f"The same file is on its way already, as “{other.name}”."
    else:
        return False
    coming.fate = Fate.KNOWN
    return True


def follow_twin(coming: SnapshotImport) -> None:
    """What became of a file became of the same one sent beside it."""
    twins = SnapshotImport.objects.filter(project=coming.project_id, sha256=coming.sha256, fate=Fate.KNOWN)
    for twin in twins.filter(snapshot=None):
        if not note_known(twin):
            twin.fate, twin.sentence = coming.fate, coming.sentence
        twin.save(update_fields=["fate", "sentence", "snapshot"])
        tell_import(twin, by=None)


def _is_binned(snapshot: Snapshot) -> bool:
    return snapshot.binned_at is not None or snapshot.network.binned_at is not None
