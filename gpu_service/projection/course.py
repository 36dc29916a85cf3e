"""The course of a batch's search: histories where they are asked for, and how far each step lay from where it ended.

The distances are what convergence needs, in a number a step, so they are kept even where no histories are.
"""

from dataclasses import dataclass, field

import numpy as np
from torch import Tensor

from gpu_service.projection.search import Search
from gpu_service.protocol.projection import ProjectionConfig

# Of the latents of all steps, which the distances are worked out from at the end; larger batches go without.
MOST_BYTES = 256 << 20

History = list[list[np.ndarray]]
"""Frame by frame, step by step."""


@dataclass
class Course:
    """Tell it every step. `distances`: float32 [steps] of each frame, none where not all steps were seen."""

    config: ProjectionConfig
    num_ws: int
    latents: History = field(default_factory=list)
    noises: History = field(default_factory=list)
    images: History = field(default_factory=list)
    distances: list[np.ndarray] = field(default_factory=list)
    is_whole: bool = True
    _rows: list[np.ndarray] = field(default_factory=list)
    _bytes: int = 0

    @property
    def keeps_histories(self) -> bool:
        config = self.config
        return config.latents_histories or config.noises_histories or config.images_histories

    def stepped(self, search: Search, drawn: Tensor) -> None:
        """After each step: where the search is, and what was drawn on the way there."""
        rows = search.w if search.w.ndim == 3 else search.w[:, None]
        self._remember(rows.cpu().numpy().copy())
        if not self.keeps_histories:
            return
        config = self.config
        for wanted, kept, now in (
            (config.latents_histories, self.latents, rows.expand(-1, self.num_ws, -1)),
            (config.noises_histories, self.noises, search.noise.expand(len(drawn), -1)),
            (config.images_histories, self.images, drawn),
        ):
            if wanted:
                kept.extend([] for _ in range(len(drawn) - len(kept)))
                for history, one in zip(kept, now.cpu().numpy(), strict=True):
                    history.append(one.copy())

    def _remember(self, rows: np.ndarray) -> None:
        self._bytes += rows.nbytes
        self.is_whole = self.is_whole and self._bytes <= MOST_BYTES
        if self.is_whole:
            self._rows.append(rows)
        else:
            self._rows.clear()

    def end(self, final: Tensor) -> None:
        """The search is over, and these are its latents. [n, W] or [n, num_ws, W]"""
        if self.is_whole and self._rows:
            rows = final if final.ndim == 3 else final[:, None].expand(-1, self.num_ws, -1)
            self.distances = list(distances_to(rows.cpu().numpy(), self._rows, num_ws=self.num_ws))
        self._rows = []


def distances_to(final: np.ndarray, steps: list[np.ndarray], *, num_ws: int) -> np.ndarray:
    """Σ|final − step| over all numbers. [n, num_ws, W], each step [n, num_ws or 1, W] -> float32 [n, steps]"""
    told = []
    for rows in steps:
        apart = np.abs(final - np.broadcast_to(rows, (len(final), num_ws, final.shape[2])))
        told.append(apart.sum(axis=(1, 2), dtype=np.float64))
    return np.stack(told, axis=1).astype(np.float32)
