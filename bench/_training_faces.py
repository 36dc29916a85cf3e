"""What augmentation is worth on few pictures: the preset `small` with ADA and without, the same faces and budget."""

import io
import json
import sys
import tempfile
import time
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from _figures import Figure
from PIL import Image

from gpu_service.protocol.training import Metric
from gpu_service.protocol.training_presets import resolve
from gpu_service.training.data.feed import Feed
from gpu_service.training.data.pictures import Pictures, open_pictures
from gpu_service.training.metrics.measure import measure
from gpu_service.training.samples import draw_grid
from gpu_service.training.trainer import Trainer

CPU = torch.device("cpu")
SEED = 1
ARMS = ("ada", "none")


@dataclass
class Arm:
    """One of the two runs."""

    name: str
    trainer: Trainer
    feed: Feed
    distances: list[float] = field(default_factory=list)

    def go_on(self, pictures: int) -> None:
        """Until that many have been shown."""
        while self.trainer.pictures < pictures:
            self.trainer.step(*next(self.feed))


def ada_figures(
    faces: Path,
    *,
    features: Path | None,
    kimg: float,
    size: int,
    count: int,
    looks: int,
    ada_kimg: float | None,
    out: Path | None,
) -> list[Figure]:
    """Both go on in turn, as many times as there are looks. Without features: the distance that needs none."""
    metric: Metric = "fid" if features else "patch_distance"
    with tempfile.TemporaryDirectory(prefix="phosphene-bench-") as folder:
        path = faces if faces.suffix == ".zip" else write_zip(faces, Path(folder) / "faces.zip", size=size)
        pictures = open_pictures(path, size=size)
        arms = [_arm(name, pictures, size=size, kimg=kimg, ada_kimg=ada_kimg) for name in ARMS]
        for look in range(1, looks + 1):
            for arm in arms:
                began = time.perf_counter()
                arm.go_on(round(kimg * 1000 * look / looks))
                arm.distances.append(_distance(arm, pictures, metric, features, Path(folder), count))
                print(
                    f"{arm.trainer.pictures / 1000:6.1f} kimg  {arm.name:5} {metric} {arm.distances[-1]:8.2f}  "
                    f"p {float(arm.trainer.p):.2f}  {time.perf_counter() - began:.0f} s",
                    file=sys.stderr,
                    flush=True,
                )
                if out:
                    _keep(arm, out, kimg / looks)
        for arm in arms:
            arm.feed.close()
    return _figures(arms, metric, f"{len(pictures)} faces, {size}², small, {kimg:g} kimg")


def write_zip(faces: Path, path: Path, *, size: int) -> Path:
    """`images` uint8 [N, H, W] of an .npz as a set in the standard form."""
    with np.load(faces) as held, zipfile.ZipFile(path, "w") as archive:
        for number, levels in enumerate(held["images"]):
            buffer = io.BytesIO()
            Image.fromarray(levels).resize((size, size), Image.Resampling.LANCZOS).save(buffer, "PNG", compress_level=0)
            archive.writestr(f"{number // 1000:05d}/img{number:08d}.png", buffer.getvalue())
    return path


def _arm(name: str, pictures: Pictures, *, size: int, kimg: float, ada_kimg: float | None) -> Arm:
    config = resolve("small", size=size, kimg=kimg, augment=name, ada_kimg=ada_kimg, seed=SEED)
    feed = Feed(pictures, batch=config.batch, seed=SEED, mirror=config.mirror)
    return Arm(name, Trainer(config, device=CPU), feed)


def _distance(arm: Arm, pictures: Pictures, metric: Metric, features: Path | None, folder: Path, count: int) -> float:
    found, _notes = measure(
        [metric],
        arm.trainer.generator(),
        pictures,
        features=features,
        count=count,
        chance=torch.Generator().manual_seed(SEED),
        kept=folder / "metrics",
        pictures_hash="faces",
    )
    return found[metric]


def _keep(arm: Arm, out: Path, every_kimg: float) -> None:
    out.mkdir(parents=True, exist_ok=True)
    draw_grid(arm.trainer.generator(), out / f"{arm.name}.png", seed=0)
    steps = [every_kimg * (number + 1) for number in range(len(arm.distances))]
    (out / f"{arm.name}.json").write_text(json.dumps({"kimg": steps, "distance": arm.distances}))


def _figures(arms: list[Arm], metric: str, front: str) -> list[Figure]:
    last = {arm.name: arm.distances[-1] for arm in arms}
    best = {arm.name: min(arm.distances) for arm in arms}
    figures = [Figure(f"{front}: {metric} at the end, {arm.name}", last[arm.name], digits=1) for arm in arms]
    figures += [Figure(f"{front}: {metric} at its best, {arm.name}", best[arm.name], digits=1) for arm in arms]
    return [*figures, Figure(f"{front}: {metric} without ADA ÷ with", last["none"] / last["ada"], "×", at_least=1.0)]
