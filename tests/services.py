"""A private PostgreSQL and a private Redis on loopback, as long as a test needs them. Debian's packages are enough."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import missing

DEBIAN = Path("/usr/lib/postgresql")


@dataclass
class Running:
    """A server process and its address."""

    process: subprocess.Popen[bytes]
    url: str

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)


@dataclass
class Postgres:
    """A cluster in a folder of its own; it may be stopped and started again on the same port."""

    binaries: Path
    folder: Path
    port: int
    account: str | None
    running: Running | None = None

    @property
    def url(self) -> str:
        return f"postgres://phosphene@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = ("fsync=off", "synchronous_commit=off", "listen_addresses=127.0.0.1", "unix_socket_directories=")
        settings = [part for option in options for part in ("-c", option)]
        command = [str(self.binaries / "postgres"), "-D", str(self.folder / "data"), "-p", str(self.port), *settings]
        log = (self.folder / "log").open("ab")
        process = subprocess.Popen(command, stdout=log, stderr=log, user=self.account, cwd=self.folder)
        self.running = Running(process, self.url)
        wait_for_port(self.port, process, self.folder / "log")

    def stop(self) -> None:
        if self.running is not None and self.running.process.poll() is None:
            self.running.process.send_signal(2)  # fast shutdown: ends the sessions that are open
            self.running.process.wait(20)


@contextlib.contextmanager
def postgres() -> Iterator[Postgres]:
    """A fresh cluster whose superuser `phosphene` needs no password on loopback."""
    binaries = postgres_binaries()
    if binaries is None:
        missing("There is no PostgreSQL. Install Debian's `postgresql`.")
        raise AssertionError
    account = "postgres" if os.geteuid() == 0 else None  # initdb refuses root
    folder = Path(tempfile.mkdtemp(prefix="phosphene-postgres-"))
    if account:
        shutil.chown(folder, account, pwd.getpwnam(account).pw_gid)
    server = Postgres(binaries, folder, free_port(), account)
    try:
        initdb = [str(binaries / "initdb"), "-D", str(folder / "data"), "-U", "phosphene", "-A", "trust", "-N"]
        subprocess.run(
            [*initdb, "-E", "UTF8", "--locale=C.UTF-8"], check=True, capture_output=True, user=account, cwd=folder
        )
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """A Redis that writes nothing to disk; yields its address."""
    binary = shutil.which("redis-server")
    if binary is None:
        missing("There is no Redis. Install Debian's `redis-server`.")
        raise AssertionError
    port = free_port()
    command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with tempfile.TemporaryDirectory(prefix="phosphene-redis-") as folder:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
        server = Running(process, f"redis://127.0.0.1:{port}")
        try:
            wait_for_port(port, process, None)
            yield server.url
        finally:
            server.stop()


def postgres_binaries() -> Path | None:
    """Debian keeps them out of PATH, one folder per version."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    found = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, process: subprocess.Popen[bytes], log: Path | None, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError(f"Nothing listens on {port}. {log.read_text(errors='replace')[-2000:] if log else ''}")
