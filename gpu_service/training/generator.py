"""Generators as training runs them: a batch at once, fresh noise, gradients for every weight, small numbers in maps."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from gpu_service.networks.stylegan import StyleGan
from gpu_service.networks.stylegan2 import StyleGan2
from gpu_service.networks.stylegan2_layers import Block, SynthesisLayer, ToRgb
from gpu_service.networks.stylegan3 import StyleGan3
from gpu_service.training.chance import Latents, Taste
from gpu_service.training.precision import Precision

ROOT = 2**0.5
Draw = Callable[[Tensor, Tensor | None], Tensor]


@dataclass(frozen=True)
class Painter:
    """A generator and in what it computes."""

    network: StyleGan
    precision: Precision

    def taste(self, mixing: float) -> Taste:
        """What it draws from."""
        net = self.network
        numbers = sum(noise_sizes(net)) if isinstance(net, StyleGan2) else 0
        return Taste(net.z_dim, net.num_ws, numbers, mixing)

    def rows(self, latents: Latents, labels: Tensor | None) -> tuple[Tensor, Tensor]:
        """w of each picture [n, num_ws, W], and that of its first vector [n, W]."""
        mapping, num_ws = self.network._mapping, self.network.num_ws
        if latents.second is None or latents.cut is None:
            w: Tensor = mapping(latents.z, labels)
            return w[:, None].expand(-1, num_ws, -1), w
        both = torch.cat([latents.z, latents.second])
        w, second = mapping(both, None if labels is None else torch.cat([labels, labels])).chunk(2)
        is_first = torch.arange(num_ws, device=w.device) < latents.cut[:, None]
        return torch.where(is_first[..., None], w[:, None], second[:, None]), w

    def paint(self, w: Tensor, noise: Tensor | None) -> Tensor:
        """[n, num_ws, W] and [n, numbers] -> about −1…1, [n, 3, R, R] float32."""
        if isinstance(self.network, StyleGan2):
            return paint_stylegan2(self.network, w, noise, self.precision)
        assert isinstance(self.network, StyleGan3)
        pictures: Tensor = self.network._synthesis(w, None)
        return pictures


def noise_sizes(network: StyleGan2) -> list[int]:
    """Numbers in the noise map of each layer, in order."""
    return [layer.noise_const.numel() for _, block in network._synthesis.blocks() for layer in block.convolutions()]


def paint_stylegan2(network: StyleGan2, w: Tensor, noise: Tensor | None, precision: Precision) -> Tensor:
    """[n, num_ws, W] -> [n, 3, R, R] float32. `noise` None: without."""
    sizes = noise_sizes(network)
    rains = iter([None] * len(sizes) if noise is None else noise.split(sizes, dim=1))
    blocks = list(network._synthesis.blocks())
    first_small = max(len(blocks) - precision.octaves, 1)
    x: Tensor | None = None
    rgb: Tensor | None = None
    for place, (row, block) in enumerate(blocks):
        dtype = precision.dtype if place >= first_small else torch.float32
        styles = iter(w[:, row : row + block.layers + 1].unbind(dim=1))
        if x is None:
            x = block.const.to(dtype).expand(len(w), -1, -1, -1)
        x = x.to(dtype, memory_format=torch.channels_last)
        for layer in block.convolutions():
            x = convolve(layer, x, next(styles), next(rains))
        colour = to_rgb(block.torgb, x, next(styles))
        rgb = colour if rgb is None else enlarge(rgb, block) + colour
    assert rgb is not None
    return rgb


def convolve(layer: SynthesisLayer, x: Tensor, w: Tensor, rain: Tensor | None) -> Tensor:
    """One layer. [n, inputs, r, r], [n, W], [n, R·R] -> [n, outputs, R, R]"""
    style, weight = layer.affine(w), layer.weight
    if x.dtype == torch.float16:  # ends at 65504: both are brought to size 1, which demodulation undoes
        weight = weight / (weight.abs().amax(dim=(1, 2, 3), keepdim=True) * weight[0].numel() ** 0.5)
        style = style / style.abs().amax(dim=1, keepdim=True)
    power = weight.square().sum(dim=(2, 3))
    scale = torch.rsqrt(style.square() @ power.T + 1e-8) * ROOT  # leaky ReLU lets a factor through
    x, small = x * style[:, :, None, None].to(x.dtype), weight.to(x.dtype)
    if layer.up:
        x = functional.conv_transpose2d(x, small.transpose(0, 1), stride=2)  # r -> 2r + 1
        kernel = (layer.resample_filter * 4).to(x.dtype).expand(x.shape[1], 1, 4, 4)
        x = functional.conv2d(x, kernel, padding=1, groups=x.shape[1])  # -> 2r
    else:
        x = functional.conv2d(x, small, padding=1)
    shift = (layer.bias * ROOT)[None, :, None, None].to(x.dtype)
    x = torch.addcmul(shift, x, scale[:, :, None, None].to(x.dtype))
    if rain is not None:
        side = layer.noise_const.shape[-1]
        x = x.add_((rain.view(-1, 1, side, side) * (layer.noise_strength * ROOT)).to(x.dtype))
    x = functional.leaky_relu(x, 0.2, inplace=True)
    return x if layer.clamp is None else functional.hardtanh(x, -layer.clamp, layer.clamp)


def to_rgb(layer: ToRgb, x: Tensor, w: Tensor) -> Tensor:
    """The way to colour. [n, inputs, R, R] -> [n, 3, R, R] float32"""
    style = (layer.affine(w) * layer.gain)[:, :, None, None].to(x.dtype)
    rgb = functional.conv2d(x * style, layer.weight.to(x.dtype)).float() + layer.bias[:, None, None]
    return rgb if layer.clamp is None else functional.hardtanh(rgb, -layer.clamp, layer.clamp)


def enlarge(rgb: Tensor, block: Block) -> Tensor:
    """The colours so far at twice the size."""
    kernel = (block.resample_filter * 4).expand(3, 1, 4, 4)
    return functional.conv_transpose2d(rgb, kernel, stride=2, padding=1, groups=3)
