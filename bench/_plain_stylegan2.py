"""A stand-in for the reference: StyleGAN2's synthesis as NVIDIA's code computes it, written by us from its description.

One kernel per picture, modulated and demodulated, all of them as one grouped convolution; float32; filter, noise, bias,
activation, gain and clamp one after the other. It is not NVIDIA's code, and is called “plain” wherever it is quoted.
"""

import torch
from _plain_synthesis import drawn, filtered
from torch import Tensor
from torch.nn import functional

from gpu_service.networks.stylegan2 import StyleGan2
from gpu_service.networks.stylegan2_layers import SynthesisLayer, ToRgb


@torch.inference_mode()
def plain_synthesis(network: StyleGan2, w: Tensor) -> Tensor:
    """[N, num_ws, W] -> [N, 3, R, R], the noise that is in the file."""
    return drawn(network, w, layer=_layer, colour=_colour)


def _layer(layer: SynthesisLayer, x: Tensor, row: Tensor) -> Tensor:
    kernels = layer.weight[None] * layer.affine(row)[:, None, :, None, None]  # [N, outputs, inputs, 3, 3]
    kernels = kernels * (kernels.square().sum(dim=(2, 3, 4), keepdim=True) + 1e-8).rsqrt()
    if layer.up:
        x = filtered(_grouped(x, kernels, up=True), layer.resample_filter * 4, (1, 1, 1, 1))
    else:
        x = _grouped(x, kernels, up=False)
    x = x + layer.noise_const * layer.noise_strength
    x = x + layer.bias[:, None, None]
    x = functional.leaky_relu(x, 0.2)
    x = x * 2**0.5
    return x if layer.clamp is None else x.clamp(-layer.clamp, layer.clamp)


def _grouped(x: Tensor, kernels: Tensor, *, up: bool) -> Tensor:
    """All pictures as the groups of one convolution."""
    count, outputs, inputs = kernels.shape[:3]
    x = x.reshape(1, -1, *x.shape[2:])
    if up:
        swapped = kernels.transpose(1, 2).reshape(count * inputs, outputs, 3, 3)
        y = functional.conv_transpose2d(x, swapped, stride=2, groups=count)
    else:
        y = functional.conv2d(x, kernels.reshape(count * outputs, inputs, 3, 3), padding=1, groups=count)
    return y.reshape(count, outputs, *y.shape[2:])


def _colour(layer: ToRgb, x: Tensor, row: Tensor) -> Tensor:
    kernels = layer.weight[None] * (layer.affine(row) * layer.gain)[:, None, :, None, None]
    x = x.reshape(1, -1, *x.shape[2:])
    y = functional.conv2d(x, kernels.reshape(-1, kernels.shape[2], 1, 1), groups=len(kernels))
    y = y.reshape(len(kernels), 3, *y.shape[2:]) + layer.bias[:, None, None]
    return y if layer.clamp is None else y.clamp(-layer.clamp, layer.clamp)
