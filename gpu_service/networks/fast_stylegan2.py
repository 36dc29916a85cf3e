"""StyleGAN2's synthesis made fast: one shared kernel per layer, one pass over the maps behind each convolution.

Between two convolutions everything is one step: demodulation, noise, bias, leaky ReLU, clamp, the next layer's styles
and the way to colour, in float32; only what the next convolution reads is rounded. Colours are summed in float32.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from gpu_service.networks.crew import on_one_core
from gpu_service.networks.fast import TYPES, Convolution, Precision, Unfit, bytes_of, runs_compiled
from gpu_service.networks.fast_cuda import Recorder
from gpu_service.networks.fast_steps import colour_of, enlarge, settle, settle_last, smooth
from gpu_service.networks.hooks import Bending
from gpu_service.networks.mapping import Dense
from gpu_service.networks.stylegan2_layers import Block, NoiseSource, SynthesisLayer, ToRgb

ROOT = 2**0.5
LEAST = 1e-20


@dataclass(frozen=True)
class _Numbers:
    """What one picture (or batch) asks of a layer: factors of its inputs and outputs, [N, C], and its noise."""

    carried: Tensor
    gain: Tensor
    rain: Tensor


class FastSynthesis2:
    """Prepared from the blocks of a synthesis network; draws what they draw. Asks for no gradients."""

    @torch.inference_mode()
    def __init__(self, blocks: list[Block], precision: Precision) -> None:
        self.dtype = TYPES[precision]
        self.first = blocks[0].const.detach().float()[None].clone()
        self.layers: list[_Layer] = []
        self.colours: list[_Colour] = []
        row = 0
        for place, block in enumerate(blocks):
            for step, layer in enumerate(block.convolutions()):
                side = (4 << place) // (2 if layer.up else 1)
                self.layers.append(_Layer(layer, row=row + step, side=side, precision=precision))
            row += block.layers
            self.colours.append(_Colour(block.torgb, row=row, taps=taps_of(block.resample_filter)))
        self._recorder = Recorder(self._draw_flat)

    def __call__(self, w: Tensor, noise: NoiseSource, bending: Bending | None = None) -> Tensor:
        """[N, num_ws, W] -> [N, 3, R, R]"""
        with torch.inference_mode():
            # Hundreds of small sums: several cores would wait for one another longer than they would work.
            numbers, tints = (
                on_one_core(lambda: self._numbers(w, noise)) if w.device.type == "cpu" else self._numbers(w, noise)
            )
            if w.device.type == "cuda":
                flat = [part for each in numbers for part in (each.carried, each.gain, each.rain)] + tints
                picture = self._record(flat, bending, fused=runs_compiled(self.dtype, w.device))
            else:
                picture = self._draw(numbers, tints, bending)
        return picture if torch.is_inference_mode_enabled() else picture.clone()

    @torch.inference_mode()
    def _numbers(self, w: Tensor, noise: NoiseSource) -> tuple[list[_Numbers], list[Tensor]]:
        return [layer.numbers(w, noise) for layer in self.layers], [colour.tint(w) for colour in self.colours]

    def _record(self, flat: list[Tensor], bending: Bending | None, *, fused: bool) -> Tensor:
        """By a graph, one for each thing that bends may do."""
        if bending is None:
            return self._recorder(flat, state=fused)
        count = len(flat)

        def work(inputs: Sequence[Tensor]) -> Tensor:
            return self._draw_flat(inputs[:count], bending.holding(inputs[count:]))

        return self._recorder([*flat, *bending.tensors], state=(fused, bending.key), work=work)

    def _draw_flat(self, inputs: Sequence[Tensor], bending: Bending | None = None) -> Tensor:
        """The same of tensors in a row, as a graph is given them."""
        count = 3 * len(self.layers)
        numbers = [_Numbers(*inputs[place : place + 3]) for place in range(0, count, 3)]
        return self._draw(numbers, list(inputs[count:]), bending)

    def _draw(self, numbers: list[_Numbers], tints: list[Tensor], bending: Bending | None) -> Tensor:
        x = (self.first * numbers[0].carried[:, :, None, None]).to(self.dtype)
        x, rgb = x.contiguous(memory_format=torch.channels_last), None
        colours = enumerate(zip(self.colours, tints, strict=True))
        for place, (layer, own) in enumerate(zip(self.layers, numbers, strict=True)):
            t, after = layer.convolution(x), numbers[place + 1 : place + 2]
            if layer.up:
                x = smooth(t, layer.taps, own.gain, layer.shift, own.rain, after[0].carried, layer.limit)
                continue
            block, (colour, tint) = next(colours)
            if bending is not None and bending.acts("features", block):
                bend = partial(bending.bend, branch="features", place=block)
                x, part = self._settle_bent(t, layer, own, after, bend, tint=tint, bias=colour.bias)
            elif after:
                x, part = settle(t, own.gain, layer.shift, own.rain, after[0].carried, tint, colour.bias, layer.limit)
            else:
                part = settle_last(t, own.gain, layer.shift, own.rain, tint, colour.bias, layer.limit)
            if bending is not None and bending.acts("rgb", block):
                part = bending.bend(part, "rgb", block)
            rgb = part if rgb is None else enlarge(rgb, part, colour.taps)
        assert rgb is not None
        return rgb

    def _settle_bent(
        self,
        t: Tensor,
        layer: "_Layer",
        own: _Numbers,
        after: list[_Numbers],
        bend: Callable[[Tensor], Tensor],
        *,
        tint: Tensor,
        bias: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """As `settle`, with the maps bent before the next layer and the colours read them."""
        style = torch.ones_like(tint[:, 0])
        maps, _ = settle(t, own.gain, layer.shift, own.rain, style, tint, bias, layer.limit)
        maps = bend(maps.float())
        carried = maps * after[0].carried[:, :, None, None] if after else maps
        x = carried.to(self.dtype).contiguous(memory_format=torch.channels_last)
        return x, colour_of(maps, tint, bias, layer.limit)

    def number_of_bytes(self) -> int:
        """What the prepared weights take."""
        return sum(layer.number_of_bytes() for layer in self.layers)


class _Layer:
    """A convolution with what belongs to it."""

    def __init__(self, layer: SynthesisLayer, *, row: int, side: int, precision: Precision) -> None:
        self.layer, self.row, self.up = layer, row, layer.up
        self.affine, self.is_half = _Affine(layer.affine), precision == "fp16"
        weight = layer.weight.detach().float()
        self.power = weight.square().sum(dim=(2, 3)).T.contiguous()  # [inputs, outputs]
        self.level = torch.full_like(weight[:, 0, 0, 0], ROOT)  # [outputs]
        if self.is_half:
            # Half precision ends at 65504: weights and styles are brought to size 1, and back after the convolution.
            size = (weight.abs().amax(dim=(1, 2, 3)) * weight[0].numel() ** 0.5).clamp(min=LEAST)
            weight, self.level = weight / size[:, None, None, None], self.level * size
        padding = 0 if layer.up else 1
        self.convolution = Convolution(weight, side=side, padding=padding, precision=precision, transposed=layer.up)
        self.shift = layer.bias.detach().float()[None] * ROOT
        self.strength = layer.noise_strength.detach().float() * ROOT
        self.silence = weight.new_zeros(1, 1, *layer.noise_const.shape)
        self.limit = weight.new_tensor(torch.inf if layer.clamp is None else layer.clamp)
        self.taps = taps_of(layer.resample_filter)

    def numbers(self, w: Tensor, noise: NoiseSource) -> _Numbers:
        """[N, num_ws, W] -> what its row of w and the noise ask for."""
        style = self.affine(w[:, self.row])
        gain = torch.rsqrt(style.square() @ self.power + 1e-8) * self.level
        rain = noise(self.layer)
        fall = self.silence if rain is None else rain.reshape(-1, 1, *rain.shape[-2:]) * self.strength
        if not self.is_half:
            return _Numbers(style, gain, fall)
        largest = style.abs().amax(dim=1, keepdim=True).clamp(min=LEAST)
        return _Numbers(style / largest, gain * largest, fall)

    def number_of_bytes(self) -> int:
        return self.convolution.bytes + bytes_of(self.power, self.affine.weight, self.silence)


class _Colour:
    """The way to colour: a kernel of one pixel, coloured by the styles of each picture."""

    def __init__(self, layer: ToRgb, *, row: int, taps: Tensor) -> None:
        self.row, self.taps = row, taps
        self.affine = _Affine(layer.affine, gain=layer.gain)
        self.weight = layer.weight.detach().float()[:, :, 0, 0]
        self.bias = layer.bias.detach().float().clone()

    def tint(self, w: Tensor) -> Tensor:
        """[N, num_ws, W] -> [N, 3, C]"""
        return self.weight * self.affine(w[:, self.row])[:, None]


class _Affine:
    """w to styles, with the gains worked into the weights once."""

    def __init__(self, layer: Dense, *, gain: float = 1.0) -> None:
        self.weight = layer.weight.detach().float() * (layer.gain * gain)
        self.bias = layer.bias.detach().float() * (layer.rate * gain)

    def __call__(self, row: Tensor) -> Tensor:
        """[N, W] -> [N, outputs]"""
        return torch.addmm(self.bias, row, self.weight.T)


def taps_of(kernel: Tensor) -> Tensor:
    """The filter along one axis, with the gain of 2 that doubling needs. [4, 4] -> [4]. Unfit: it has no axes."""
    taps = kernel.detach().float().sum(dim=0)
    if not torch.allclose(torch.outer(taps, taps), kernel.float(), atol=1e-5):
        raise Unfit("This network smooths with a filter that has no axes.")
    return taps * 2
