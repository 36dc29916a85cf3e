"""The facts of a projection file, out of and into the attributes of its root. No torch."""

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from gpu_service.projection.layout import (
    MOST_FRAMES,
    OWN,
    RENAMED,
    VERSION,
    ProjectionFacts,
    rate,
)
from gpu_service.projection.safe_hdf5 import bad

LONGEST_TEXT, MOST_ATTRIBUTE_BYTES = 4096, 1 << 20
LOWEST_RATE, HIGHEST_RATE = 0.01, 1000


def read_facts(file: h5py.File, path: Path) -> ProjectionFacts:
    """What the attributes say, of version 1 or 2. RenderError where something that is needed is missing or absurd."""
    told = _Attributes(file, path)
    version = told.whole("version_number", least=1, most=1_000_000)
    if version > VERSION:
        raise bad(path, f"is of version {version}, newer than what is read here ({VERSION})")
    return ProjectionFacts(
        version=version,
        network_md5=told.text("network_md5_hash", needed=False),
        network_path=told.text("original_network_path", needed=False),
        target_path=told.text("original_target_path", needed=False),
        target_md5=told.text("target_md5_hash", needed=False),
        fps=told.rate("projection_fps"),
        original_fps=told.rate("original_fps", default="projection_fps"),
        frame_count=told.whole("projection_frame_count", least=0, most=MOST_FRAMES),
        original_frame_count=told.whole("original_frame_count", least=0, most=1 << 40, default=0),
        width_height=told.pair("projection_width_height"),
        original_width_height=told.pair("original_width_height"),
        steps=told.whole("steps_in_projection", least=0, most=1 << 31, default=0),
        is_complete=bool(told.whole("complete", least=0, most=1)),
        noises_shapes=told.shapes("noises_shapes"),
        has_latents_histories=bool(told.whole("latents_histories_enabled", least=0, most=1, default=0)),
        has_noises_histories=bool(told.whole("noises_histories_enabled", least=0, most=1, default=0)),
        has_images_histories=bool(told.whole("images_histories_enabled", least=0, most=1, default=0)),
        space=told.text(f"{OWN}space", needed=False) or "w",
        settings=told.text(f"{OWN}settings", needed=False) or "{}",
        first_frame=told.whole(f"{OWN}first_frame", least=0, most=MOST_FRAMES, default=0),
    )


def write_facts(file: h5py.File, facts: ProjectionFacts) -> None:
    """As the original writes them, and ours beside them."""
    values: dict[str, Any] = {
        "version_number": facts.version,
        "complete": facts.is_complete,
        "original_target_path": facts.target_path,
        "original_width_height": np.array(facts.original_width_height),
        "projection_width_height": np.array(facts.width_height),
        "target_md5_hash": facts.target_md5,
        "original_network_path": facts.network_path,
        "network_md5_hash": facts.network_md5,
        "steps_in_projection": facts.steps,
        "noises_shapes": np.nan if facts.noises_shapes is None else np.array(facts.noises_shapes),
        "latents_histories_enabled": facts.has_latents_histories,
        "noises_histories_enabled": facts.has_noises_histories,
        "images_histories_enabled": facts.has_images_histories,
        "original_fps": float(facts.original_fps),
        "projection_fps": float(facts.fps),
        "original_frame_count": facts.original_frame_count,
        "projection_frame_count": facts.frame_count,
        f"{OWN}fps": str(facts.fps),
        f"{OWN}space": facts.space,
        f"{OWN}settings": facts.settings,
        f"{OWN}first_frame": facts.first_frame,
    }
    for name, value in values.items():
        file.attrs[name] = value


class _Attributes:
    """The root's attributes, each checked before it is read."""

    def __init__(self, file: h5py.File, path: Path) -> None:
        self.attrs, self.path = file.attrs, path
        self.names = set(file.attrs)
        self.older = {new: old for old, new in RENAMED.items()}

    def _value(self, name: str) -> Any:
        held = name if name in self.names else self.older.get(name)
        if held not in self.names:
            return None
        if self.attrs.get_id(held).get_storage_size() > MOST_ATTRIBUTE_BYTES:
            raise bad(self.path, f"says too much under {name}")
        return self.attrs[held]

    def whole(self, name: str, *, least: int, most: int, default: int | None = None) -> int:
        value = self._value(name)
        if value is None and default is not None:
            return default
        number = _number(value)
        if number is None or not least <= number <= most or number != int(number):
            raise self._missing(name)
        return int(number)

    def rate(self, name: str, *, default: str | None = None) -> Fraction:
        exact = self._value(f"{OWN}fps") if name == "projection_fps" else None
        value = self._value(name)
        if value is None and default is not None:
            return self.rate(default)
        number = _number(value)
        if number is None or not LOWEST_RATE <= number <= HIGHEST_RATE:
            raise self._missing(name)
        if isinstance(exact, str) and len(exact) < 40:
            try:
                meant = Fraction(exact)
            except (ValueError, ZeroDivisionError):
                return rate(number)
            return meant if math.isclose(meant, number, rel_tol=1e-6) else rate(number)
        return rate(number)

    def text(self, name: str, *, needed: bool = True) -> str:
        value = self._value(name)
        if isinstance(value, bytes):
            value = value.decode("utf-8", "replace")
        if isinstance(value, str):
            return "".join(sign for sign in value[:LONGEST_TEXT] if sign.isprintable())
        if needed or (value is not None and not isinstance(value, h5py.Empty)):
            raise self._missing(name)
        return ""

    def pair(self, name: str) -> tuple[int, int]:
        value = self._value(name)
        if value is None:
            return (0, 0)
        numbers = np.asarray(value)
        if numbers.shape != (2,) or numbers.dtype.kind not in "iuf" or not np.isfinite(numbers).all():
            raise self._missing(name)
        return int(numbers[0]), int(numbers[1])

    def shapes(self, name: str) -> tuple[tuple[int, ...], ...] | None:
        value = self._value(name)
        numbers = np.asarray(0 if value is None else value)
        if numbers.ndim != 2 or numbers.dtype.kind not in "iu" or numbers.size > 1024:
            return None
        return tuple(tuple(int(side) for side in row) for row in numbers)

    def _missing(self, name: str) -> Exception:
        return bad(self.path, f"says nothing sound under “{name}”: it is no projection file")


def _number(value: Any) -> float | None:
    """A finite number, whatever kind the file keeps it as."""
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.reshape(-1)[0]
    if isinstance(value, bool | int | float | np.number | np.bool_):
        number = float(value.real)
        return number if math.isfinite(number) else None
    return None
