"""The uploader: lanes that take the oldest picture, send it, and wait longer and longer while nobody answers."""

import logging
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Protocol

from capture_agent.sending import Outgoing, Speed, send
from capture_agent.studio import Away, Refused, StudioClient

logger = logging.getLogger(__name__)
FIRST_PAUSE_SECONDS = 0.5
PAUSES = (2.0, 4.0, 8.0, 16.0, 20.0)
IDLE_SECONDS = 1.0
# A studio that breaks over one picture again and again: after so many times the others go on without it.
FAULTS_ALLOWED = 5
# Without `--wait`: so much longer is waited for a studio that does answer, but only that it cannot take anything now.
BUSY_FACTOR = 10.0
TOKEN_REFUSED = 401


class Queue(Protocol):
    """What waits. `take` may speak to the studio (it announces sessions) and raise what StudioClient raises."""

    def take(self, client: StudioClient) -> Outgoing | None: ...
    def remember(self, item: Outgoing, address: str) -> None: ...
    def stored(self, item: Outgoing, receipt: str) -> None: ...
    def parked(self, item: Outgoing, refusal: Refused) -> bool:
        """True when it is blocked; False when the queue mended the cause and the item waits again."""
        ...

    def put_back(self, item: Outgoing) -> None: ...
    def rest(self, client: StudioClient) -> None:
        """Nothing waits just now: time for chores."""
        ...

    def is_finished(self) -> bool:
        """Whether nothing waits and nothing more will come."""
        ...


@dataclass(frozen=True)
class UploadStatus:
    """`last_ok_at` by time.time(), 0 before the first. `sentence` says why nothing moves; empty while all is well."""

    bits_per_second: float
    last_ok_at: float
    sentence: str
    is_connected: bool


class Patience:
    """How long to wait after each failure in a row: at once (a cut line is often back), then 2 to 20 s, with jitter."""

    def __init__(self, chance: random.Random | None = None) -> None:
        self.failures = 0
        self._chance = chance or random.Random()

    def pause_seconds(self) -> float:
        self.failures += 1
        if self.failures == 1:
            return self._chance.uniform(0.0, FIRST_PAUSE_SECONDS)
        return PAUSES[min(self.failures - 2, len(PAUSES) - 1)] * self._chance.uniform(0.75, 1.0)

    def succeed(self) -> None:
        self.failures = 0


class Uploader:
    """Threads: `start` and `stop`, or `run_until_empty`. A refused token stops all lanes: nothing goes with it."""

    def __init__(self, queue: Queue, client: StudioClient, *, lanes: int = 2) -> None:
        self.queue, self.client = queue, client
        self.lanes = lanes
        self.stopped_by: Refused | None = None
        self._speeds = [Speed() for _ in range(lanes)]
        self._stop = threading.Event()
        self._news = threading.Event()
        self._faults: Counter[Hashable] = Counter()
        self._sentence, self._last_ok_at = "", 0.0
        self._threads: list[threading.Thread] = []
        self._is_draining = False

    def start(self) -> None:
        self._stop.clear()
        for number in range(self.lanes):
            thread = threading.Thread(target=self._run, args=(self._speeds[number],), daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self, timeout: float | None = 5.0) -> None:
        """Sends no further piece. A piece that is on its way ends, or fails at its time limit."""
        self._stop.set()
        self._news.set()
        deadline = None if timeout is None else time.monotonic() + timeout
        for thread in self._threads:
            thread.join(None if deadline is None else max(0.0, deadline - time.monotonic()))
        self._threads = []

    def wake(self) -> None:
        """Something new waits."""
        self._news.set()

    def run_until_empty(self, *, give_up_seconds: float | None, look: Callable[[], None] = lambda: None) -> str:
        """Send all; `look` is called again and again meanwhile.

        -> "" or the sentence for which it gave up: so long without contact (None waits for ever).
        """
        self._is_draining = True
        self.client.heard_at = self.client.agreed_at = time.monotonic()
        self.start()
        try:
            while any(thread.is_alive() for thread in self._threads):
                for thread in self._threads:
                    thread.join(0.05)
                look()
                if give_up_seconds is not None and (sentence := self._given_up(give_up_seconds)):
                    return sentence
        finally:
            self.stop(timeout=None if self.queue.is_finished() else 2.0)
        return str(self.stopped_by or "")

    def status(self) -> UploadStatus:
        moving = time.time() - self._last_ok_at < 30
        bytes_per_second = sum(speed.bytes_per_second for speed in self._speeds) if moving else 0.0
        return UploadStatus(8 * bytes_per_second, self._last_ok_at, self._sentence, not self._sentence)

    def _given_up(self, seconds: float) -> str:
        silent = time.monotonic() - self.client.heard_at
        if silent > seconds:
            return f"There was no contact with the studio for {seconds:.0f} s. {self._sentence}".strip()
        if time.monotonic() - self.client.agreed_at > seconds * BUSY_FACTOR and silent > 0 and self._sentence:
            return f"The studio has taken nothing for {seconds * BUSY_FACTOR:.0f} s. {self._sentence}"
        return ""

    def _run(self, speed: Speed) -> None:
        patience = Patience()
        while not self._stop.is_set():
            try:
                item = self.queue.take(self.client)
                if item is None:
                    self.queue.rest(self.client)
                    if self._is_draining and self.queue.is_finished():
                        return
                    self._pause(IDLE_SECONDS)
                    continue
                self._send(item, speed)
                patience.succeed()
            except Away as away:
                self._sentence = str(away)
                logger.info("%s", away)
                self._pause(max(patience.pause_seconds(), away.wait_seconds))
            except Refused as refusal:  # nothing else can go either
                self._sentence = str(refusal)
                if refusal.status == TOKEN_REFUSED or self._is_draining:
                    self.stopped_by = refusal
                    self._stop.set()
                    return
                logger.warning("%s", refusal)
                self._pause(PAUSES[-1])
            except Exception:  # a lane must not die of one bad picture; what it held waits for the next start
                logger.exception("A lane of the uploader stumbled.")
                self._sentence = "Something went wrong on this device; its log tells more."
                self._pause(PAUSES[-1])

    def _send(self, item: Outgoing, speed: Speed) -> None:
        """Send one and tell the queue. Raises Away, and Refused only when no other picture can go either."""
        try:
            receipt = send(self.client, item, speed=speed, remember=lambda address: self.queue.remember(item, address))
        except Away as away:
            self._faults[item.key] += away.status == 500
            if self._faults[item.key] >= FAULTS_ALLOWED:
                said = f"The studio failed over “{item.name}” {FAULTS_ALLOWED} times: {away}"
                self.queue.parked(item, Refused(said, status=500))
                return
            self.queue.put_back(item)
            raise
        except Refused as refusal:
            if self.queue.parked(item, refusal):
                logger.warning("“%s” is blocked: %s", item.name, refusal)
            if refusal.status == TOKEN_REFUSED:
                raise
            return
        except OSError as error:  # of this disk: a card pulled out, a file that is gone
            said = f"“{item.name}” could not be read on this device: {error}."
            self.queue.parked(item, Refused(said, status=0))
            return
        except BaseException:
            self.queue.put_back(item)
            raise
        self.queue.stored(item, receipt)
        self._faults.pop(item.key, None)
        self._sentence, self._last_ok_at = "", time.time()

    def _pause(self, seconds: float) -> None:
        if seconds <= IDLE_SECONDS:
            self._news.wait(seconds)
            if not self._stop.is_set():
                self._news.clear()
        else:
            self._stop.wait(seconds)
