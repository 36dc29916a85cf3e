"""What StyleGAN's discriminator looks like from outside: its settings, the name and shape of every tensor. No torch.

StyleGAN2 and StyleGAN3 train against the same one.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Self

from gpu_service.networks.stylegan2_layout import LARGEST, MOST_FEATURES, MOST_MAPPING_LAYERS, SMALLEST, LayoutError

ARCHITECTURES = ("orig", "skip", "resnet")
WHOLE_NUMBERS: dict[str, tuple[int, int]] = {
    "resolution": (SMALLEST, LARGEST),
    "picture_channels": (1, 16),
    "c_dim": (0, MOST_FEATURES),
    "channel_base": (1, 1 << 18),
    "channel_max": (1, MOST_FEATURES),
    "mapping_layers": (0, MOST_MAPPING_LAYERS),
    "cmap_dim": (0, MOST_FEATURES),
    "mbstd_channels": (0, 64),
}


@dataclass(frozen=True)
class DiscriminatorConfig:
    """The settings of one discriminator. `mbstd_group` None means the whole batch, `conv_clamp` None no clamp."""

    resolution: int
    c_dim: int = 0
    channel_base: int = 32768
    channel_max: int = 512
    architecture: str = "resnet"
    mapping_layers: int = 8
    cmap_dim: int = 0
    mbstd_group: int | None = 4
    mbstd_channels: int = 1
    conv_clamp: float | None = 256
    num_fp16_res: int = 4
    freeze_layers: int = 0
    picture_channels: int = 3

    def __post_init__(self) -> None:
        """Refuse settings that no discriminator has."""
        for name, (least, most) in WHOLE_NUMBERS.items():
            value = getattr(self, name)
            if type(value) is not int or not least <= value <= most:
                raise LayoutError(f"Its {name} is {value!r}, not a whole number from {least} to {most}.")
        if self.resolution & (self.resolution - 1):
            raise LayoutError(f"It judges {self.resolution} pixels a side, no power of two.")
        if self.architecture not in ARCHITECTURES:
            raise LayoutError(f"Its architecture is {self.architecture!r}, none of {', '.join(ARCHITECTURES)}.")

    @property
    def resolutions(self) -> list[int]:
        """The picture's side down to 8; the block at 4 is another."""
        return [1 << power for power in range(self.resolution.bit_length() - 1, 2, -1)]

    def channels(self, resolution: int) -> int:
        """Feature maps at that resolution."""
        return max(min(self.channel_base // resolution, self.channel_max), 1)

    @classmethod
    def from_json(cls, values: Mapping[str, object]) -> Self:
        """Read what `to_json` wrote. Raises LayoutError for missing, foreign or impossible values."""
        if set(values) != {field.name for field in fields(cls)}:
            raise LayoutError(f"It is described by {', '.join(map(str, values)) or 'nothing'}.")
        return cls(**dict(values))  # type: ignore[arg-type]

    def to_json(self) -> dict[str, object]:
        """Plain values."""
        return asdict(self)


def tensor_shapes(config: DiscriminatorConfig) -> dict[str, tuple[int, ...]]:
    """Name and shape of every tensor of such a discriminator."""
    shapes: dict[str, tuple[int, ...]] = {}
    for resolution in config.resolutions:
        shapes |= _block_shapes(config, resolution)
    width, out = config.channels(4), config.cmap_dim or 1
    if config.c_dim:
        shapes |= _mapping_shapes(config)
    if config.architecture == "skip":
        shapes |= _conv_shapes("b4.fromrgb", config.picture_channels, width, 1)
    return shapes | {
        **_conv_shapes("b4.conv", width + config.mbstd_channels, width, 3),
        "b4.fc.weight": (width, width * 16),
        "b4.fc.bias": (width,),
        "b4.out.weight": (out, width),
        "b4.out.bias": (out,),
    }


def _block_shapes(config: DiscriminatorConfig, resolution: int) -> dict[str, tuple[int, ...]]:
    name, width, next_width = f"b{resolution}", config.channels(resolution), config.channels(resolution // 2)
    shapes: dict[str, tuple[int, ...]] = {f"{name}.resample_filter": (4, 4)}
    if resolution == config.resolution or config.architecture == "skip":
        shapes |= _conv_shapes(f"{name}.fromrgb", config.picture_channels, width, 1)
    shapes |= _conv_shapes(f"{name}.conv0", width, width, 3)
    shapes |= _conv_shapes(f"{name}.conv1", width, next_width, 3)
    if config.architecture == "resnet":
        shapes |= _conv_shapes(f"{name}.skip", width, next_width, 1)
        del shapes[f"{name}.skip.bias"]
    return shapes


def _conv_shapes(name: str, inputs: int, outputs: int, kernel: int) -> dict[str, tuple[int, ...]]:
    return {
        f"{name}.weight": (outputs, inputs, kernel, kernel),
        f"{name}.bias": (outputs,),
        f"{name}.resample_filter": (4, 4),
    }


def _mapping_shapes(config: DiscriminatorConfig) -> dict[str, tuple[int, ...]]:
    width = config.cmap_dim
    shapes: dict[str, tuple[int, ...]] = {
        "mapping.embed.weight": (width, config.c_dim),
        "mapping.embed.bias": (width,),
    }
    for index in range(config.mapping_layers):
        shapes |= {f"mapping.fc{index}.weight": (width, width), f"mapping.fc{index}.bias": (width,)}
    return shapes
