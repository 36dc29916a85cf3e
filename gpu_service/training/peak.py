"""The most memory that something took: of a GPU, or of this process."""

import os
import resource
from contextlib import suppress
from pathlib import Path

import torch

STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")
RESET_PEAK = "5"


class Peak:
    """Counts from when it is made. Where Linux does not let it forget, from the start of the process."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        if device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(device)
        else:
            with suppress(OSError):
                RESET.write_text(RESET_PEAK, encoding="ascii")

    def now(self) -> int:
        """Bytes taken at this moment."""
        if self._device.type == "cuda":
            return torch.cuda.memory_allocated(self._device)
        return _of_status("VmRSS")

    def highest(self) -> int:
        """The most bytes since then."""
        if self._device.type == "cuda":
            return torch.cuda.max_memory_allocated(self._device)
        return _of_status("VmHWM")


def memory_of() -> int:
    """Bytes of memory in this machine."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _of_status(name: str) -> int:
    try:
        return int(STATUS.read_text(encoding="ascii").partition(f"{name}:")[2].split()[0]) * 1024
    except (OSError, IndexError):  # not Linux
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
