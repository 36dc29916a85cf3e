"""Memory that was short is told from every other failure, whoever tells it."""

import pytest
import torch

from gpu_service.out_of_memory import is_out_of_memory

TOLD = [
    MemoryError(),
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB."),
    RuntimeError("CUDA error: out of memory"),
    RuntimeError("[enforce fail at alloc_cpu.cpp:121] DefaultCPUAllocator: can't allocate memory: you tried 4 bytes."),
    RuntimeError("[enforce fail at alloc_cpu.cpp:73] DefaultCPUAllocator: not enough memory: you tried 4 bytes."),
    RuntimeError("MPS backend Out Of Memory"),
]
OTHERS = [RuntimeError("shape '[3]' is invalid for input of size 4"), ValueError("out of memory"), KeyError("memory")]


@pytest.mark.parametrize("error", TOLD, ids=str)
def test_memory_that_was_short_is_known_by_what_is_said(error):
    assert is_out_of_memory(error)


@pytest.mark.parametrize("error", OTHERS, ids=str)
def test_nothing_else_is_taken_for_it(error):
    assert not is_out_of_memory(error)
