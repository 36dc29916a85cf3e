"""Chores around vectors: sheets drawn, directions found, pictures harvested, snapshots exported. Files in a folder."""

import importlib.metadata
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from PIL import Image

from gpu_service.errors import RenderError
from gpu_service.executors.base import StepReport
from gpu_service.film.code_path import choose_device
from gpu_service.film.recipe import own_version
from gpu_service.film.thumbs import jpeg
from gpu_service.networks import fast
from gpu_service.networks.base import Network
from gpu_service.protocol import DirectionsOrder, ExportOrder, FilesResult, HarvestOrder, SheetOrder
from gpu_service.snapshots.store import load_network
from gpu_service.vectors import find, pictures
from gpu_service.vectors.directions import Directions, as_facts, directions_at, missing_directions, write_directions
from gpu_service.vectors.harvest import COLUMNS, TILE, given_up, harvest
from gpu_service.vectors.recipes import Recipes

SHEET_QUALITY = 88
LARGEST_SHEET_PIXELS = 120_000_000


@dataclass(frozen=True)
class SnapshotFile:
    """A snapshot and where it lies."""

    sha256: str
    name: str
    path: Path


@dataclass(frozen=True)
class Files:
    """What came with a chore, and where its results go."""

    snapshots: Sequence[SnapshotFile]
    directions: Mapping[str, Path]
    folder: Path
    device: torch.device

    @classmethod
    def of(cls, values: Mapping[str, Any], *, folder: Path, device: str) -> Self:
        """From the values of a ChoreOrder: snapshots [{sha256, name, path}], directions {sha256: path}."""
        snapshots = [SnapshotFile(item["sha256"], item["name"], Path(item["path"])) for item in values["snapshots"]]
        if not snapshots:
            raise RenderError("The snapshot of this work is missing. Choose one.", kind="bad_input")
        directions = {sha256: Path(path) for sha256, path in values.get("directions", {}).items()}
        return cls(snapshots, directions, folder, choose_device(device))

    def network(self, place: int = 0) -> Network:
        return load_network(self.snapshots[place].path, device=self.device)

    def find_directions(self, sha256: str) -> Directions:
        if sha256 not in self.directions:
            raise missing_directions(sha256)
        return directions_at(sha256, self.directions[sha256])


def draw_sheet(order: SheetOrder, files: Files, report: StepReport) -> FilesResult:
    """One picture of many, each snapshot loaded once and drawn by itself."""
    refuse_giant(len(order.tiles), columns=order.columns, tile=order.tile)
    if any(tile.snapshot >= len(files.snapshots) for tile in order.tiles):
        there = len(files.snapshots)
        raise RenderError(
            f"A picture of this sheet asks for a snapshot that is not there; it has {there}.", kind="bad_input"
        )
    sheet, done = pictures.Sheet(len(order.tiles), columns=order.columns, tile=order.tile), 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        report(f"Picture {done} of {len(order.tiles)}", done / len(order.tiles))

    # A JPEG may be drawn the fast way; what is kept without loss is drawn exactly.
    way = fast.way_for(files.device, "auto") if order.mime == "image/jpeg" else None
    for snapshot in dict.fromkeys(tile.snapshot for tile in order.tiles):
        network = files.network(snapshot)
        places = [place for place, tile in enumerate(order.tiles) if tile.snapshot == snapshot]
        recipes = Recipes(network, directions=files.find_directions)
        w = recipes.rows([order.tiles[place].vector for place in places], field="tiles")
        with fast.drawing(way):
            sheet.draw(network, w, places=places, look=order.look, report=count)
    name = "sheet.png" if order.mime == "image/png" else "sheet.jpg"
    (files.folder / name).write_bytes(encoded(sheet.pixels, mime=order.mime))
    facts = {"columns": order.columns, "tile": order.tile, "pictures": len(order.tiles)}
    return FilesResult(files={"sheet": name}, facts=facts)


def refuse_giant(count: int, *, columns: int, tile: int) -> None:
    """A sheet that no program could open."""
    width, height = columns * tile, -(-count // columns) * tile
    if width * height > LARGEST_SHEET_PIXELS or max(width, height) > 30_000:
        raise RenderError(
            f"A sheet of {width:,} × {height:,} pixels is too large. Use smaller tiles.", kind="bad_input"
        )


def encoded(picture: np.ndarray, *, mime: str) -> bytes:
    """uint8 [3, H, W] as a file: PNG without loss, or JPEG."""
    if mime != "image/png":
        return jpeg(picture, quality=SHEET_QUALITY)
    held = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture.transpose(1, 2, 0))).save(held, "PNG")
    return held.getvalue()


def find_directions(order: DirectionsOrder, files: Files, report: StepReport) -> FilesResult:
    """A file of directions of the first snapshot."""
    found = find.find_directions(
        files.network(),
        order,
        snapshot_sha256=files.snapshots[0].sha256,
        report=lambda samples: report(f"{samples:,} of {order.samples:,} samples", samples / order.samples),
    )
    name = f"{order.method}.safetensors"
    write_directions(found, files.folder / name)
    return FilesResult(files={"directions": name}, facts=as_facts(found))


def harvest_pictures(order: HarvestOrder, files: Files, report: StepReport) -> FilesResult:
    """A zip of the pictures that were wanted, and all of them in one sheet."""
    has_face = None
    if order.faces != "any":
        from gpu_service.faces import face_finder

        has_face = face_finder()

    def tell(kept: int, drawn: int) -> None:
        share = max(kept / order.count, drawn / order.most)
        report(f"{kept} of {order.count} kept, {drawn:,} drawn", min(share, 1.0))

    snapshot, network = files.snapshots[0], files.network()
    source = {"snapshot": {"sha256": snapshot.sha256, "name": snapshot.name}, "versions": versions()}
    found = harvest(network, order, out=files.folder / "harvest.zip", has_face=has_face, source=source, report=tell)
    (files.folder / "sheet.jpg").write_bytes(encoded(found.sheet(), mime="image/jpeg"))
    facts = {
        "kept": len(found.seeds),
        "drawn": found.drawn,
        "seeds": found.seeds,
        "columns": min(COLUMNS, len(found.seeds)),
        "tile": TILE,
        "sentence": given_up(order, found),
    }
    return FilesResult(files={"zip": "harvest.zip", "sheet": "sheet.jpg"}, facts=facts)


def export_snapshot(order: ExportOrder, files: Files, report: StepReport) -> FilesResult:
    """The first snapshot in the form of another tool."""
    from gpu_service.executors.snapshot_chores import harmless_stem
    from gpu_service.snapshots.export import export

    report("Writing the file", 0.0)
    name = f"{harmless_stem(order.name)}-{order.form}.pt"
    snapshot = files.snapshots[0]
    export(snapshot.path, order.form, files.folder / name, name=snapshot.name)
    return FilesResult(files={"file": name}, facts={"form": order.form})


def versions() -> dict[str, str]:
    """Of ourselves and of what computes the pictures."""
    return {"phosphene": own_version(), "numpy": importlib.metadata.version("numpy"), "torch": torch.__version__}
