"""Raising and lowering the sampling rate of pictures with finite filters; only samples that the filter covers whole.

Filters sum to 1 and are symmetric.
"""

from torch import Tensor
from torch.nn import functional


def filter_up(x: Tensor, taps: Tensor, *, factor: int, padding: tuple[int, int]) -> Tensor:
    """Put zeros between the samples and filter along both axes; zeros around, or a cut where `padding` is negative."""
    channels = x.shape[1]
    n, c, h, w = x.shape
    y = x.new_zeros(n, c, h, factor, w, factor)
    y[:, :, :, 0, :, 0] = x
    y = functional.pad(y.view(n, c, h * factor, w * factor), [*padding, *padding])
    taps = taps * factor
    y = functional.conv2d(y, taps.view(1, 1, 1, -1).expand(channels, 1, 1, -1), groups=channels)
    return functional.conv2d(y, taps.view(1, 1, -1, 1).expand(channels, 1, -1, 1), groups=channels)


def filter_down(x: Tensor, taps: Tensor, *, factor: int) -> Tensor:
    """Filter along both axes, or in the plane where `taps` are two-dimensional, and keep every factor-th sample."""
    channels = x.shape[1]
    if taps.ndim == 2:
        return functional.conv2d(x, taps.expand(channels, 1, -1, -1), groups=channels, stride=factor)
    x = functional.conv2d(x, taps.view(1, 1, 1, -1).expand(channels, 1, 1, -1), groups=channels, stride=(1, factor))
    return functional.conv2d(x, taps.view(1, 1, -1, 1).expand(channels, 1, -1, 1), groups=channels, stride=(factor, 1))
