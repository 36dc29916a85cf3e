"""The demo project: made once, piece by piece, and never again."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from gpu_service.protocol import Preset, SnapshotNeeds, SnapshotsResult, VisualizerInfo
from studio.blobs.store import put_bytes
from studio.demo import build as demo
from studio.demo import make, sample_network
from studio.demo.parts import Children, DemoError
from studio.jobs.models import Job
from studio.networks.models import Network
from studio.networks.rules import add_snapshots
from studio.projects.models import Membership, Project
from studio.scenes.catalogue import store_catalogue
from studio.scenes.edit import bin_scene
from studio.scenes.models import Scene
from studio.tracks.models import Cue, Track
from studio.tracks.present import grid_out
from tests.studio.features import SCHEMA
from tests.studio.tracks.test_analyse_track import clicks

pytestmark = pytest.mark.django_db(transaction=True)


def catalogue() -> list[VisualizerInfo]:
    return [
        VisualizerInfo(
            name="noise-blend",
            title="Noise blend",
            version="1",
            summary="",
            schema=SCHEMA,
            presets=[Preset(name="paced", title="Paced", summary="", values={"alpha": 0.0})],
            snapshots=SnapshotNeeds(min=1, max=64, kinds=["cppn", "stylegan2"]),
        )
    ]


def six() -> tuple[SnapshotsResult, dict[str, Any]]:
    facts = {"kind": "cppn", "z_dim": 512, "w_dim": 16, "num_ws": 1}
    made = [{"name": f"S{order}", "order": order, "file": f"{order}.safetensors", **facts} for order in range(6)]
    files = {item["file"]: put_bytes(item["file"].encode()) for item in made}
    return SnapshotsResult.model_validate({"snapshots": made}), files


class QuickChildren:
    """In place of the two children that load torch."""

    def __init__(self, folder: Path, **_: Any) -> None: ...

    def __enter__(self) -> "QuickChildren":
        return self

    def __exit__(self, *_: object) -> None: ...

    def catalogue(self) -> list[VisualizerInfo]:
        return catalogue()

    def snapshots(self) -> tuple[SnapshotsResult, dict[str, Any]]:
        return six()


@pytest.fixture
def quick(monkeypatch) -> None:
    """A short track of clicks in place of the composed one."""
    monkeypatch.setattr(demo, "Children", QuickChildren)
    monkeypatch.setattr(
        demo, "demo_track_file", lambda folder: clicks(folder / "First Light.wav", seconds=31.22, bpm=123)
    )


def test_the_demo_is_whole_after_its_first_making(quick, owner):
    project = demo.build(owner)
    track, scene = Track.objects.get(), Scene.objects.get(name="First Light")
    assert (project.is_demo, track.state, scene.track_id) == (True, "ready", track.id)
    assert scene.snapshots.count() == 6
    assert (scene.width, scene.height, scene.fps, scene.visualizer) == (256, 256, "30", "noise-blend")
    assert make.is_whole(project)


def test_the_sample_network_shows_how_it_learnt_and_weighs_little(quick, owner):
    project = demo.build(owner)
    network = Network.objects.get(name="Portraits")
    snapshots = list(network.snapshots.order_by("order"))
    assert [snapshot.kimg for snapshot in snapshots] == [0, 10, 20, 30, 45, 75, 115, 175]
    assert all(snapshot.thumbnail_id for snapshot in snapshots)
    assert sum(file.stat().st_size for file in sample_network.FOLDER.iterdir()) <= 8_000_000
    scene = Scene.objects.get(name="Portraits, learning")
    assert [place.snapshot_id for place in scene.places.all()] == [snapshot.id for snapshot in snapshots]
    network.binned_at = timezone.now()
    network.save()
    demo.build(owner)
    assert Network.objects.filter(project=project).count() == 2


@pytest.mark.parametrize("kimg", [0, 175])
def test_the_sample_network_draws_people_by_now(kimg):
    """Half precision, native 64 px; a grown picture is smooth where a fresh one is loud."""
    import torch

    from gpu_service.snapshots.store import load_network

    network = load_network(sample_network.FOLDER / f"portraits-{kimg:06d}.safetensors", device=torch.device("cpu"))
    z = torch.randn(8, network.z_dim, generator=torch.Generator().manual_seed(1))
    pictures = network.synthesis(network.mapping(z, truncation=0.7)).clamp(-1, 1)
    assert pictures.shape == (8, 3, 64, 64)
    saturation = (pictures.amax(dim=1) - pictures.amin(dim=1)).mean()
    assert (saturation < 0.5) == (kimg == 175)


def test_the_demo_has_its_true_beats_and_cues(quick, owner):
    demo.build(owner)
    track = Track.objects.get()
    grid = grid_out(track, track.grid)
    assert len(grid["beats"]) == 64
    assert grid["beats"][1] == pytest.approx(60 / 123, abs=1e-5)
    labels = list(Cue.objects.order_by("seconds").values_list("label", "seconds"))
    assert labels == [
        ("build", 11.71),
        ("break", 15.61),
        ("drop", 19.51),
        ("second wind", 23.41),
        ("last turn", 27.32),
    ]


def test_an_interrupted_making_goes_on_where_it_stopped(quick, owner, monkeypatch):
    def broken(*_: Any) -> Any:
        raise DemoError("The render service's command failed.")

    monkeypatch.setattr(QuickChildren, "snapshots", broken)
    with pytest.raises(DemoError):
        demo.build(owner)
    monkeypatch.setattr(QuickChildren, "snapshots", lambda self: six())
    demo.build(owner)
    assert (Project.objects.count(), Track.objects.count(), Network.objects.count(), Scene.objects.count()) == (
        1,
        1,
        2,
        2,
    )


def test_what_somebody_binned_is_not_made_again(quick, owner, monkeypatch):
    project = demo.build(owner)
    bin_scene(Scene.objects.first(), by=owner, is_binned=True)
    monkeypatch.setattr(make, "_make", lambda owner: pytest.fail("The demo was made again."))
    assert make.ensure_demo(owner) == project


def test_without_torch_a_service_makes_the_network_and_the_scene_follows(quick, owner, monkeypatch):
    monkeypatch.setattr(demo, "find_spec", lambda name: None)
    demo.build(owner)
    job = Job.objects.get(kind="make_pattern")
    assert job.payload == {"species": "smoke", "seed": demo.SEED}
    assert not Scene.objects.exists()
    store_catalogue(catalogue())
    add_snapshots(Network.objects.get(species="smoke"), *six(), by=owner)
    assert [scene.snapshots.count() for scene in Scene.objects.all()] == [6, 8]
    demo.build(owner)
    assert Job.objects.filter(kind="make_pattern").count() == 1


def test_the_owner_owns_the_demo(quick, owner):
    project = demo.build(owner)
    assert Membership.objects.get(project=project).role == "owner"


def test_a_child_that_fails_is_quoted(tmp_path):
    with Children(tmp_path, species="lava", seed=1, is_wanted=True) as children, pytest.raises(DemoError, match="lava"):
        children.snapshots()


def test_the_real_catalogue_has_the_demos_visualizer_and_preset(tmp_path):
    with Children(tmp_path, species="lava", seed=1, is_wanted=True) as children:
        found = {entry.name: entry for entry in children.catalogue()}
    assert demo.PRESET in [preset.name for preset in found[demo.VISUALIZER].presets]
    assert json.dumps(found[demo.VISUALIZER].parameters_schema)
