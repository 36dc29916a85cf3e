"""What waits to be told to the studio: the newest status, the newest live frame, and everything else in order.

Filled by the camera's thread, emptied by the socket's. Without a studio only the newest shots are remembered: the
pictures come by upload anyway, but a page wants to see what the last minutes looked like.
"""

import threading
from collections import deque
from collections.abc import Callable

from capture_agent.protocol import Frame, Message, Shot, Status

MOST_WAITING = 100
MOST_MISSED = 60


class Outbox:
    """`wake` is called, on whatever thread, when there is something new."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wake: Callable[[], None] | None = None
        # What waits, and whether it outlives a broken line.
        self._queue: deque[tuple[str | bytes, bool]] = deque(maxlen=MOST_WAITING)
        self._status: Status | None = None
        self._live: bytes | None = None
        self._credit = 0

    def connect(self, wake: Callable[[], None]) -> None:
        """A studio listens: it hears first of the shots that it missed."""
        with self._lock:
            self._live, self._credit, self._wake = None, 0, wake
        wake()

    def disconnect(self) -> None:
        with self._lock:
            self._wake, self._live, self._credit = None, None, 0
            missed = [entry for entry in self._queue if entry[1]][-MOST_MISSED:]
            self._queue.clear()
            self._queue.extend(missed)

    @property
    def is_connected(self) -> bool:
        return self._wake is not None

    @property
    def may_show(self) -> bool:
        """Whether a live frame made now would be sent at once."""
        with self._lock:
            return self._wake is not None and self._credit > 0 and self._live is None

    def add_credit(self, frames: int) -> None:
        with self._lock:
            self._credit = min(self._credit + frames, 64)
        self._rouse()

    def put(self, message: Message) -> None:
        self._enqueue(message.to_json())

    def put_shot(self, shot: Shot) -> None:
        """Told also when the line is broken now, once it is back."""
        with self._lock:
            self._queue.append((shot.to_json(), True))
            while self._wake is None and len(self._queue) > MOST_MISSED:
                self._queue.popleft()
        self._rouse()

    def put_frame(self, frame: Frame) -> None:
        """A picture that must arrive, in its order: a test shot."""
        self._enqueue(frame.to_bytes())

    def put_status(self, status: Status) -> None:
        with self._lock:
            self._status = status
        self._rouse()

    def put_live(self, frame: Frame) -> None:
        """Replaces a live frame that has not gone yet; dropped when nobody can take it."""
        with self._lock:
            if self._wake is None or self._credit < 1:
                return
            self._live = frame.to_bytes()
        self._rouse()

    def take(self) -> str | bytes | None:
        """The next thing to send: what must arrive first, then the status, then the live frame."""
        with self._lock:
            if self._queue:
                return self._queue.popleft()[0]
            if self._status is not None:
                status, self._status = self._status, None
                return status.to_json()
            if self._live is not None and self._credit > 0:
                frame, self._live = self._live, None
                self._credit -= 1
                return frame
            return None

    def _enqueue(self, data: str | bytes) -> None:
        with self._lock:
            if self._wake is not None:
                self._queue.append((data, False))
        self._rouse()

    def _rouse(self) -> None:
        wake = self._wake
        if wake is not None:
            wake()
