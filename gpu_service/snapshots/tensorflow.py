"""TensorFlow's StyleGAN2 (version 4 of its pickles) in NVIDIA's later names. Its source text is never looked at."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from gpu_service.networks.discriminator_layout import DiscriminatorConfig, tensor_shapes
from gpu_service.networks.stylegan2_layout import LayoutError
from gpu_service.snapshots.generators import read_generator
from gpu_service.snapshots.numbers import ArrayRecord, Numbers, constant
from gpu_service.snapshots.parts import Contents, Part, Unreadable, fitting, listing
from gpu_service.snapshots.pickle_parts import Record

OLDEST_VERSION = 4
NETWORKS = ("G", "D", "Gs")
DEEPEST = 4
IGNORED = r"(lod|.*/lod|truncation/.*)"
# Settings that this reader has no other value for, by their names in `static_kwargs`.
FIXED: dict[str, tuple[object, ...]] = {
    "nonlinearity": ("lrelu",),
    "mapping_nonlinearity": ("lrelu",),
    "mapping_lrmul": (0.01,),
    "normalize_latents": (True,),
    "architecture": ("skip",),
    "num_channels": (3,),
    "fused_modconv": (True, False),
}
Change = Callable[[np.ndarray], np.ndarray]


def _turned(weight: np.ndarray) -> np.ndarray:
    return weight.T


def _kernel(weight: np.ndarray) -> np.ndarray:
    return weight.transpose(3, 2, 0, 1)


def _upside_down(weight: np.ndarray) -> np.ndarray:
    return weight[::-1, ::-1].transpose(3, 2, 0, 1)


def _same(values: np.ndarray) -> np.ndarray:
    return values


# TensorFlow's variable -> NVIDIA's tensor, and how the numbers change. {0}, {1} are the groups.
GENERATOR: tuple[tuple[str, str, Change], ...] = (
    (r"dlatent_avg", "mapping.w_avg", _same),
    (r"mapping/LabelEmbed/weight", "mapping.embed.weight", _turned),
    (r"mapping/LabelEmbed/bias", "mapping.embed.bias", _same),
    (r"mapping/Dense(\d{1,2})/weight", "mapping.fc{0}.weight", _turned),
    (r"mapping/Dense(\d{1,2})/bias", "mapping.fc{0}.bias", _same),
    (r"synthesis/4x4/Const/const", "synthesis.b4.const", lambda const: const[0]),
    (r"synthesis/noise(\d{1,2})", "noise {0}", lambda noises: noises[0, 0]),
    (r"synthesis/(\d{1,4})x\1/(Conv0_up)/weight", "{layer}.weight", _upside_down),
    (r"synthesis/(\d{1,4})x\1/(Conv|Conv1|ToRGB)/weight", "{layer}.weight", _kernel),
    (r"synthesis/(\d{1,4})x\1/(Conv|Conv0_up|Conv1|ToRGB)/bias", "{layer}.bias", _same),
    (r"synthesis/(\d{1,4})x\1/(Conv|Conv0_up|Conv1)/noise_strength", "{layer}.noise_strength", _same),
    (r"synthesis/(\d{1,4})x\1/(Conv|Conv0_up|Conv1|ToRGB)/mod_weight", "{layer}.affine.weight", _turned),
    # TensorFlow adds the 1 when it draws; later files hold it.
    (r"synthesis/(\d{1,4})x\1/(Conv|Conv0_up|Conv1|ToRGB)/mod_bias", "{layer}.affine.bias", lambda bias: bias + 1),
)
LAYERS = {"Conv": "conv1", "Conv0_up": "conv0", "Conv1": "conv1", "ToRGB": "torgb"}
DISCRIMINATOR: tuple[tuple[str, str, Change], ...] = (
    (r"(\d{1,4})x\1/FromRGB/weight", "b{0}.fromrgb.weight", _kernel),
    (r"(\d{1,4})x\1/FromRGB/bias", "b{0}.fromrgb.bias", _same),
    (r"4x4/Conv/weight", "b4.conv.weight", _kernel),
    (r"4x4/Conv/bias", "b4.conv.bias", _same),
    (r"4x4/Dense0/weight", "b4.fc.weight", _turned),
    (r"4x4/Dense0/bias", "b4.fc.bias", _same),
    (r"Output/weight", "b4.out.weight", _turned),
    (r"Output/bias", "b4.out.bias", _same),
    (r"(\d{1,4})x\1/Conv([01])(?:_down)?/weight", "b{0}.conv{1}.weight", _kernel),
    (r"(\d{1,4})x\1/Conv([01])(?:_down)?/bias", "b{0}.conv{1}.bias", _same),
    (r"(\d{1,4})x\1/Skip/weight", "b{0}.skip.weight", _kernel),
)


def recognise(content: Any) -> bool:
    """Whether a pickle holds networks of TensorFlow's StyleGAN: a triple, or one alone."""
    parts = content if isinstance(content, tuple | list) else (content,)
    return any(isinstance(part, Record) and part.name == "tf network" for part in parts)


def read(content: Any) -> Contents:
    """The averaged generator Gs, and G and D where they can be read. Raises Unreadable."""
    listed = content if isinstance(content, tuple | list) else (content,)
    records = [part for part in listed if isinstance(part, Record)]
    for record in records:
        _check_version(record)
    parts = dict(zip(NETWORKS, records, strict=False)) if len(records) > 1 else {"Gs": records[0]}
    drawn = parts.get("Gs", parts.get("G"))
    if drawn is None or not _variables(drawn) or "dlatent_avg" not in _variables(drawn):
        raise Unreadable("holds no generator of StyleGAN2 that Phosphene knows")
    contents = Contents(_read_generator(drawn))
    for name, reader in (("G", _read_generator), ("D", _read_discriminator)):
        if name in parts and "Gs" in parts:
            try:
                contents.training[name] = reader(parts[name])
            except Unreadable as error:
                contents.warnings.append(f"Its {name} cannot be trained on: it {error}.")
    return contents


def _check_version(record: Record) -> None:
    version = record.state.get("version")
    if type(version) is not int:
        raise Unreadable("is a network of TensorFlow's of no known version")
    if version < OLDEST_VERSION:
        raise Unreadable("is a StyleGAN1 network. Phosphene reads StyleGAN2 and StyleGAN3")


def _read_generator(record: Record) -> Part:
    settings = _settings(record)
    tensors: dict[str, Numbers] = {}
    for name, numbers in _variables(record).items():
        if "ToRGB_lod" in name:
            raise Unreadable("is a StyleGAN2 of the architecture 'orig'. Phosphene reads “skip”")
        if not re.fullmatch(IGNORED, name):
            ours, change = _look_up(GENERATOR, name)
            tensors[ours] = _changed(name, numbers, change)
    filter_ = constant(_filter(settings))
    for name in [name for name in tensors if name.endswith((".noise_const", ".torgb.weight"))]:
        tensors[f"{name.rpartition('.')[0].removesuffix('.torgb')}.resample_filter"] = filter_
    generator, _none = read_generator(tensors, None)
    return Part(generator.kind, {**generator.config, "conv_clamp": settings.get("conv_clamp")}, generator.tensors)


def _read_discriminator(record: Record) -> Part:
    settings = _settings(record, fixed={**FIXED, "architecture": ("resnet",)})
    tensors: dict[str, Numbers] = {}
    for name, numbers in _variables(record).items():
        if not re.fullmatch(IGNORED, name):
            ours, change = _look_up(DISCRIMINATOR, name)
            tensors[ours] = _changed(name, numbers, change)
    try:
        config = DiscriminatorConfig(
            resolution=settings.get("resolution"),  # type: ignore[arg-type]
            channel_base=2 * settings.get("fmap_base", 16384),
            channel_max=settings.get("fmap_max", 512),
            mbstd_group=settings.get("mbstd_group_size", 4),
            mbstd_channels=settings.get("mbstd_num_features", 1),
            conv_clamp=settings.get("conv_clamp"),
            num_fp16_res=0,
        )
    except (LayoutError, TypeError) as error:
        raise Unreadable("is no discriminator that Phosphene knows") from error
    wanted = tensor_shapes(config)
    filter_ = constant(_filter(settings))
    tensors |= {name: filter_ for name in wanted if name.endswith(".resample_filter")}
    return Part("discriminator", config.to_json(), fitting(tensors, wanted)[0])


def _settings(record: Record, *, fixed: Mapping[str, tuple[object, ...]] = FIXED) -> dict[str, Any]:
    settings = record.state.get("static_kwargs")
    settings = settings if type(settings) is dict else {}
    for name, known in fixed.items():
        if name in settings and settings[name] not in known:
            raise Unreadable(f"was made with {name} = {settings[name]!r:.40}; Phosphene reads {known[0]!r}")
    return settings


def _filter(settings: Mapping[str, Any]) -> np.ndarray:
    """The resampling filter [4, 4] without gain, as later files hold it."""
    row = settings.get("resample_kernel") or [1, 3, 3, 1]
    if type(row) not in (list, tuple) or len(row) != 4 or any(type(n) not in (int, float) for n in row) or not sum(row):
        raise Unreadable("was made with a resampling filter that is not four numbers long")
    line = np.array(row, np.float64)
    return (np.outer(line, line) / line.sum() ** 2).astype(np.float32)


def _look_up(table: tuple[tuple[str, str, Change], ...], name: str) -> tuple[str, Change]:
    for pattern, ours, change in table:
        if found := re.fullmatch(pattern, name):
            groups = found.groups()
            if ours.startswith("noise "):
                return f"synthesis.{_noise_layer(int(groups[0]))}.noise_const", change
            layer = f"synthesis.b{groups[0]}.{LAYERS[groups[1]]}" if "{layer}" in ours else ""
            return ours.format(*groups, layer=layer), change
    raise Unreadable(f"holds variables that its architecture has not: {listing([name])}")


def _noise_layer(number: int) -> str:
    """noise{2·log2(r) - 5} -> conv0 of r, noise{2·log2(r) - 4} -> conv1; noise0 is that of 4 × 4."""
    return f"b{1 << (number + 5) // 2}.conv{(number + 1) % 2}"


def _changed(name: str, numbers: Numbers, change: Change) -> Numbers:
    try:
        return numbers.changed(change)
    except (IndexError, ValueError) as error:
        raise Unreadable(f"holds {name[:80]} in an unknown form") from error


def _variables(record: Record) -> dict[str, Numbers]:
    """Every variable by its path through the components."""
    return dict(_walk(record, "", 0))


def _walk(record: Record, path: str, depth: int) -> Iterator[tuple[str, Numbers]]:
    variables, components = record.state.get("variables") or [], record.state.get("components") or {}
    if type(variables) is not list or type(components) is not dict or depth > DEEPEST:
        raise Unreadable("keeps its parts in an unknown way")
    for entry in variables:
        if type(entry) not in (tuple, list) or len(entry) != 2 or type(entry[0]) is not str:
            raise Unreadable("names its variables in an unknown way")
        if isinstance(entry[1], ArrayRecord):
            yield f"{path}{entry[0]}", entry[1].lazily()
        elif type(entry[1]) in (int, float):
            yield f"{path}{entry[0]}", constant(np.array(entry[1], np.float32))
    for name, component in components.items():
        if type(name) is str and isinstance(component, Record):
            yield from _walk(component, f"{path}{name}/", depth + 1)
