"""Small files and scenes that tests draw from."""

import wave
from pathlib import Path
from typing import Any

import numpy as np

from gpu_service.file_hash import file_sha256
from gpu_service.film.recipe import make_recipe, with_code_path
from gpu_service.protocol import CodePath, Recipe, SceneSpec, SnapshotRef, TrackRef

RATE = 22_050
CODE_PATH = CodePath(batch=4, threads=1, torch="")


def write_clicks(path: Path, *, seconds: float, every: float = 0.5, first: float = 0.25) -> Path:
    """A tone that swells, with a click every half second. 16-bit mono WAV."""
    times = np.arange(round(seconds * RATE)) / RATE
    samples = 0.2 * np.sin(2 * np.pi * 220 * times) * times / seconds
    for click in np.arange(first, seconds, every):
        start = round(click * RATE)
        burst = np.random.default_rng(1).standard_normal(400) * np.exp(-np.arange(400) / 80)
        samples[start : start + 400] += 0.5 * burst[: len(samples) - start]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def write_snapshots(folder: Path, *, species: str = "smoke") -> list[Path]:
    """Two siblings, simple and complex."""
    from gpu_service.networks.cppn import make_family
    from gpu_service.snapshots.store import write

    paths = []
    for number, network in enumerate(make_family(species, seed=3, complexities=(0.5, 1.0))):
        paths.append(folder / f"{species}-{number}.safetensors")
        write(network, paths[-1])
    return paths


class LittleScene:
    """Makes scenes and recipes of one song and some snapshots."""

    def __init__(self, *, song: Path, snapshots: list[Path], seconds: float = 3.0) -> None:
        self.song, self.snapshots, self.seconds = song, snapshots, seconds
        self.files = {file_sha256(path): path for path in [song, *snapshots]}

    def scene(self, *, width: int = 48, height: int = 32, fps: str = "10", **parameters: Any) -> SceneSpec:
        """The scene with some parameters changed."""
        return SceneSpec(
            visualizer="noise-blend",
            parameters=parameters,
            tracks=[TrackRef(sha256=file_sha256(self.song), name="clicks.wav", duration_seconds=self.seconds)],
            snapshots=[SnapshotRef(sha256=file_sha256(path), name=path.name) for path in self.snapshots],
            width=width,
            height=height,
            fps=fps,
            duration_seconds=self.seconds,
        )

    def recipe(self, *, first_frame: int = 0, end_frame: int | None = None, **scene: Any) -> Recipe:
        """The scene frozen, its code path fixed."""
        spec = self.scene(**scene)
        recipe = make_recipe(spec, first_frame=first_frame, end_frame=spec.frames if end_frame is None else end_frame)
        return with_code_path(recipe, CODE_PATH)
