"""From a recipe (`VectorSpec`) to the rows of w that a network draws. The same recipe gives the same numbers.

In this order: z of the seed or given; terms and tweaks in z; mapping, with label and truncation; terms in w; tweaks
in w; steps along directions; rows from other vectors. All but the mapping in float64.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from weakref import WeakKeyDictionary

import numpy as np
import torch

from gpu_service.errors import RenderError
from gpu_service.networks.base import Network
from gpu_service.protocol import Step, VectorSpec
from gpu_service.vectors.directions import Directions, no_directions
from gpu_service.vectors.numbers import row_slice, tweaked, z_of_seed

KEPT_VECTORS = 512
FindDirections = Callable[[str], Directions]


class Recipes:
    """Works recipes out on one network, and keeps the newest results with it.

    `directions` finds a file by its hash; it raises RenderError where there is none.
    """

    def __init__(self, network: Network, *, directions: FindDirections = no_directions) -> None:
        self.network, self.directions = network, directions
        self._kept = _kept_of(network)

    def rows(self, vectors: Sequence[VectorSpec], *, field: str = "parameters.vector") -> np.ndarray:
        """[N] recipes -> w, float32 [N, num_ws, w_dim]. RenderError says what the network cannot take."""
        try:
            keys = [vector.model_dump_json() for vector in vectors]
            done = self._kept.get_all(keys)
            missing = {key: vector for key, vector in zip(keys, vectors, strict=True) if key not in done}
            if missing:
                mapped = self._mapped(missing.values())
                made = {key: self._made(vector, mapped).astype(np.float32) for key, vector in missing.items()}
                self._kept.put_all(made)
                done |= made
        except RenderError as error:
            raise RenderError(str(error), retry=error.retry, kind=error.kind, field=field) from error
        shape = (0, self.network.num_ws, self.network.w_dim)
        return np.stack([done[key] for key in keys]) if keys else np.empty(shape, np.float32)

    def z(self, vector: VectorSpec) -> np.ndarray:
        """z with its terms and tweaks, before the mapping. -> float64 [z_dim]"""
        z_dim = self.network.z_dim
        if vector.z is not None and len(vector.z) != z_dim:
            raise refused(f"This vector has {len(vector.z)} numbers, and the network takes {z_dim}.")
        z = z_of_seed(vector.seed, z_dim) if vector.z is None else np.array(vector.z, np.float64)
        for term in vector.terms:
            if term.space == "z":
                z = z + term.amount * self.z(term.of)
        return tweaked(z, vector.tweaks, space="z")

    def average(self) -> np.ndarray:
        """The average w. -> float32 [w_dim]"""
        return self.network.average_w().float().cpu().numpy()

    def _mapped(self, vectors: Iterable[VectorSpec]) -> dict[str, np.ndarray]:
        """Every vector that is part of these, through the mapping, all at once. -> {key: [num_ws, w_dim]}"""
        parts = {_mapping_key(part): part for vector in vectors for part in _mapped_parts(vector)}
        done = self._kept.get_all(list(parts))
        missing = {key: part for key, part in parts.items() if key not in done}
        made: dict[str, np.ndarray] = {}
        for end in {part.truncation_end for part in missing.values()}:
            alike = {key: part for key, part in missing.items() if part.truncation_end == end}
            made |= dict(zip(alike, self._map(list(alike.values()), truncation_end=end), strict=True))
        self._kept.put_all(made)
        return done | made

    def _map(self, vectors: Sequence[VectorSpec], *, truncation_end: int | None) -> np.ndarray:
        z, labels = np.stack([self.z(vector) for vector in vectors]), self.labels(vectors)
        truncation = [vector.truncation for vector in vectors]
        return map_all(self.network, z, truncation=truncation, truncation_end=truncation_end, labels=labels)

    def labels(self, vectors: Sequence[VectorSpec]) -> np.ndarray | None:
        """One-hot [N, classes]; a row of zeros is none of them."""
        classes = self.network.num_classes
        for vector in vectors:
            if vector.label is not None and vector.label >= classes:
                there = f"has the classes 0 to {classes - 1}" if classes else "has no classes"
                raise refused(f"There is no class {vector.label}: this network {there}.")
        if not classes:
            return None
        labels = np.zeros((len(vectors), classes), np.float32)
        for row, vector in zip(labels, vectors, strict=True):
            if vector.label is not None:
                row[vector.label] = 1
        return labels

    def _made(self, vector: VectorSpec, mapped: Mapping[str, np.ndarray]) -> np.ndarray:
        """w of one recipe from the mapped vectors. -> float64 [num_ws, w_dim]"""
        w = mapped[_mapping_key(vector)].astype(np.float64)
        for term in vector.terms:
            if term.space == "w":
                w = w + term.amount * (self._made(term.of, mapped) - self.average())
        w = tweaked(w, vector.tweaks, space="w")
        for step in vector.steps:
            w[row_slice(step.rows, len(w))] += self._step(step)
        for mix in vector.mixes:
            chosen = row_slice(mix.rows, len(w))
            w[chosen] = self._made(mix.of, mapped)[chosen]
        return w

    def _step(self, step: Step) -> np.ndarray:
        """What a step adds to a row. -> float64 [w_dim]"""
        found = self.directions(step.file)
        if found.w_dim != self.network.w_dim:
            raise refused(
                f"These directions have {found.w_dim} numbers, and the network's w has {self.network.w_dim}. "
                "Find directions of this network."
            )
        if step.index >= found.count:
            raise refused(f"There is no direction {step.index + 1}: this file has {found.count}.")
        return step.amount * float(found.scale[step.index]) * found.directions[step.index].astype(np.float64)


@torch.inference_mode()
def map_all(
    network: Network,
    z: np.ndarray,
    *,
    truncation: Sequence[float],
    truncation_end: int | None = None,
    labels: np.ndarray | None = None,
) -> np.ndarray:
    """z [N, Z], truncation [N], one-hot labels [N, classes] -> float32 [N, num_ws, W] on the CPU."""
    w = network.mapping(
        torch.from_numpy(np.asarray(z, np.float32)),
        truncation=torch.tensor(list(truncation), dtype=torch.float32),
        truncation_end=truncation_end,
        labels=None if labels is None else torch.from_numpy(labels),
    )
    return w.float().cpu().numpy().copy()


def refused(sentence: str) -> RenderError:
    """A recipe that the network cannot follow."""
    return RenderError(sentence, kind="bad_input")


def _mapped_parts(vector: VectorSpec) -> list[VectorSpec]:
    """Itself, and those whose w it needs."""
    others = [term.of for term in vector.terms if term.space == "w"] + [mix.of for mix in vector.mixes]
    return [vector, *(part for other in others for part in _mapped_parts(other))]


def _mapping_key(vector: VectorSpec) -> str:
    """The recipe as far as the mapping."""
    before = {
        "terms": [term for term in vector.terms if term.space == "z"],
        "tweaks": [tweak for tweak in vector.tweaks if tweak.space == "z"],
        "steps": [],
        "mixes": [],
    }
    return "mapped " + vector.model_copy(update=before).model_dump_json()


class _Kept:
    """Vectors of one network; those used longest ago leave."""

    def __init__(self) -> None:
        self._vectors: OrderedDict[str, np.ndarray] = OrderedDict()
        self._lock = threading.Lock()

    def get_all(self, keys: Sequence[str]) -> dict[str, np.ndarray]:
        with self._lock:
            found = {key: self._vectors[key] for key in keys if key in self._vectors}
            for key in found:
                self._vectors.move_to_end(key)
            return found

    def put_all(self, made: Mapping[str, np.ndarray]) -> None:
        with self._lock:
            self._vectors.update(made)
            while len(self._vectors) > KEPT_VECTORS:
                self._vectors.popitem(last=False)


_all_kept: WeakKeyDictionary[Network, _Kept] = WeakKeyDictionary()
_lock = threading.Lock()


def _kept_of(network: Network) -> _Kept:
    with _lock:
        return _all_kept.setdefault(network, _Kept())
