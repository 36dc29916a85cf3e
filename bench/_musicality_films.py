"""Films to judge: a track, a visualizer and a preset on the network that comes with Phosphene, drawn at 64 × 64.

Nothing is encoded: pictures are judged as they are drawn, which the mp4 of `musicality_demo.py` shows to be the same.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import torch
from _sample_network import NETWORK
from scipy.ndimage import gaussian_filter1d

from gpu_service.file_hash import file_sha256
from gpu_service.music.musicality import Musicality, changes, measure_musicality
from gpu_service.networks.base import to_uint8
from gpu_service.projection.layout import ProjectionFacts
from gpu_service.projection.writing import FrameFound, write_projection
from gpu_service.protocol import SceneSpec, SnapshotRef, TrackRef
from gpu_service.protocol.scenes import ProjectionRef
from gpu_service.snapshots.store import load_network
from gpu_service.visualizers import load
from gpu_service.visualizers.materials import NetworkShelf, SceneMaterials, SoundShelf
from gpu_service.visualizers.stage_cache import StageCache

SIDE, FPS, BATCH = 64, Fraction(30), 32
PROJECTED_FRAMES, PROJECTED_FPS, PROJECTED_SIGMA = 120, Fraction(15), 6.0
CPU = torch.device("cpu")


@dataclass(frozen=True)
class Film:
    """What is drawn to a track: a preset of a visualizer, or the same with the music's influence off.

    `take` counts films that chance makes differ: another seed, or another projection; 0 is as the preset has it.
    """

    visualizer: str
    preset: str
    is_tuned: bool = False
    hears: bool = True
    take: int = 0

    @property
    def name(self) -> str:
        return f"{self.visualizer} {self.preset}" + ("" if self.hears else ", music off")

    def parameters(self) -> dict[str, Any]:
        """The preset's values."""
        values = next(preset.values for preset in load(self.visualizer).presets if preset.name == self.preset)
        seeded = "seed" in load(self.visualizer).parameters.model_fields
        seed = {"seed": 1000 + self.take} if self.take and seeded else {}
        return {**values, **seed, **({} if self.hears else {"music": False})}

    def takes(self, most: int) -> "list[Film]":
        """That many films that differ by chance alone; raw-audio leaves nothing to chance."""
        return [replace(self, take=take) for take in range(1 if self.visualizer == "raw-audio" else most)]


class Cinema:
    """Draws films to tracks; the network and what was heard stay between them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.networks = NetworkShelf(device=CPU, budget_bytes=1 << 30)
        self.sounds, self.cache = SoundShelf(), StageCache(folder / "stages")

    def judge(self, film: Film, track: Path, seconds: float) -> Musicality:
        """Draw that many seconds, and measure."""
        projections = [self._projected(film.take)] if film.visualizer == "projection-blend" else []
        files = {file_sha256(path): path for path in (track, NETWORK, *projections)}
        scene = scene_of(film, track, seconds, projections)
        visualizer = load(film.visualizer)()
        materials = SceneMaterials(scene, files, networks=self.networks, sounds=self.sounds)
        plan = visualizer.prepare(scene, materials, cache=self.cache, report=lambda _title, _share: None)
        starts = range(0, scene.frames, BATCH)
        drawn = (visualizer.draw(plan, range(start, min(start + BATCH, scene.frames))).numpy() for start in starts)
        samples, rate = materials.sound.mono()
        return measure_musicality(changes(frame for batch in drawn for frame in batch), samples, rate, fps=FPS)

    def key(self, film: Film, track: Path, seconds: float) -> str:
        """Changes with the preset, the track and the network."""
        values = load(film.visualizer).read(film.parameters()).model_dump(mode="json")
        told = json.dumps([asdict(film), values, file_sha256(track), file_sha256(NETWORK), seconds], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()

    def _projected(self, number: int) -> Path:
        path = self.folder / f"projected-{number}.hdf5"
        return path if path.exists() else write_projected(path, seed=number + 1)


def scene_of(film: Film, track: Path, seconds: float, projections: Sequence[Path]) -> SceneSpec:
    """The film's scene."""
    return SceneSpec(
        visualizer=film.visualizer,
        parameters=film.parameters(),
        tracks=[TrackRef(sha256=file_sha256(track), name=track.name, duration_seconds=seconds)],
        snapshots=[SnapshotRef(sha256=file_sha256(NETWORK), name=NETWORK.name)],
        projections=[ProjectionRef(sha256=file_sha256(path), name=path.name) for path in projections],
        width=SIDE,
        height=SIDE,
        fps=str(FPS),
        duration_seconds=seconds,
    )


def write_projected(path: Path, *, seed: int) -> Path:
    """Eight seconds of a face that moves evenly, as a projection file of that network."""
    network = load_network(NETWORK, device=CPU)
    chance = np.random.default_rng(seed).standard_normal((PROJECTED_FRAMES, network.z_dim))
    z = gaussian_filter1d(chance, PROJECTED_SIGMA, axis=0, mode="wrap")
    z /= z.std()
    with torch.inference_mode():
        w = network.mapping(torch.from_numpy(z).float())
        pictures = to_uint8(network.synthesis(w)).permute(0, 2, 3, 1).numpy()
    size, fps = pictures.shape[1:3], PROJECTED_FPS
    facts = ProjectionFacts(
        network_md5=hashlib.md5(NETWORK.read_bytes()).hexdigest(),
        network_path=NETWORK.name,
        target_path="none",
        target_md5="0" * 32,
        fps=fps,
        original_fps=fps,
        frame_count=PROJECTED_FRAMES,
        original_frame_count=PROJECTED_FRAMES,
        width_height=size,
        original_width_height=size,
        steps=1,
    )
    frames = (
        FrameFound(w=rows[0].numpy(), target=picture, final=picture, num_ws=network.num_ws, loss=0.0, steps=1)
        for rows, picture in zip(w, pictures, strict=True)
    )
    write_projection(path, facts, frames)
    return path
