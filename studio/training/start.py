"""Where a run begins: from nothing, or with a snapshot, whose architecture it then takes over."""

from typing import Any
from uuid import UUID

from gpu_service.protocol.training_start import SAME, settings_of_start
from studio.errors import Refused
from studio.networks.models import Snapshot
from studio.projects.models import Project

NO_START = "There is no such snapshot in this project. Choose another start."
IS_PATTERN = "“{name}” is a snapshot of a pattern network: those are drawn, not trained. Choose another start."
NOT_KNOWN = "The studio does not know how “{name}” is built. Import it again, then start from it."
KINDS = ("stylegan2", "stylegan3")


def start_of(project: Project, snapshot_id: UUID | None) -> Snapshot | None:
    """Raises Refused for one that is not there or cannot be trained on."""
    if snapshot_id is None:
        return None
    rows = Snapshot.objects.select_related("network", "blob", "original", "training")
    snapshot = rows.filter(pk=snapshot_id, network__project=project, binned_at=None).first()
    if snapshot is None:
        raise Refused(NO_START, field="start_snapshot_id")
    if snapshot.kind not in KINDS:
        raise Refused(IS_PATTERN.format(name=snapshot.name), field="start_snapshot_id")
    if not {"resolution", *SAME} <= set(snapshot.facts.get("config") or {}):
        raise Refused(NOT_KNOWN.format(name=snapshot.name), field="start_snapshot_id")
    return snapshot


def fixed_by(snapshot: Snapshot) -> dict[str, Any]:
    """The settings that follow from it. The discriminator's only where the studio trained it: a foreign file's own
    shapes are taken by whoever reads that file.
    """
    found = settings_of_start(snapshot.kind, snapshot.facts["config"], snapshot.facts.get("discriminator"))
    return found | {"labels": snapshot.num_classes > 0}


def start_out(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "snapshot_id": str(snapshot.pk),
        "network_id": str(snapshot.network_id),
        "name": snapshot.name,
        "network_name": snapshot.network.name,
        "kimg": snapshot.kimg,
        "has_discriminator": True if snapshot.training_id else (None if snapshot.original_id else False),
    }
