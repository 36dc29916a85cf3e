"""A file of directions: unit rows in w, and how far each one usually goes. One small safetensors file, no torch."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from gpu_service.errors import RenderError
from gpu_service.protocol import Rows, Sha256

FACTS_KEY = "phosphene_directions"
FORM = 1
MOST_DIRECTIONS, LARGEST_BYTES = 4096, 64 << 20


class DirectionFacts(BaseModel):
    """What stands beside the numbers. `shares` of variance, one per direction; `samples` of w that were looked at."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    form: int = FORM
    method: str = Field(max_length=60)
    snapshot_sha256: Sha256
    shares: list[float]
    rows: Rows = Rows()
    samples: int = Field(ge=0)


@dataclass(frozen=True)
class Directions:
    """`directions` [K, w_dim] of length 1, `scale` [K]: the standard deviation of w along each, `mean` [w_dim]."""

    directions: np.ndarray
    scale: np.ndarray
    mean: np.ndarray
    facts: DirectionFacts

    @property
    def count(self) -> int:
        return len(self.directions)

    @property
    def w_dim(self) -> int:
        return int(self.directions.shape[1])


def write_directions(found: Directions, path: Path) -> None:
    """The same directions give the same bytes."""
    tensors = {
        "directions": np.ascontiguousarray(found.directions, np.float32),
        "scale": np.ascontiguousarray(found.scale, np.float32),
        "mean": np.ascontiguousarray(found.mean, np.float32),
    }
    facts = json.dumps(found.facts.model_dump(mode="json"), sort_keys=True)
    save_file(tensors, path, metadata={FACTS_KEY: facts})


def read_directions(path: Path) -> Directions:
    """Raises RenderError with a sentence for anything that is no such file."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise ValueError("too large")
        with safe_open(path, framework="numpy") as file:
            facts = DirectionFacts.model_validate_json((file.metadata() or {})[FACTS_KEY])
            tensors = {name: file.get_tensor(name).astype(np.float32) for name in ("directions", "scale", "mean")}
        _check(tensors, facts)
    except (OSError, SafetensorError, ValidationError, KeyError, ValueError, TypeError) as error:
        sentence = "A file of directions cannot be read: it is damaged, or no such file. Find the directions again."
        raise RenderError(sentence, kind="bad_input") from error
    return Directions(tensors["directions"], tensors["scale"], tensors["mean"], facts)


def _check(tensors: Mapping[str, np.ndarray], facts: DirectionFacts) -> None:
    """Shapes that belong together and finite numbers. Raises ValueError."""
    rows, scale, mean = tensors["directions"], tensors["scale"], tensors["mean"]
    fits = rows.ndim == 2 and 1 <= len(rows) <= MOST_DIRECTIONS and scale.shape == rows.shape[:1]
    fits = fits and mean.shape == rows.shape[1:] and len(facts.shares) == len(rows) and facts.form == FORM
    if not fits or not all(np.isfinite(tensor).all() for tensor in tensors.values()):
        raise ValueError("shapes")


@lru_cache(maxsize=64)
def directions_at(sha256: str, path: Path) -> Directions:
    """The same, kept: a file known by its hash never changes."""
    return read_directions(path)


def no_directions(sha256: str) -> Directions:
    """Where no file of directions is at hand."""
    raise missing_directions(sha256)


def missing_directions(sha256: str) -> RenderError:
    """A recipe names a file that did not come with it."""
    return RenderError(
        f"A file of directions is missing here: {sha256[:4]}…{sha256[-4:]}. Find the directions again.",
        kind="bad_input",
    )


def as_facts(found: Directions) -> dict[str, Any]:
    """What a studio wants to know of a file."""
    return {
        "method": found.facts.method,
        "count": found.count,
        "w_dim": found.w_dim,
        "snapshot_sha256": found.facts.snapshot_sha256,
        "shares": found.facts.shares,
    }
