"""How far a picture is from its target: squared distances of features, so that those of a target are made once.

Every loss turns pictures into rows of numbers; the loss of a picture is the squared distance of its rows to the
target's. What networks see is compared by direction at each place, averaged over places and summed over layers, as in
LPIPS (Zhang et al. 2018), with its learnt weights where the file has them.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional

from gpu_service.errors import RenderError
from gpu_service.networks.chains import Chain, read_chain
from gpu_service.networks.discriminator import Discriminator
from gpu_service.networks.inceptionv3 import InceptionV3, read_inception
from gpu_service.protocol.projection import NO_DISCRIMINATOR

# Of pixels: coarse shape and colour count as much as detail does.
SMALLEST_LEVEL_PX = 8
PIXELS_SHARE = 4.0
# As in the published recipe.
LARGEST_SEEN_PX = 256
INCEPTION_LAYERS = ("conv_2", "conv_4", "mixed_2", "mixed_7")
INCEPTION_SEEN_PX = 128
Rows = list[Tensor]


class Measure(Protocol):
    """Pictures about −1…1 [n, 3, S, S] to rows [n, …], whose squared distances are summed."""

    def __call__(self, pictures: Tensor) -> Rows:
        """Gradients flow."""
        ...


class Losses:
    """Several measures as one."""

    def __init__(self, measures: Sequence[Measure]) -> None:
        self.measures = measures

    @property
    def are_pixels_alone(self) -> bool:
        """Nothing that was ever trained has a say."""
        return all(measure is pixels for measure in self.measures)

    def look(self, pictures: Tensor) -> Rows:
        """What a target is remembered by. [n, 3, S, S] -> rows"""
        return [rows for measure in self.measures for rows in measure(pictures)]

    def apart(self, pictures: Tensor, targets: Rows) -> Tensor:
        """[n, 3, S, S] and rows of n targets -> loss of each [n]"""
        each = [
            (seen - wanted).square().flatten(1).sum(dim=1)
            for seen, wanted in zip(self.look(pictures), targets, strict=True)
        ]
        return torch.stack(each).sum(dim=0)


def pixels(pictures: Tensor) -> Rows:
    """Mean squares at several sizes, halved down to 8 pixels."""
    levels = []
    while True:
        levels.append(pictures)
        if min(pictures.shape[-2:]) < 2 * SMALLEST_LEVEL_PX:
            break
        pictures = functional.avg_pool2d(pictures, 2)
    return [level * (PIXELS_SHARE / len(levels) / level[0].numel()) ** 0.5 for level in levels]


class Judged:
    """By what the snapshot's own discriminator sees. It asks for no gradients of its weights."""

    def __init__(self, discriminator: Discriminator) -> None:
        self.discriminator = discriminator.requires_grad_(False)

    def __call__(self, pictures: Tensor) -> Rows:
        x: Tensor | None = None
        rows, picture = [], pictures
        for block in self.discriminator.blocks():
            x, picture = block(x, picture, torch.float32)
            rows.append(directions(x))
        return rows


class Seen:
    """By what a network that the operator supplied sees."""

    def __init__(self, network: Chain | InceptionV3) -> None:
        self.network = network

    def __call__(self, pictures: Tensor) -> Rows:
        if max(pictures.shape[-2:]) > LARGEST_SEEN_PX:
            pictures = functional.interpolate(pictures, size=(LARGEST_SEEN_PX, LARGEST_SEEN_PX), mode="area")
        if isinstance(self.network, InceptionV3):
            return _by_inception(self.network, pictures)
        if min(pictures.shape[-2:]) < self.network.smallest_px:
            pictures = _at_least(pictures, self.network.smallest_px)
        return [directions(found, weights) for found, weights in self.network(pictures)]


def _by_inception(network: InceptionV3, pictures: Tensor) -> Rows:
    pictures = _at_least(pictures, INCEPTION_SEEN_PX) * (127.5 / 128)
    layers = tuple(name for name in INCEPTION_LAYERS if name in network.channels)
    found = network(pictures, layers)
    return [directions(found[name]) for name in layers]


def read_seen(path: Path, *, device: torch.device) -> Seen:
    """The measure of an operator's file: SqueezeNet, VGG16 with or without LPIPS, or Inception-v3. RenderError."""
    chain = read_chain(path, device=device)
    return Seen(chain if chain is not None else read_inception(path, device=device).requires_grad_(False))


def directions(activations: Tensor, weights: Tensor | None = None) -> Tensor:
    """Unit vectors at each place, so scaled that squared distances are means over places. [n, C, h, w] -> the same"""
    unit = functional.normalize(activations.float(), dim=1, eps=1e-6)
    if weights is not None:
        unit = unit * weights.clamp(min=0).sqrt()
    return unit / (activations.shape[-1] * activations.shape[-2]) ** 0.5


def choose_losses(
    names: Sequence[str], *, discriminator: Discriminator | None, features: Path | None, device: torch.device
) -> tuple[Losses, list[str]]:
    """The measures by their names, and sentences about those that cannot be had. RenderError where none is left."""
    measures: list[Measure] = []
    notes = []
    for name in dict.fromkeys(names):
        if name == "pixels":
            measures.append(pixels)
        elif name == "discriminator":
            if discriminator is None:
                notes.append(NO_DISCRIMINATOR)
            else:
                measures.append(Judged(discriminator.to(device)))
        elif features is None:
            raise RenderError("Features were chosen, and no network for them was given.", field="losses")
        else:
            measures.append(read_seen(features, device=device))
    if not measures:
        measures.append(pixels)
        notes.append("Pictures are compared by their pixels.")
    return Losses(measures), notes


def _at_least(pictures: Tensor, side: int) -> Tensor:
    if min(pictures.shape[-2:]) >= side:
        return pictures
    return functional.interpolate(pictures, size=(side, side), mode="bilinear", align_corners=False)
