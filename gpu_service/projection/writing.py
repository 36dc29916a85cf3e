"""Writing projection files: frames into parts, parts into the file that a person gets. No torch.

An HDF5 file that is being written does not survive a crash. So each batch of frames is a file of its own, whole or not
there at all, and the end puts them together.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import h5py
import numpy as np

from gpu_service.projection.facts import write_facts
from gpu_service.projection.layout import (
    DISTANCES,
    FINALS,
    GROUPS,
    HISTORIES,
    IMAGES_HISTORIES,
    LATENTS,
    LATENTS_HISTORIES,
    NOISES_HISTORIES,
    OWN,
    PLUS,
    TARGETS,
    ProjectionFacts,
    name_of,
)
from gpu_service.projection.safe_hdf5 import opened

PACKED = {"compression": "gzip", "compression_opts": 9, "shuffle": True}


@dataclass(frozen=True)
class FrameFound:
    """One frame. `w` [w_dim]; `plus` [num_ws, w_dim] in W+; pictures uint8 RGB [H, W, 3].

    Histories hold one entry a step: latents [num_ws, w_dim], noises (all maps in one row), images [3, H, W] −1…1.
    `distances` float32 [steps], of the latents to their last.
    """

    w: np.ndarray
    target: np.ndarray
    final: np.ndarray
    num_ws: int
    loss: float
    steps: int
    plus: np.ndarray | None = None
    latents_history: Sequence[np.ndarray] = field(default=())
    noises_history: Sequence[np.ndarray] = field(default=())
    images_history: Sequence[np.ndarray] = field(default=())
    distances: np.ndarray | None = None


def write_projection(path: Path, facts: ProjectionFacts, frames: Iterable[FrameFound]) -> None:
    """A whole file, or none. Frames are numbered from 0, whatever `facts.first_frame` is."""
    partial = path.with_name(f".{path.name}.part")
    try:
        with h5py.File(partial, "w", locking=False) as file:
            _begin(file, facts)
            for number, frame in enumerate(frames):
                _add(file, number, frame)
            write_facts(file, facts)
        settle(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def join_projections(parts: Sequence[Path], facts: ProjectionFacts, out: Path) -> None:
    """Put parts that follow one another into one file; what is packed stays packed."""
    partial = out.with_name(f".{out.name}.part")
    number = 0
    try:
        with h5py.File(partial, "w", locking=False) as file:
            _begin(file, facts)
            for part in parts:
                with opened(part) as source:
                    number = _copy(source, file, number)
            write_facts(file, facts)
        settle(partial, out)
    finally:
        partial.unlink(missing_ok=True)


def settle(partial: Path, path: Path) -> None:
    """Make a written file the one that counts, so that a power cut leaves the old one or the new one."""
    with partial.open("rb") as file:
        os.fsync(file.fileno())
    partial.replace(path)


def _begin(file: h5py.File, facts: ProjectionFacts) -> None:
    write_facts(file, replace(facts, is_complete=False))
    for group in GROUPS:
        file.create_group(group)
    if facts.space == "w+":
        file.create_group(PLUS)


def _add(file: h5py.File, number: int, frame: FrameFound) -> None:
    rows = np.broadcast_to(frame.w.astype(np.float32), (1, frame.num_ws, len(frame.w)))
    held = file[LATENTS].create_dataset(name_of(LATENTS, number), data=rows, **PACKED)
    held.attrs[f"{OWN}loss"], held.attrs[f"{OWN}steps"] = frame.loss, frame.steps
    file[TARGETS].create_dataset(name_of(TARGETS, number), data=frame.target, **PACKED)
    file[FINALS].create_dataset(name_of(FINALS, number), data=frame.final, **PACKED)
    if frame.plus is not None:
        file[PLUS].create_dataset(name_of(PLUS, number), data=frame.plus[None].astype(np.float32), **PACKED)
    if frame.distances is not None:
        folder = file.require_group(DISTANCES)
        folder.create_dataset(name_of(DISTANCES, number), data=frame.distances.astype(np.float32), **PACKED)
    for group, history, has_batch in (
        (LATENTS_HISTORIES, frame.latents_history, True),
        (NOISES_HISTORIES, frame.noises_history, False),
        (IMAGES_HISTORIES, frame.images_history, True),
    ):
        if len(history):
            folder = file[group].create_group(name_of(group, number))
            for step, one in enumerate(history, start=1):
                data = np.asarray(one, np.float32)
                folder.create_dataset(
                    f"{name_of(group, number)}_step_{step}", data=data[None] if has_batch else data, **PACKED
                )


def _copy(source: h5py.File, file: h5py.File, first: int) -> int:
    """Every frame of a part, under its number in the whole. -> the next number"""
    count = len(source[LATENTS])
    for group in (TARGETS, FINALS, LATENTS, PLUS):
        if group in source and group in file:
            for number in range(count):
                source.copy(source[group][name_of(group, number)], file[group], name=name_of(group, first + number))
    for number in range(count if DISTANCES in source else 0):
        if (name := name_of(DISTANCES, number)) in source[DISTANCES]:
            source.copy(source[DISTANCES][name], file.require_group(DISTANCES), name=name_of(DISTANCES, first + number))
    for group in HISTORIES:
        for number in range(count):
            if (name := name_of(group, number)) in source[group]:
                folder = file[group].create_group(name_of(group, first + number))
                for step in range(1, len(source[group][name]) + 1):
                    held = source[group][name][f"{name}_step_{step}"]
                    source.copy(held, folder, name=f"{name_of(group, first + number)}_step_{step}")
    return first + count
