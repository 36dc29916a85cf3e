"""A generator as projection uses it: drawn with gradients, drawings counted, and where its w lie."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from gpu_service.errors import RenderError
from gpu_service.networks.base import Network, to_uint8
from gpu_service.networks.mapping import AVERAGE_SAMPLES, AVERAGE_SEED
from gpu_service.networks.stylegan import StyleGan
from gpu_service.networks.stylegan2 import StyleGan2
from gpu_service.projection.noise import NoiseLayout
from gpu_service.projection.usual import Usual, usual_of
from gpu_service.training.generator import Painter
from gpu_service.training.precision import choose

SAMPLE_CHUNK = 500


@dataclass(frozen=True)
class Spread:
    """Where w lie: their mean [W], the mean length of what is left (sigma), and the standard deviation of a number."""

    mean: Tensor
    sigma: float
    each: float


class Easel:
    """`evaluations` counts pictures that were drawn with a gradient, the cost of a projection."""

    def __init__(self, network: Network, *, precision: str = "fp32") -> None:
        if not isinstance(network, StyleGan):
            raise RenderError("Only StyleGAN2 and StyleGAN3 can be searched for pictures. Choose another snapshot.")
        self.network = network
        self.device = next(network.parameters()).device
        self.painter = Painter(network, choose(precision, self.device))
        self.num_ws, self.w_dim, self.side = network.num_ws, network.w_dim, network.native_size[0]
        self.maps = NoiseLayout(_sides(network))
        self.evaluations = 0
        self._spread: Spread | None = None
        self._usual: Usual | None = None

    @property
    def precision(self) -> str:
        """What it computes in."""
        return self.painter.precision.name

    @property
    def own_noise(self) -> Tensor:
        """The maps that lie in the snapshot, [1, numbers]."""
        if not isinstance(self.network, StyleGan2):
            return torch.zeros(1, 0, device=self.device)
        layers = [layer for _, block in self.network._synthesis.blocks() for layer in block.convolutions()]
        return torch.cat([layer.noise_const.flatten() for layer in layers])[None].float()

    @property
    def spread(self) -> Spread:
        """Found from 10,000 samples that are always the same, once."""
        if self._spread is None:
            self._spread = self._measure()
        return self._spread

    @property
    def usual(self) -> Usual:
        """Where samples lie more closely told, found from the same ones, once."""
        if self._usual is None:
            self._usual = usual_of(self.samples(AVERAGE_SAMPLES, seed=AVERAGE_SEED))
        return self._usual

    def paint(self, w: Tensor, noise: Tensor) -> Tensor:
        """[n, W] or [n, num_ws, W], [n or 1, numbers] -> about −1…1 [n, 3, R, R] float32."""
        rows = w[:, None].expand(-1, self.num_ws, -1) if w.ndim == 2 else w
        self.evaluations += len(rows)
        return self.painter.paint(rows, noise.expand(len(rows), -1) if self.maps.numbers else None)

    @torch.inference_mode()
    def final(self, w: Tensor) -> np.ndarray:
        """As scenes draw it: own noise, full precision. [n, W] or [n, num_ws, W] -> uint8 [n, R, R, 3]"""
        rows = w[:, None].expand(-1, self.num_ws, -1) if w.ndim == 2 else w
        return to_uint8(self.network.synthesis(rows)).permute(0, 2, 3, 1).cpu().numpy()

    def as_pictures(self, frames: np.ndarray) -> Tensor:
        """uint8 [n, H, W, 3] -> about −1…1 [n, 3, R, R], brought to the network's size where they are of another."""
        pictures = torch.tensor(frames).to(self.device).permute(0, 3, 1, 2).float()
        size = (self.side, self.side)
        if pictures.shape[-2:] != size:
            pictures = functional.interpolate(pictures, size, mode="bicubic", antialias=True).clamp(0, 255)
        return pictures / 127.5 - 1

    @torch.no_grad()
    def samples(self, count: int, *, seed: int) -> Tensor:
        """w of random vectors, [count, W]; of a network with classes, each class in turn."""
        chance = np.random.RandomState(seed)
        found = []
        for start in range(0, count, SAMPLE_CHUNK):
            size = min(SAMPLE_CHUNK, count - start)
            z = torch.from_numpy(chance.randn(size, self.network.z_dim)).float().to(self.device)
            labels = None
            if self.network.num_classes:
                labels = functional.one_hot((start + torch.arange(size)) % self.network.num_classes)
                labels = functional.pad(labels, (0, self.network.num_classes - labels.shape[1])).float().to(self.device)
            found.append(self.network.mapping(z, labels=labels)[:, 0])
        return torch.cat(found)

    def _measure(self) -> Spread:
        w = self.samples(AVERAGE_SAMPLES, seed=AVERAGE_SEED).double()
        mean = w.mean(dim=0)
        power = float((w - mean).square().sum() / len(w))
        return Spread(mean.float(), power**0.5, (power / self.w_dim) ** 0.5)


def _sides(network: StyleGan) -> list[int]:
    if not isinstance(network, StyleGan2):
        return []
    return [layer.noise_const.shape[-1] for _, block in network._synthesis.blocks() for layer in block.convolutions()]
