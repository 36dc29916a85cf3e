"""What the explorer shows, drawn: a picture, a sheet, frames of a path."""

import math
import time
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from gpu_service.errors import Unfinished
from gpu_service.networks.base import Quality
from gpu_service.protocol import Tile
from gpu_service.vectors import pictures
from gpu_service.vectors.recipes import Recipes
from gpu_service.vectors.walk import Walk
from gpu_service.visualizers.base import Plan

PREVIEW_SECONDS = 0.05


def picture(plan: Plan, frames: Sequence[int], *, quality: Quality) -> Tensor:
    """One vector, the same in every frame. -> uint8 [N, 3, H, W]"""
    network = plan.materials.network(0)
    w = _recipes(plan, 0).rows([plan.parameters.vector], field="parameters.vector")
    size = (plan.scene.height, plan.scene.width)
    drawn = pictures.draw(network, w, look=plan.parameters.look, size=size, quality=quality)
    return drawn.expand(len(frames), -1, -1, -1)


def sheet(plan: Plan, frames: Sequence[int], *, quality: Quality) -> Tensor:
    """Tiles as wide as fits, from the top left; the same in every frame. -> uint8 [N, 3, H, W]

    A preview draws a few tiles at a time and raises Unfinished until it has all, so that no hand waits for a sheet.
    """
    tiles: SheetInHand = plan.remember("sheet", lambda: SheetInHand(plan))
    tiles.go_on(seconds=PREVIEW_SECONDS if quality == "preview" else math.inf, quality=quality)
    if tiles.waiting:
        raise Unfinished
    return tiles.whole().expand(len(frames), -1, -1, -1)


def path(plan: Plan, frames: Sequence[int], *, quality: Quality) -> Tensor:
    """Where the path has got to, seconds being its unit. -> uint8 [N, 3, H, W]"""
    chosen = plan.parameters
    walk = plan.remember(
        "walk",
        lambda: Walk(chosen.path, recipes=_recipes(plan, 0), interpolation=chosen.interpolation, is_loop=chosen.loop),
    )
    seconds = np.asarray(frames) / float(plan.scene.frame_rate)
    size = (plan.scene.height, plan.scene.width)
    return pictures.draw(plan.materials.network(0), walk.at(seconds), look=chosen.look, size=size, quality=quality)


class SheetInHand:
    """A sheet that is being drawn. `waiting` holds places of tiles, those through one snapshot together."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.tiles: list[Tile] = plan.parameters.sheet
        columns = plan.parameters.columns
        self.sheet = pictures.Sheet(len(self.tiles), columns=columns, tile=max(plan.scene.width // columns, 1))
        self.waiting = sorted(range(len(self.tiles)), key=lambda place: self.tiles[place].snapshot)

    def go_on(self, *, seconds: float, quality: Quality) -> None:
        """Draw batch after batch until all is drawn or the time is up; one batch at least."""
        until = time.monotonic() + seconds
        while self.waiting:
            snapshot = self.tiles[self.waiting[0]].snapshot
            network = self.plan.materials.network(snapshot)
            batch = pictures.small_batch(network) if quality == "preview" else len(self.waiting)
            places = [place for place in self.waiting[:batch] if self.tiles[place].snapshot == snapshot]
            vectors = [self.tiles[place].vector for place in places]
            w = _recipes(self.plan, snapshot).rows(vectors, field="parameters.sheet")
            self.sheet.draw(network, w, places=places, look=self.plan.parameters.look, quality=quality)
            del self.waiting[: len(places)]
            if time.monotonic() > until:
                return

    def whole(self) -> Tensor:
        """-> uint8 [1, 3, H, W]"""
        height, width = self.plan.scene.height, self.plan.scene.width
        made = np.zeros((3, height, width), np.uint8)
        part = self.sheet.pixels[:, :height, :width]
        made[:, : part.shape[1], : part.shape[2]] = part
        return torch.from_numpy(made)[None]


def _recipes(plan: Plan, place: int) -> Recipes:
    return Recipes(plan.materials.network(place), directions=plan.materials.directions)
