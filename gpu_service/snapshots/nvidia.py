"""NVIDIA's StyleGAN2 as data: settings and tensors out of the records of a stylegan2-ada-pytorch pickle.

Two spellings of the settings are read: nested (stylegan2-ada-pytorch) and flat (the stylegan3 repository's StyleGAN2).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from gpu_service.networks.stylegan2_layout import LayoutError, StyleGan2Config, tensor_shapes
from gpu_service.snapshots.pickle_parts import Record
from gpu_service.snapshots.stand_ins import TensorRecord

MOST_MODULES, DEEPEST = 4096, 16
MAPPING_RATE = 0.01
UNKNOWN_NAMES_SHOWN = 3


class Unreadable(Exception):
    """What the network is instead, as the rest of a sentence that begins with its file's name."""


def collect_tensors(root: Record) -> dict[str, TensorRecord]:
    """Every tensor under a module, by its dotted name."""
    found: dict[str, TensorRecord] = {}
    for path, module in walk_modules(root):
        for group in ("_parameters", "_buffers"):
            for name, value in _entries(module, group):
                if isinstance(value, TensorRecord):
                    found[f"{path}{name}"] = value
                elif value is not None:
                    raise Unreadable(f"holds something else than numbers as {path}{name}")
    return found


def walk_modules(root: Record) -> Iterator[tuple[str, Record]]:
    """Each module with its dotted prefix. A pickle may nest modules in circles, so depth and count are bounded."""
    waiting, seen = [("", root, 0)], 0
    while waiting:
        path, module, depth = waiting.pop()
        seen += 1
        if seen > MOST_MODULES or depth > DEEPEST:
            raise Unreadable("nests more modules than any network does")
        yield path, module
        for name, child in _entries(module, "_modules"):
            if isinstance(child, Record):
                waiting.append((f"{path}{name}.", child, depth + 1))


def _entries(module: Record, group: str) -> Iterator[tuple[str, Any]]:
    entries = module.state.get(group) or {}
    if type(entries) is not dict:
        raise Unreadable("keeps its parts in an unknown way")
    for name, value in entries.items():
        if type(name) is not str or "." in name:
            raise Unreadable("names its parts in an unknown way")
        yield name, value


def read_stylegan2(generator: Record) -> tuple[StyleGan2Config, dict[str, np.ndarray]]:
    """Settings and float32 tensors of a generator, checked name by name and shape by shape. Raises Unreadable."""
    tensors = collect_tensors(generator)
    if "synthesis.input.freqs" in tensors:
        raise Unreadable("is a StyleGAN3 network. This version of Phosphene reads StyleGAN2")
    if "synthesis.b4.const" not in tensors:
        raise Unreadable("holds a generator that is no StyleGAN2")
    config = _read_config(generator, tensors)
    _check_rates(generator)
    check_shapes({name: tensor.shape for name, tensor in tensors.items()}, tensor_shapes(config))
    return config, {name: _numbers(name, tensor) for name, tensor in tensors.items()}


def check_shapes(found: Mapping[str, tuple[int, ...]], wanted: Mapping[str, tuple[int, ...]]) -> None:
    """Compare names and shapes both ways. Raises Unreadable naming the first that differ."""
    if foreign := sorted(set(found) - set(wanted)):
        raise Unreadable(f"holds tensors that its architecture has not: {_listing(foreign)}")
    if absent := sorted(set(wanted) - set(found)):
        raise Unreadable(f"lacks tensors of its architecture: {_listing(absent)}")
    for name, shape in wanted.items():
        if tuple(found[name]) != shape:
            raise Unreadable(f"says that {name} is {_times(found[name])} where its architecture has {_times(shape)}")


def _read_config(generator: Record, tensors: Mapping[str, TensorRecord]) -> StyleGan2Config:
    settings = generator.state.get("_init_kwargs")
    settings = settings if type(settings) is dict else {}
    nested = settings.get("synthesis_kwargs")
    is_flat = type(nested) is not dict
    synthesis: dict[Any, Any] = settings if is_flat else nested  # type: ignore[assignment]
    if synthesis.get("architecture", "skip") != "skip":
        raise Unreadable(f"is a StyleGAN2 of the architecture {synthesis['architecture']!r}. Phosphene reads “skip”")
    w_dim = _shape(tensors, "mapping.w_avg")[0]
    c_dim = _shape(tensors, "mapping.embed.weight", (0, 0))[1]
    first_inputs = _shape(tensors, "mapping.fc0.weight", (0, 0))[1]
    layers = [name for name in tensors if re.fullmatch(r"mapping\.fc\d+\.weight", name)]
    blocks = [int(found[1]) for name in tensors if (found := re.match(r"synthesis\.b(\d{1,5})\.", name))]
    try:
        return StyleGan2Config(
            z_dim=first_inputs - (w_dim if c_dim else 0),
            w_dim=w_dim,
            c_dim=c_dim,
            resolution=max(blocks),
            mapping_layers=len(layers),
            channel_base=synthesis.get("channel_base", 32768),
            channel_max=synthesis.get("channel_max", 512),
            # Nested files that say nothing draw without a clamp; flat ones with 256.
            conv_clamp=synthesis.get("conv_clamp", 256 if is_flat else None),
        )
    except LayoutError as error:
        raise Unreadable(f"is a StyleGAN2 that Phosphene cannot draw. {str(error).rstrip('.')}") from error


def _check_rates(generator: Record) -> None:
    """A mapping network trained with another rate multiplier would load without complaint and draw nonsense."""
    for path, module in walk_modules(generator):
        gain = module.state.get("bias_gain")
        wanted = MAPPING_RATE if re.fullmatch(r"mapping\.fc\d+\.", path) else 1.0
        if isinstance(gain, int | float) and abs(gain - wanted) > 1e-9:
            raise Unreadable(
                f"was trained with the rate multiplier {gain:g} in {path.rstrip('.')}; Phosphene reads {wanted:g}"
            )


def _numbers(name: str, tensor: TensorRecord) -> np.ndarray:
    numbers = tensor.to_numpy().astype(np.float32, order="C")
    if not np.isfinite(numbers).all():
        raise Unreadable(f"holds numbers that are not finite in {name}: its training broke down")
    return numbers


def _shape(tensors: Mapping[str, TensorRecord], name: str, otherwise: tuple[int, ...] | None = None) -> tuple[int, ...]:
    shape = tensors[name].shape if name in tensors else otherwise
    if shape is None or (otherwise is not None and len(shape) != len(otherwise)) or not shape:
        raise Unreadable(f"lacks {name}, or has it in an unknown form")
    return shape


def _listing(names: list[str]) -> str:
    more = len(names) - UNKNOWN_NAMES_SHOWN
    return ", ".join(names[:UNKNOWN_NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _times(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) or "one number"
