"""Building the demo project, piece by piece: each is made only when it is missing, so an interrupted start goes on."""

import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from studio.accounts.models import User
from studio.demo.parts import Children, demo_track_file
from studio.demo.portraits import queue_sample_portraits
from studio.demo.sample_network import STEM, add_sample_network
from studio.networks.models import Network
from studio.networks.rules import add_snapshots, make_pattern
from studio.projects.models import Membership, Project, Role
from studio.scenes.catalogue import store_catalogue
from studio.scenes.edit import create_scene
from studio.scenes.models import Scene
from studio.tracks.analyse import analyse_now
from studio.tracks.edit_grid import marker_ops
from studio.tracks.edit_ops import ADD, CHANGE, CUE, GRID, Op
from studio.tracks.edits import apply_edit, grid_of
from studio.tracks.grid import Marker
from studio.tracks.models import Cue, Track
from studio.tracks.rules import new_track

NAME = "Demo"
TRACK_NAME = "First Light"
PORTRAITS_NAME = "Portraits, learning"
SPECIES, SEED = "smoke", 1
VISUALIZER, PRESET = "noise-blend", "paced"
SIDE, FPS = 256, "30"


def build(owner: User) -> Project:
    """Make what is missing. Without torch on this machine the network is left to the first render service."""
    project = _project(owner)
    has_torch = find_spec("torch") is not None
    scratch = settings.STUDIO_DATA / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=scratch, prefix="demo-") as folder,
        # Composing and analysing the track keeps this process busy while the children load torch.
        Children(Path(folder), species=SPECIES, seed=SEED, is_wanted=has_torch) as children,
    ):
        track = Track.objects.filter(project=project).first() or _track(project, owner, Path(folder))
        if not Cue.objects.filter(track=track).exists():
            _mark(track, owner)
        add_sample_network(project, owner)
        if has_torch:
            store_catalogue(children.catalogue())
            network = Network.objects.filter(project=project, species=SPECIES).first() or _network(project, owner)
            if not network.snapshots.exists():
                add_snapshots(network, *children.snapshots(), by=owner)
            queue_sample_portraits(project, owner)
        elif not Network.objects.filter(project=project, species=SPECIES).exists():
            make_pattern(project, species=SPECIES, seed=SEED, by=owner)
    finish_scene(project)
    return project


def finish_scene(project: Project) -> Scene | None:
    """The scene, as soon as its track and its snapshots are there; then one with the portraits, to switch among."""
    if not project.is_demo or Scene.objects.filter(project=project).exists():
        return None
    track = Track.objects.filter(project=project, binned_at=None).exclude(duration_seconds=None).first()
    network = Network.objects.filter(project=project, species=SPECIES, binned_at=None).first()
    owner = Membership.objects.filter(project=project, role=Role.OWNER).first()
    if track is None or network is None or owner is None or not network.snapshots.exists():
        return None
    scene = add_scene(project, TRACK_NAME, track, network, by=owner.user)
    portraits = Network.objects.filter(project=project, stem=STEM, binned_at=None).first()
    if portraits is not None:
        add_scene(project, PORTRAITS_NAME, track, portraits, by=owner.user)
    return scene


def add_scene(project: Project, name: str, track: Track, network: Network, *, by: User) -> Scene:
    """The track through all snapshots of a network: quiet passages draw with the first."""
    order: dict[str, Any] = {
        "name": name,
        "track_id": track.id,
        "visualizer": VISUALIZER,
        "preset": PRESET,
        "snapshot_ids": list(network.snapshots.order_by("order").values_list("id", flat=True)),
        "width": SIDE,
        "height": SIDE,
        "fps": FPS,
    }
    return create_scene(project, order, by=by)


def follow_network(network: Network, **_: Any) -> None:
    """A service has made snapshots: perhaps the demo's, which its scene waits for."""
    finish_scene(network.project)


def _project(owner: User) -> Project:
    with transaction.atomic():
        project, _ = Project.objects.get_or_create(is_demo=True, defaults={"name": NAME})
        Membership.objects.get_or_create(project=project, user=owner, defaults={"role": Role.OWNER})
    return project


def _track(project: Project, owner: User, folder: Path) -> Track:
    file = demo_track_file(folder)
    with transaction.atomic():
        track = new_track(project.id, file=file, name=TRACK_NAME, by=owner)
    analyse_now(track)
    return track


def _mark(track: Track, owner: User) -> None:
    """The true beats and the cues of the piece, which are known because it was composed."""
    from gpu_service.music.demo_track import BPM, demo_cues

    colours = ("yellow", "blue", "red", "violet", "green")
    ops = [Op(GRID, CHANGE, str(track.pk), after={"is_in_force": True})]
    ops += marker_ops(grid_of(track).markers, [Marker(0.0, BPM).as_json()])
    for cue, colour in zip(demo_cues(), colours, strict=False):
        ops.append(Op(CUE, ADD, str(uuid4()), after={"seconds": cue.seconds, "label": cue.label, "colour": colour}))
    apply_edit(track.pk, key=uuid4(), title="Mark the demo track", ops=ops, by=owner, is_undoable=False)


def _network(project: Project, owner: User) -> Network:
    return Network.objects.create(
        project=project,
        name=f"{SPECIES.capitalize()} {SEED}",
        kind=Network.Kind.CPPN,
        species=SPECIES,
        seed=SEED,
        created_by=owner,
    )
