"""What augmentation is worth on few pictures: the preset `small` with ADA and without, the same faces and budget.

With a folder to keep things in, both go on from where they were ended.
"""

import io
import json
import sys
import tempfile
import time
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from _figures import Figure
from PIL import Image

from gpu_service.protocol.training import Metric
from gpu_service.protocol.training_presets import resolve
from gpu_service.training.checkpoints import Checkpoints
from gpu_service.training.data.feed import Feed
from gpu_service.training.data.pictures import Pictures, open_pictures
from gpu_service.training.metrics.measure import measure
from gpu_service.training.samples import draw_grid
from gpu_service.training.trainer import Trainer

CPU = torch.device("cpu")
SEED = 1
KEPT_EVERY_PICTURES = 5_000
ARMS = ("ada", "none")


@dataclass
class Arm:
    """One of the two runs."""

    name: str
    trainer: Trainer
    feed: Feed
    checkpoints: Checkpoints | None
    order: dict[str, Any]
    distances: list[float] = field(default_factory=list)

    def go_on(self, pictures: int) -> None:
        """Until that many have been shown."""
        kept = self.trainer.pictures
        while self.trainer.pictures < pictures:
            self.trainer.step(*next(self.feed))
            if self.trainer.pictures - kept >= KEPT_EVERY_PICTURES:
                self.keep()
                kept = self.trainer.pictures

    def keep(self) -> None:
        if self.checkpoints is not None:
            facts = {"trainer": self.trainer.facts(), "distances": self.distances, "order": self.order}
            self.checkpoints.save(self.trainer.pictures, self.trainer.tensors(), facts, keep=set())


def ada_figures(
    faces: Path,
    *,
    features: Path | None,
    kimg: float,
    size: int,
    count: int,
    looks: int,
    ada_kimg: float | None,
    few: int | None,
    out: Path | None,
) -> list[Figure]:
    """Both go on in turn, as many times as there are looks. Without features: the distance that needs none.

    `few`: so many of an .npz's faces are learnt from, evenly chosen; distances are taken to all of them.
    """
    metric: Metric = "fid" if features else "patch_distance"
    with tempfile.TemporaryDirectory(prefix="phosphene-bench-") as folder:
        path = faces if faces.suffix == ".zip" else write_zip(faces, Path(folder) / "faces.zip", size=size)
        pictures = open_pictures(path, size=size)
        learnt = pictures
        if few:
            learnt = open_pictures(write_zip(faces, Path(folder) / "few.zip", size=size, few=few), size=size)
        order = {"size": size, "look_every_kimg": kimg / looks, "ada_kimg": ada_kimg, "few": few, "count": count}
        arms = [_arm(name, learnt, kimg=kimg, order=order, out=out) for name in ARMS]
        for look in range(1, looks + 1):
            for arm in (arm for arm in arms if len(arm.distances) < look):
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
                    arm.keep()
                    _tell(arm, out, kimg / looks)
        for arm in arms:
            arm.feed.close()
    return _figures(arms, metric, f"{len(learnt)} faces, {size}², small, {kimg:g} kimg")


def write_zip(faces: Path, path: Path, *, size: int, few: int | None = None) -> Path:
    """`images` uint8 [N, H, W] of an .npz, or a few of them, as a set in the standard form."""
    with np.load(faces) as held, zipfile.ZipFile(path, "w") as archive:
        images = held["images"]
        chosen = np.linspace(0, len(images) - 1, few or len(images)).round().astype(int)
        for number, levels in enumerate(images[chosen]):
            buffer = io.BytesIO()
            Image.fromarray(levels).resize((size, size), Image.Resampling.LANCZOS).save(buffer, "PNG", compress_level=0)
            archive.writestr(f"{number // 1000:05d}/img{number:08d}.png", buffer.getvalue())
    return path


def _arm(name: str, pictures: Pictures, *, kimg: float, order: dict[str, Any], out: Path | None) -> Arm:
    """SystemExit where another comparison is kept in that folder."""
    config = resolve("small", size=order["size"], kimg=kimg, augment=name, ada_kimg=order["ada_kimg"], seed=SEED)
    trainer, distances = Trainer(config, device=CPU), []
    checkpoints = Checkpoints(out / name) if out else None
    if checkpoints is not None and (found := checkpoints.newest_whole()) is not None:
        if found.facts.get("order") != order:
            raise SystemExit(f"{out} holds another comparison: {found.facts.get('order')}. Choose another folder.")
        trainer.load(found.tensors, found.facts["trainer"])
        distances = found.facts["distances"]
    feed = Feed(pictures, batch=config.batch, seed=SEED, mirror=config.mirror, start=trainer.pictures)
    return Arm(name, trainer, feed, checkpoints, order, distances)


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


def _tell(arm: Arm, out: Path, every_kimg: float) -> None:
    draw_grid(arm.trainer.generator(), out / f"{arm.name}.png", seed=0)
    steps = [every_kimg * (number + 1) for number in range(len(arm.distances))]
    (out / f"{arm.name}.json").write_text(json.dumps({"kimg": steps, "distance": arm.distances}))


def _figures(arms: list[Arm], metric: str, front: str) -> list[Figure]:
    last = {arm.name: arm.distances[-1] for arm in arms}
    best = {arm.name: min(arm.distances) for arm in arms}
    figures = [Figure(f"{front}: {metric} at the end, {arm.name}", last[arm.name], digits=1) for arm in arms]
    figures += [Figure(f"{front}: {metric} at its best, {arm.name}", best[arm.name], digits=1) for arm in arms]
    return [*figures, Figure(f"{front}: {metric} without ADA ÷ with", last["none"] / last["ada"], "×", at_least=1.0)]
