"""The paced server, as a real process: whoever reads nothing costs nothing."""

import base64
import contextlib
import json
import os
import socket
import struct
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.services import free_port, wait_for_port

FLAT_MEGABYTES = 20


@dataclass
class Server:
    process: subprocess.Popen[bytes]
    port: int

    def stats(self) -> dict[str, int]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/stats", timeout=5) as answer:
            return json.load(answer)

    def megabytes(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def connect(self) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        return line

    def download(self, megabytes: int = 1000) -> socket.socket:
        """A request whose answer nobody has read yet."""
        line = self.connect()
        line.sendall(f"GET /download?{megabytes} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        return line

    def watch(self) -> socket.socket:
        """An open WebSocket of which nobody has read more than the handshake."""
        line = self.connect()
        key = base64.b64encode(os.urandom(16)).decode()
        asked = "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        line.sendall(f"{asked}Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        assert b" 101 " in line.recv(100)
        return line


@pytest.fixture
def start():
    servers = []

    def make(stall_seconds: float = 60.0) -> Server:
        port = free_port()
        command = [sys.executable, "-m", "tests.studio.site.pouring", str(port), str(stall_seconds)]
        process = subprocess.Popen(command, cwd=REPOSITORY)
        wait_for_port(port, process, None)
        servers.append(process)
        return Server(process, port)

    yield make
    for process in servers:
        process.kill()
        process.wait(10)


def until(probe, seconds=10.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if probe():
            return True
        time.sleep(0.05)
    return False


def growth(server, seconds):
    """Megabytes between the smallest and the largest size over that time."""
    sizes = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        sizes.append(server.megabytes())
        time.sleep(0.1)
    return max(sizes) - min(sizes)


def test_stalled_downloads_and_viewers_cost_no_memory_while_others_are_served(start):
    server = start()
    before = server.megabytes()
    with contextlib.ExitStack() as lines:
        for _ in range(3):
            lines.enter_context(server.download())
            lines.enter_context(server.watch())
        grown = growth(server, 6.0)
        stats = server.stats()
        assert stats["open"] == 6
        assert stats["pieces"] < 60, "a stalled download was poured into memory"
        assert stats["frames"] < 120, "frames were poured into memory"
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/download?50", timeout=20) as answer:
            assert len(answer.read()) == 50 * 1024 * 1024
        assert max(grown, server.megabytes() - before) < FLAT_MEGABYTES


def test_a_reader_that_goes_away_in_the_middle_ends_the_work_for_it(start):
    server = start()
    lines = [server.download(), server.watch()]
    assert until(lambda: server.stats()["open"] == 2)
    for line in lines:
        line.recv(100_000)
        # A reset, as from a machine that was switched off.
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.close()
    assert until(lambda: server.stats()["open"] == 0)
    poured = server.stats()["pieces"]
    time.sleep(0.5)
    assert server.stats()["pieces"] == poured


def test_a_reader_that_closes_politely_in_the_middle_ends_the_work_for_it(start):
    server = start()
    lines = [server.download(), server.watch()]
    for line in lines:
        line.recv(100_000)
        line.close()
    assert until(lambda: server.stats()["open"] == 0)


def test_a_reader_that_takes_nothing_for_too_long_is_cut_off(start):
    server = start(stall_seconds=1.0)
    with server.download(), server.watch():
        assert until(lambda: server.stats()["open"] == 2)
        assert until(lambda: server.stats()["open"] == 0, 8.0)


def test_one_connection_serves_one_answer_after_the_other(start):
    server = start()
    with server.connect() as line:
        for _ in range(3):
            line.sendall(b"GET /download?2 HTTP/1.1\r\nHost: x\r\n\r\n")
            taken = b""
            while not taken.endswith(b"\r\n0\r\n\r\n"):
                taken += line.recv(1_000_000)
            assert taken.count(b"x") >= 2 * 1024 * 1024


def test_a_slow_reader_gets_every_byte(start):
    server = start()
    with server.download(8) as line:
        taken = 0
        line.settimeout(10)
        tail = b""
        while not tail.endswith(b"\r\n0\r\n\r\n"):
            piece = line.recv(300_000)
            taken += piece.count(b"x")
            tail = (tail + piece)[-20:]
            time.sleep(0.005)
    assert taken == 8 * 1024 * 1024


def test_the_server_ends_when_asked_while_readers_stall(start):
    server = start()
    with server.download(), server.watch():
        assert until(lambda: server.stats()["open"] == 2)
        server.process.terminate()
        assert server.process.wait(10) == 0
