"""The settings of a run as a form shows them: made from the model, the preset's values beside the chosen ones."""

from collections.abc import Collection
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from gpu_service.protocol import TrainingConfig
from gpu_service.protocol.training_words import PLAIN, WORDS

# How values are called where their own names say little.
VALUES = {
    "stylegan2": "StyleGAN2",
    "stylegan3-t": "StyleGAN3-T",
    "stylegan3-r": "StyleGAN3-R",
    "ada": "ADA",
    "fixed": "Fixed strength",
    "none": "None",
    "auto": "Auto",
    "patch_distance": "Patch distance",
    "fid": "FID",
    "kid": "KID",
    "precision_recall": "Precision and recall",
    "path_length": "Path length",
    "sharpness": "Sharpness",
    "diversity": "Diversity",
}


def form_of(config: TrainingConfig, preset: TrainingConfig, *, fixed: Collection[str]) -> list[dict[str, Any]]:
    """Every setting but the preset's name, in the order of `WORDS`."""
    return [_field(name, config, preset, is_fixed=name in fixed) for name in WORDS]


def differences(config: TrainingConfig, preset: TrainingConfig) -> list[dict[str, Any]]:
    """Where a run leaves its preset."""
    found = config.changes(preset)
    return [
        {"name": name, "title": title_of(name), "value": found[name][0], "preset_value": found[name][1]}
        for name in WORDS
        if name in found
    ]


def title_of(name: str) -> str:
    field = TrainingConfig.model_fields.get(name)
    return (field.title if field else None) or name


def choices_of(name: str) -> list[dict[str, str]] | None:
    """What may be chosen, with the words for it; None where there is nothing to choose from."""
    _, choices, _ = _kind(TrainingConfig.model_fields[name].annotation)
    return [{"value": one, "title": VALUES.get(one, one)} for one in choices] or None


def _field(name: str, config: TrainingConfig, preset: TrainingConfig, *, is_fixed: bool) -> dict[str, Any]:
    group, description = WORDS[name]
    value, default = getattr(config, name), getattr(preset, name)
    kind, _, is_optional = _kind(TrainingConfig.model_fields[name].annotation)
    least, most = _bounds(TrainingConfig.model_fields[name])
    return {
        "name": name,
        "title": title_of(name),
        "description": description,
        "group": group,
        "kind": kind,
        "value": value,
        "default": default,
        "changed": value != default,
        "fixed": is_fixed,
        "advanced": name not in PLAIN,
        "optional": is_optional,
        "choices": choices_of(name),
        "minimum": least,
        "maximum": most,
    }


def _kind(annotation: Any) -> tuple[str, list[str], bool]:
    """-> what draws it, its choices, whether it may be empty"""
    parts = list(get_args(annotation))
    if get_origin(annotation) in (Union, UnionType) and NoneType in parts:
        kind, choices, _ = _kind(next(part for part in parts if part is not NoneType))
        return kind, choices, True
    if get_origin(annotation) is list:
        return "choices", [str(one) for one in get_args(parts[0])], False
    if get_origin(annotation) is Literal:
        return "choice", [str(one) for one in parts], False
    return {bool: "boolean", int: "integer"}.get(annotation, "number"), [], False


def _bounds(field: FieldInfo) -> tuple[float | None, float | None]:
    """The least and the most that a number may be; above 0 counts as from 0."""
    said = {name: value for part in field.metadata for name, value in _limits(part).items()}
    return said.get("ge", said.get("gt")), said.get("le", said.get("lt"))


def _limits(part: Any) -> dict[str, float]:
    found = {name: getattr(part, name, None) for name in ("ge", "gt", "le", "lt")}
    inner = {name: value for one in getattr(part, "metadata", ()) for name, value in _limits(one).items()}
    return inner | {name: value for name, value in found.items() if value is not None}
