"""Inception-v3 of December 2015 as a source of features: its weights are the operator's, read from a safetensors file.

Szegedy et al., “Rethinking the Inception Architecture for Computer Vision”, 2016. Tensors are named by TensorFlow's
scopes, batch normalisation folded in: `mixed_4_tower_1_conv_3.weight` [out, in, height, width] and `.bias` [out].
A file may end early: what is complete from the picture onwards is used.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn
from torch.nn import functional

from gpu_service.errors import RenderError

SMALLEST_PX, NATIVE_PX = 75, 299


@dataclass(frozen=True)
class Conv:
    """A convolution and its ReLU. `name` goes on after the block's."""

    name: str
    out: int
    kernel: int | tuple[int, int] = 1
    stride: int = 1
    is_padded: bool = True

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the kernel."""
        return self.kernel if isinstance(self.kernel, tuple) else (self.kernel, self.kernel)


@dataclass(frozen=True)
class Pool:
    """Over 3 × 3: the largest at every second place, or the mean or the largest at every place."""

    kind: str

    def __call__(self, x: Tensor) -> Tensor:
        if self.kind == "mean":
            return functional.avg_pool2d(x, 3, stride=1, padding=1, count_include_pad=False)
        if self.kind == "largest":
            return functional.max_pool2d(x, 3, stride=1, padding=1)
        return functional.max_pool2d(x, 3, stride=2)


Step = Conv | Pool | tuple[Conv, Conv]  # two side by side
Branch = tuple[Step, ...]
HALVE, MEAN, LARGEST = Pool("halve"), Pool("mean"), Pool("largest")


def _fine(pooled: int) -> tuple[Branch, ...]:
    return (
        (Conv("_conv", 64),),
        (Conv("_tower_conv", 48), Conv("_tower_conv_1", 64, 5)),
        (Conv("_tower_1_conv", 64), Conv("_tower_1_conv_1", 96, 3), Conv("_tower_1_conv_2", 96, 3)),
        (MEAN, Conv("_tower_2_conv", pooled)),
    )


def _crossed(inner: int) -> tuple[Branch, ...]:
    wide, high = (1, 7), (7, 1)
    return (
        (Conv("_conv", 192),),
        (Conv("_tower_conv", inner), Conv("_tower_conv_1", inner, wide), Conv("_tower_conv_2", 192, high)),
        (
            Conv("_tower_1_conv", inner),
            Conv("_tower_1_conv_1", inner, high),
            Conv("_tower_1_conv_2", inner, wide),
            Conv("_tower_1_conv_3", inner, high),
            Conv("_tower_1_conv_4", 192, wide),
        ),
        (MEAN, Conv("_tower_2_conv", 192)),
    )


def _forked(pool: Pool) -> tuple[Branch, ...]:
    wide, high = (1, 3), (3, 1)
    first, second = "_tower_mixed_conv", "_tower_1_mixed_conv"
    return (
        (Conv("_conv", 320),),
        (Conv("_tower_conv", 384), (Conv(first, 384, wide), Conv(f"{first}_1", 384, high))),
        (
            Conv("_tower_1_conv", 448),
            Conv("_tower_1_conv_1", 384, 3),
            (Conv(second, 384, wide), Conv(f"{second}_1", 384, high)),
        ),
        (pool, Conv("_tower_2_conv", 192)),
    )


BLOCKS: dict[str, tuple[Branch, ...]] = {
    "conv": ((Conv("", 32, 3, 2, False),),),
    "conv_1": ((Conv("", 32, 3, 1, False),),),
    "conv_2": ((Conv("", 64, 3),),),
    "pool": ((HALVE,),),
    "conv_3": ((Conv("", 80),),),
    "conv_4": ((Conv("", 192, 3, 1, False),),),
    "pool_1": ((HALVE,),),
    "mixed": _fine(32),
    "mixed_1": _fine(64),
    "mixed_2": _fine(64),
    "mixed_3": (
        (Conv("_conv", 384, 3, 2, False),),
        (Conv("_tower_conv", 64), Conv("_tower_conv_1", 96, 3), Conv("_tower_conv_2", 96, 3, 2, False)),
        (HALVE,),
    ),
    "mixed_4": _crossed(128),
    "mixed_5": _crossed(160),
    "mixed_6": _crossed(160),
    "mixed_7": _crossed(192),
    "mixed_8": (
        (Conv("_tower_conv", 192), Conv("_tower_conv_1", 320, 3, 2, False)),
        (
            Conv("_tower_1_conv", 192),
            Conv("_tower_1_conv_1", 192, (1, 7)),
            Conv("_tower_1_conv_2", 192, (7, 1)),
            Conv("_tower_1_conv_3", 192, 3, 2, False),
        ),
        (HALVE,),
    ),
    "mixed_9": _forked(MEAN),
    "mixed_10": _forked(LARGEST),
}


class InceptionV3(nn.Module):
    """`last` is the last complete layer, `channels` how many each has. Gradients flow, weights ask for none."""

    def __init__(self, tensors: Mapping[str, Tensor], *, name: str = "The file") -> None:
        super().__init__()
        self.channels: dict[str, int] = {}
        self._convs = nn.ModuleDict()
        inputs = 3
        for block, branches in BLOCKS.items():
            convs = list(_convolutions(branches, inputs))
            if any(f"{block}{conv.name}.weight" not in tensors for conv, _ in convs):
                break
            for conv, width in convs:
                self._convs[f"{block}{conv.name}"] = _convolution(tensors, f"{block}{conv.name}", conv, width, name)
            inputs = self.channels[block] = sum(_width(branch, inputs) for branch in branches)
        if "mixed" not in self.channels:
            raise RenderError(f"{name} holds no Inception-v3: conv … mixed are not all there. See docs/training.md.")
        self.last = list(self.channels)[-1]

    def forward(self, x: Tensor, layers: tuple[str, ...] = ()) -> dict[str, Tensor]:
        """RGB (pixel − 128) / 128 [n, 3, H, W], 75 pixels a side or more -> those layers by name, or the last."""
        layers = layers or (self.last,)
        found: dict[str, Tensor] = {}
        for block in self.channels:
            x = torch.cat([self._follow(block, branch, x) for branch in BLOCKS[block]], dim=1)
            if block in layers:
                found[block] = x
            if len(found) == len(layers):
                break
        return found

    def _follow(self, block: str, branch: Branch, x: Tensor) -> Tensor:
        for step in branch:
            if isinstance(step, Pool):
                x = step(x)
            elif isinstance(step, Conv):
                x = functional.relu(self._convs[block + step.name](x))
            else:
                x = torch.cat([functional.relu(self._convs[block + conv.name](x)) for conv in step], dim=1)
        return x


def read_inception(path: Path, *, device: torch.device) -> InceptionV3:
    """From the operator's file, in float32. Raises RenderError."""
    try:
        with safe_open(path, "pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise RenderError(f"{path.name} cannot be read as a safetensors file: {error}", kind="bad_input") from error
    network = InceptionV3(tensors, name=path.name).to(device)
    for weight in network.parameters():
        if weight.ndim == 4:
            weight.data = weight.data.contiguous(memory_format=torch.channels_last)
    return network


def _convolutions(branches: tuple[Branch, ...], inputs: int) -> Iterator[tuple[Conv, int]]:
    """Each convolution and how many channels it reads."""
    for branch in branches:
        width = inputs
        for step in branch:
            for conv in (step,) if isinstance(step, Conv) else () if isinstance(step, Pool) else step:
                yield conv, width
            width = _after(step, width)


def _width(branch: Branch, inputs: int) -> int:
    for step in branch:
        inputs = _after(step, inputs)
    return inputs


def _after(step: Step, inputs: int) -> int:
    if isinstance(step, Pool):
        return inputs
    return step.out if isinstance(step, Conv) else sum(conv.out for conv in step)


def _convolution(tensors: Mapping[str, Tensor], title: str, conv: Conv, inputs: int, file: str) -> nn.Conv2d:
    height, width = conv.size
    padding = (height // 2, width // 2) if conv.is_padded else (0, 0)
    with torch.device("meta"):
        layer = nn.Conv2d(inputs, conv.out, conv.size, stride=conv.stride, padding=padding)
    for part, shape in (("weight", (conv.out, inputs, height, width)), ("bias", (conv.out,))):
        tensor = tensors.get(f"{title}.{part}")
        if tensor is None or tuple(tensor.shape) != shape:
            found = "missing" if tensor is None else f"of shape {tuple(tensor.shape)}"
            raise RenderError(f"{file} is no Inception-v3: {title}.{part} is {found}, not {shape}.", kind="bad_input")
        setattr(layer, part, nn.Parameter(tensor.float(), requires_grad=False))
    return layer
