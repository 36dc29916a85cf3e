"""Signs of life for systemd: one datagram to the socket that it names (sd_notify(3))."""

import socket


def notify(address: str, *lines: str) -> bool:
    """Tell systemd, such as `READY=1` or `WATCHDOG=1`. Without an address, or when it does not listen: False."""
    if not address:
        return False
    # A leading @ is a socket of the abstract namespace, whose name begins with NUL.
    name = "\0" + address[1:] if address.startswith("@") else address
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
            line.settimeout(1.0)
            line.sendto("\n".join(lines).encode(), name)
    except OSError:
        return False
    return True
