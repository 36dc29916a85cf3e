"""A plain dictionary of tensors with NVIDIA's names: what we export, and what other tools save of a StyleGAN."""

import json
from collections.abc import Mapping
from typing import Any

from gpu_service.snapshots.fork_names import ANCHORS, nvidia_names
from gpu_service.snapshots.generators import read_generator
from gpu_service.snapshots.numbers import Numbers, TensorRecord
from gpu_service.snapshots.parts import Contents, Part, Unreadable, listing

WRAPPERS = ("G_ema", "g_ema", "state_dict", "G", "g", "generator", "model")
# What NVIDIA's programs train with; the tensors cannot tell it.
USUAL_CLAMP = 256


def find(content: Any) -> dict[str, Numbers] | None:
    """The tensors of a generator in a checkpoint, under NVIDIA's names; None where there is none."""
    if type(content) is not dict:
        return None
    for part in (content, *(content.get(name) for name in WRAPPERS)):
        if type(part) is dict and any(type(name) is str and name.startswith("synthesis.") for name in part):
            tensors, _renamed = nvidia_names(_tensors(part))
            if any(anchor in tensors for anchor in ANCHORS):
                return tensors
    return None


def read(tensors: dict[str, Numbers], *, note: bytes | None) -> Contents:
    """The generator. `note` = our JSON beside the tensors; without it the settings are told from the shapes."""
    settings = settings_of(note)
    part, left_over = read_generator(tensors, settings, buffers=[name for name in tensors if name[-7:] == "_filter"])
    contents = Contents(part)
    if settings is None and part.kind == "stylegan2":
        contents.generator = Part(part.kind, {**part.config, "conv_clamp": USUAL_CLAMP}, part.tensors)
    if settings is None:
        contents.warnings.append(
            f"It holds no settings; they were told from its shapes, the clamp taken as {USUAL_CLAMP}."
        )
    if left_over:
        contents.warnings.append(f"It holds tensors that its architecture has not: {listing(left_over)}.")
    if "mapping.w_avg" not in tensors:
        contents.warnings.append("It holds no average w; one is made from 10,000 samples.")
    return contents


def settings_of(note: bytes | None) -> Mapping[str, Any] | None:
    """Our settings out of the JSON that we wrote beside the tensors. Raises Unreadable where it is not ours."""
    if note is None:
        return None
    try:
        settings = json.loads(note)["config"]
        if type(settings) is not dict:
            raise KeyError("config")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Unreadable("holds settings that Phosphene did not write") from error
    return settings


def _tensors(part: Mapping[Any, Any]) -> dict[str, Numbers]:
    odd = [str(name) for name, value in part.items() if type(name) is not str or not isinstance(value, TensorRecord)]
    if odd:
        raise Unreadable(f"holds something else than tensors: {listing(odd)}")
    return {name: value.lazily() for name, value in part.items()}
