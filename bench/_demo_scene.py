"""The demo scene, made on the spot: the demo track and six snapshots of a smoke network, prepared in this process."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

# As the drawing process has it, before torch is loaded.
os.environ["OMP_WAIT_POLICY"] = "PASSIVE"

import torch

from gpu_service.executors.snapshot_chores import make_pattern
from gpu_service.file_hash import file_sha256
from gpu_service.music.demo_track import LENGTH, RATE, write_demo_track
from gpu_service.protocol import SceneSpec, SnapshotRef, TrackRef
from gpu_service.visualizers import load
from gpu_service.visualizers.base import Plan, Visualizer
from gpu_service.visualizers.materials import NetworkShelf, SceneMaterials, SoundShelf
from gpu_service.visualizers.stage_cache import StageCache


@dataclass(frozen=True)
class DemoScene:
    """A scene, its files, and its plan."""

    scene: SceneSpec
    files: dict[str, Path]
    visualizer: Visualizer
    plan: Plan


def demo_scene(folder: Path, *, side: int, fps: str = "30", seed: int = 1) -> DemoScene:
    """Write the files into `folder` and prepare the scene."""
    song = folder / "demo.wav"
    write_demo_track(song)
    made = make_pattern("smoke", seed=seed, folder=folder).snapshots
    snapshots = [folder / snapshot.file for snapshot in made]
    seconds = LENGTH / RATE
    scene = SceneSpec(
        visualizer="noise-blend",
        tracks=[TrackRef(sha256=file_sha256(song), name="demo", duration_seconds=seconds)],
        snapshots=[SnapshotRef(sha256=file_sha256(path), name=path.name) for path in snapshots],
        width=side,
        height=side,
        fps=fps,
        duration_seconds=seconds,
    )
    files = {file_sha256(path): path for path in [song, *snapshots]}
    networks = NetworkShelf(device=torch.device("cpu"), budget_bytes=1 << 33)
    visualizer = load(scene.visualizer)()
    materials = SceneMaterials(scene, files, networks=networks, sounds=SoundShelf())
    plan = visualizer.prepare(scene, materials, cache=StageCache(None), report=lambda _title, _share: None)
    return DemoScene(scene, files, visualizer, plan)
