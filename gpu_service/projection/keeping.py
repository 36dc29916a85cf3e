"""The search in hand, kept on disk now and then, so that a crash costs no more than a frame or half a second."""

import time
from typing import TYPE_CHECKING

import numpy as np

from gpu_service.projection.quick import Hand, Known
from gpu_service.projection.search import Search

if TYPE_CHECKING:
    from gpu_service.projection.run import ProjectionRun

# After a frame's worth of drawings, but not more often than that.
KEEP_SECONDS = 0.5
LAST_NOISE, DRAWINGS, SECONDS = "last.noise", "drawings", "seconds"


class KeptHand(Hand):
    """Tells, keeps, and obeys between two steps."""

    def __init__(self, run: "ProjectionRun", state: dict[str, np.ndarray]) -> None:
        super().__init__(run.given.easel, run.given.losses, state)
        self.run, self.folder = run, run.given.folder
        self.keys = {name: each for name, each in state.items() if name.startswith("keys-") and ".search." not in name}
        self.noise = {LAST_NOISE: state[LAST_NOISE]} if LAST_NOISE in state else {}
        self._kept_at, self._since = time.monotonic(), 0

    def stepped(self, search: Search, label: str, worth: int) -> None:
        """Tell, keep now and then, obey."""
        self.run.tick(search.number, search.course[-1])
        self._since += len(search.w)
        if self._since >= worth and time.monotonic() - self._kept_at >= KEEP_SECONDS:
            self._keep(search, label)
        self.run.obey(lambda: self._keep(search, label))

    def kept(self, name: str, arrays: dict[str, np.ndarray]) -> None:
        """Keyframes of the window in hand; those of the window before are needed no more."""
        self.keys = dict(arrays)
        self._write({})

    def ended(self, known: Known) -> None:
        """Where the next batch begins; its frames are in the part that is written now."""
        if known.noise is not None:
            self.noise = {LAST_NOISE: known.noise.cpu().numpy()}
        self._write({})

    def _keep(self, search: Search, label: str) -> None:
        state = {f"{label}.{name}": array for name, array in search.state().items()}
        self._write(state)
        self._kept_at, self._since = time.monotonic(), 0

    def _write(self, search: dict[str, np.ndarray]) -> None:
        spent = {DRAWINGS: np.array([self.run.evaluations]), SECONDS: np.array([self.run.seconds])}
        self.folder.keep_state({**self.keys, **search, **self.noise, **spent})
