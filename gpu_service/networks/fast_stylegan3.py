"""StyleGAN3's synthesis made fast: convolutions in small numbers with weights packed once, all filters in float32.

Filters average many samples: rounded, they would cost 6 to 8 dB and save little. Styles are worked into what a
convolution reads, demodulation and magnitudes into what it gives.
"""

import torch
from torch import Tensor

from gpu_service.networks.crew import on_one_core, share_out
from gpu_service.networks.fast import TYPES, Convolution, Precision, bytes_of
from gpu_service.networks.hooks import Bending
from gpu_service.networks.resampling import Bands, bend
from gpu_service.networks.stylegan3_layers import FourierInput, SynthesisLayer

# What may be left out of a round filter: less than the rounding of the convolutions.
FAINT: dict[Precision, float] = {"fp32": 1e-6, "fp16": 1e-4, "bf16": 3e-4}


class FastSynthesis3:
    """Prepared from the parts of a synthesis network; draws what they draw. Asks for no gradients."""

    @torch.inference_mode()
    def __init__(
        self, first: FourierInput, layers: list[SynthesisLayer], precision: Precision, *, output_scale: float
    ) -> None:
        self.dtype, self.first = TYPES[precision], first
        self.layers = [_Layer(layer, precision) for layer in layers[:-1]]
        self.last, self.output_scale = layers[-1], output_scale

    def __call__(self, w: Tensor, camera: Tensor | None, bending: Bending | None = None) -> Tensor:
        """[N, num_ws, W], [N or 1, 3, 3] -> [N, 3, R, R]"""
        with torch.inference_mode():
            picture = self._draw(w, camera, bending)
        return picture if torch.is_inference_mode_enabled() else picture.clone()

    def _draw(self, w: Tensor, camera: Tensor | None, bending: Bending | None) -> Tensor:
        def numbers() -> list[tuple[Tensor, Tensor]]:
            # Hundreds of small sums: several cores would wait for one another longer than they would work.
            layers = [layer.numbers(w[:, row]) for row, layer in enumerate(self.layers, start=1)]
            return [*layers, self.last.scales(w[:, -1])]

        scales = on_one_core(numbers) if w.device.type == "cpu" else numbers()
        x = self.first(w[:, 0], camera).permute(0, 2, 3, 1)  # channels last from here on
        for place, (layer, (style, gain)) in enumerate(zip(self.layers, scales, strict=False)):
            read = (x * style[:, None, None]).to(self.dtype).permute(0, 3, 1, 2)
            y = layer.convolution(read.contiguous(memory_format=torch.channels_last)).permute(0, 2, 3, 1)
            x = layer.bend(y.float().mul_(gain[:, None, None]).add_(layer.bias))
            if bending is not None and bending.acts("features", place):
                x = bending.bend(x.permute(0, 3, 1, 2), "features", place).permute(0, 2, 3, 1).contiguous()
        rgb, last = self._colour(x, *scales[-1]), len(self.layers) - 1
        return bending.bend(rgb, "rgb", last) if bending is not None and bending.acts("rgb", last) else rgb

    def _colour(self, x: Tensor, style: Tensor, gain: Tensor) -> Tensor:
        """[N, R, R, C] -> [N, 3, R, R]"""
        tint = self.last.weight[:, :, 0, 0] * style[:, None] * gain[..., None]  # [N, 3, C]
        rgb = (x.flatten(1, 2) @ tint.transpose(1, 2) + self.last.bias).transpose(1, 2)
        rgb = rgb if self.last.clamp is None else rgb.clamp(-self.last.clamp, self.last.clamp)
        return rgb.reshape(len(x), 3, *x.shape[1:3]) * self.output_scale

    def number_of_bytes(self) -> int:
        """What the prepared weights take."""
        return sum(layer.convolution.bytes + bytes_of(layer.power) for layer in self.layers)


class _Layer:
    """A convolution with what belongs to it."""

    def __init__(self, layer: SynthesisLayer, precision: Precision) -> None:
        self.layer, self.plan = layer, layer.plan
        weight = layer.weight.detach().float()
        # Brought to size 1 by output, so that no sum outgrows half precision.
        weight = weight * (weight.square().sum(dim=(1, 2, 3), keepdim=True)).rsqrt()
        self.power = weight.square().sum(dim=(2, 3)).T.contiguous()  # [inputs, outputs]
        self.convolution = Convolution(
            weight, side=self.plan.in_size, padding=self.plan.kernel - 1, precision=precision
        )
        self.fan_in = weight[0].numel()
        self.bias = layer.bias.detach().float()
        self.bands = (
            Bands(layer.up_filter.float(), layer.down_filter.float(), layer.bending, faint=FAINT[precision])
            if weight.device.type == "cpu"
            else None
        )

    def numbers(self, row: Tensor) -> tuple[Tensor, Tensor]:
        """Factors of its inputs and of its outputs. [N, W] -> [N, inputs], [N, outputs]"""
        style = self.layer.affine(row)
        style = style * style.square().mean(dim=1, keepdim=True).rsqrt()
        gain = (style.square() @ self.power + 1e-8 / self.fan_in).rsqrt()  # the 1e-8 was meant for weights of size 1
        return style, gain * self.layer.magnitude_ema.rsqrt()

    def bend(self, y: Tensor) -> Tensor:
        """[N, r, r, C] -> [N, R, R, C]; on the CPU some channels on each core."""
        if self.bands is None:
            drawn = bend(y.permute(0, 3, 1, 2), self.layer.up_filter, self.layer.down_filter, self.layer.bending)
            return drawn.permute(0, 2, 3, 1)
        bands, side = self.bands, self.plan.out_size
        bent = y.new_empty(len(y), side, side, y.shape[3])
        share = -(-y.shape[3] // torch.get_num_threads())
        pieces = [(n, slice(c, c + share)) for n in range(len(y)) for c in range(0, y.shape[3], share)]

        def work(piece: tuple[int, slice]) -> None:
            picture, channels = piece
            bent[picture, :, :, channels] = bands.bend(y[picture, :, :, channels])

        share_out(pieces, work)
        return bent
