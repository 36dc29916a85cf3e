"""The way of pictures to the host, and graphs: what holds everywhere, and what needs a GPU where there is one."""

import pytest
import torch

from gpu_service.networks.fast_cuda import PART, Recorder, draw_to_host, parts_of, to_host

CPU = torch.device("cpu")
needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA GPU here")


def test_a_batch_is_cut_only_where_something_overlaps():
    assert parts_of(10, device=CPU) == [slice(0, 10)]
    assert parts_of(0, device=CPU) == []
    cuts = parts_of(10, device=torch.device("cuda"))
    assert [cut.stop - cut.start for cut in cuts] == [PART, PART, 10 - 2 * PART]
    assert [place for cut in cuts for place in range(10)[cut]] == list(range(10))


def test_pictures_on_the_host_pass_through_as_they_are():
    parts = [torch.full((2, 3), number) for number in range(4)]
    assert all(there is here for there, here in zip(to_host(iter(parts)), parts, strict=True))


def test_parts_are_drawn_one_after_the_other_as_they_are_asked_for():
    drawn: list[int] = []

    def draw(number: int) -> torch.Tensor:
        drawn.append(number)
        return torch.tensor([number])

    coming = to_host(map(draw, range(3)))
    assert next(coming).item() == 0
    assert drawn == [0]
    assert [part.item() for part in coming] == [1, 2]


def test_a_batch_comes_whole_and_in_order():
    def draw(cut: slice) -> torch.Tensor:
        return torch.arange(20).reshape(10, 2)[cut]

    assert torch.equal(draw_to_host(10, draw, device=CPU), torch.arange(20).reshape(10, 2))
    # Cut as for a GPU, drawn on the host.
    assert torch.equal(draw_to_host(10, draw, device=torch.device("cuda")), torch.arange(20).reshape(10, 2))


def test_without_a_gpu_nothing_is_recorded():
    recorder = Recorder(lambda inputs: inputs[0] + inputs[1])
    assert recorder([torch.ones(2), torch.ones(2)]).tolist() == [2, 2]
    assert not recorder._kept


@needs_cuda
def test_a_graph_draws_with_new_numbers():
    recorder = Recorder(lambda inputs: inputs[0] * 2 + inputs[1])
    for number in (1.0, 5.0):
        inputs = [torch.full((3,), number, device="cuda"), torch.ones(3, device="cuda")]
        assert recorder(inputs).tolist() == [2 * number + 1] * 3
    assert len(recorder._kept) == 1


@needs_cuda
def test_a_batch_comes_from_the_gpu_whole_and_in_order():
    source = torch.arange(400, device="cuda").reshape(10, 40).to(torch.uint8)
    assert torch.equal(draw_to_host(10, lambda cut: source[cut] + 0, device=source.device), source.cpu())
