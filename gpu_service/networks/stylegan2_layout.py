"""What a StyleGAN2 generator looks like from outside: its settings, the name and shape of every tensor. No torch."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Self

SMALLEST, LARGEST = 8, 2048
MOST_FEATURES, MOST_MAPPING_LAYERS = 4096, 32
# Files of other programs may lack the average w; it is then taken from samples when it is first needed.
OPTIONAL = frozenset(["mapping.w_avg"])


class LayoutError(ValueError):
    """A sentence about settings that no StyleGAN2 generator has."""


@dataclass(frozen=True)
class StyleGan2Config:
    """The settings of one generator; `conv_clamp` None means no clamp."""

    z_dim: int
    w_dim: int
    c_dim: int
    resolution: int
    mapping_layers: int
    channel_base: int
    channel_max: int
    conv_clamp: float | None

    def __post_init__(self) -> None:
        """Refuse sizes that no such network has, before anything is built from them."""
        for name in ("z_dim", "w_dim", "channel_base", "channel_max", "mapping_layers", "resolution", "c_dim"):
            value, least = getattr(self, name), 0 if name == "c_dim" else 1
            most = {"mapping_layers": MOST_MAPPING_LAYERS, "channel_base": 1 << 18, "resolution": LARGEST}.get(
                name, MOST_FEATURES
            )
            if type(value) is not int or not least <= value <= most:
                raise LayoutError(f"Its {name} is {value!r}, not a whole number from {least} to {most}.")
        if self.resolution < SMALLEST or self.resolution & (self.resolution - 1):
            raise LayoutError(
                f"It draws {self.resolution} pixels a side, no power of two from {SMALLEST} to {LARGEST}."
            )
        clamp = self.conv_clamp
        if clamp is not None and not (type(clamp) in (int, float) and 0 < clamp < 1e9):
            raise LayoutError(f"Its conv_clamp is {clamp!r}, not a number above 0.")

    @property
    def resolutions(self) -> list[int]:
        """4, 8, … up to the picture's side."""
        return [1 << power for power in range(2, self.resolution.bit_length())]

    @property
    def num_ws(self) -> int:
        """Rows of w that the synthesis reads."""
        return 2 * len(self.resolutions)

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
        """Plain values, as stored beside the tensors."""
        return asdict(self)


def tensor_shapes(config: StyleGan2Config) -> dict[str, tuple[int, ...]]:
    """Name and shape of every tensor of such a generator."""
    shapes = _mapping_shapes(config)
    previous = 0
    for resolution in config.resolutions:
        block, width = f"synthesis.b{resolution}", config.channels(resolution)
        shapes[f"{block}.resample_filter"] = (4, 4)
        if resolution == 4:
            shapes[f"{block}.const"] = (width, 4, 4)
        else:
            shapes |= _layer_shapes(f"{block}.conv0", config, previous, width, resolution)
        shapes |= _layer_shapes(f"{block}.conv1", config, width, width, resolution)
        shapes |= {
            f"{block}.torgb.weight": (3, width, 1, 1),
            f"{block}.torgb.bias": (3,),
            f"{block}.torgb.affine.weight": (width, config.w_dim),
            f"{block}.torgb.affine.bias": (width,),
        }
        previous = width
    return shapes


def _mapping_shapes(config: StyleGan2Config) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {"mapping.w_avg": (config.w_dim,)}
    if config.c_dim:
        shapes |= {"mapping.embed.weight": (config.w_dim, config.c_dim), "mapping.embed.bias": (config.w_dim,)}
    inputs = config.z_dim + (config.w_dim if config.c_dim else 0)
    for index in range(config.mapping_layers):
        shapes |= {f"mapping.fc{index}.weight": (config.w_dim, inputs), f"mapping.fc{index}.bias": (config.w_dim,)}
        inputs = config.w_dim
    return shapes


def _layer_shapes(
    name: str, config: StyleGan2Config, inputs: int, outputs: int, resolution: int
) -> dict[str, tuple[int, ...]]:
    return {
        f"{name}.weight": (outputs, inputs, 3, 3),
        f"{name}.bias": (outputs,),
        f"{name}.noise_strength": (),
        f"{name}.noise_const": (resolution, resolution),
        f"{name}.resample_filter": (4, 4),
        f"{name}.affine.weight": (inputs, config.w_dim),
        f"{name}.affine.bias": (inputs,),
    }
