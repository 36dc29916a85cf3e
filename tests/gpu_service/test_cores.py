"""Threads with cores of their own: whoever else sets torch's number of threads meanwhile, they keep theirs."""

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from gpu_service.cores import settled_threads


@pytest.fixture
def unrest() -> Iterator[None]:
    """Another thread that asks for three cores all the time, as one does that gets a pool of its own."""
    before, interval, over = torch.get_num_threads(), sys.getswitchinterval(), threading.Event()
    sys.setswitchinterval(1e-6)

    def disturb() -> None:
        while not over.is_set():
            torch.set_num_threads(3)

    disturber = threading.Thread(target=disturb)
    disturber.start()
    try:
        yield
    finally:
        over.set()
        disturber.join()
        sys.setswitchinterval(interval)
        torch.set_num_threads(before)


def cores_of(pool: ThreadPoolExecutor, *, count: int) -> list[int]:
    """What each thread of a pool computes on."""
    everybody = threading.Barrier(count)

    def tell(_index: int) -> int:
        everybody.wait(30)
        return torch.get_num_threads()

    return list(pool.map(tell, range(count)))


@pytest.mark.usefixtures("unrest")
def test_threads_keep_their_cores_though_others_are_set_while_they_start():
    found = [cores_of(settled_threads(4, cores=1, title=f"unrest {number}"), count=4) for number in range(40)]
    assert found == [[1] * 4] * 40


def test_who_asks_at_once_shares_one_pool():
    with ThreadPoolExecutor(8) as askers:
        pools = list(askers.map(lambda _asker: settled_threads(2, cores=1, title="at once"), range(8)))
    assert len(set(map(id, pools))) == 1
