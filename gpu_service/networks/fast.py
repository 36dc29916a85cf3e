"""What makes the generators fast: small numbers, weights packed once per snapshot, and a few fused steps, compiled.

Who draws takes a way (`take_way`, `drawing`) first; without one, networks draw in their plain float32 arithmetic. The
fused steps give the same numbers compiled or in pieces, so a preview begins in pieces while the compiler works.
"""

import importlib.util
import logging
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import torch
from torch import Tensor

from gpu_service.networks import NetworkError
from gpu_service.networks.crew import on_one_core, share_out

log = logging.getLogger(__name__)
Precision = Literal["fp32", "fp16", "bf16"]
TYPES: dict[Precision, torch.dtype] = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}
# Pieces of that many numbers stay in a core's cache while several operations pass over them.
PIECE = 1 << 16
CPP_COMPILER = {"darwin": "clang++", "win32": "cl"}
# Small numbers must be that much faster to be worth their rounding.
WORTH_IT = 1.2


@dataclass(frozen=True)
class Way:
    """How pictures are computed. `compiled`: by the compiled steps, as soon as they are ready."""

    precision: Precision = "fp32"
    compiled: bool = False


PLAIN = Way("fp32", compiled=False)
_taken: Way | None = None


def way() -> Way | None:
    """The way that was taken, or None for the plain arithmetic."""
    return _taken


def take_way(chosen: Way | None) -> None:
    """From now on, in every thread. None: the plain arithmetic again."""
    global _taken
    _taken = chosen


@contextmanager
def drawing(chosen: Way | None) -> Iterator[None]:
    """Take a way for a while."""
    former = way()
    take_way(chosen)
    try:
        yield
    finally:
        take_way(former)


class Step:
    """A function of tensors that passes over large maps once. Compiled, it holds for every size and every network."""

    every: "list[Step]" = []

    def __init__(
        self,
        whole: Callable[..., Tensor | tuple[Tensor, ...]],
        *,
        pieces: Callable[..., Tensor | tuple[Tensor, ...]],
        example: Callable[[torch.dtype, torch.device, int], tuple[Tensor, ...]],
    ) -> None:
        self.whole, self.pieces, self.example = whole, pieces, example
        self.compiled = whole
        Step.every.append(self)

    def __call__(self, *maps: Tensor) -> Any:
        if runs_compiled(maps[0].dtype, maps[0].device):
            # Tensors made outside inference mode look different to the compiler, and it would begin again.
            return self.compiled(*(each if each.is_inference() else each.clone() for each in maps))
        return self.pieces(*maps)

    def compile(self, dtype: torch.dtype, device: torch.device) -> None:
        """For this thread's number of cores."""
        if self.compiled is self.whole:
            self.compiled = torch.compile(self.whole, dynamic=True, fullgraph=True)
        # The CPU draws each picture by itself; a GPU one or several, which torch compiles apart.
        for batch in (1,) if device.type == "cpu" else (1, 2):
            self.compiled(*self.example(dtype, device, batch))


_ready: set[tuple[torch.dtype, str, int]] = set()
_compiling = threading.Lock()
_refused = False


def _key(dtype: torch.dtype, device: torch.device) -> tuple[torch.dtype, str, int]:
    # torch compiles for one number of threads.
    return dtype, device.type, torch.get_num_threads()


def compiler_is_there(device: torch.device) -> bool:
    """Whether steps can be compiled on this machine: a C++ compiler, or a GPU with Triton."""
    if device.type == "cuda":
        return importlib.util.find_spec("triton") is not None
    # What torch would call; to ask torch itself costs seconds.
    return shutil.which(CPP_COMPILER.get(sys.platform, "g++")) is not None


def is_compiled(precision: Precision, device: torch.device) -> bool:
    """Whether the steps of this precision are ready, for one core and for all."""
    dtype, threads = TYPES[precision], torch.get_num_threads()
    counts = {1, threads} if device.type == "cpu" else {threads}
    return all((dtype, device.type, count) in _ready for count in counts)


def runs_compiled(dtype: torch.dtype, device: torch.device) -> bool:
    """Whether steps on such maps go by the compiled form in this thread now."""
    taken = way()
    return taken is not None and taken.compiled and _key(dtype, device) in _ready


def compile_steps(precision: Precision, device: torch.device) -> None:
    """Compile what is not yet compiled; seconds to a minute the first time on a machine, then from torch's cache.

    Raises NetworkError where it cannot be done.
    """
    global _refused
    with _compiling:
        if is_compiled(precision, device):
            return
        if _refused:
            raise NetworkError("Drawing could not be compiled on this machine. The reason is in the service's log.")
        try:
            _compile_for(precision, device)
        except Exception as error:  # A broken compiler raises anything.
            _refused = True
            log.warning("Drawing is not compiled, pictures come without: %s", error)
            raise NetworkError("Drawing could not be compiled on this machine. The service's log says why.") from error


@torch.inference_mode()
def _compile_for(precision: Precision, device: torch.device) -> None:
    from torch._inductor import config

    config.compile_threads = 1  # no helper processes beside ours
    dtype = TYPES[precision]

    def here() -> None:
        with torch.inference_mode():
            for step in Step.every:
                step.compile(dtype, device)
            _ready.add(_key(dtype, device))

    here()
    if device.type == "cpu":
        on_one_core(here)


def in_pieces(rows: int, work: Callable[[slice], None], *, numbers: int, device: torch.device) -> None:
    """Do `work` on rows that hold so many numbers, in pieces for a core's cache; a GPU takes all at once."""
    if device.type != "cpu":
        work(slice(0, rows))  # here, because a GPU's stream belongs to a thread
        return
    each = max(1, rows * PIECE // max(numbers, 1))
    share_out([slice(start, min(start + each, rows)) for start in range(0, rows, each)], work)


class Unfit(Exception):
    """A network that the fast form cannot draw; the plain one can."""


class Engine(Protocol):
    """A synthesis prepared for one precision."""

    def __call__(self, *inputs: Any) -> Tensor: ...

    def number_of_bytes(self) -> int: ...


class Prepared:
    """The fast forms of one network, each made when it is first asked for."""

    def __init__(self, make: Callable[[Precision], Engine]) -> None:
        self._make, self._lock = make, threading.Lock()
        self._engines: dict[Precision, Engine | None] = {}

    def engine(self, w: Tensor) -> Engine | None:
        """The engine of the way that was taken; None where the plain arithmetic is wanted, for gradients say."""
        taken = way()
        if taken is None or taken == PLAIN or (torch.is_grad_enabled() and w.requires_grad):
            return None
        with self._lock:
            if taken.precision not in self._engines:
                try:
                    self._engines[taken.precision] = self._make(taken.precision)
                except Unfit as reason:
                    log.info("%s It is drawn in the plain way.", reason)
                    self._engines[taken.precision] = None
            return self._engines[taken.precision]

    def number_of_bytes(self) -> int:
        """What all of them take beside the network's own weights."""
        return sum(engine.number_of_bytes() for engine in self._engines.values() if engine is not None)


def way_for(device: torch.device, precision: Precision | Literal["auto"], *, compiled: bool = False) -> Way:
    """The way of that precision; “auto” is the best here."""
    return Way(best_precision(device) if precision == "auto" else precision, compiled)


def compile_for(networks: Iterable[object], chosen: Way, device: torch.device) -> None:
    """Make that way's compiled steps ready where one of the networks uses them. NetworkError where it cannot be done.

    Whoever goes on without must say so: in pieces the last bits are others.
    """
    if chosen.compiled and gains(networks):
        compile_steps(chosen.precision, device)


def gains(networks: Iterable[object]) -> bool:
    """Whether one of them has a fast form."""
    return any(isinstance(getattr(network, "prepared", None), Prepared) for network in networks)


def _packs(precision: Precision) -> bool:
    """Whether oneDNN packs such weights on this processor."""
    if not torch.backends.mkldnn.is_available() or precision == "fp16":
        return False
    return precision == "fp32" or bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def best_precision(device: torch.device) -> Precision:
    """The numbers that draw fastest here and still well: measured on the CPU, half precision on a GPU."""
    if device.type == "cuda":
        return "fp16"
    if not (torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()) or not _packs("bf16"):
        return "fp32"
    pays = on_one_core(lambda: _convolution_seconds("bf16") * WORTH_IT < _convolution_seconds("fp32"))
    return "bf16" if pays else "fp32"


@torch.inference_mode()
def _convolution_seconds(precision: Precision) -> float:
    """The best of a few convolutions of a usual size, in this thread's own time: neighbours must not decide."""
    convolution = Convolution(torch.randn(128, 128, 3, 3), side=64, padding=1, precision=precision)
    x = torch.randn(1, 128, 64, 64, dtype=TYPES[precision]).contiguous(memory_format=torch.channels_last)
    taken = []
    for _ in range(5):
        began = time.thread_time()
        convolution(x)
        taken.append(time.thread_time() - began)
    return min(taken)


def bytes_of(*tensors: Tensor) -> int:
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


class Convolution:
    """A convolution with weights packed for one size of map: the packing is done once, not for every picture."""

    def __init__(
        self, weight: Tensor, *, side: int, padding: int, precision: Precision, transposed: bool = False
    ) -> None:
        """`weight` [outputs, inputs, k, k] for maps of side × side; `transposed` doubles: side -> 2 side + 1."""
        self.padding, self.transposed = [padding, padding], transposed
        weight = weight.detach().to(TYPES[precision])
        self.weight = weight.transpose(0, 1).contiguous() if transposed else weight.contiguous()
        self.bytes = bytes_of(weight)
        self.is_packed = weight.device.type == "cpu" and _packs(precision)
        if self.is_packed:
            self._pack([1, weight.shape[1], side, side])
        else:
            self.weight = self.weight.to(memory_format=torch.channels_last)

    def __call__(self, x: Tensor) -> Tensor:
        """[N, inputs, side, side], channels last -> the same."""
        if not self.is_packed:
            if self.transposed:
                return torch.nn.functional.conv_transpose2d(x, self.weight, stride=2)
            return torch.nn.functional.conv2d(x, self.weight, padding=self.padding[0])
        ops, one = torch.ops.mkldnn, [1, 1]
        y: Tensor
        if self.transposed:
            nothing = [0, 0]
            y = ops._convolution_transpose_pointwise(
                x, self.weight, None, nothing, nothing, [2, 2], one, 1, "none", [], ""
            )
        else:
            y = ops._convolution_pointwise(x, self.weight, None, self.padding, one, one, 1, "none", [], "")
        return y.contiguous(memory_format=torch.channels_last)

    def _pack(self, size: list[int]) -> None:
        ops, one, nothing = torch.ops.mkldnn, [1, 1], [0, 0]
        if self.transposed:
            self.weight = ops._reorder_convolution_transpose_weight(self.weight, nothing, nothing, [2, 2], one, 1, size)
        else:
            self.weight = ops._reorder_convolution_weight(self.weight, self.padding, one, one, 1, size)
