"""What sheets are drawn from, and the keys by which each is drawn once."""

import hashlib
import json

from pydantic import BaseModel

from gpu_service.protocol import Look, SheetOrder, Tile, VectorSpec

GROWTH_SEEDS, GROWTH_TILE = range(8), 160
PIN_TILE = 256
MOST_COLUMNS = 64


def sheet_of(vectors: list[VectorSpec], *, tile: int, look: Look, columns: int | None = None) -> SheetOrder:
    """These vectors side by side through one snapshot."""
    tiles = [Tile(vector=vector) for vector in vectors]
    return SheetOrder(tiles=tiles, columns=columns or min(len(tiles), MOST_COLUMNS), tile=tile, look=look)


def key_of(kind: str, order: BaseModel) -> str:
    """The same for the same order."""
    text = json.dumps([kind, order.model_dump(mode="json")], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _growth(label: int | None) -> SheetOrder:
    return sheet_of([VectorSpec(seed=seed, label=label) for seed in GROWTH_SEEDS], tile=GROWTH_TILE, look=Look())


# Where nobody chose a class, a network with classes draws its first.
GROWTH = {has_classes: _growth(0 if has_classes else None) for has_classes in (False, True)}
GROWTH_KEYS = {has_classes: key_of("draw_sheet", order) for has_classes, order in GROWTH.items()}
