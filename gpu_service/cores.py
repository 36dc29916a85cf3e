"""Threads that each compute on cores of their own, so that no operation waits for another thread's."""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from threading import Barrier, Lock

import torch

START_SECONDS = 60
_starting = Lock()


def settled_threads(count: int, *, cores: int, title: str) -> ThreadPoolExecutor:
    """Threads that compute on so many cores each, all of them started; one pool for each title."""
    with _starting:
        return _started(count, cores, title)


@lru_cache(maxsize=12)
def _started(count: int, cores: int, title: str) -> ThreadPoolExecutor:
    everybody, common = Barrier(count + 1), torch.get_num_threads()

    def settle() -> None:
        # A thread takes over torch's common setting at its first question, whoever set it last; so it asks first.
        torch.get_num_threads()
        torch.set_num_threads(cores)
        everybody.wait(START_SECONDS)

    pool = ThreadPoolExecutor(count, thread_name_prefix=title, initializer=settle)
    for _ in range(count):
        pool.submit(int)  # nobody is idle before the barrier falls, so each starts a thread
    everybody.wait(START_SECONDS)
    torch.set_num_threads(common)  # the setting is also what later threads begin with, so it is put back
    return pool


def _forget() -> None:
    """A forked child has none of these threads, nor whoever held the lock."""
    global _starting
    _starting = Lock()
    _started.cache_clear()


os.register_at_fork(after_in_child=_forget)
