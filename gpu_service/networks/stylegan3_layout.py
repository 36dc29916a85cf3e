"""What a StyleGAN3 generator looks like from outside: settings, the plan of its layers, name and shape of every tensor.

Frequencies are in cycles per picture width, rates in samples per picture width. No torch.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Self

from gpu_service.networks.stylegan2_layout import LARGEST, MOST_FEATURES, MOST_MAPPING_LAYERS, LayoutError

SMALLEST = 16
PICTURE_CHANNELS = 3
WHOLE_NUMBERS: dict[str, tuple[int, int]] = {
    "z_dim": (1, MOST_FEATURES),
    "w_dim": (1, MOST_FEATURES),
    "c_dim": (0, MOST_FEATURES),
    "resolution": (SMALLEST, LARGEST),
    "mapping_layers": (1, MOST_MAPPING_LAYERS),
    "channel_base": (1, 1 << 18),
    "channel_max": (1, MOST_FEATURES),
    "num_layers": (2, 64),
    "num_critical": (1, 16),
    "margin_size": (0, 64),
    "conv_kernel": (1, 7),
    "filter_size": (2, 16),
    "lrelu_upsampling": (1, 4),
    "num_fp16_res": (0, 16),
}


@dataclass(frozen=True)
class StyleGan3Config:
    """The settings of one generator. Configuration T has `conv_kernel` 3, R has 1 and radial filters.

    `num_layers` counts the layers before ToRGB. `conv_clamp` None means no clamp. `num_fp16_res` is kept for the
    record: how many octaves below the picture's rate its own program drew in half precision.
    """

    z_dim: int
    w_dim: int
    c_dim: int
    resolution: int
    mapping_layers: int
    channel_base: int = 32768
    channel_max: int = 512
    num_layers: int = 14
    num_critical: int = 2
    first_cutoff: float = 2.0
    first_stopband: float = 2**2.1
    last_stopband_rel: float = 2**0.3
    margin_size: int = 10
    output_scale: float = 0.25
    num_fp16_res: int = 4
    conv_kernel: int = 3
    use_radial_filters: bool = False
    conv_clamp: float | None = 256
    filter_size: int = 6
    lrelu_upsampling: int = 2

    def __post_init__(self) -> None:
        """Refuse settings that no such network has, before anything is built from them."""
        for name, (least, most) in WHOLE_NUMBERS.items():
            value = getattr(self, name)
            if type(value) is not int or not least <= value <= most:
                raise LayoutError(f"Its {name} is {value!r}, not a whole number from {least} to {most}.")
        for name in ("first_cutoff", "first_stopband", "last_stopband_rel", "output_scale"):
            _above_zero(name, getattr(self, name))
        if self.conv_clamp is not None:
            _above_zero("conv_clamp", self.conv_clamp)
        if self.resolution & (self.resolution - 1):
            raise LayoutError(f"It draws {self.resolution} pixels a side, no power of two.")
        if type(self.use_radial_filters) is not bool:
            raise LayoutError(f"Its use_radial_filters is {self.use_radial_filters!r}, neither true nor false.")
        if not 1 <= self.first_cutoff <= self.first_stopband <= self.resolution / 2:
            raise LayoutError("Its first_cutoff, first_stopband and resolution are not in ascending order.")
        if self.num_critical >= self.num_layers or self.conv_kernel % 2 == 0:
            raise LayoutError("Its layers cannot be planned from num_critical and conv_kernel.")

    @property
    def num_ws(self) -> int:
        """Rows of w that the synthesis reads: row 0 for the input, row i + 1 for layer i."""
        return self.num_layers + 2

    def channels(self, index: int) -> int:
        """Feature maps that layer `index` makes; layer `num_layers` is ToRGB."""
        if index == self.num_layers:
            return PICTURE_CHANNELS
        return max(round(min(self.channel_base / 2 / self.cutoff(index), self.channel_max)), 1)

    def cutoff(self, index: int) -> float:
        """Highest frequency that the output of layer `index` is meant to hold."""
        return self.first_cutoff * (self.resolution / 2 / self.first_cutoff) ** self._progress(index)

    def stopband(self, index: int) -> float:
        """Frequency from which the output of layer `index` holds nothing."""
        last = self.resolution / 2 * self.last_stopband_rel
        return self.first_stopband * (last / self.first_stopband) ** self._progress(index)

    def rate(self, index: int) -> int:
        """Samples per picture width of the output of layer `index`; a power of two."""
        return int(2 ** math.ceil(math.log2(min(2 * self.stopband(index), self.resolution))))

    def half_width(self, index: int) -> float:
        """Half of the transition band at the output of layer `index`."""
        return max(self.stopband(index), self.rate(index) / 2) - self.cutoff(index)

    def size(self, index: int) -> int:
        """Samples a side of the output of layer `index`, margins included; the last two have none."""
        return self.resolution if index >= self.num_layers - 1 else self.rate(index) + 2 * self.margin_size

    def _progress(self, index: int) -> float:
        return min(index / (self.num_layers - self.num_critical), 1)

    @classmethod
    def from_json(cls, values: Mapping[str, object]) -> Self:
        """Read what `to_json` wrote. Raises LayoutError for missing, foreign or impossible values."""
        if set(values) != {field.name for field in fields(cls)}:
            raise LayoutError(f"It is described by {', '.join(map(str, values)) or 'nothing'}.")
        return cls(**dict(values))  # type: ignore[arg-type]

    def to_json(self) -> dict[str, object]:
        """Plain values, as stored beside the tensors."""
        return asdict(self)


@dataclass(frozen=True)
class LayerPlan:
    """One layer: what comes in, what goes out, and how it is resampled around its activation."""

    index: int
    name: str  # L{index}_{out_size}_{out_channels}, under "synthesis."
    is_torgb: bool
    is_critical: bool
    in_channels: int
    out_channels: int
    in_size: int
    out_size: int
    in_rate: int
    out_rate: int
    high_rate: int  # at which the activation is applied
    in_cutoff: float
    out_cutoff: float
    in_half_width: float
    out_half_width: float
    kernel: int
    up: int
    down: int
    up_taps: int
    down_taps: int
    is_radial: bool  # the down filter is [taps, taps] instead of [taps]
    padding: tuple[int, int]  # before and after, both axes, counted at the high rate; negative crops


def layer_plans(config: StyleGan3Config) -> list[LayerPlan]:
    """All layers in order, ToRGB last."""
    return [_plan(config, index) for index in range(config.num_layers + 1)]


def _plan(config: StyleGan3Config, index: int) -> LayerPlan:
    before, is_torgb = max(index - 1, 0), index == config.num_layers
    is_critical = index >= config.num_layers - config.num_critical
    in_rate, out_rate = config.rate(before), config.rate(index)
    high_rate = max(in_rate, out_rate) * (1 if is_torgb else config.lrelu_upsampling)
    up, down = high_rate // in_rate, high_rate // out_rate
    up_taps = config.filter_size * up if up > 1 and not is_torgb else 1
    down_taps = config.filter_size * down if down > 1 and not is_torgb else 1
    kernel = 1 if is_torgb else config.conv_kernel
    in_size, out_size, out_channels = config.size(before), config.size(index), config.channels(index)
    whole = (out_size - 1) * down + 1 - (in_size + kernel - 1) * up + up_taps + down_taps - 2
    low = (whole + up) // 2
    return LayerPlan(
        index=index,
        name=f"L{index}_{out_size}_{out_channels}",
        is_torgb=is_torgb,
        is_critical=is_critical,
        in_channels=config.channels(before),
        out_channels=out_channels,
        in_size=in_size,
        out_size=out_size,
        in_rate=in_rate,
        out_rate=out_rate,
        high_rate=high_rate,
        in_cutoff=config.cutoff(before),
        out_cutoff=config.cutoff(index),
        in_half_width=config.half_width(before),
        out_half_width=config.half_width(index),
        kernel=kernel,
        up=up,
        down=down,
        up_taps=up_taps,
        down_taps=down_taps,
        is_radial=config.use_radial_filters and not is_critical,
        padding=(low, whole - low),
    )


def tensor_shapes(config: StyleGan3Config) -> dict[str, tuple[int, ...]]:
    """Name and shape of every tensor of such a generator."""
    width = config.channels(0)
    shapes = mapping_shapes(config) | {
        "synthesis.input.weight": (width, width),
        "synthesis.input.transform": (3, 3),
        "synthesis.input.freqs": (width, 2),
        "synthesis.input.phases": (width,),
        "synthesis.input.affine.weight": (4, config.w_dim),
        "synthesis.input.affine.bias": (4,),
    }
    for plan in layer_plans(config):
        shapes |= _layer_shapes(plan, config.w_dim)
    return shapes


def mapping_shapes(config: StyleGan3Config) -> dict[str, tuple[int, ...]]:
    """The mapping network's tensors, as in StyleGAN2."""
    shapes: dict[str, tuple[int, ...]] = {"mapping.w_avg": (config.w_dim,)}
    if config.c_dim:
        shapes |= {"mapping.embed.weight": (config.w_dim, config.c_dim), "mapping.embed.bias": (config.w_dim,)}
    inputs = config.z_dim + (config.w_dim if config.c_dim else 0)
    for index in range(config.mapping_layers):
        shapes |= {f"mapping.fc{index}.weight": (config.w_dim, inputs), f"mapping.fc{index}.bias": (config.w_dim,)}
        inputs = config.w_dim
    return shapes


def _layer_shapes(plan: LayerPlan, w_dim: int) -> dict[str, tuple[int, ...]]:
    name = f"synthesis.{plan.name}"
    shapes: dict[str, tuple[int, ...]] = {
        f"{name}.weight": (plan.out_channels, plan.in_channels, plan.kernel, plan.kernel),
        f"{name}.bias": (plan.out_channels,),
        f"{name}.magnitude_ema": (),
        f"{name}.affine.weight": (plan.in_channels, w_dim),
        f"{name}.affine.bias": (plan.in_channels,),
    }
    if plan.up_taps > 1:
        shapes[f"{name}.up_filter"] = (plan.up_taps,)
    if plan.down_taps > 1:
        shapes[f"{name}.down_filter"] = (plan.down_taps,) * (2 if plan.is_radial else 1)
    return shapes


def _above_zero(name: str, value: object) -> None:
    if type(value) not in (int, float) or not 0 < value < 1e9:  # type: ignore[operator]
        raise LayoutError(f"Its {name} is {value!r}, not a number above 0.")
