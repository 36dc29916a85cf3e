"""The demo's second network: portraits, trained by Phosphene itself on its own drawings. docs/sample-network.md."""

from pathlib import Path

from django.db import transaction

from gpu_service.protocol import SnapshotsResult
from studio.accounts.models import User
from studio.blobs.store import put_path
from studio.networks.models import Network
from studio.networks.rules import add_snapshots
from studio.projects.models import Project

FOLDER = Path(__file__).parent / "sample_network"
NAME, STEM = "Portraits", "phosphene-sample-portraits"
NOTES = (
    "People who do not exist: a network that Phosphene trained on portraits drawn by code. "
    "Its snapshots show how it learnt, so switching between them with the music works at once."
)


def add_sample_network(project: Project, owner: User) -> None:
    """Once for a project: a network that somebody renamed or binned is not added again."""
    if Network.objects.filter(project=project, stem=STEM).exists():
        return
    result = SnapshotsResult.model_validate_json((FOLDER / "snapshots.json").read_bytes())
    names = [name for made in result.snapshots for name in (made.file, made.thumbnail, made.sheet) if name]
    files = {name: put_path(FOLDER / name) for name in names}
    with transaction.atomic():
        network = Network.objects.create(project=project, name=NAME, stem=STEM, notes=NOTES, created_by=owner)
        add_snapshots(network, result, files, by=owner)
