"""Making and importing snapshots: files in a folder, and what a studio wants to know of each."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from gpu_service.errors import RenderError
from gpu_service.film.thumbs import jpeg
from gpu_service.networks.cppn_species import SpeciesError
from gpu_service.protocol import Look, SnapshotResult, SnapshotsResult, VectorSpec
from gpu_service.snapshots.store import SnapshotFacts, import_snapshot, load_network, write

if TYPE_CHECKING:
    from gpu_service.networks.base import Network

THUMB_SIDE = 256
THUMB_QUALITY = 88
THUMB_SEED = 7
GROWTH_SEEDS, GROWTH_TILE = 8, 160
TRUNCATION = 0.7


def import_one(
    path: Path, *, name: str, folder: Path, stem: str | None = None, with_training: bool = False
) -> SnapshotsResult:
    """Read a foreign snapshot (nothing in it is run) into our form, with pictures. SnapshotError says why not.

    `name` is the file's own name, `stem` what it is kept as where that is another.
    """
    file = f"{harmless_stem(f'{stem}.safetensors' if stem else name)}.safetensors"
    facts = import_snapshot(path, to=folder / file, name=name, with_training=with_training)
    return SnapshotsResult(snapshots=[told_with_pictures(folder / file, facts=facts, name=Path(name).stem, order=0)])


def make_pattern(species: str, *, seed: int, folder: Path) -> SnapshotsResult:
    """The six snapshots of a pattern network, from simple to complex, with thumbnails."""
    # torch takes seconds to import.
    from gpu_service.networks.cppn import make_family

    try:
        family = make_family(species, seed=seed)
    except SpeciesError as error:
        raise RenderError(str(error), kind="bad_input") from error
    folder.mkdir(parents=True, exist_ok=True)
    results = []
    for order, network in enumerate(family):
        complexity = network.config.complexity
        file = folder / f"{species}-{seed}-{round(complexity * 100):03}.safetensors"
        facts = write(network, file)
        name = f"{species.capitalize()} {seed}, {round(complexity * 100)} %"
        results.append(told_with_pictures(file, facts=facts, name=name, order=order))
    return SnapshotsResult(snapshots=results)


def told_with_pictures(file: Path, *, facts: SnapshotFacts, name: str, order: int) -> SnapshotResult:
    """What a studio is told of a snapshot of ours, whose thumbnail and sheet are drawn beside it."""
    draw_pictures(load_network(file), thumbnail=thumbnail_path(file), sheet=sheet_path(file))
    return told(file, facts=facts, name=name, order=order)


def told(file: Path, *, facts: SnapshotFacts, name: str, order: int = 0) -> SnapshotResult:
    """The same where thumbnail and sheet lie there already."""
    return SnapshotResult(
        name=name,
        order=order,
        kind=facts.kind,
        file=file.name,
        thumbnail=thumbnail_path(file).name,
        sheet=sheet_path(file).name,
        resolution=facts.native_size[0],
        z_dim=facts.z_dim,
        w_dim=facts.w_dim,
        num_ws=facts.num_ws,
        num_classes=facts.num_classes,
        kimg=facts.kimg,
        original_md5=facts.original_md5,
        original_sha256=facts.original_sha256,
        facts=facts.to_json(),
    )


def thumbnail_path(file: Path) -> Path:
    """Where the thumbnail of a snapshot lies."""
    return file.with_suffix(".jpg")


def sheet_path(file: Path) -> Path:
    """Where the sheet of a snapshot lies."""
    return file.with_suffix(".sheet.jpg")


def draw_pictures(network: "Network", *, thumbnail: Path, sheet: Path) -> None:
    """What lists show of a snapshot: one picture, and the same few seeds of every snapshot side by side."""
    from gpu_service.vectors import pictures
    from gpu_service.vectors.recipes import Recipes

    # Where nobody chose a class, a network with classes draws its first.
    label = 0 if network.num_classes else None
    vectors = [VectorSpec(seed=seed, truncation=TRUNCATION, label=label) for seed in range(GROWTH_SEEDS)]
    w = Recipes(network).rows(vectors)
    growth = pictures.Sheet(len(vectors), columns=len(vectors), tile=GROWTH_TILE)
    growth.draw(network, w, places=range(len(vectors)), look=Look())
    sheet.write_bytes(jpeg(growth.pixels, quality=THUMB_QUALITY))
    chosen = w[THUMB_SEED : THUMB_SEED + 1]
    (picture,) = pictures.draw(network, chosen, look=Look(), size=(THUMB_SIDE, THUMB_SIDE)).numpy()
    thumbnail.write_bytes(jpeg(picture, quality=THUMB_QUALITY))


def harmless_stem(name: str) -> str:
    """A file name made of harmless signs."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", Path(name).stem).strip(".-")[:80] or "snapshot"
