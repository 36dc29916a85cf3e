"""Which files belong to one training: the same architecture, the same name but for its number, each kimg once."""

import json
import re
from datetime import timedelta
from pathlib import PurePath
from typing import Any

from django.utils import timezone

from gpu_service.protocol import SnapshotResult
from studio.accounts.models import User
from studio.networks.models import Network, Snapshot
from studio.projects.models import Project

NUMBER = re.compile(r"[-_. ]*(\d+)(?:k|kimg)?$", re.IGNORECASE)
NATURAL = re.compile(r"(\d+)")
# What training programs call every file of every training: alike only when they came together.
COMMON = {"network", "network-snapshot", "network-final", "snapshot", "checkpoint", "model", "g_ema", "latest"}
SAME_DROP = timedelta(minutes=30)
TITLES = {"stylegan2": "StyleGAN2", "stylegan3": "StyleGAN3", "cppn": "Pattern network"}


def stem_of(name: str, *, resolution: int) -> str:
    """A file's name without ending and running number; nothing for a name that every training uses.

    A number that is the size of the pictures belongs to the name.
    portraits-000400.pkl -> portraits, sg2ada-256.pkl (of 256 pixels) -> sg2ada-256, 550000.pt -> nothing
    """
    stem = PurePath(name.replace("\\", "/")).stem.strip()
    found = NUMBER.search(stem)
    is_size = found is not None and stem.endswith(found[1]) and found[1] == str(resolution)
    stem = stem if found is None or is_size else stem[: found.start()]
    return "" if stem.casefold() in COMMON else stem


def architecture_of(kind: str, facts: dict[str, Any]) -> str:
    """The same text for all snapshots that were trained alike: the reader's, else made of kind and settings."""
    told = facts.get("architecture")
    if isinstance(told, str) and told:
        return told
    return f"{kind} {json.dumps(facts.get('config', {}), sort_keys=True, separators=(',', ':'))}"


def architecture_in(network: Network) -> str | None:
    """That of the network's snapshots, the bin included; None while it has none."""
    first = network.snapshots.order_by("binned_at", "order").first()
    return architecture_of(first.kind, first.facts) if first else None


def network_of_training(project: Project, found: SnapshotResult, *, name: str, by: User | None) -> Network | None:
    """The network whose next snapshot this is, or None: it is the first of its training."""
    stem, architecture = stem_of(name, resolution=found.resolution or 0), architecture_of(found.kind, found.facts)
    rows = Network.objects.filter(project=project, binned_at=None, species="", stem=stem).order_by("-created_at", "id")
    if not stem:
        recent = timezone.now() - SAME_DROP
        rows = rows.filter(snapshots__created_at__gt=recent, snapshots__created_by=by).distinct()
    for network in rows:
        if architecture_in(network) == architecture and not _has_kimg(network, found.kimg):
            return network
    return None


def name_for(found: SnapshotResult, *, name: str) -> str:
    """What a network is called that begins with this file."""
    stem = stem_of(name, resolution=found.resolution or 0)
    title = f"{TITLES.get(found.kind, found.kind)} {found.resolution or ''}".strip()
    return (stem or title)[:255]


def put_in_order(network: Network) -> None:
    """By kimg, then by name, numbers in names as numbers. A pattern network keeps the order of its making."""
    if network.species:
        return
    rows = sorted(network.snapshots.all(), key=_place)
    for order, snapshot in enumerate(rows):
        snapshot.order = order
    Snapshot.objects.bulk_update(rows, ["order"])


def _place(snapshot: Snapshot) -> tuple[Any, ...]:
    words = NATURAL.split(snapshot.name.casefold())
    parts = [(0, int(word), "") if word.isdecimal() else (1, 0, word) for word in words]
    return snapshot.kimg is None, snapshot.kimg or 0.0, parts, snapshot.created_at, snapshot.pk


def _has_kimg(network: Network, kimg: float | None) -> bool:
    """Another file of the same moment is of another training."""
    return kimg is not None and network.snapshots.filter(kimg=kimg).exists()
