"""Projection files for tests: ours, and such as the original writes, by h5py alone."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from gpu_service.projection.layout import ProjectionFacts
from gpu_service.projection.writing import FrameFound

ROWS, WIDTH, SIDE = 6, 8, 16


def facts(**changes: Any) -> ProjectionFacts:
    """Of a small file."""
    told: dict[str, Any] = {
        "network_md5": "0123456789abcdef0123456789abcdef",
        "network_path": "network-snapshot-001.pkl",
        "target_path": "talk.mp4",
        "target_md5": "ff" * 16,
        "fps": Fraction(25),
        "original_fps": Fraction(25),
        "frame_count": 12,
        "original_frame_count": 12,
        "width_height": (SIDE, SIDE),
        "original_width_height": (40, 30),
        "steps": 100,
    }
    return ProjectionFacts(**{**told, **changes})


def frame(number: int, **changes: Any) -> FrameFound:
    """Its w and pictures say which one it is."""
    chance = np.random.default_rng(number)
    told: dict[str, Any] = {
        "w": np.full(WIDTH, number, np.float32) + chance.standard_normal(WIDTH).astype(np.float32) * 0.01,
        "target": chance.integers(0, 255, (SIDE, SIDE, 3), np.uint8),
        "final": np.full((SIDE, SIDE, 3), number, np.uint8),
        "num_ws": ROWS,
        "loss": number / 10,
        "steps": 100 + number,
    }
    return FrameFound(**{**told, **changes})


def original(path: Path, *, frames: int = 12, version: int = 2, steps: int = 3, **attributes: Any) -> Path:
    """A file as the original program writes it: histories of images and noises in each other's place."""
    network, md5 = ("original_network_path", "network_md5_hash")
    if version == 1:
        network, md5 = ("original_model_path", "model_md5_hash")
    told: dict[str, Any] = {
        "version_number": version,
        "complete": True,
        "original_target_path": "/home/somebody/talk.mp4",
        "original_width_height": (640, 480),
        "projection_width_height": (SIDE, SIDE),
        "target_md5_hash": "ee" * 16,
        network: "/home/somebody/net.pkl",
        md5: "dd" * 16,
        "steps_in_projection": steps,
        "noises_shapes": np.array([[1, 1, 4, 4], [1, 1, 8, 8]]),
        "latents_histories_enabled": True,
        "noises_histories_enabled": True,
        "images_histories_enabled": True,
        "original_fps": 29.97002997002997,
        "projection_fps": 14.985014985014985,
        "original_frame_count": 2 * frames,
        "projection_frame_count": frames,
    }
    with h5py.File(path, "w") as file:
        for name, value in {**told, **attributes}.items():
            file.attrs[name] = value
        for group in ("target_images", "final_latents", "final_images", *HISTORIES):
            file.create_group(group)
        for number in range(frames):
            latents = np.full((1, ROWS, WIDTH), number, np.float32)
            picture = np.full((SIDE, SIDE, 3), number, np.uint8)
            _put(file["target_images"], f"target_images_{number}", picture)
            _put(file["final_images"], f"final_images_{number}", picture + 1)
            _put(file["final_latents"], f"final_latents_{number}", latents)
            for step in range(1, steps + 1):
                share = np.float32(step / steps)
                histories = (latents * share, np.full((1, 3, SIDE, SIDE), share), np.full(80, share))
                for group, data in zip(HISTORIES, histories, strict=True):
                    folder = file[group].require_group(f"{group}_{number}")
                    _put(folder, f"{group}_{number}_step_{step}", data.astype(np.float32))
    return path


# Images end up under the name of noises, and noises under that of images.
HISTORIES = ("latents_histories", "noises_histories", "images_histories")


def _put(folder: h5py.Group, name: str, data: np.ndarray) -> None:
    folder.create_dataset(name, data=data, compression="gzip", compression_opts=9, shuffle=True)
