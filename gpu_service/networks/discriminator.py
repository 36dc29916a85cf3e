"""StyleGAN's discriminator: how real a picture looks, one number each. StyleGAN2 and StyleGAN3 train against it.

Equalised learning rates: stored weights are ~N(0, 1) and scaled when used. Gains of an activation go into the weights,
because leaky ReLU lets a factor through.
"""

from collections.abc import Mapping
from typing import Self

import torch
from torch import Tensor, nn
from torch.nn import functional

from gpu_service.networks.discriminator_layout import DiscriminatorConfig, tensor_shapes
from gpu_service.networks.mapping import MAPPING_RATE, Dense, normalise

ROOT, HALF = 2**0.5, 0.5**0.5
PARTS = ("fromrgb", "conv0", "conv1", "skip")


class Convolution(nn.Module):
    """A convolution of 1 or 3 pixels, filtered and halved where `down`, leaky ReLU where `curved`."""

    resample_filter: Tensor

    def __init__(
        self, inputs: int, outputs: int, kernel: int, *, down: bool = False, curved: bool = True, gain: float = 1.0
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, inputs, kernel, kernel))
        self.bias = nn.Parameter(torch.empty(outputs)) if curved else None
        self.register_buffer("resample_filter", torch.empty(4, 4))
        self.down, self.curved, self.kernel = down, curved, kernel
        self.scale = gain / (inputs * kernel**2) ** 0.5
        self.bias_gain = gain * ROOT if curved else gain

    def forward(self, x: Tensor, clamp: float | None) -> Tensor:
        """[N, inputs, r, r] -> [N, outputs, r, r], or half of that. Computes in the type of `x`."""
        weight = (self.weight * (self.scale * (ROOT if self.curved else 1))).to(x.dtype)
        bias = None if self.bias is None else (self.bias * self.bias_gain).to(x.dtype)
        if not self.down:
            x = functional.conv2d(x, weight, bias, padding=self.kernel // 2)
        elif self.kernel == 1 and x.dtype == torch.float32:
            x = functional.conv2d(smooth(x, self.resample_filter, padding=1, stride=2), weight, bias)
        elif self.kernel == 1:  # processors take ten times as long for gradients of the way above in bf16
            x = functional.conv2d(smooth(x, self.resample_filter, padding=1), weight, bias, stride=2)
        else:
            x = functional.conv2d(smooth(x, self.resample_filter, padding=2), weight, bias, stride=2)
        if self.curved:
            x = functional.leaky_relu(x, 0.2, inplace=True)
        # Its gradient is one pass over the maps, that of a clamp four.
        return x if clamp is None else functional.hardtanh(x, -clamp, clamp)


def smooth(x: Tensor, kernel: Tensor, *, padding: int, stride: int = 1) -> Tensor:
    """Every map through the filter. [N, C, r, r] -> [N, C, …]"""
    channels = x.shape[1]
    spread = kernel.to(x.dtype).expand(channels, 1, -1, -1)
    return functional.conv2d(x, spread, padding=padding, stride=stride, groups=channels)


class Block(nn.Module):
    """One resolution: two convolutions, the second one halves, and the way around them."""

    resample_filter: Tensor

    def __init__(self, config: DiscriminatorConfig, resolution: int) -> None:
        super().__init__()
        self.architecture, self.clamp = config.architecture, config.conv_clamp
        width, following = config.channels(resolution), config.channels(resolution // 2)
        self.register_buffer("resample_filter", torch.empty(4, 4))
        self.is_first = resolution == config.resolution
        is_residual = config.architecture == "resnet"
        if self.is_first or config.architecture == "skip":
            self.fromrgb = Convolution(config.picture_channels, width, 1)
        self.conv0 = Convolution(width, width, 3)
        self.conv1 = Convolution(width, following, 3, down=True, gain=HALF if is_residual else 1)
        if is_residual:
            self.skip = Convolution(width, following, 1, down=True, curved=False, gain=HALF)

    def convolutions(self) -> list[Convolution]:
        """In the order in which NVIDIA's programs freeze them."""
        return [getattr(self, name) for name in PARTS if hasattr(self, name)]

    def forward(self, x: Tensor | None, picture: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        """Maps so far and the picture at this resolution -> the same at half of it."""
        if hasattr(self, "fromrgb"):
            seen = picture.to(dtype, memory_format=torch.channels_last)
            colours = self.fromrgb(seen, self.clamp)
            x = colours if x is None else x.to(dtype) + colours
        assert x is not None
        x = x.to(dtype)
        if self.architecture == "skip":
            picture = smooth(picture, self.resample_filter, padding=1, stride=2)
        if self.architecture != "resnet":
            return self.conv1(self.conv0(x, self.clamp), self.clamp), picture
        low = None if self.clamp is None else self.clamp * HALF
        # The way around is not clamped, nor is it in NVIDIA's networks.
        return self.skip(x, None) + self.conv1(self.conv0(x, self.clamp), low), picture


class Epilogue(nn.Module):
    """4×4 maps and how much a group of pictures differs, to one number (or `cmap_dim`). In float32."""

    def __init__(self, config: DiscriminatorConfig) -> None:
        super().__init__()
        width = config.channels(4)
        self.group, self.mbstd_channels, self.clamp = config.mbstd_group, config.mbstd_channels, config.conv_clamp
        if config.architecture == "skip":
            self.fromrgb = Convolution(config.picture_channels, width, 1)
        self.conv = Convolution(width + config.mbstd_channels, width, 3)
        self.fc = Dense(width * 16, width, curved=True)
        self.out = Dense(width, config.cmap_dim or 1)

    def forward(self, x: Tensor, picture: Tensor) -> Tensor:
        """[N, C, 4, 4] -> [N, cmap_dim or 1]"""
        x = x.float()
        if hasattr(self, "fromrgb"):
            x = x + self.fromrgb(picture.float(), self.clamp)
        if self.mbstd_channels:
            x = add_deviation(x, group=self.group, channels=self.mbstd_channels)
        x = self.conv(x, self.clamp)
        scores: Tensor = self.out(self.fc(x.flatten(1)))  # flattened by channel, whatever the memory's order
        return scores


def add_deviation(x: Tensor, *, group: int | None, channels: int) -> Tensor:
    """Append how much consecutive pictures differ, one number for each group and part of the maps. Karras et al. 2018.

    [N, C, H, W] -> [N, C + channels, H, W]; `group` None: the whole batch.
    """
    count, _, height, width = x.shape
    size = count if group is None else min(group, count)
    parts = x.reshape(count // size, size, channels, -1, height, width)
    spread = (parts.var(dim=1, correction=0) + 1e-8).sqrt().mean(dim=(2, 3, 4))  # [groups, channels]
    planes = spread.repeat_interleave(size, dim=0)[:, :, None, None].expand(-1, -1, height, width)
    return torch.cat([x, planes], dim=1)


class LabelMapping(nn.Module):
    """A label to what the scores are compared with: StyleGAN's mapping network without a z."""

    def __init__(self, config: DiscriminatorConfig) -> None:
        super().__init__()
        self.count = config.mapping_layers
        self.embed = Dense(config.c_dim, config.cmap_dim)
        for index in range(self.count):
            setattr(self, f"fc{index}", Dense(config.cmap_dim, config.cmap_dim, rate=MAPPING_RATE, curved=True))

    def forward(self, labels: Tensor) -> Tensor:
        """[N, classes] -> [N, cmap_dim]"""
        x = normalise(self.embed(labels))
        for index in range(self.count):
            x = getattr(self, f"fc{index}")(x)
        return x


class Discriminator(nn.Module):
    """Pictures to scores. Tensors have the names that they have in NVIDIA's files."""

    kind = "discriminator"

    def __init__(self, config: DiscriminatorConfig) -> None:
        super().__init__()
        self.config = config
        for resolution in config.resolutions:
            setattr(self, f"b{resolution}", Block(config, resolution))
        self.b4 = Epilogue(config)
        if config.c_dim:
            self.mapping = LabelMapping(config)

    def blocks(self) -> list[Block]:
        """From the picture's side down to 8."""
        return [getattr(self, f"b{resolution}") for resolution in self.config.resolutions]

    def forward(
        self, pictures: Tensor, labels: Tensor | None = None, *, dtype: torch.dtype = torch.float32, small: int = 99
    ) -> Tensor:
        """About −1…1 [N, 3, R, R] and [N, classes] -> scores [N]. The first `small` blocks compute in `dtype`.

        N is a multiple of the group of the minibatch deviation, or less than it.
        """
        x: Tensor | None = None
        picture = pictures
        for place, block in enumerate(self.blocks()):
            x, picture = block(x, picture, dtype if place < small else torch.float32)
        assert x is not None
        scores: Tensor = self.b4(x, picture)
        if labels is None:
            return scores[:, 0]
        return (scores * self.mapping(labels)).sum(dim=1) / self.config.cmap_dim**0.5

    def freeze(self, layers: int) -> None:
        """The first `layers` convolutions, the picture's side first, stay as they are. Mo et al. 2020."""
        every = [layer for block in self.blocks() for layer in block.convolutions()]
        for layer in every[:layers]:
            layer.requires_grad_(False)

    def to_json(self) -> dict[str, object]:
        """The settings."""
        return self.config.to_json()

    def tensors(self) -> dict[str, Tensor]:
        """The weights by NVIDIA's names."""
        return dict(self.state_dict())

    @classmethod
    def from_tensors(cls, config: Mapping[str, object], tensors: Mapping[str, Tensor], *, device: torch.device) -> Self:
        """Build from a snapshot's tensors, copied as float32. Names and shapes have been checked."""
        with torch.device("meta"):
            network = cls(DiscriminatorConfig.from_json(config))
        held = {name: tensor.to(device, torch.float32, copy=True) for name, tensor in tensors.items()}
        network.load_state_dict(held, strict=True, assign=True)
        return network


def random_discriminator(config: DiscriminatorConfig, seed: int) -> Discriminator:
    """A discriminator as training starts with it."""
    chance, tap = torch.Generator().manual_seed(seed), torch.tensor([1.0, 3, 3, 1]) / 8
    tensors = {}
    for name, shape in tensor_shapes(config).items():
        if name.endswith("resample_filter"):
            tensors[name] = torch.outer(tap, tap)
        elif name.endswith("bias"):
            tensors[name] = torch.zeros(shape)
        else:
            tensors[name] = torch.randn(shape, generator=chance)
        if name.startswith("mapping.fc"):
            tensors[name] /= MAPPING_RATE
    return Discriminator.from_tensors(config.to_json(), tensors, device=torch.device("cpu"))
