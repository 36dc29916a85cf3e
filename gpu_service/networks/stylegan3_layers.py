"""The parts of StyleGAN3's generator. Karras et al., "Alias-Free Generative Adversarial Networks", 2021.

Signals are sampled finely enough to be continuous: each layer raises the rate, bends the values, filters and lowers it.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from gpu_service.networks.mapping import Dense
from gpu_service.networks.resampling import Bend, bend, bend_in_bands
from gpu_service.networks.stylegan3_layout import LayerPlan


class FourierInput(nn.Module):
    """The picture's plane of waves, turned and shifted by w, by the file's own transform and by a camera."""

    freqs: Tensor
    phases: Tensor
    transform: Tensor

    def __init__(self, *, channels: int, w_dim: int, size: int, rate: int, cutoff: float) -> None:
        super().__init__()
        self.affine = Dense(w_dim, 4)
        self.weight = nn.Parameter(torch.empty(channels, channels))
        self.register_buffer("transform", torch.empty(3, 3))
        self.register_buffer("freqs", torch.empty(channels, 2))
        self.register_buffer("phases", torch.empty(channels))
        self.size, self.rate, self.cutoff = size, rate, cutoff

    def forward(self, w: Tensor, camera: Tensor | None) -> Tensor:
        """Its row of w [N, W] and the camera [N or 1, 3, 3] -> [N, channels, size, size]"""
        moved = self.motion(w)  # picture -> plane of waves
        moved = moved if camera is None else moved @ camera
        freqs = self.freqs @ moved[:, :2, :2]  # [N, C, 2]
        phases = self.phases + (self.freqs @ moved[:, :2, 2:])[..., 0]  # [N, C]
        height = (self.rate / 2 - freqs.norm(dim=2)) / (self.rate / 2 - self.cutoff)
        # Waves that the samples cannot hold fade out.
        amplitude = height.clamp(0, 1)
        steps = (torch.arange(self.size, dtype=w.dtype, device=w.device) + 0.5 - self.size / 2) / self.rate
        across, down = freqs[..., :1] * steps, freqs[..., 1:] * steps + phases[..., None]  # [N, C, size]
        waves = torch.sin((across[:, :, None] + down[..., None]) * (2 * torch.pi)) * amplitude[..., None, None]
        mix = self.weight / self.weight.shape[1] ** 0.5
        return functional.conv2d(waves, mix[..., None, None])

    def motion(self, w: Tensor) -> Tensor:
        """Turn and shift that w asks for, then the file's transform. [N, W] -> [N, 3, 3]"""
        turn = self.affine(w)
        cosine, sine, x, y = (turn / turn[:, :2].norm(dim=1, keepdim=True)).unbind(dim=1)
        none, one = torch.zeros_like(x), torch.ones_like(x)
        rotation = torch.stack([cosine, -sine, none, sine, cosine, none, none, none, one], dim=1).view(-1, 3, 3)
        shift = torch.stack([one, none, -x, none, one, -y, none, none, one], dim=1).view(-1, 3, 3)
        return rotation @ shift @ self.transform


class SynthesisLayer(nn.Module):
    """A modulated convolution, and leaky ReLU at a raised sampling rate; or, at the end, the way to colour."""

    magnitude_ema: Tensor
    up_filter: Tensor
    down_filter: Tensor

    def __init__(self, plan: LayerPlan, *, w_dim: int, clamp: float | None) -> None:
        super().__init__()
        self.plan, self.clamp = plan, clamp
        self.bending = Bend(plan.up, plan.down, plan.padding, plan.out_size, clamp)
        self.affine = Dense(w_dim, plan.in_channels)
        self.weight = nn.Parameter(torch.empty(plan.out_channels, plan.in_channels, plan.kernel, plan.kernel))
        self.bias = nn.Parameter(torch.empty(plan.out_channels))
        self.register_buffer("magnitude_ema", torch.empty(()))
        if plan.up_taps > 1:
            self.register_buffer("up_filter", torch.empty(plan.up_taps))
        if plan.down_taps > 1:
            self.register_buffer("down_filter", torch.empty((plan.down_taps,) * (2 if plan.is_radial else 1)))

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        """[N, inputs, r, r] and its row of w [N, W] -> [N, outputs, R, R]"""
        style, scale = self.scales(w)
        x = functional.conv2d(x * style[:, :, None, None], self.weight, padding=self.plan.kernel - 1)
        # Where nobody asks for gradients: no copy of a large picture for every small step.
        if x.requires_grad:
            x = x * scale[:, :, None, None] + self.bias[:, None, None]
        else:
            x.mul_(scale[:, :, None, None]).add_(self.bias[:, None, None])
        if self.plan.is_torgb:
            return x if self.clamp is None else x.clamp(-self.clamp, self.clamp)
        # The banded form writes over its buffers: not where gradients are wanted.
        form = bend if x.device.type != "cpu" or x.requires_grad else bend_in_bands
        return form(x, self.up_filter, self.down_filter, self.bending)

    def scales(self, w: Tensor) -> tuple[Tensor, Tensor]:
        """What each input and each output of the convolution is multiplied by. [N, W] -> [N, inputs], [N, outputs]"""
        style, gain = self.affine(w), self.magnitude_ema.rsqrt()
        if self.plan.is_torgb:
            return style / self.plan.in_channels**0.5, gain.expand(len(w), self.plan.out_channels)
        # The mean over the picture's own styles, so that no frame depends on its batch.
        style = style * style.square().mean(dim=1, keepdim=True).rsqrt()
        power = self.weight.square().sum(dim=(2, 3))  # [outputs, inputs]
        level = (power.sum(dim=1) / self.weight[0].numel()).rsqrt()  # brings each output's weights to rms 1
        scale = (style.square() @ (power * level[:, None].square()).T + 1e-8).rsqrt() * level * gain
        return style, scale
