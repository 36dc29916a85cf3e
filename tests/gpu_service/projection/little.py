"""A network of sixteen pixels, and a film of pictures that it drew itself: what is looked for can be found."""

import subprocess
from pathlib import Path

import numpy as np
import torch

from gpu_service.music.ffmpeg import find_ffmpeg
from gpu_service.networks.fresh import random_stylegan2
from gpu_service.networks.stylegan2 import StyleGan2
from gpu_service.networks.stylegan2_layout import StyleGan2Config
from gpu_service.projection.easel import Easel
from gpu_service.projection.losses import Losses, pixels
from gpu_service.snapshots.store import write

SIDE = 16
CONFIG = StyleGan2Config(
    z_dim=8, w_dim=8, c_dim=0, resolution=SIDE, mapping_layers=2, channel_base=128, channel_max=8, conv_clamp=None
)


def network(seed: int = 1, *, noise: float = 0.0) -> StyleGan2:
    """`noise` is the strength of the noise in every layer."""
    made = random_stylegan2(CONFIG, seed)
    with torch.no_grad():
        for _, block in made._synthesis.blocks():
            for layer in block.convolutions():
                layer.noise_strength.fill_(noise)
            block.torgb.weight.mul_(0.3)  # pictures within the range of pictures
    return made


def easel(seed: int = 1, *, noise: float = 0.0) -> Easel:
    return Easel(network(seed, noise=noise))


def by_pixels() -> Losses:
    return Losses([pixels])


def walk(of: Easel, count: int, *, seed: int = 3) -> torch.Tensor:
    """w on a smooth way through the samples, [count, W]."""
    one, other, third = of.samples(3, seed=seed)
    turn = torch.linspace(0, 1, count)[:, None]
    return one + (other - one) * turn + (third - one) * (turn * 3).sin() * 0.3


def drawn(of: Easel, w: torch.Tensor) -> np.ndarray:
    """What the network draws of them, uint8 [n, S, S, 3]."""
    return of.final(w)


def write_film(path: Path, frames: np.ndarray, *, fps: str = "25") -> Path:
    """Without loss, uint8 [n, S, S, 3]."""
    command = [find_ffmpeg(), "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24"]
    command += ["-s", f"{frames.shape[2]}x{frames.shape[1]}", "-r", fps, "-i", "pipe:0"]
    command += ["-c:v", "libx264rgb", "-crf", "0", "-preset", "ultrafast", str(path)]
    subprocess.run(command, input=frames.tobytes(), check=True)
    return path


def write_network(path: Path, seed: int = 1) -> Path:
    write(network(seed), path)
    return path
