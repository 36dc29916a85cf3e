"""Making and importing snapshots: files in a folder, and what a studio wants to know of each."""

import re
from pathlib import Path

from gpu_service.errors import RenderError
from gpu_service.film.thumbs import jpeg
from gpu_service.networks.cppn_species import SpeciesError
from gpu_service.protocol import SnapshotResult, SnapshotsResult
from gpu_service.snapshots.store import SnapshotFacts, import_snapshot, load_network, write

THUMB_SIDE = 256
THUMB_QUALITY = 88
THUMB_SEED = 7


def import_one(path: Path, *, name: str, folder: Path) -> SnapshotsResult:
    """Read a foreign snapshot (nothing in it is run) into our form, with a thumbnail. SnapshotError says why not."""
    file = f"{_stem(name)}.safetensors"
    facts = import_snapshot(path, to=folder / file, name=name)
    return SnapshotsResult(snapshots=[_result(folder / file, facts=facts, name=Path(name).stem, order=0)])


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
        results.append(_result(file, facts=facts, name=name, order=order))
    return SnapshotsResult(snapshots=results)


def _result(file: Path, *, facts: SnapshotFacts, name: str, order: int) -> SnapshotResult:
    thumbnail = file.with_suffix(".jpg")
    draw_thumbnail(file, thumbnail)
    return SnapshotResult(
        name=name,
        order=order,
        kind=facts.kind,
        file=file.name,
        thumbnail=thumbnail.name,
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


def draw_thumbnail(snapshot: Path, out: Path) -> None:
    """One picture of a snapshot as JPEG."""
    from gpu_service.networks.base import thumbnail

    picture = thumbnail(load_network(snapshot), seed=THUMB_SEED, size=(THUMB_SIDE, THUMB_SIDE))
    out.write_bytes(jpeg(picture.numpy(), quality=THUMB_QUALITY))


def _stem(name: str) -> str:
    """A file name made of harmless signs."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", Path(name).stem).strip(".-")[:80] or "snapshot"
