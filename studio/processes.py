"""Children that never outlive their parent."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int, *, sign: int = signal.SIGKILL) -> None:
    """Ask the kernel to end this process when its parent ends, however that ends. Linux only, a no-op elsewhere."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, sign)
    if os.getppid() != parent:  # it ended before the kernel was asked
        os._exit(1)


def own_group() -> Callable[[], None]:
    """For Popen(preexec_fn=…) in the parent's main thread: a process group of its own, which dies with the parent."""
    parent = os.getpid()

    def prepare() -> None:
        os.setsid()
        die_with_parent(parent)

    return prepare
