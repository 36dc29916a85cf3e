"""Features of pictures by a network that the operator supplies. None comes with the studio."""

from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from gpu_service.file_hash import file_sha256
from gpu_service.networks.inceptionv3 import NATIVE_PX, read_inception

HASH_SHOWN = 12
# Where pictures are told apart for path lengths, from edges to parts of things; those that the file has.
LOOKED_AT = ("conv_2", "conv_4", "mixed_2", "mixed_7", "mixed_8")


class Features:
    """The last complete layer of a file, averaged over the picture. Raises RenderError where the file is none."""

    def __init__(self, path: Path, *, device: torch.device) -> None:
        self._network = read_inception(path, device=device)
        self.device = device
        self.sha256 = file_sha256(path)
        self.name, self.layer = path.name, self._network.last
        self.count = self._network.channels[self.layer]

    @property
    def sentence(self) -> str:
        """Which features these are: by the file's hash, and by its name where it still has one of its own."""
        known = f"SHA-256 {self.sha256[:HASH_SHOWN]}…"
        title = known if self.sha256 in self.name else f"{self.name} ({known})"
        return f"Features: {title}, {self.layer}, {self.count:,} a picture."

    def pooled(self, pictures: Tensor) -> Tensor:
        """RGB 0…255 [n, 3, S, S], uint8 or float -> float32 [n, count]"""
        found = self._network(self._prepared(pictures))[self.layer]
        return found.mean(dim=(2, 3))

    def apart(self, first: Tensor, second: Tensor) -> Tensor:
        """How different each picture looks from its partner: squared distance of directions, over places and layers.

        RGB 0…255 float [n, 3, S, S] -> [n]. Like LPIPS (Zhang et al. 2018) before its weights are learnt.
        """
        layers = tuple(name for name in LOOKED_AT if name in self._network.channels)
        one, other = (self._network(self._prepared(pictures), layers) for pictures in (first, second))
        each = [
            (_directions(one[name]) - _directions(other[name])).square().sum(dim=1).mean(dim=(1, 2)) for name in layers
        ]
        return torch.stack(each).sum(dim=0)

    def _prepared(self, pictures: Tensor) -> Tensor:
        wide = functional.interpolate(
            pictures.to(self.device).float(), size=(NATIVE_PX, NATIVE_PX), mode="bilinear", antialias=True
        )
        return ((wide - 128) / 128).to(memory_format=torch.channels_last)


def _directions(activations: Tensor) -> Tensor:
    return functional.normalize(activations, dim=1, eps=1e-6)
