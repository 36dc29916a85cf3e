"""NVIDIA's files as data: StyleGAN2, StyleGAN3 and what trains them, out of the records of a pickle.

Two spellings of the settings are read: nested (stylegan2-ada-pytorch) and flat (the stylegan3 repository).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gpu_service.networks.discriminator_layout import DiscriminatorConfig, tensor_shapes
from gpu_service.networks.stylegan2_layout import LayoutError
from gpu_service.snapshots.fork_names import nvidia_names
from gpu_service.snapshots.generators import read_generator
from gpu_service.snapshots.numbers import Numbers, TensorRecord
from gpu_service.snapshots.parts import Contents, Part, Unreadable, fitting, listing
from gpu_service.snapshots.pickle_parts import Record

MOST_MODULES, DEEPEST = 4096, 16
MAPPING_RATE = 0.01
AUGMENTATION_TENSORS: dict[str, int] = {"p": 0, "Hz_geom": 1, "Hz_fbank": 2}  # name: axes
FLAT_DEFAULTS = {"conv_clamp": 256, "num_fp16_res": 4}


def recognise(content: Any) -> bool:
    """Whether a pickle's content is a network of NVIDIA's, or a dictionary with some."""
    if isinstance(content, Record):
        return "_modules" in content.state
    return type(content) is dict and any(isinstance(content.get(name), Record) for name in ("G", "D", "G_ema"))


def read(content: Any) -> Contents:
    """The generator that draws, and what is there to train on. Raises Unreadable."""
    parts = content if type(content) is dict else {"G_ema": content}
    drawn = parts.get("G_ema") or parts.get("G")
    if not isinstance(drawn, Record) or _is_discriminator(drawn):
        raise Unreadable("holds a discriminator only, without the generator that draws. Choose the whole snapshot")
    warnings: list[str] = []
    contents = Contents(_read_generator(drawn, warnings), warnings=warnings)
    if type(content) is dict and parts.get("G_ema") is None:
        warnings.append("It holds no averaged generator, so the one in training is drawn.")
    for name, read_part in (("G", _read_generator), ("D", _read_discriminator), ("augment_pipe", _read_augmentation)):
        if isinstance(parts.get(name), Record):
            try:
                contents.training[name] = read_part(parts[name], [])
            except Unreadable as error:
                warnings.append(f"Its {name} cannot be trained on: it {error}.")
    return contents


def _read_generator(record: Record, warnings: list[str]) -> Part:
    """A generator, checked name by name and shape by shape against the plan of its settings."""
    found, buffers = collect_tensors(record)
    tensors, renamed = nvidia_names(found)
    _check_rates(record)
    part, left_over = read_generator(tensors, _synthesis_settings(record), buffers={renamed.get(b, b) for b in buffers})
    changes = [f"{old} as {new}" for old, new in renamed.items() if old != new]
    if changes:
        warnings.append(f"Its tensors have names of their own and were read by their pattern: {listing(changes)}.")
    if left_over:
        warnings.append(f"It holds tensors that its architecture has not and that were left out: {listing(left_over)}.")
    return part


def _synthesis_settings(record: Record) -> Mapping[str, Any]:
    settings = _dictionary(record.state.get("_init_kwargs"))
    nested = settings.get("synthesis_kwargs")
    # Nested files that say nothing draw without a clamp; flat ones with 256.
    flat = {**FLAT_DEFAULTS, **settings}
    return flat if type(nested) is not dict else {"num_fp16_res": 0, **nested}


def _read_discriminator(record: Record, _warnings: list[str]) -> Part:
    found, buffers = collect_tensors(record)
    settings = _dictionary(record.state.get("_init_kwargs"))
    epilogue = _dictionary(settings.get("epilogue_kwargs"))
    resolution, c_dim = settings.get("img_resolution"), settings.get("c_dim", 0)
    layers = [name for name in found if re.fullmatch(r"mapping\.fc\d+\.weight", name)]
    out = found["b4.out.weight"].shape if "b4.out.weight" in found else (0,)
    try:
        config = DiscriminatorConfig(
            resolution=resolution,  # type: ignore[arg-type]
            c_dim=c_dim,
            channel_base=settings.get("channel_base", 32768),
            channel_max=settings.get("channel_max", 512),
            architecture=settings.get("architecture", "resnet"),
            mapping_layers=len(layers) if c_dim else 8,
            cmap_dim=out[0] if c_dim else 0,
            mbstd_group=epilogue.get("mbstd_group_size", 4),
            mbstd_channels=epilogue.get("mbstd_num_channels", 1),
            conv_clamp=settings.get("conv_clamp"),
            num_fp16_res=settings.get("num_fp16_res", 0),
            freeze_layers=_dictionary(settings.get("block_kwargs")).get("freeze_layers", 0),
            picture_channels=settings.get("img_channels", 3),
        )
    except LayoutError as error:
        raise Unreadable(f"is no discriminator that Phosphene knows. {str(error).rstrip('.')}") from error
    tensors, _left_over = fitting(found, tensor_shapes(config), buffers=buffers)
    return Part("discriminator", config.to_json(), tensors)


def _read_augmentation(record: Record, _warnings: list[str]) -> Part:
    found, _buffers = collect_tensors(record)
    is_foreign = any(len(tensor.shape) != AUGMENTATION_TENSORS.get(name, -1) for name, tensor in found.items())
    if is_foreign or "p" not in found:
        raise Unreadable(f"is no augmentation that Phosphene knows. It holds {listing(sorted(found)) or 'nothing'}")
    settings = {name: value for name, value in record.state.items() if name[:1] != "_" and _is_plain(value)}
    return Part("augmentation", settings, found)


def collect_tensors(root: Record) -> tuple[dict[str, Numbers], set[str]]:
    """Every tensor under a module by its dotted name, and which of them are buffers."""
    found: dict[str, Numbers] = {}
    buffers = set()
    for path, module in walk_modules(root):
        for group in ("_parameters", "_buffers"):
            for name, value in _entries(module, group):
                if isinstance(value, TensorRecord):
                    found[f"{path}{name}"] = value.lazily()
                    if group == "_buffers":
                        buffers.add(f"{path}{name}")
                elif value is not None:
                    raise Unreadable(f"holds something else than numbers as {path}{name}")
    return found, buffers


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


def _check_rates(generator: Record) -> None:
    """A mapping network trained with another rate multiplier would load without complaint and draw nonsense."""
    for path, module in walk_modules(generator):
        gain = module.state.get("bias_gain")
        wanted = MAPPING_RATE if re.fullmatch(r"(\w+\.)?mapping\.\w*?\d+\.", path) else 1.0
        if isinstance(gain, int | float) and abs(gain - wanted) > 1e-9:
            raise Unreadable(
                f"was trained with the rate multiplier {gain:g} in {path.rstrip('.')}; Phosphene reads {wanted:g}"
            )


def _is_discriminator(record: Record) -> bool:
    return any(path in ("b4.", "b8.") for path, _module in walk_modules(record))


def _dictionary(value: object) -> dict[Any, Any]:
    return value if type(value) is dict else {}


def _is_plain(value: object) -> bool:
    if type(value) is list:
        return len(value) <= 16 and all(type(item) in (int, float) for item in value)
    return type(value) in (int, float, bool, type(None)) or (type(value) is str and len(value) <= 80)
