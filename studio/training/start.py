"""Where a run begins: from nothing, or with a snapshot, whose architecture it then takes over."""

from typing import Any
from uuid import UUID

from studio.errors import Refused
from studio.networks.models import Snapshot
from studio.projects.models import Project

NO_START = "There is no such snapshot in this project. Choose another start."
IS_PATTERN = "“{name}” is a snapshot of a pattern network: those are drawn, not trained. Choose another start."
NOT_KNOWN = "The studio does not know how “{name}” is built. Import it again, then start from it."
# Setting of a run -> the same in a generator's description.
TAKEN = {
    "size": "resolution",
    "z_dim": "z_dim",
    "w_dim": "w_dim",
    "mapping_layers": "mapping_layers",
    "channel_base": "channel_base",
    "channel_max": "channel_max",
    "conv_clamp": "conv_clamp",
}
FAMILIES = {"stylegan2": "stylegan2", "stylegan3": "stylegan3-t"}


def start_of(project: Project, snapshot_id: UUID | None) -> Snapshot | None:
    """Raises Refused for one that is not there or cannot be trained on."""
    if snapshot_id is None:
        return None
    rows = Snapshot.objects.select_related("network", "blob", "original", "training")
    snapshot = rows.filter(pk=snapshot_id, network__project=project, binned_at=None).first()
    if snapshot is None:
        raise Refused(NO_START, field="start_snapshot_id")
    if snapshot.kind not in FAMILIES:
        raise Refused(IS_PATTERN.format(name=snapshot.name), field="start_snapshot_id")
    if not set(TAKEN.values()) <= set(snapshot.facts.get("config") or {}):
        raise Refused(NOT_KNOWN.format(name=snapshot.name), field="start_snapshot_id")
    return snapshot


def fixed_by(snapshot: Snapshot) -> dict[str, Any]:
    """The settings that follow from it."""
    config = snapshot.facts["config"]
    found = {name: config[theirs] for name, theirs in TAKEN.items()}
    is_rotating = snapshot.kind == "stylegan3" and bool(config.get("use_radial_filters"))
    found["family"] = "stylegan3-r" if is_rotating else FAMILIES[snapshot.kind]
    found["labels"] = snapshot.num_classes > 0
    return found | _discriminator(snapshot)


def start_out(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "snapshot_id": str(snapshot.pk),
        "network_id": str(snapshot.network_id),
        "name": snapshot.name,
        "network_name": snapshot.network.name,
        "kimg": snapshot.kimg,
        "has_discriminator": True if snapshot.training_id else (None if snapshot.original_id else False),
    }


def _discriminator(snapshot: Snapshot) -> dict[str, Any]:
    """Its widths, where the studio trained it; a foreign file's own ones are taken by whoever reads it."""
    told = snapshot.facts.get("discriminator") or {}
    return {name: told[name] for name in ("d_channel_base", "d_channel_max") if name in told}
