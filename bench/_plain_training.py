"""A stand-in for the reference: StyleGAN2's training step as NVIDIA's fallback code computes it, written by us.

Float32, every tensor with its own Adam state, the discriminator called once for fakes and once for reals, filters by
spreading, padding, grouped convolution and dropping. It is not NVIDIA's code, and is called “plain” wherever quoted.
"""

from collections.abc import Iterable

import torch
from _plain_synthesis import drawn, filtered
from torch import Tensor, nn
from torch.nn import functional

from gpu_service.networks.discriminator import Convolution, Discriminator
from gpu_service.networks.stylegan2 import StyleGan2
from gpu_service.networks.stylegan2_layers import SynthesisLayer, ToRgb
from gpu_service.protocol.training import TrainingConfig

PATH_DECAY, PATH_SHRINK = 0.01, 2
ROOT, HALF = 2**0.5, 0.5**0.5


class PlainTraining:
    """`step(index, real)` does what a training loop does at that step. The networks are changed."""

    def __init__(self, config: TrainingConfig, generator: StyleGan2, discriminator: Discriminator) -> None:
        self.config, self.g, self.d = config, generator.requires_grad_(False), discriminator.requires_grad_(False)
        self.average = [parameter.clone() for parameter in generator.parameters()]
        self.path_mean = torch.zeros(())
        self.adam_g = adam(generator.parameters(), config.g_rate, config.path_every if config.path_weight else None)
        self.adam_d = adam(discriminator.parameters(), config.d_rate, config.r1_every if config.gamma else None)

    def step(self, index: int, real: Tensor) -> None:
        """`real` uint8 [N, 3, R, R]"""
        config, pictures = self.config, real.float() / 127.5 - 1
        with_paths = config.path_weight > 0 and index % config.path_every == 0
        with_r1 = config.gamma > 0 and index % config.r1_every == 0
        self._phase(self.g, self.adam_g, lambda: functional.softplus(-self._judge(self._paint()[0])).mean())
        if with_paths:
            self._phase(self.g, self.adam_g, lambda: self._path_loss() * config.path_every)
        self._phase(self.d, self.adam_d, lambda: self._told_apart(pictures))
        if with_r1:
            self._phase(self.d, self.adam_d, lambda: self._slope(pictures) * config.r1_every)
        with torch.no_grad():
            for kept, new in zip(self.average, self.g.parameters(), strict=True):
                kept.lerp_(new, 0.002)

    def _phase(self, network: nn.Module, optimiser: torch.optim.Optimizer, loss) -> None:  # type: ignore[no-untyped-def]
        optimiser.zero_grad(set_to_none=True)
        network.requires_grad_(True)
        loss().backward()
        network.requires_grad_(False)
        for parameter in network.parameters():
            if parameter.grad is not None:
                torch.nan_to_num(parameter.grad, nan=0, posinf=1e5, neginf=-1e5, out=parameter.grad)
        optimiser.step()

    def _paint(self, count: int | None = None) -> tuple[Tensor, Tensor]:
        count = count or self.config.batch
        w = self.g._mapping(torch.randn(count, self.g.z_dim), None)
        rows = w[:, None].repeat(1, self.g.num_ws, 1)
        if float(torch.rand(())) < self.config.mixing:
            cut = int(torch.randint(1, self.g.num_ws, ()))
            rows[:, cut:] = self.g._mapping(torch.randn(count, self.g.z_dim), None)[:, None]
        return synthesis(self.g, rows), rows

    def _judge(self, pictures: Tensor) -> Tensor:
        return scores(self.d, pictures)

    def _path_loss(self) -> Tensor:
        pictures, rows = self._paint(self.config.batch // PATH_SHRINK)
        direction = torch.randn_like(pictures) / (pictures.shape[2] * pictures.shape[3]) ** 0.5
        (slope,) = torch.autograd.grad((pictures * direction).sum(), rows, create_graph=True)
        lengths = slope.square().sum(2).mean(1).sqrt()
        mean = self.path_mean.lerp(lengths.mean(), PATH_DECAY)
        self.path_mean = mean.detach()
        return (lengths - mean).square().mean() * self.config.path_weight

    def _told_apart(self, pictures: Tensor) -> Tensor:
        fakes, _ = self._paint()
        return (functional.softplus(self._judge(fakes)) + functional.softplus(-self._judge(pictures))).mean()

    def _slope(self, pictures: Tensor) -> Tensor:
        seen = pictures.detach().requires_grad_()
        (slope,) = torch.autograd.grad(self._judge(seen).sum(), seen, create_graph=True)
        return slope.square().sum((1, 2, 3)).mean() * (self.config.gamma / 2)


def adam(parameters: Iterable[Tensor], rate: float, lazy: int | None) -> torch.optim.Adam:
    share = 1.0 if lazy is None else lazy / (lazy + 1)
    return torch.optim.Adam(parameters, lr=rate * share, betas=(0.0, 0.99**share), eps=1e-8)


def synthesis(network: StyleGan2, w: Tensor) -> Tensor:
    """[N, num_ws, W] -> [N, 3, R, R], fresh noise; pictures are scaled before and after one shared convolution."""
    return drawn(network, w, layer=_layer, colour=_colour)


def _layer(layer: SynthesisLayer, x: Tensor, row: Tensor) -> Tensor:
    style = layer.affine(row)
    kernels = layer.weight[None] * style[:, None, :, None, None]
    share = (kernels.square().sum(dim=(2, 3, 4)) + 1e-8).rsqrt()
    x = x * style[:, :, None, None]
    if layer.up:
        x = functional.conv_transpose2d(x, layer.weight.transpose(0, 1), stride=2)
        x = filtered(x, layer.resample_filter * 4, (1, 1, 1, 1))
    else:
        x = functional.conv2d(x, layer.weight, padding=1)
    noise = torch.randn(len(x), 1, *x.shape[2:]) * layer.noise_strength
    return _curved(x * share[:, :, None, None] + noise + layer.bias[:, None, None], layer.clamp)


def _colour(layer: ToRgb, x: Tensor, row: Tensor) -> Tensor:
    style = layer.affine(row) * layer.gain
    y = functional.conv2d(x * style[:, :, None, None], layer.weight) + layer.bias[:, None, None]
    return y if layer.clamp is None else y.clamp(-layer.clamp, layer.clamp)


def scores(network: Discriminator, pictures: Tensor) -> Tensor:
    """[N, 3, R, R] -> [N]"""
    x: Tensor | None = None
    clamp = network.config.conv_clamp
    for block in network.blocks():
        if x is None:
            x = _judged(block.fromrgb, pictures, clamp)
        around = _judged(block.skip, x, None) * HALF
        x = around + _judged(block.conv1, _judged(block.conv0, x, clamp), clamp) * HALF
    assert x is not None
    return network.b4(x, pictures)[:, 0]


def _judged(layer: Convolution, x: Tensor, clamp: float | None) -> Tensor:
    weight = layer.weight * (layer.kernel**2 * layer.weight.shape[1]) ** -0.5
    if layer.down and layer.kernel == 1:
        x = functional.conv2d(filtered(x, layer.resample_filter, (1, 1, 1, 1))[:, :, ::2, ::2], weight)
    elif layer.down:
        x = functional.conv2d(filtered(x, layer.resample_filter, (2, 2, 2, 2)), weight, stride=2)
    else:
        x = functional.conv2d(x, weight, padding=layer.kernel // 2)
    return x if layer.bias is None else _curved(x + layer.bias[:, None, None], clamp)


def _curved(x: Tensor, clamp: float | None) -> Tensor:
    x = functional.leaky_relu(x, 0.2) * ROOT
    return x if clamp is None else x.clamp(-clamp, clamp)
