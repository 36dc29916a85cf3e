"""Harvest: pictures of one seed after the other, those that are wanted kept in a zip (GANce's `images-from-network`).

Beside each picture lies a JSON file from which the same snapshot draws the same picture again.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from gpu_service.errors import RenderError
from gpu_service.faces import HasFace
from gpu_service.networks.base import Network
from gpu_service.protocol import HarvestOrder, VectorSpec
from gpu_service.vectors import pictures
from gpu_service.vectors.recipes import Recipes

FORM = 1
COLUMNS, TILE = 8, 160
LAST_SEED = 2**32 - 1
# A zip keeps a time for each file; a fixed one, so that the same harvest gives the same bytes.
MOMENT = (1980, 1, 1, 0, 0, 0)
Report = Callable[[int, int], None]
"""Told how many are kept, and how many were drawn."""


@dataclass
class Harvest:
    """What has come in. `tiles` are the kept pictures, small, uint8 [3, TILE, TILE]."""

    drawn: int = 0
    seeds: list[int] = field(default_factory=list)
    tiles: list[np.ndarray] = field(default_factory=list)

    def sheet(self) -> np.ndarray:
        """All kept pictures side by side. -> uint8 [3, height, width]"""
        sheet = pictures.Sheet(len(self.tiles), columns=min(COLUMNS, len(self.tiles)), tile=TILE)
        for place, tile in enumerate(self.tiles):
            sheet.put(place, tile)
        return sheet.pixels


def harvest(
    network: Network,
    order: HarvestOrder,
    *,
    out: Path,
    has_face: HasFace | None,
    source: Mapping[str, Any],
    report: Report = lambda _kept, _drawn: None,
) -> Harvest:
    """Draw until `count` are kept or `most` were drawn. `has_face` is needed where faces matter.

    `source` goes into every JSON file: the snapshot and the versions. RenderError when nothing at all was kept.
    """
    found = Harvest()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for seed, vector, picture in _drawn(network, order):
            face = has_face(picture) if has_face is not None and order.faces != "any" else None
            found.drawn += 1
            if face is None or face == (order.faces == "with"):
                _keep(found, archive, vector, picture, facts={"face": face, **source, **_order_facts(order)})
                found.seeds.append(seed)
            report(len(found.seeds), found.drawn)
            if len(found.seeds) == order.count:
                break
    if not found.seeds:
        raise RenderError(f"Among {found.drawn:,} pictures there was none {wanted(order)}.", kind="bad_input")
    return found


def wanted(order: HarvestOrder) -> str:
    return {"any": "at all", "with": "with a face", "without": "without a face"}[order.faces]


def given_up(order: HarvestOrder, found: Harvest) -> str | None:
    """A sentence where fewer came in than were asked for."""
    if len(found.seeds) == order.count:
        return None
    return f"Among {found.drawn:,} pictures there were only {len(found.seeds)} of {order.count} {wanted(order)}."


def _drawn(network: Network, order: HarvestOrder) -> Iterator[tuple[int, VectorSpec, np.ndarray]]:
    """Seed after seed: its recipe and its picture, uint8 [3, H, W]."""
    recipes, batch = Recipes(network), pictures.BATCH.get(pictures.device_type(network), 8)
    end = min(order.first_seed + order.most, LAST_SEED + 1)
    for start in range(order.first_seed, end, batch):
        seeds = range(start, min(start + batch, end))
        vectors = [VectorSpec(seed=seed, truncation=order.truncation, label=order.label) for seed in seeds]
        drawn = pictures.draw(network, recipes.rows(vectors, field="label"), look=order.look, size=None)
        yield from zip(seeds, vectors, drawn.numpy(), strict=True)


def _keep(
    found: Harvest, archive: zipfile.ZipFile, vector: VectorSpec, picture: np.ndarray, *, facts: Mapping[str, Any]
) -> None:
    image = Image.fromarray(np.ascontiguousarray(picture.transpose(1, 2, 0)))
    held = io.BytesIO()
    image.save(held, "PNG")
    name = f"{len(found.seeds) + 1:03}-seed-{vector.seed}"
    note = {
        "form": FORM,
        "picture": f"{name}.png",
        "picture_sha256": hashlib.sha256(held.getvalue()).hexdigest(),
        "seed": vector.seed,
        "vector": vector.model_dump(mode="json"),
        **facts,
    }
    archive.writestr(zipfile.ZipInfo(f"{name}.png", MOMENT), held.getvalue())
    text = json.dumps(note, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    archive.writestr(zipfile.ZipInfo(f"{name}.json", MOMENT), text)
    found.tiles.append(_tile(image))


def _tile(image: Image.Image) -> np.ndarray:
    """Covering a square, its middle. -> uint8 [3, TILE, TILE]"""
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    small = image.resize((TILE, TILE), Image.Resampling.LANCZOS, box=(left, top, left + side, top + side))
    return np.asarray(small).transpose(2, 0, 1)


def _order_facts(order: HarvestOrder) -> dict[str, Any]:
    return {"look": order.look.model_dump(mode="json"), "faces": order.faces}
