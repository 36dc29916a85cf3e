"""Which generator a set of tensors is, with NVIDIA's names: its settings from the shapes, as far as shapes tell."""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

from gpu_service.networks import stylegan2_layout, stylegan3_layout
from gpu_service.networks.stylegan2_layout import LayoutError, StyleGan2Config
from gpu_service.networks.stylegan3_layout import StyleGan3Config
from gpu_service.snapshots.numbers import Numbers
from gpu_service.snapshots.parts import Part, Unreadable, fitting

Tensors = Mapping[str, Numbers]
Config = TypeVar("Config")
FREE_OF_SHAPES = (
    *("channel_base", "channel_max", "num_layers", "num_critical", "first_cutoff", "first_stopband"),
    *("last_stopband_rel", "margin_size", "output_scale", "num_fp16_res", "conv_kernel", "use_radial_filters"),
    *("conv_clamp", "filter_size", "lrelu_upsampling"),
)
FRACTIONS = ("first_cutoff", "first_stopband", "last_stopband_rel", "output_scale")
USUAL_BASES = (32768, 65536, 16384, 8192, 131072)


def read_generator(
    tensors: Tensors, settings: Mapping[str, Any] | None, *, buffers: Collection[str] = ()
) -> tuple[Part, list[str]]:
    """The generator, and the names of tensors that it does not need (buffers only). Raises Unreadable.

    `settings` are those of its synthesis; None means that the file tells none and that the widths must tell them.
    """
    if "synthesis.input.freqs" in tensors:
        third = stylegan3_config(tensors, settings)
        kept, left_over = fitting(tensors, stylegan3_layout.tensor_shapes(third), buffers=buffers)
        return Part("stylegan3", third.to_json(), kept), left_over
    if "synthesis.b4.const" in tensors:
        second = stylegan2_config(tensors, settings)
        kept, left_over = fitting(tensors, stylegan2_layout.tensor_shapes(second), buffers=buffers)
        return Part("stylegan2", second.to_json(), kept), left_over
    raise Unreadable("holds a generator that is neither StyleGAN2 nor StyleGAN3")


def stylegan2_config(tensors: Tensors, settings: Mapping[str, Any] | None) -> StyleGan2Config:
    """Settings of a StyleGAN2: sizes from the shapes, channels from `settings` or from the shapes."""
    blocks = [int(found[1]) for name in tensors if (found := re.match(r"synthesis\.b(\d{1,5})\.", name))]
    if settings is None:
        base, most = _channels({block: _shape(tensors, f"synthesis.b{block}.conv1.bias")[0] for block in set(blocks)})
        settings = {"channel_base": base, "channel_max": most, "conv_clamp": None}
    if settings.get("architecture", "skip") != "skip":
        raise Unreadable(f"is a StyleGAN2 of the architecture {settings['architecture']!r}. Phosphene reads “skip”")
    return _checked(
        "StyleGAN2",
        lambda: StyleGan2Config(
            **_mapping_sizes(tensors),
            resolution=max(blocks),
            channel_base=settings.get("channel_base", 32768),
            channel_max=settings.get("channel_max", 512),
            conv_clamp=settings.get("conv_clamp"),
        ),
    )


def stylegan3_config(tensors: Tensors, settings: Mapping[str, Any] | None) -> StyleGan3Config:
    """Settings of a StyleGAN3, its resolution from the name of its last layer."""
    layers = [
        (int(found[1]), int(found[2]), found[0])
        for name in tensors
        if (found := re.match(r"synthesis\.L(\d{1,2})_(\d{1,5})_\d{1,5}\.", name))
    ]
    if not layers:
        raise Unreadable("lacks the layers of a StyleGAN3")
    last, resolution, _ = max(layers)
    sizes: dict[str, Any] = {**_mapping_sizes(tensors), "resolution": resolution, "num_layers": last}
    if settings is None:
        return _guessed(tensors, sizes, _shape(tensors, f"{min(layers)[2]}weight"))
    given = {name: settings[name] for name in FREE_OF_SHAPES if name in settings}
    given |= {name: float(given[name]) for name in FRACTIONS if type(given.get(name)) is int}
    return _checked("StyleGAN3", lambda: StyleGan3Config(**{**sizes, **given}))


def _guessed(tensors: Tensors, sizes: dict[str, Any], first_weight: tuple[int, ...]) -> StyleGan3Config:
    """Without settings: those of the configurations T and R whose plan gives exactly these names."""
    width, kernel = first_weight[0], first_weight[-1]
    is_radial = any(name.endswith("down_filter") and len(tensor.shape) == 2 for name, tensor in tensors.items())
    last_width = _last_width(tensors)
    for base in (*USUAL_BASES, last_width * sizes["resolution"]):
        config = _checked(
            "StyleGAN3",
            lambda base=base: StyleGan3Config(  # type: ignore[misc]
                **sizes, channel_base=base, channel_max=width, conv_kernel=kernel, use_radial_filters=is_radial
            ),
        )
        if set(stylegan3_layout.tensor_shapes(config)) >= set(tensors):
            return config
    raise Unreadable("is a StyleGAN3 whose settings are not in the file and cannot be told from its layers")


def _last_width(tensors: Tensors) -> int:
    widths = [
        (int(found[1]), int(found[2]))
        for name in tensors
        if (found := re.fullmatch(r"synthesis\.L(\d{1,2})_\d{1,5}_(\d{1,5})\.up_filter", name))
    ]
    return max(widths)[1] if widths else 1


def _mapping_sizes(tensors: Tensors) -> dict[str, int]:
    """z_dim, w_dim, c_dim and mapping_layers as the mapping network's shapes tell them."""
    layers = [name for name in tensors if re.fullmatch(r"mapping\.fc\d+\.weight", name)]
    w_dim, first_inputs = _shape(tensors, "mapping.fc0.weight", axes=2)
    c_dim = _shape(tensors, "mapping.embed.weight", axes=2)[1] if "mapping.embed.weight" in tensors else 0
    return {
        "z_dim": first_inputs - (w_dim if c_dim else 0),
        "w_dim": w_dim,
        "c_dim": c_dim,
        "mapping_layers": len(layers),
    }


def _channels(widths: dict[int, int]) -> tuple[int, int]:
    """The channel base and maximum that give these widths by resolution."""
    most = max(widths.values())
    least_base = max(width * side for side, width in widths.items())
    above = [(width + 1) * side - 1 for side, width in widths.items() if width < most]
    if above and least_base > min(above):
        shown = ", ".join(str(widths[side]) for side in sorted(widths))
        raise Unreadable(f"has {shown} feature maps at its resolutions, which follow no rule that Phosphene knows")
    return least_base, most


def _shape(tensors: Tensors, name: str, *, axes: int | None = None) -> tuple[int, ...]:
    shape = tensors[name].shape if name in tensors else ()
    if not shape or (axes is not None and len(shape) != axes):
        raise Unreadable(f"lacks {name}, or has it in an unknown form")
    return shape


def _checked(kind: str, make: Callable[[], Config]) -> Config:
    try:
        return make()
    except LayoutError as error:
        raise Unreadable(f"is a {kind} that Phosphene cannot draw. {str(error).rstrip('.')}") from error
