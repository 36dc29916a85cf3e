"""The fused steps of StyleGAN2's fast synthesis: what happens to the maps between two convolutions, in one pass.

Maps lie channels last; numbers per channel are [N, C], noise is [N or 1, 1, R, R], arithmetic is float32.
"""

import torch
from torch import Tensor
from torch.nn import functional

from gpu_service.networks.fast import Step, in_pieces


def _bend(maps: Tensor, gain: Tensor, shift: Tensor, rain: Tensor, limit: Tensor) -> Tensor:
    """Demodulation, noise, bias, leaky ReLU, clamp. The gain of √2 is in `gain`, `shift` and `rain` already."""
    y = maps * gain[:, :, None, None] + (shift[:, :, None, None] + rain)
    return torch.clamp(torch.where(y > 0, y, y * 0.2), -limit, limit)


def _colour(y: Tensor, tint: Tensor, bias: Tensor, limit: Tensor) -> Tensor:
    """tint [N, 3, C], bias [3] -> [N, 3, R, R]"""
    sums = [(y * tint[:, part, :, None, None]).sum(dim=1) for part in range(3)]
    return torch.clamp(torch.stack(sums, dim=1) + bias[:, None, None], -limit, limit)


def colour_of(y: Tensor, tint: Tensor, bias: Tensor, limit: Tensor) -> Tensor:
    """The colours of maps that were bent, as `settle` makes them. [N, C, R, R], tint [N, 3, C] -> [N, 3, R, R]"""
    sums = (tint @ y.flatten(2)).unflatten(2, y.shape[2:])
    return torch.clamp(sums + bias[:, None, None], -limit, limit)


def _settle(
    t: Tensor, gain: Tensor, shift: Tensor, rain: Tensor, style: Tensor, tint: Tensor, bias: Tensor, limit: Tensor
) -> tuple[Tensor, Tensor]:
    y = _bend(t.float(), gain, shift, rain, limit)
    return (y * style[:, :, None, None]).to(t.dtype), _colour(y, tint, bias, limit)


def _settle_last(
    t: Tensor, gain: Tensor, shift: Tensor, rain: Tensor, tint: Tensor, bias: Tensor, limit: Tensor
) -> Tensor:
    return _colour(_bend(t.float(), gain, shift, rain, limit), tint, bias, limit)


def _filter(
    padded: Tensor, taps: Tensor, gain: Tensor, shift: Tensor, rain: Tensor, style: Tensor, limit: Tensor
) -> Tensor:
    """[N, C, n + 3, m + 3] -> [N, C, n, m]"""
    x = padded.float()
    rows, columns = x.shape[2] - 3, x.shape[3] - 3
    x = (
        x[..., 0:columns] * taps[0]
        + x[..., 1 : columns + 1] * taps[1]
        + x[..., 2 : columns + 2] * taps[2]
        + x[..., 3 : columns + 3] * taps[3]
    )
    x = (
        x[:, :, 0:rows] * taps[0]
        + x[:, :, 1 : rows + 1] * taps[1]
        + x[:, :, 2 : rows + 2] * taps[2]
        + x[:, :, 3 : rows + 3] * taps[3]
    )
    return (_bend(x, gain, shift, rain, limit) * style[:, :, None, None]).to(padded.dtype)


def _smooth(t: Tensor, taps: Tensor, gain: Tensor, shift: Tensor, rain: Tensor, style: Tensor, limit: Tensor) -> Tensor:
    return _filter(functional.pad(t, (1, 1, 1, 1)), taps, gain, shift, rain, style, limit)


def _enlarge(rgb: Tensor, colour: Tensor, taps: Tensor) -> Tensor:
    x = functional.pad(rgb, (1, 1, 1, 1))
    even = x[:, :, :-2] * taps[0] + x[:, :, 1:-1] * taps[2]
    odd = x[:, :, 1:-1] * taps[1] + x[:, :, 2:] * taps[3]
    x = torch.stack([even, odd], dim=3).flatten(2, 3)
    even = x[..., :-2] * taps[0] + x[..., 1:-1] * taps[2]
    odd = x[..., 1:-1] * taps[1] + x[..., 2:] * taps[3]
    return torch.stack([even, odd], dim=4).flatten(3, 4) + colour


def _settle_pieces(t: Tensor, gain: Tensor, shift: Tensor, rain: Tensor, *rest: Tensor) -> tuple[Tensor, Tensor]:
    x, colour = torch.empty_like(t), _no_colour(t)

    def settle_rows(cut: slice) -> None:
        x[:, :, cut], colour[:, :, cut] = _settle(t[:, :, cut], gain, shift, rain[:, :, cut], *rest)

    in_pieces(t.shape[2], settle_rows, numbers=t.numel(), device=t.device)
    return x, colour


def _settle_last_pieces(t: Tensor, gain: Tensor, shift: Tensor, rain: Tensor, *rest: Tensor) -> Tensor:
    colour = _no_colour(t)

    def settle_rows(cut: slice) -> None:
        colour[:, :, cut] = _settle_last(t[:, :, cut], gain, shift, rain[:, :, cut], *rest)

    in_pieces(t.shape[2], settle_rows, numbers=t.numel(), device=t.device)
    return colour


def _smooth_pieces(t: Tensor, taps: Tensor, gain: Tensor, shift: Tensor, rain: Tensor, *rest: Tensor) -> Tensor:
    padded = functional.pad(t, (1, 1, 1, 1))
    side = t.shape[2] - 1
    x = t.new_empty(t.shape[0], t.shape[1], side, side).contiguous(memory_format=torch.channels_last)

    def smooth_rows(cut: slice) -> None:
        rows = padded[:, :, cut.start : cut.stop + 3]
        x[:, :, cut] = _filter(rows, taps, gain, shift, rain[:, :, cut], *rest)

    in_pieces(side, smooth_rows, numbers=t.numel(), device=t.device)
    return x


def _no_colour(t: Tensor) -> Tensor:
    return t.new_empty(t.shape[0], 3, *t.shape[2:], dtype=torch.float32)


# Sizes of the examples differ from one another, so that none is taken for another.
def _maps(dtype: torch.dtype, device: torch.device, batch: int, *, side: int) -> Tensor:
    maps = torch.zeros(batch, 48, side, side, dtype=dtype, device=device)
    return maps.contiguous(memory_format=torch.channels_last)


def _numbers(device: torch.device, *shape: int) -> Tensor:
    return torch.zeros(shape, device=device)


def _example_settle(dtype: torch.dtype, device: torch.device, batch: int) -> tuple[Tensor, ...]:
    t, n = _maps(dtype, device, batch, side=32), batch
    each, rain = _numbers(device, n, 48), _numbers(device, 1, 1, 32, 32)
    tint, bias, limit = _numbers(device, n, 3, 48), _numbers(device, 3), _numbers(device)
    return t, each, each + 1, rain, each + 2, tint, bias, limit


def _example_settle_last(dtype: torch.dtype, device: torch.device, batch: int) -> tuple[Tensor, ...]:
    t, gain, shift, rain, _style, tint, bias, limit = _example_settle(dtype, device, batch)
    return t, gain, shift, rain, tint, bias, limit


def _example_smooth(dtype: torch.dtype, device: torch.device, batch: int) -> tuple[Tensor, ...]:
    _, gain, shift, rain, style, _tint, _bias, limit = _example_settle(dtype, device, batch)
    return _maps(dtype, device, batch, side=33), _numbers(device, 4), gain, shift, rain, style, limit


def _example_enlarge(_dtype: torch.dtype, device: torch.device, batch: int) -> tuple[Tensor, ...]:
    return _numbers(device, batch, 3, 20, 20), _numbers(device, batch, 3, 40, 40), _numbers(device, 4)


settle = Step(_settle, pieces=_settle_pieces, example=_example_settle)
settle_last = Step(_settle_last, pieces=_settle_last_pieces, example=_example_settle_last)
smooth = Step(_smooth, pieces=_smooth_pieces, example=_example_smooth)
enlarge = Step(_enlarge, pieces=_enlarge, example=_example_enlarge)
