"""A snapshot of a run: the averaged generator, what training goes on from beside it, and pictures to look at."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gpu_service.executors.snapshot_chores import draw_pictures, sheet_path, thumbnail_path
from gpu_service.snapshots.facts import training_path
from gpu_service.snapshots.store import write
from gpu_service.snapshots.training_file import write_training
from gpu_service.training.samples import draw_grid

if TYPE_CHECKING:
    from gpu_service.networks.base import Network
    from gpu_service.snapshots.reader import ReadNetwork


@dataclass(frozen=True)
class SnapshotFiles:
    """Where everything lies."""

    file: Path
    training: Path
    sheet: Path
    grid: Path
    thumbnail: Path


def snapshot_stem(name: str, *, pictures: int, batch: int) -> str:
    """NAME-snapshot-000020; between two thousands the rest stands behind: NAME-snapshot-000020-512."""
    kimg, rest = divmod(pictures, 1000)
    return f"{name}-snapshot-{kimg:06d}" + (f"-{rest:03d}" if rest >= batch else "")


def write_snapshot(
    network: "Network",
    parts: "Mapping[str, ReadNetwork]",
    folder: Path,
    *,
    stem: str,
    pictures: int,
    seed: int,
    aspect: float | None = None,
) -> SnapshotFiles:
    """Write it all; the same numbers make the same files. Raises OSError where there is no room.

    `network` is the averaged generator, `parts` are G, D and augment_pipe; `aspect` is what padding hid.
    """
    file = folder / f"{stem}.safetensors"
    files = SnapshotFiles(
        file=file,
        training=training_path(file),
        sheet=sheet_path(file),
        grid=file.with_suffix(".grid.png"),
        thumbnail=thumbnail_path(file),
    )
    write(network, file, kimg=pictures // 1000, aspect=aspect)
    write_training(parts, files.training)
    draw_pictures(network, thumbnail=files.thumbnail, sheet=files.sheet)
    draw_grid(network, files.grid, seed=seed)
    return files
