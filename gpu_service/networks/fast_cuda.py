"""A GPU kept busy: a synthesis launched as one graph, and pictures that travel to the host while others are drawn.

Written for CUDA and guarded: elsewhere pictures pass through `to_host` as they are, and nothing is recorded.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

import torch
from torch import Tensor

log = logging.getLogger(__name__)
# Recorded graphs hold their maps; more sizes of batch than these are not needed at once.
KEPT_GRAPHS = 2
WARM_UPS = 3
BUFFERS = 2
# Pictures that are drawn together while the ones before them travel.
PART = 4


class Recorded:
    """A function of tensors of fixed shapes, recorded once as a CUDA graph and replayed with other numbers.

    What is answered is overwritten by the next call. The function must neither wait for the GPU nor read the host.
    """

    def __init__(self, work: Callable[[Sequence[Tensor]], Tensor], inputs: Sequence[Tensor]) -> None:
        self.inputs = [each.clone() for each in inputs]
        aside = torch.cuda.Stream()
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            for _ in range(WARM_UPS):
                work(self.inputs)
        torch.cuda.current_stream().wait_stream(aside)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self.output = work(self.inputs)
        self._work = work  # what it reads beside the inputs lives as long as the graph

    def __call__(self, inputs: Sequence[Tensor]) -> Tensor:
        """Inputs of the recorded shapes."""
        torch._foreach_copy_(self.inputs, list(inputs))
        self.graph.replay()
        return self.output


class Recorder:
    """Graphs by the shapes of their inputs; the one used longest ago leaves."""

    def __init__(self, work: Callable[[Sequence[Tensor]], Tensor]) -> None:
        self._work = work
        self._kept: OrderedDict[Hashable, Recorded] = OrderedDict()
        self._is_refused = False

    def __call__(
        self,
        inputs: Sequence[Tensor],
        *,
        state: Hashable = None,
        work: Callable[[Sequence[Tensor]], Tensor] | None = None,
    ) -> Tensor:
        """On a GPU by the graph, a copy of its answer; elsewhere the function itself, or `work` in its stead.

        `state`: whatever else than the inputs decides what the function launches.
        """
        work = work or self._work
        if inputs[0].device.type != "cuda" or self._is_refused:
            return work(inputs)
        key = (state, *(each.shape for each in inputs))
        if key not in self._kept and not self._record(key, inputs, work):
            return work(inputs)
        self._kept.move_to_end(key)
        return self._kept[key](inputs).clone()

    def _record(self, key: Hashable, inputs: Sequence[Tensor], work: Callable[[Sequence[Tensor]], Tensor]) -> bool:
        while len(self._kept) >= KEPT_GRAPHS:
            self._kept.popitem(last=False)
        try:
            self._kept[key] = Recorded(work, inputs)
        except torch.OutOfMemoryError:
            raise
        except RuntimeError as error:
            self._is_refused = True
            log.warning("Drawing is not recorded as a graph: %s", error)
        return key in self._kept


def parts_of(count: int, *, device: torch.device) -> list[slice]:
    """How to cut a batch so that drawing and travelling overlap; the CPU has nothing to overlap."""
    each = PART if device.type == "cuda" else max(count, 1)
    return [slice(start, min(start + each, count)) for start in range(0, count, each)]


def to_host(parts: Iterable[Tensor]) -> Iterator[Tensor]:
    """Pictures on the CPU, in order. On a GPU the next part is drawn while this one travels, through pinned memory.

    What is answered may be overwritten when the next is asked for. All parts but the last are of one shape.
    """
    lane: _Lane | None = None
    for part in parts:
        if part.device.type != "cuda":
            yield part
            continue
        lane = lane or _Lane(part)
        lane.send(part)
        if lane.waiting == BUFFERS:
            yield lane.receive()
    while lane is not None and lane.waiting:
        yield lane.receive()


def draw_to_host(count: int, draw: Callable[[slice], Tensor], *, device: torch.device) -> Tensor:
    """`draw` makes pictures of a stretch of the batch on the device; all of them, on the CPU. [count, …]"""
    cuts = parts_of(count, device=device)
    if len(cuts) == 1:
        return draw(cuts[0]).cpu()
    host: Tensor | None = None
    for cut, drawn in zip(cuts, to_host(map(draw, cuts)), strict=True):
        host = drawn.new_empty(count, *drawn.shape[1:], pin_memory=False) if host is None else host
        host[cut] = drawn
    assert host is not None
    return host


class _Lane:
    """Two pinned buffers and a stream that does nothing but copy."""

    def __init__(self, like: Tensor) -> None:
        self.stream = torch.cuda.Stream(like.device)
        self.buffers = [torch.empty(like.shape, dtype=like.dtype, pin_memory=True) for _ in range(BUFFERS)]
        self._sent: list[tuple[Tensor, torch.cuda.Event]] = []
        self._next = 0

    @property
    def waiting(self) -> int:
        return len(self._sent)

    def send(self, pictures: Tensor) -> None:
        """Begin to copy as soon as the pictures are drawn."""
        buffer = self.buffers[self._next][: len(pictures)]
        self._next = (self._next + 1) % BUFFERS
        self.stream.wait_stream(torch.cuda.current_stream(pictures.device))
        with torch.cuda.stream(self.stream):
            buffer.copy_(pictures, non_blocking=True)
            arrived = torch.cuda.Event()
            arrived.record()
        pictures.record_stream(self.stream)  # its memory is not given away before the copy is done
        self._sent.append((buffer, arrived))

    def receive(self) -> Tensor:
        """The oldest that was sent, once it is here."""
        buffer, arrived = self._sent.pop(0)
        arrived.synchronize()
        return buffer
