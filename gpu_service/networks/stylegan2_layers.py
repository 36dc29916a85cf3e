"""The layers of StyleGAN2's generator. Karras et al., "Analyzing and Improving the Image Quality of StyleGAN", 2020.

Styles scale what goes into a convolution, demodulation what comes out: the same numbers as one kernel per picture, and
the whole batch shares one kernel.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from gpu_service.networks.hooks import Bending
from gpu_service.networks.mapping import Dense

# Answers the noise map of one layer, [N or 1, 1, R, R], or None.
NoiseSource = Callable[["SynthesisLayer"], Tensor | None]


class SynthesisLayer(nn.Module):
    """A modulated 3×3 convolution, doubled in size where `up`, with noise, bias and leaky ReLU."""

    noise_const: Tensor
    resample_filter: Tensor

    def __init__(
        self, inputs: int, outputs: int, *, w_dim: int, resolution: int, up: bool, clamp: float | None
    ) -> None:
        super().__init__()
        self.affine = Dense(w_dim, inputs)
        self.weight = nn.Parameter(torch.empty(outputs, inputs, 3, 3))
        self.bias = nn.Parameter(torch.empty(outputs))
        self.noise_strength = nn.Parameter(torch.empty(()))
        self.register_buffer("noise_const", torch.empty(resolution, resolution))
        self.register_buffer("resample_filter", torch.empty(4, 4))
        self.up, self.clamp = up, clamp

    def forward(self, x: Tensor, w: Tensor, noise: NoiseSource) -> Tensor:
        """[N, inputs, r, r] and its row of w [N, W] -> [N, outputs, R, R]"""
        style = self.affine(w)
        power = self.weight.square().sum(dim=(2, 3))  # [outputs, inputs]
        # Leaky ReLU lets a factor through, so its gain goes where it costs least: before.
        scale = torch.rsqrt(style.square() @ power.T + 1e-8) * 2**0.5
        rain = noise(self)
        x = self._convolve(x * style[:, :, None, None])
        shift = self.bias[:, None, None] * 2**0.5
        fall = None if rain is None else rain * (self.noise_strength * 2**0.5)
        if x.requires_grad:
            x = x * scale[:, :, None, None] + (shift if fall is None else shift + fall)
            x = functional.leaky_relu(x, 0.2)
            return x if self.clamp is None else x.clamp(-self.clamp, self.clamp)
        # Nobody asks for gradients: no copy of a large picture for every small step.
        x.mul_(scale[:, :, None, None]).add_(shift)
        if fall is not None:
            x.add_(fall)
        functional.leaky_relu_(x, 0.2)
        return x if self.clamp is None else x.clamp_(-self.clamp, self.clamp)

    def _convolve(self, x: Tensor) -> Tensor:
        if not self.up:
            return functional.conv2d(x, self.weight, padding=1)
        x = functional.conv_transpose2d(x, self.weight.transpose(0, 1), stride=2)  # r -> 2r + 1
        kernel = (self.resample_filter * 4).expand(x.shape[1], 1, 4, 4)
        return functional.conv2d(x, kernel, padding=1, groups=x.shape[1])  # -> 2r


class ToRgb(nn.Module):
    """A modulated 1×1 convolution to colour; styles carry the gain, nothing is demodulated."""

    def __init__(self, inputs: int, *, w_dim: int, clamp: float | None) -> None:
        super().__init__()
        self.affine = Dense(w_dim, inputs)
        self.weight = nn.Parameter(torch.empty(3, inputs, 1, 1))
        self.bias = nn.Parameter(torch.empty(3))
        self.gain, self.clamp = inputs**-0.5, clamp

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        """[N, inputs, R, R] and its row of w -> [N, 3, R, R]"""
        style = self.affine(w) * self.gain
        rgb = functional.conv2d(x * style[:, :, None, None], self.weight, self.bias)
        return rgb if self.clamp is None else rgb.clamp(-self.clamp, self.clamp)


class Block(nn.Module):
    """One resolution: one or two layers, and its share of the colour sum."""

    resample_filter: Tensor

    def __init__(self, inputs: int, outputs: int, *, w_dim: int, resolution: int, clamp: float | None) -> None:
        super().__init__()
        self.is_first = resolution == 4
        self.register_buffer("resample_filter", torch.empty(4, 4))
        if self.is_first:
            self.const = nn.Parameter(torch.empty(outputs, 4, 4))
        else:
            self.conv0 = SynthesisLayer(inputs, outputs, w_dim=w_dim, resolution=resolution, up=True, clamp=clamp)
        self.conv1 = SynthesisLayer(outputs, outputs, w_dim=w_dim, resolution=resolution, up=False, clamp=clamp)
        self.torgb = ToRgb(outputs, w_dim=w_dim, clamp=clamp)

    @property
    def layers(self) -> int:
        """Rows of w that move the index on; the colour layer shares its row with the next block."""
        return 1 if self.is_first else 2

    def convolutions(self) -> list[SynthesisLayer]:
        """Its layers but the colour layer, in the order in which they read rows of w."""
        return [self.conv1] if self.is_first else [self.conv0, self.conv1]

    def forward(
        self,
        x: Tensor | None,
        rgb: Tensor | None,
        ws: Tensor,
        noise: NoiseSource,
        bent: tuple[Bending, int] | None = None,
    ) -> tuple[Tensor, Tensor]:
        """ws [N, layers + 1, W] -> feature maps and the colour sum so far. `bent`: what bends them, and its place."""
        rows = iter(ws.unbind(dim=1))
        if x is None or rgb is None:
            x = self.const.expand(len(ws), -1, -1, -1)
        else:
            x = self.conv0(x, next(rows), noise)
            # Zeros between the samples and the filter, as one depthwise transposed convolution: r -> 2r.
            kernel = (self.resample_filter * 4).expand(3, 1, 4, 4)
            rgb = functional.conv_transpose2d(rgb, kernel, stride=2, padding=1, groups=3)
        x = self.conv1(x, next(rows), noise)
        if bent is not None and bent[0].acts("features", bent[1]):
            x = bent[0].bend(x, "features", bent[1])
        colour = self.torgb(x, next(rows))
        if bent is not None and bent[0].acts("rgb", bent[1]):
            colour = bent[0].bend(colour, "rgb", bent[1])
        return x, colour if rgb is None else rgb + colour
