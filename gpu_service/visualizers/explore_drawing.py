"""What the explorer shows, drawn: a picture, a sheet, frames of a path."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from gpu_service.networks.base import Quality
from gpu_service.protocol import Tile
from gpu_service.vectors import pictures
from gpu_service.vectors.recipes import Recipes
from gpu_service.vectors.walk import Walk
from gpu_service.visualizers.base import Plan


def picture(plan: Plan, frames: Sequence[int], *, quality: Quality) -> Tensor:
    """One vector, the same in every frame. -> uint8 [N, 3, H, W]"""
    network = plan.materials.network(0)
    w = _recipes(plan, 0).rows([plan.parameters.vector], field="parameters.vector")
    size = (plan.scene.height, plan.scene.width)
    drawn = pictures.draw(network, w, look=plan.parameters.look, size=size, quality=quality)
    return drawn.expand(len(frames), -1, -1, -1)


def sheet(plan: Plan, frames: Sequence[int], *, quality: Quality) -> Tensor:
    """Tiles as wide as fits, from the top left; the same in every frame. -> uint8 [N, 3, H, W]"""
    made = plan.remember("sheet", lambda: _sheet(plan, quality))
    return made.expand(len(frames), -1, -1, -1)


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


def _sheet(plan: Plan, quality: Quality) -> Tensor:
    """-> uint8 [1, 3, H, W]"""
    chosen, scene = plan.parameters, plan.scene
    tiles: list[Tile] = chosen.sheet
    drawn = pictures.Sheet(len(tiles), columns=chosen.columns, tile=max(scene.width // chosen.columns, 1))
    for snapshot in dict.fromkeys(tile.snapshot for tile in tiles):
        places = [place for place, tile in enumerate(tiles) if tile.snapshot == snapshot]
        w = _recipes(plan, snapshot).rows([tiles[place].vector for place in places], field="parameters.sheet")
        drawn.draw(plan.materials.network(snapshot), w, places=places, look=chosen.look, quality=quality)
    whole = np.zeros((3, scene.height, scene.width), np.uint8)
    part = drawn.pixels[:, : scene.height, : scene.width]
    whole[:, : part.shape[1], : part.shape[2]] = part
    return torch.from_numpy(whole)[None]


def _recipes(plan: Plan, place: int) -> Recipes:
    return Recipes(plan.materials.network(place), directions=plan.materials.directions)
