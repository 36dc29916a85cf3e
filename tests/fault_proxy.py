"""A TCP proxy on loopback that misbehaves on purpose: delay, cuts at a byte or a request, frozen lines, dead peers.

with FaultProxy(studio_port) as proxy:
    proxy.delay_seconds = 0.1                       # each way
    proxy.cut_after(700_000)                        # reset the connection that carries that byte upwards
    proxy.lose_request(b"PATCH /", outage_seconds=2)  # it never arrives, and nothing does for 2 s
"""

import contextlib
import queue
import socket
import struct
import threading
import time
from dataclasses import dataclass, field

PIECE = 64 * 1024
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close at once, with RST


@dataclass
class Rule:
    """What happens, once, to the request whose head holds `pattern`."""

    pattern: bytes
    action: str  # lose_request, lose_half or lose_answer
    outage_seconds: float
    skip: int = 0  # so many such requests pass before


@dataclass
class Connection:
    """A client's socket and the one to the target."""

    client: socket.socket
    target: socket.socket
    loses_answer: Rule | None = None
    is_orphan: bool = False
    closed: threading.Event = field(default_factory=threading.Event)

    def cut(self) -> None:
        """Reset both sides."""
        self.closed.set()
        for side in (self.client, self.target):
            close(side)


def close(side: socket.socket) -> None:
    with contextlib.suppress(OSError):
        side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    with contextlib.suppress(OSError):
        side.shutdown(socket.SHUT_RDWR)
    side.close()


class FaultProxy:
    """Threads only, so that any test may use it. Counters are totals of all connections."""

    def __init__(self, target_port: int, *, port: int = 0) -> None:
        self.target_port = target_port
        self.delay_seconds = 0.0
        self.bytes_per_second = 0.0  # what the line carries upwards, shared by all connections; 0: no limit
        self._line_free_at = 0.0
        self.bytes_up = self.bytes_down = self.connections_made = self.faults = 0
        self._lock = threading.RLock()
        self._open: list[Connection] = []
        self._rules: list[Rule] = []
        self._cut_at: dict[str, int] = {}
        self._flowing = threading.Event()
        self._flowing.set()
        self._away_until = 0.0
        self._stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", port), backlog=64)
        self.port = self._listener.getsockname()[1]
        self._timers: list[threading.Timer] = []

    def __enter__(self) -> "FaultProxy":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self._stopped.set()
        self._flowing.set()
        for timer in self._timers:
            timer.cancel()
        self._listener.close()
        self.cut()

    def cut(self) -> int:
        """Reset every open connection now. -> how many"""
        with self._lock:
            cut, self._open = self._open, []
        for connection in cut:
            connection.cut()
        return len(cut)

    def cut_after(self, count: int, *, direction: str = "up") -> None:
        """Reset the connection that carries the byte number `count` from now on; the bytes before it arrive."""
        with self._lock:
            passed = self.bytes_up if direction == "up" else self.bytes_down
            self._cut_at[direction] = passed + count

    def lose_request(self, pattern: bytes, *, outage_seconds: float = 0.0, skip: int = 0) -> None:
        self._rules.append(Rule(pattern, "lose_request", outage_seconds, skip))

    def lose_half(self, pattern: bytes, *, outage_seconds: float = 0.0, skip: int = 0) -> None:
        """Half of what arrived together with the request's head goes on, then the line is cut."""
        self._rules.append(Rule(pattern, "lose_half", outage_seconds, skip))

    def lose_answer(self, pattern: bytes, *, outage_seconds: float = 0.0, skip: int = 0) -> None:
        """The target does its work; its answer is never heard."""
        self._rules.append(Rule(pattern, "lose_answer", outage_seconds, skip))

    def freeze(self, seconds: float | None = None) -> None:
        """Nothing passes, nothing is closed, until `thaw`, or for so long."""
        self._flowing.clear()
        if seconds is not None:
            self._later(seconds, self.thaw)

    def thaw(self) -> None:
        self._flowing.set()

    def refuse(self, seconds: float) -> int:
        """The network is away: what is open is reset, what dials in is turned off at once. -> how many were open"""
        self._away_until = time.monotonic() + seconds
        return self.cut()

    def orphan(self) -> int:
        """The clients are gone, and the target does not notice: its connections stay open and silent. -> how many"""
        with self._lock:
            orphans = [one for one in self._open if not one.is_orphan]
        for connection in orphans:
            connection.is_orphan = True
            close(connection.client)
        return len(orphans)

    def _later(self, seconds: float, act) -> None:
        timer = threading.Timer(seconds, act)
        timer.daemon = True
        self._timers.append(timer)
        timer.start()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                if time.monotonic() < self._away_until:
                    raise ConnectionRefusedError
                target = socket.create_connection(("127.0.0.1", self.target_port), timeout=5)
            except OSError:  # the target is down: the client sees a reset, as behind a real gateway
                close(client)
                continue
            target.settimeout(None)
            for side in (client, target):
                side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = Connection(client, target)
            with self._lock:
                self._open.append(connection)
                self.connections_made += 1
            for direction in ("up", "down"):
                threading.Thread(target=self._pump, args=(connection, direction), daemon=True).start()

    def _pump(self, connection: Connection, direction: str) -> None:
        """Read one side; hand on to the other after the delay."""
        source, sink = connection.client, connection.target
        if direction == "down":
            source, sink = sink, source
        waiting: queue.Queue[tuple[float, bytes]] = queue.Queue(maxsize=256)
        threading.Thread(target=self._forward, args=(connection, sink, waiting, direction), daemon=True).start()
        while not connection.closed.is_set():
            try:
                data = source.recv(PIECE)
            except OSError:
                data = b""
            if direction == "up" and self.bytes_per_second and data:
                self._share_line(len(data))
            waiting.put((time.monotonic() + self.delay_seconds, data))
            if not data:
                return

    def _share_line(self, size: int) -> None:
        """Wait until the line has carried so many bytes more."""
        with self._lock:
            now = time.monotonic()
            self._line_free_at = max(self._line_free_at, now) + size / self.bytes_per_second
            pause = self._line_free_at - now
        time.sleep(pause)

    def _forward(self, connection: Connection, sink: socket.socket, waiting: queue.Queue, direction: str) -> None:
        while not connection.closed.is_set():
            due, data = waiting.get()
            time.sleep(max(0.0, due - time.monotonic()))
            self._flowing.wait()
            if connection.is_orphan:
                if direction == "up" or not data:
                    return  # the end of the client is not told
                continue
            try:
                if not data or not self._hand_on(connection, sink, data, direction):
                    break
            except OSError:
                break
        if not connection.is_orphan:
            with self._lock, contextlib.suppress(ValueError):
                self._open.remove(connection)
            connection.cut()

    def _hand_on(self, connection: Connection, sink: socket.socket, data: bytes, direction: str) -> bool:
        """False when the line is to be cut here."""
        fault = None
        keep = len(data)
        with self._lock:
            if direction == "up":
                fault = self._matching(data)
                if fault is not None and fault.action == "lose_answer":
                    connection.loses_answer, fault = fault, None
            elif connection.loses_answer is not None:
                fault = connection.loses_answer
            if fault is not None:
                keep = len(data) // 2 if fault.action == "lose_half" else 0
            passed = self.bytes_up if direction == "up" else self.bytes_down
            at = self._cut_at.get(direction)
            is_cut = at is not None and at <= passed + keep
            if is_cut and at is not None:
                keep = at - passed
                del self._cut_at[direction]
            if direction == "up":
                self.bytes_up += keep
            else:
                self.bytes_down += keep
            self.faults += is_cut or fault is not None
        sink.sendall(data[:keep])
        if fault is not None and fault.outage_seconds:
            self.refuse(fault.outage_seconds)
        return fault is None and not is_cut

    def _matching(self, data: bytes) -> Rule | None:
        for rule in self._rules:
            if rule.pattern in data:
                if rule.skip:
                    rule.skip -= 1
                    continue
                self._rules.remove(rule)
                return rule
        return None
