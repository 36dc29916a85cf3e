"""The most memory that a process held, for programs that tests start."""

from pathlib import Path


def peak_bytes() -> int:
    """Of this program since it began. (Linux hands ru_maxrss of getrusage down from the process that started it.)"""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024
