"""A preview where memory is short: half the batch, then half the numbers, then a sentence."""

from collections.abc import Sequence

import pytest
import torch
from torch import Tensor

from gpu_service.errors import RenderError
from gpu_service.executors.preview_ways import PreviewWays
from gpu_service.networks import fast

CPU = torch.device("cpu")


class Device:
    """Room for so many pictures at once, in numbers of at most so many bytes each."""

    def __init__(self, *, batch: int, bytes_each: int = 4) -> None:
        self.batch, self.bytes_each = batch, bytes_each
        self.batches: list[int] = []
        self.cleared = 0

    def draw(self, frames: Sequence[int]) -> Tensor:
        way = fast.way()
        assert way is not None
        self.batches.append(len(frames))
        if len(frames) > self.batch or torch.finfo(fast.TYPES[way.precision]).bits > self.bytes_each * 8:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB")
        return torch.tensor(frames, dtype=torch.uint8)[:, None]

    def clear(self) -> None:
        self.cleared += 1


def test_the_batch_is_halved_until_it_fits_and_stays_so():
    device, ways = Device(batch=2), PreviewWays(CPU, precision="fp32", may_compile=False)
    drawn = ways.draw(device.draw, range(8), give_back=device.clear)
    assert drawn[:, 0].tolist() == list(range(8))
    assert device.batches == [8, 4, 2, 2, 2, 2]
    assert device.cleared == 2
    ways.draw(device.draw, range(3), give_back=device.clear)
    assert device.batches[6:] == [2, 1]
    assert ways.way.precision == "fp32"


def test_where_one_picture_does_not_fit_the_numbers_become_smaller():
    device, ways = Device(batch=4, bytes_each=2), PreviewWays(CPU, precision="fp32", may_compile=False)
    assert len(ways.draw(device.draw, range(2), give_back=device.clear)) == 2
    assert ways.way.precision == "bf16"


def test_where_nothing_helps_a_sentence_says_so():
    device, ways = Device(batch=0), PreviewWays(CPU, precision="fp32", may_compile=False)
    with pytest.raises(RenderError, match="ran out of memory for a single picture") as caught:
        ways.draw(device.draw, range(4), give_back=device.clear)
    assert caught.value.kind == "out_of_memory"
    assert device.batches == [4, 2, 1, 1]


def test_other_errors_are_not_taken_for_it():
    def broken(_frames: Sequence[int]) -> Tensor:
        raise RuntimeError("shape mismatch")

    ways = PreviewWays(CPU, precision="fp32", may_compile=False)
    with pytest.raises(RuntimeError, match="shape mismatch"):
        ways.draw(broken, [0], give_back=lambda: None)
