"""The memory of this process: how much it takes, and how much it may take."""

import os
import resource
from contextlib import suppress
from pathlib import Path

# Of 1000: whom the kernel ends first when memory is short. A run goes on from its checkpoint, a studio would be gone.
FIRST_TO_GO = 800


def resident_bytes() -> int:
    """What it holds now; 0 where the system does not tell."""
    with suppress(OSError, ValueError, IndexError):
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def bound(limit_bytes: int) -> None:
    """Ask no more than that of the system: beyond it an allocation fails, and the step is done in smaller parts."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = limit_bytes if hard == resource.RLIM_INFINITY else min(limit_bytes, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


def go_first() -> None:
    """Be the one that is ended when the machine runs out of memory."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(str(FIRST_TO_GO), encoding="ascii")
