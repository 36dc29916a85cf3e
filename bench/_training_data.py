"""Whether loading starves training: steps with pictures from a zip against steps with one batch held in memory."""

import io
import statistics
import time
import zipfile
from pathlib import Path

import numpy as np
import torch
from _figures import Figure
from PIL import Image

from gpu_service.protocol import TrainingConfig
from gpu_service.training.data.feed import Feed
from gpu_service.training.data.pictures import Pictures, open_pictures
from gpu_service.training.trainer import Trainer

GATE = 1.05
DIFFERENT, COPIES = 64, 4


def write_noise_zip(path: Path, *, size: int, count: int, compress: bool) -> Path:
    """PNGs as the studio's versions hold them (not compressed) or as others do, of soft noise."""
    chance = np.random.default_rng(0)
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(count):
            if number < DIFFERENT:
                small = Image.fromarray(chance.integers(0, 256, (size // 4, size // 4, 3), np.uint8))
                buffer = io.BytesIO()
                small.resize((size, size), Image.Resampling.BICUBIC).save(
                    buffer, "PNG", compress_level=6 if compress else 0
                )
                content = buffer.getvalue()
            archive.writestr(f"{number // 1000:05d}/img{number:08d}.png", content)
    return path


def loader_figures(
    config: TrainingConfig, folder: Path, *, device: torch.device, rounds: int, steps: int
) -> list[Figure]:
    """Rounds of that many steps, with data and without in turn."""
    path = write_noise_zip(folder / "noise.zip", size=config.size, count=8 * config.batch * COPIES, compress=True)
    pictures = open_pictures(path, size=config.size, kept_bytes=0)
    trainer = Trainer(config, device=device)
    held = torch.randint(0, 256, (config.batch, 3, config.size, config.size), dtype=torch.uint8)
    with_data, without = [], []
    with Feed(pictures, batch=config.batch, pin=device.type == "cuda") as feed:
        _steps(trainer, steps, lambda: next(feed)[0])
        waited = feed.wait_seconds
        for _ in range(rounds):
            with_data.append(_steps(trainer, steps, lambda: next(feed)[0]))
            without.append(_steps(trainer, steps, lambda: held))
        waited = feed.wait_seconds - waited
    ratio = statistics.median(a / b for a, b in zip(with_data, without, strict=True))
    front = f"training, {config.size}², batch {config.batch}"
    return [
        Figure(f"{front}: step with data ÷ step on a fixed batch", ratio, "×", at_most=GATE, digits=3),
        Figure(f"{front}: share of the time spent waiting for data", waited / sum(with_data), digits=4),
        Figure(
            f"reading alone, {config.size}², compressed PNG", reading_rate(pictures, config), "pictures/s", digits=0
        ),
    ]


def reading_rate(pictures: Pictures, config: TrainingConfig, *, seconds: float = 2.0) -> float:
    """Pictures a second that the feed gives when nothing else is done."""
    with Feed(pictures, batch=config.batch) as feed:
        next(feed)
        began, start = time.perf_counter(), feed.position
        while (lasted := time.perf_counter() - began) < seconds:
            next(feed)
        return (feed.position - start) / lasted


def _steps(trainer: Trainer, count: int, batch) -> float:  # type: ignore[no-untyped-def]
    """Seconds of `count` steps."""
    began = time.perf_counter()
    for _ in range(count):
        trainer.step(batch())
    if trainer.device.type == "cuda":
        torch.cuda.synchronize(trainer.device)
    return time.perf_counter() - began
