"""A small network, a projection that was made with it, and scenes of both."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from hashlib import md5
from pathlib import Path
from typing import Any

import numpy as np
import torch

from gpu_service.file_hash import file_sha256
from gpu_service.projection.writing import FrameFound, write_projection
from gpu_service.protocol import SceneSpec, SnapshotRef, TrackRef
from gpu_service.protocol.scenes import ProjectionRef
from gpu_service.snapshots.store import write
from gpu_service.visualizers import load
from gpu_service.visualizers.base import Plan
from gpu_service.visualizers.materials import NetworkShelf, SceneMaterials, SoundShelf
from gpu_service.visualizers.stage_cache import StageCache
from tests.gpu_service.projection.files import facts
from tests.gpu_service.vectors.nets import little_stylegan2

W, ROWS = 10, 8
_sounds = SoundShelf()


@dataclass(frozen=True)
class Projected:
    """Files of a scene, by hash and by what they are."""

    song: Path
    snapshots: list[Path]
    projection: Path
    seconds: float = 3.0

    @property
    def files(self) -> Mapping[str, Path]:
        return {file_sha256(path): path for path in (self.song, *self.snapshots, self.projection)}

    def scene(
        self, *, visualizer: str = "projection-blend", fps: str = "10", is_forced: bool = False, **parameters: Any
    ) -> SceneSpec:
        """The scene with some parameters changed."""
        return SceneSpec(
            visualizer=visualizer,
            parameters=parameters,
            tracks=[TrackRef(sha256=file_sha256(self.song), name="clicks.wav", duration_seconds=self.seconds)],
            snapshots=[SnapshotRef(sha256=file_sha256(path), name=path.name) for path in self.snapshots],
            projections=[
                ProjectionRef(sha256=file_sha256(self.projection), name=self.projection.name, is_forced=is_forced)
            ],
            width=32,
            height=32,
            fps=fps,
            duration_seconds=self.seconds,
        )

    def plan(
        self,
        *,
        budget: int = 1 << 30,
        scene: SceneSpec | None = None,
        cache: StageCache | None = None,
        **changes: Any,
    ) -> Plan:
        """Prepared, its networks on a shelf of that many bytes."""
        spec = scene or self.scene(**changes)
        shelf = NetworkShelf(device=torch.device("cpu"), budget_bytes=budget)
        materials = SceneMaterials(spec, self.files, networks=shelf, sounds=_sounds)
        visualizer = load(spec.visualizer)()
        return visualizer.prepare(spec, materials, cache=cache or StageCache(None), report=lambda _title, _share: None)


def write_networks(folder: Path, *, count: int = 1, aspect: float | None = None, **sizes: Any) -> list[Path]:
    """Snapshots of random weights, as different as their numbers; as if trained on what was padded from `aspect`."""
    paths = [folder / f"net-{number}.safetensors" for number in range(count)]
    for number, path in enumerate(paths):
        write(little_stylegan2(w_dim=W, seed=number, **sizes), path, aspect=aspect)
    return paths


def path_of_w(count: int, *, seed: int = 5) -> np.ndarray:
    """A walk of w. float32 [count, W]"""
    return np.random.default_rng(seed).standard_normal((count, W)).astype(np.float32).cumsum(axis=0)


def write_found(path: Path, *, network: Path, count: int = 6, fps: int = 5, plus: bool = False, **told: Any) -> Path:
    """A projection of `count` frames; `plus`: every row another."""
    frames = []
    for number, w in enumerate(path_of_w(count)):
        rows = np.random.default_rng(number).standard_normal((ROWS, W)).astype(np.float32) if plus else None
        picture = np.full((32, 32, 3), number, np.uint8)
        frames.append(FrameFound(w=w, plus=rows, target=picture, final=picture, num_ws=ROWS, loss=0.1, steps=3))
    changes = {
        "network_md5": md5(network.read_bytes()).hexdigest(),
        "fps": Fraction(fps),
        "original_fps": Fraction(fps),
        "frame_count": count,
        "original_frame_count": count,
        "space": "w+" if plus else "w",
        **told,
    }
    write_projection(path, facts(**changes), frames)
    return path
