"""What the plain stand-ins of StyleGAN2 share: the walk through the blocks, and filters as padded convolutions.

How a layer is computed differs between drawing and training, so it is passed in.
"""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional

from gpu_service.networks.stylegan2 import StyleGan2
from gpu_service.networks.stylegan2_layers import SynthesisLayer, ToRgb

Layer = Callable[[SynthesisLayer, Tensor, Tensor], Tensor]
Colour = Callable[[ToRgb, Tensor, Tensor], Tensor]


def drawn(network: StyleGan2, w: Tensor, *, layer: Layer, colour: Colour) -> Tensor:
    """[N, num_ws, W] -> [N, 3, R, R]"""
    x: Tensor | None = None
    rgb: Tensor | None = None
    for row, block in network._synthesis.blocks():
        rows = iter(w[:, row : row + block.layers + 1].unbind(dim=1))
        if x is None or rgb is None:
            x = block.const[None].repeat(len(w), 1, 1, 1)
        else:
            x = layer(block.conv0, x, next(rows))
            rgb = filtered(_spread(rgb), block.resample_filter * 4, (2, 1, 2, 1))
        x = layer(block.conv1, x, next(rows))
        added = colour(block.torgb, x, next(rows))
        rgb = added if rgb is None else rgb + added
    assert rgb is not None
    return rgb


def filtered(x: Tensor, kernel: Tensor, padding: tuple[int, int, int, int]) -> Tensor:
    """Padded, then one 4 × 4 kernel over every channel by itself."""
    channels = x.shape[1]
    return functional.conv2d(functional.pad(x, padding), kernel.expand(channels, 1, 4, 4), groups=channels)


def _spread(x: Tensor) -> Tensor:
    """A zero after every sample, on both axes."""
    count, channels, height, width = x.shape
    y = functional.pad(x.reshape(count, channels, height, 1, width, 1), (0, 1, 0, 0, 0, 1))
    return y.reshape(count, channels, height * 2, width * 2)
