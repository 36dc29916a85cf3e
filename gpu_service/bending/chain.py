"""Bends at work: which operations act where in one network, and how strongly in each picture of a batch."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from gpu_service.bending import colours, shapes, warps
from gpu_service.bending.how import How
from gpu_service.networks import NetworkError
from gpu_service.networks.base import Network
from gpu_service.networks.hooks import Branch
from gpu_service.protocol.bends import DEEPEST_BLOCK, BendSpec, Operation

OPERATIONS: Mapping[Operation, Callable[[Tensor, Tensor, How], Tensor]] = {
    "zoom": warps.zoom,
    "translate": warps.translate,
    "rotate": warps.rotate,
    "shear": warps.shear,
    "blur": shapes.blur,
    "blend": colours.blend,
    "hue": colours.hue,
    "swirl": warps.swirl,
    "displacement": warps.displacement,
    "flip-h": warps.flip_h,
    "flip-v": warps.flip_v,
    "invert": colours.invert,
    "threshold": colours.threshold,
    "erode": shapes.erode,
    "dilate": shapes.dilate,
    "edge": shapes.edge,
    "multiply": colours.multiply,
    "ablate": colours.ablate,
}
# Displacement maps of one side for some pictures of the batch, [n, 2, side, side] in pixels.
Flows = Callable[[int, slice], Tensor]


@dataclass(frozen=True)
class Chain:
    """A `Bending`. `places` holds the places of each bend; `acting` names those that do anything in this batch.

    `tensors`: strengths [N, bends], then one displacement map per side in `flow_sides`. They are made by `of`.
    """

    bends: tuple[BendSpec, ...]
    places: tuple[tuple[int, ...], ...]
    sides: tuple[int, ...]
    strengths: np.ndarray
    device: torch.device
    flows: Flows | None = None
    acting: tuple[int, ...] = ()
    flow_sides: tuple[int, ...] = ()
    tensors: Sequence[Tensor] = ()

    def of(self, chosen: slice) -> "Chain | None":
        """The same for a part of the batch; None where nothing would be changed in it."""
        strengths = self.strengths[chosen]
        acting = tuple(number for number, bend in enumerate(self.bends) if _acts(bend, strengths[:, number]))
        if not acting:
            return None
        displaced = [n for n in acting if self.bends[n].operation == "displacement"]
        flow_sides = tuple(sorted({self.sides[place] for n in displaced for place in self.places[n]}))
        maps = [] if self.flows is None else [self.flows(side, chosen).to(self.device) for side in flow_sides]
        numbers = torch.from_numpy(strengths.astype(np.float32)).to(self.device)
        return replace(self, strengths=strengths, acting=acting, flow_sides=flow_sides, tensors=[numbers, *maps])

    def holding(self, tensors: Sequence[Tensor]) -> "Chain":
        """The same with other tensors of the same shapes."""
        return replace(self, tensors=list(tensors))

    @property
    def key(self) -> Hashable:
        """What is done: bends that act, and where."""
        done = tuple((self.bends[n].model_dump_json(exclude={"amount", "drive"}), self.places[n]) for n in self.acting)
        return done, self.acting

    def acts(self, branch: Branch, place: int) -> bool:
        """Whether `bend` would change anything there."""
        return any(True for _ in self._there(branch, place))

    def bend(self, maps: Tensor, branch: Branch, place: int) -> Tensor:
        """float32 [N, C, H, W] -> the same, bent by one operation after the other."""
        for number in self._there(branch, place):
            maps = self._apply(maps, number, place)
        return maps

    def _there(self, branch: Branch, place: int) -> list[int]:
        return [n for n in self.acting if self.bends[n].branch == branch and place in self.places[n]]

    def _apply(self, maps: Tensor, number: int, place: int) -> Tensor:
        bend, strength = self.bends[number], self.tensors[0][:, number]
        flow = self.tensors[1 + self.flow_sides.index(maps.shape[-1])] if bend.operation == "displacement" else None
        how = How(bend, depth=depth_of(place, places=len(self.sides)), flow=flow)
        chosen = features_of(bend, maps.shape[1], maps.device)
        part = maps if chosen is None else maps[:, chosen]
        bent = OPERATIONS[bend.operation](part, strength, how)
        if len(maps) > 1 and not _is_never_off(bend):
            # Others of the batch may be at 0, where not a bit may change.
            bent = torch.where((strength != 0)[:, None, None, None], bent, part)
        return bent if chosen is None else maps.index_copy(1, chosen, bent)


def chain_for(
    network: Network,
    bends: Sequence[BendSpec],
    strengths: np.ndarray,
    *,
    device: torch.device,
    flows: Flows | None = None,
) -> Chain:
    """Bends for a batch of that network's pictures; strengths [N, bends], `flows` where one of them displaces.

    Raises NetworkError where the network has no such maps.
    """
    sides = network.bending_sides
    if not sides:
        raise NetworkError("A pattern network has no maps to bend: it works out each point by itself.")
    places = tuple(places_of(bend, len(sides)) for bend in bends)
    for bend, found in zip(bends, places, strict=True):
        if bend.branch == "rgb" and not set(found) <= set(network.bending_colours):
            raise NetworkError(
                f"Bend {bend.id} cannot bend the colours of block {bend.block}: this network makes colour only at its "
                f"end. Choose block {DEEPEST_BLOCK}, or bend the features."
            )
        if bend.operation == "displacement" and flows is None:
            raise ValueError(f"Bend {bend.id} needs displacement maps.")
    return Chain(tuple(bends), places, tuple(sides), strengths, device, flows)


def places_of(bend: BendSpec, places: int) -> tuple[int, ...]:
    """Where a network with so many places of depth is bent. Eighths are met by their share, both ends exactly."""
    last = bend.block if bend.last_block is None else bend.last_block
    first, end = (round(block * (places - 1) / DEEPEST_BLOCK) for block in (bend.block, last))
    return tuple(range(first, end + 1))


def depth_of(place: int, *, places: int) -> int:
    """The eighth that a place lies in, 0…7."""
    return round(place * DEEPEST_BLOCK / max(places - 1, 1))


@lru_cache(maxsize=64)
def features_of(bend: BendSpec, channels: int, device: torch.device) -> Tensor | None:
    """The channels that are bent, ascending; None for all of them."""
    if bend.features == "all":
        return None
    if bend.features == "range":
        first = min(round(bend.first * channels), channels - 1)
        chosen = torch.arange(first, max(round(bend.last * channels), first + 1))
    else:
        order = torch.randperm(channels, generator=torch.Generator().manual_seed(bend.seed))
        chosen = order[: max(round(bend.share * channels), 1)].sort().values
    return chosen.to(device)


def _is_never_off(bend: BendSpec) -> bool:
    return bend.operation == "blur" and bend.faithful


def _acts(bend: BendSpec, strengths: np.ndarray) -> bool:
    return _is_never_off(bend) or bool(np.any(strengths != 0))
