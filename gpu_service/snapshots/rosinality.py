"""Rosinality's StyleGAN2: the same network under other names. Training checkpoints and converted files."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gpu_service.networks.discriminator_layout import DiscriminatorConfig, tensor_shapes
from gpu_service.networks.stylegan2_layout import LayoutError
from gpu_service.snapshots.generators import read_generator
from gpu_service.snapshots.numbers import Numbers, TensorRecord, constant
from gpu_service.snapshots.parts import Contents, Part, Unreadable, fitting, listing
from gpu_service.snapshots.pickle_parts import Record

# The plain filter, whose gain rosinality's files hold and NVIDIA's do not.
FILTER_GAIN = 4
PLAIN_FILTER = np.outer([1, 3, 3, 1], [1, 3, 3, 1]).astype(np.float32) / 64

# Rosinality's name inside a layer -> NVIDIA's, and how the numbers change.
LAYER: dict[str, tuple[str, Callable[[np.ndarray], np.ndarray]]] = {
    "conv.weight": ("weight", lambda weight: weight[0]),
    "conv.modulation.weight": ("affine.weight", lambda weight: weight),
    "conv.modulation.bias": ("affine.bias", lambda bias: bias),
    "activate.bias": ("bias", lambda bias: bias),
    "noise.weight": ("noise_strength", lambda strength: strength[0]),
    "bias": ("bias", lambda bias: bias[0, :, 0, 0]),
}


def recognise(content: Any) -> bool:
    """Whether a checkpoint holds rosinality's networks."""
    if type(content) is not dict:
        return False
    return _is_generator(content) or any(_is_generator(content.get(name)) for name in ("g", "g_ema"))


def read(content: dict[Any, Any], *, settings: Mapping[str, Any] | None = None) -> Contents:
    """The generator in NVIDIA's names. `settings` are ours beside the numbers, if we wrote the file."""
    parts = {"g_ema": content} if _is_generator(content) else content
    drawn = parts["g_ema"] if _is_generator(parts.get("g_ema")) else parts["g"]
    average = parts.get("latent_avg")
    contents = Contents(_read_generator(drawn, average, settings))
    if drawn is not parts.get("g_ema"):
        contents.warnings.append("It holds no averaged generator, so the one in training is drawn.")
    if "mapping.w_avg" not in contents.generator.tensors:
        contents.warnings.append("It holds no average w; one is made from 10,000 samples.")
    for name, key, reader in (("G", "g", _train_generator), ("D", "d", _read_discriminator)):
        if type(parts.get(key)) is dict:
            try:
                contents.training[name] = reader(parts[key])
            except Unreadable as error:
                contents.warnings.append(f"Its {key} cannot be trained on: it {error}.")
    return contents


def pictures_per_step(content: Any) -> int | None:
    """Batch size of the training, by which the step in the file's name becomes kimg."""
    arguments = content.get("args") if type(content) is dict else None
    batch = arguments.state.get("batch") if isinstance(arguments, Record) else None
    return batch if type(batch) is int and 0 < batch < 1 << 16 else None


def _is_generator(part: Any) -> bool:
    return type(part) is dict and "input.input" in part and "style.1.weight" in part


def _train_generator(part: dict[Any, Any]) -> Part:
    return _read_generator(part, None, None)


def _read_generator(part: dict[Any, Any], average: Any, settings: Mapping[str, Any] | None) -> Part:
    found = tensors_of(part)
    tensors = {"synthesis.b4.const": found.pop("input.input").changed(lambda const: const[0])}
    filters: dict[str, Numbers] = {}
    for name, numbers in found.items():
        _translate(name, numbers, tensors, filters)
    plain = next(iter(filters.values()), constant(PLAIN_FILTER))
    for name in [name for name in tensors if name.endswith((".noise_const", ".torgb.weight"))]:
        owner = name.rpartition(".")[0].removesuffix(".torgb")
        block = owner.split(".")[1]
        tensors[f"{owner}.resample_filter"] = filters.get(block, plain)
    if isinstance(average, TensorRecord):
        tensors["mapping.w_avg"] = average.lazily().changed(lambda w: w.reshape(-1))
    generator, _none = read_generator(tensors, settings)
    return generator


def _translate(name: str, numbers: Numbers, tensors: dict[str, Numbers], filters: dict[str, Numbers]) -> None:
    if mapping := re.fullmatch(r"style\.(\d{1,2})\.(weight|bias)", name):
        tensors[f"mapping.fc{int(mapping[1]) - 1}.{mapping[2]}"] = numbers
    elif noise := re.fullmatch(r"noises\.noise_(\d{1,2})", name):
        layer = _noise_layer(int(noise[1]))
        tensors[f"synthesis.{layer}.noise_const"] = _changed(name, numbers, lambda noises: noises[0, 0])
    elif kernel := re.fullmatch(r"(?:convs\.(\d{1,2})\.conv\.blur|to_rgbs\.(\d{1,2})\.upsample)\.kernel", name):
        index = int(kernel[1]) // 2 if kernel[1] else int(kernel[2])
        filters[f"b{8 << index}"] = numbers.changed(lambda filter_: filter_ / FILTER_GAIN)
    elif (found := re.fullmatch(r"(conv1|to_rgb1|convs\.\d{1,2}|to_rgbs\.\d{1,2})\.(.+)", name)) and found[2] in LAYER:
        ours, change = LAYER[found[2]]
        tensors[f"synthesis.{_layer(found[1])}.{ours}"] = _changed(name, numbers, change)
    else:
        raise Unreadable(f"holds tensors that its architecture has not: {listing([name])}")


def _layer(name: str) -> str:
    """convs.{2i} -> bR.conv0, convs.{2i+1} -> bR.conv1, to_rgbs.i -> bR.torgb with R = 8·2^i."""
    if name in ("conv1", "to_rgb1"):
        return "b4.conv1" if name == "conv1" else "b4.torgb"
    kind, _, number = name.partition(".")
    index = int(number)
    return f"b{8 << index}.torgb" if kind == "to_rgbs" else f"b{8 << index // 2}.conv{index % 2}"


def _noise_layer(number: int) -> str:
    return "b4.conv1" if number == 0 else _layer(f"convs.{number - 1}")


def _changed(name: str, numbers: Numbers, change: Callable[[np.ndarray], np.ndarray]) -> Numbers:
    try:
        return numbers.changed(change)
    except IndexError as error:
        raise Unreadable(f"holds {name} in an unknown form") from error


def tensors_of(part: Mapping[Any, Any]) -> dict[str, Numbers]:
    """The tensors of a state dictionary. Raises Unreadable where it holds something else."""
    for name, value in part.items():
        if type(name) is not str or not isinstance(value, TensorRecord):
            raise Unreadable("holds something else than tensors in a state dictionary")
    return {name: value.lazily() for name, value in part.items()}


DISCRIMINATOR = (
    (r"convs\.0\.0\.weight", "b{top}.fromrgb.weight"),
    (r"convs\.0\.1\.bias", "b{top}.fromrgb.bias"),
    (r"convs\.(\d{1,2})\.conv1\.0\.weight", "b{side}.conv0.weight"),
    (r"convs\.(\d{1,2})\.conv1\.1\.bias", "b{side}.conv0.bias"),
    (r"convs\.(\d{1,2})\.conv2\.1\.weight", "b{side}.conv1.weight"),
    (r"convs\.(\d{1,2})\.conv2\.2\.bias", "b{side}.conv1.bias"),
    (r"convs\.(\d{1,2})\.skip\.1\.weight", "b{side}.skip.weight"),
    (r"final_conv\.0\.weight", "b4.conv.weight"),
    (r"final_conv\.1\.bias", "b4.conv.bias"),
    (r"final_linear\.0\.(weight|bias)", "b4.fc.{kind}"),
    (r"final_linear\.1\.(weight|bias)", "b4.out.{kind}"),
)


def _read_discriminator(part: dict[Any, Any]) -> Part:
    """Rosinality's discriminator in NVIDIA's names; its numbers stay as they are."""
    found = {name: numbers for name, numbers in tensors_of(part).items() if not name.endswith(".kernel")}
    numbers = [int(match[1]) for name in found if (match := re.match(r"convs\.(\d{1,2})\.", name))]
    top = 4 << max(numbers, default=0)
    tensors = {_discriminator_name(name, top): tensor for name, tensor in found.items()}
    widths = {4: _first(tensors, "b4.conv.bias")}
    sides = [4 << index for index in range(1, max(numbers, default=0) + 1)]
    widths |= {side: _first(tensors, f"b{side}.conv0.bias") for side in sides}
    try:
        config = DiscriminatorConfig(
            resolution=top,
            channel_base=max(width * side for side, width in widths.items()),
            channel_max=max(widths.values()),
            conv_clamp=None,
            num_fp16_res=0,
        )
    except LayoutError as error:
        raise Unreadable(f"is no discriminator that Phosphene knows. {str(error).rstrip('.')}") from error
    wanted = tensor_shapes(config)
    tensors |= {name: constant(PLAIN_FILTER) for name in wanted if name.endswith(".resample_filter")}
    return Part("discriminator", config.to_json(), fitting(tensors, wanted)[0])


def _discriminator_name(name: str, top: int) -> str:
    for pattern, ours in DISCRIMINATOR:
        if found := re.fullmatch(pattern, name):
            group = found[1] if found.groups() else ""
            side = top >> (int(group) - 1) if group.isdigit() else 0
            return ours.format(top=top, side=side, kind=group)
    raise Unreadable(f"holds tensors that its architecture has not: {listing([name])}")


def _first(tensors: Mapping[str, Numbers], name: str) -> int:
    if name not in tensors or len(tensors[name].shape) != 1:
        raise Unreadable(f"lacks {name}, or has it in an unknown form")
    return tensors[name].shape[0]
