"""How previews are drawn: the fastest way of the device, compiled when that is done, less where memory is short."""

import logging
import os
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from gpu_service.errors import RenderError
from gpu_service.film.code_path import Precision
from gpu_service.film.fallback import HALF
from gpu_service.networks import NetworkError, fast
from gpu_service.networks.base import Network
from gpu_service.out_of_memory import is_out_of_memory

log = logging.getLogger(__name__)
SMALLEST = "The device ran out of memory for a single picture. Choose a smaller picture, or close other programs."


class PreviewWays:
    """Belongs to the drawing thread; compiling goes on beside it, in pieces until it is done."""

    def __init__(self, device: torch.device, *, precision: Precision, may_compile: bool) -> None:
        self.device = device
        self.way = fast.way_for(device, precision, compiled=may_compile and fast.compiler_is_there(device))
        self.most = sys.maxsize  # frames in one batch
        self._asked: set[fast.Way] = set()

    def draw(
        self, draw: Callable[[Sequence[int]], Tensor], frames: Sequence[int], *, give_back: Callable[[], None]
    ) -> Tensor:
        """Those frames, whatever memory allows. RenderError: not even one picture fits.

        What did not fit once is not tried again: the smaller batch and the smaller numbers stay.
        """
        drawn: list[Tensor] = []
        left = list(frames)
        while left:
            count = min(self.most, len(left))
            fast.take_way(self.way)
            try:
                drawn.append(draw(left[:count]))
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                give_back()
                self._lessen(count, error)
            else:
                left = left[count:]
        return torch.cat(drawn) if len(drawn) != 1 else drawn[0]

    def _lessen(self, count: int, error: BaseException) -> None:
        """Half the batch, then half the numbers."""
        if count > 1:
            self.most = count // 2
        elif self.way.precision == "fp32":
            self.way = replace(self.way, precision=HALF.get(self.device.type, "bf16"))
        else:
            raise RenderError(SMALLEST, kind="out_of_memory") from error
        log.warning("Out of memory: previews go on with batches of %s, %s.", self.most, self.way.precision)

    def compile_beside(self, networks: Iterable[Network]) -> None:
        """Compile beside the drawing, once, when there is a network that gains by it."""
        wanted = self.way
        if wanted.compiled and wanted not in self._asked and fast.gains(networks):
            self._asked.add(wanted)
            threading.Thread(target=self._compile, args=(wanted,), daemon=True, name="compile").start()

    def _compile(self, wanted: fast.Way) -> None:
        # There a thread has a niceness of its own, which the compiler it starts takes over.
        if sys.platform == "linux":
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
        try:
            fast.compile_steps(wanted.precision, self.device)
        except NetworkError as error:
            log.info("%s", error)
