"""What training goes on from, beside a snapshot: G, D and augment_pipe as NAME.training.safetensors, and reading all.

The averaged generator G_ema is the snapshot itself.
"""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load_file

from gpu_service.networks.discriminator_layout import DiscriminatorConfig
from gpu_service.networks.discriminator_layout import tensor_shapes as discriminator_shapes
from gpu_service.snapshots.array_file import write_arrays
from gpu_service.snapshots.errors import SnapshotError, damaged, printable
from gpu_service.snapshots.facts import LAYOUTS, TRAINING_KEY, training_path
from gpu_service.snapshots.isolation import read_in_child
from gpu_service.snapshots.parts import Contents, Part, Unreadable, check_shapes
from gpu_service.snapshots.reader import ReadNetwork, take_numbers
from gpu_service.snapshots.store import is_safetensors, read_facts
from gpu_service.whole_files import replacing

FORM = 1
PARTS = ("G", "D", "augment_pipe")


def save_training(contents: Contents, target: Path, *, file_bytes: int) -> list[str]:
    """Write what can be trained on; answers warnings. Nothing is written where a file holds a generator alone."""
    tensors: dict[str, np.ndarray] = {}
    warnings: list[str] = []
    for name, part in contents.training.items():
        arrays, odd = take_numbers(part.tensors, file_bytes=file_bytes)
        tensors |= {f"{name}.{key}": array for key, array in arrays.items()}
        warnings += [f"{name}: {line}" for line in odd]
    if tensors:
        write_arrays(tensors, target, metadata={TRAINING_KEY: _note(contents.training, warnings)})
    return warnings


def write_training(parts: Mapping[str, ReadNetwork], target: Path) -> None:
    """The training file of a network of our own; the same numbers make the same bytes."""
    tensors = {f"{name}.{key}": array for name, part in parts.items() for key, array in part.tensors.items()}
    with replacing(target) as partial:
        write_arrays(tensors, partial, metadata={TRAINING_KEY: _note(parts, [])})


def _note(parts: "Mapping[str, ReadNetwork] | Mapping[str, Part]", warnings: list[str]) -> str:
    told = {name: {"kind": part.kind, "config": part.config} for name, part in parts.items()}
    return json.dumps({"form": FORM, "parts": told, "warnings": warnings}, sort_keys=True)


def read_training_parts(path: Path, *, name: str | None = None) -> dict[str, ReadNetwork]:
    """G, D, G_ema and augment_pipe, as far as they are there: settings and float32 arrays by NVIDIA's names.

    `path` is a foreign file (read in a process of its own), or a snapshot of ours with its training file beside it.
    Raises SnapshotError.
    """
    shown = name or path.name
    if is_safetensors(path):
        facts = read_facts(path, name=shown)
        drawn = ReadNetwork(facts.kind, facts.config, load_file(path), facts.warnings)
        beside = training_path(path)
        return {"G_ema": drawn, **(read_training_file(beside) if beside.exists() else {})}
    with tempfile.TemporaryDirectory() as folder:
        target, training = Path(folder) / "net.safetensors", Path(folder) / "net.training.safetensors"
        answer = read_in_child(path, to=target, training_to=training, name=shown)
        drawn = ReadNetwork(answer["kind"], answer["config"], load_file(target), answer["warnings"])
        return {"G_ema": drawn, **(read_training_file(training) if training.exists() else {})}


def read_training_file(path: Path) -> dict[str, ReadNetwork]:
    """The parts of a training file, checked against their settings. Raises SnapshotError."""
    shown = printable(path.name)
    try:
        with safe_open(path, framework="numpy") as file:
            told = json.loads((file.metadata() or {})[TRAINING_KEY])
            if told["form"] != FORM:
                raise KeyError("form")
            found = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - not a dict
        parts = {name: told["parts"][name] for name in PARTS if name in told["parts"]}
        read = {name: _part(name, part, found) for name, part in parts.items()}
    except (SafetensorError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise damaged(shown, "it is no training file that Phosphene wrote") from error
    except Unreadable as error:
        raise SnapshotError(f"“{shown}” {error}.") from error
    return read


def _part(name: str, part: dict[str, Any], found: dict[str, np.ndarray]) -> ReadNetwork:
    tensors = {key.removeprefix(f"{name}."): array for key, array in found.items() if key.startswith(f"{name}.")}
    kind, config = part["kind"], dict(part["config"])
    shapes = {key: array.shape for key, array in tensors.items()}
    if kind == "discriminator":
        check_shapes(shapes, discriminator_shapes(DiscriminatorConfig.from_json(config)))
    elif kind != "augmentation":
        check_shapes(shapes, LAYOUTS[kind](config))
    return ReadNetwork(kind, config, tensors, [])
