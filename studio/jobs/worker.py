"""The worker: claims the site's CPU chores, gives them to its hands, renews the leases, writes down what came of it."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import DatabaseError, close_old_connections

from studio.jobs import queue
from studio.jobs.hand import DIED, Hand
from studio.jobs.handlers import HANDLERS
from studio.jobs.leases import LeaseLost, Progress
from studio.jobs.models import Job

logger = logging.getLogger(__name__)
TICK_SECONDS = 0.1
LOOK_SECONDS = 0.5
CANCEL_LOOK_SECONDS = 1.0
CHORE_SECONDS = 3600.0


class Worker:
    """Call `tick` again and again; nothing in it waits long."""

    def __init__(self, *, name: str, hands: int, chores: Callable[[], None] = lambda: None) -> None:
        self.name = name
        self.hands = [Hand() for _ in range(hands)]
        self.chores = chores
        self._looked = self._chored = self._asked = 0.0
        # Words that could not be written while the database was away.
        self._unwritten: dict[int, list[tuple[str, Any]]] = {}

    def run(self, should_stop: Callable[[], bool]) -> None:
        try:
            while not should_stop():
                try:
                    self.tick()
                except DatabaseError as error:
                    logger.warning("The database is away (%s); trying again.", type(error).__name__)
                    close_old_connections()
                    time.sleep(1.0)
                time.sleep(TICK_SECONDS)
        finally:
            self.stop()

    def tick(self) -> None:
        now = time.monotonic()
        for number, hand in enumerate(self.hands):
            if hand.lease is not None:
                self._attend(number, hand, now)
        if now - self._looked >= LOOK_SECONDS:
            self._looked = now
            self._look_for_work()
        if now - self._chored >= CHORE_SECONDS:
            self._chored = now
            self.chores()

    def stop(self) -> None:
        """End the hands and give their jobs back at once, so that nobody waits for a lease to run out."""
        for hand in self.hands:
            hand.stop()
            if hand.lease is not None:
                self._end(hand, lambda lease: queue.fail(lease, message="The worker was stopped.", retry=True))

    def _look_for_work(self) -> None:
        kinds = list(HANDLERS)
        for hand in self.hands:
            if hand.lease is None and queue.has_work(runs_on=Job.RunsOn.WORKER, kinds=kinds):
                lease = queue.claim(runs_on=Job.RunsOn.WORKER, kinds=kinds, holder=self.name)
                if lease is not None and lease.job is not None:
                    logger.info("%s: %s", lease.job.kind, lease.job.title)
                    hand.begin(lease)

    def _attend(self, number: int, hand: Hand, now: float) -> None:
        words = self._unwritten.pop(number, []) + hand.heard()
        while words and hand.lease is not None:
            try:
                self._act_on(hand, *words[0])
            except DatabaseError:
                self._unwritten[number] = words
                raise
            words.pop(0)
        if hand.lease is None:
            return
        if not hand.is_alive:  # it was ended after a cancel that it did not hear
            self._end(hand, lambda lease: queue.fail(lease, message="Stopped."))
        elif hand.cancelled_at is not None or self._is_cancelled(hand, now):
            hand.cancel()
        elif now - hand.renewed >= settings.RENEW_SECONDS:
            self._renew(hand, None)

    def _act_on(self, hand: Hand, word: str, detail: Any) -> None:
        if word == "progress":
            self._renew(hand, Progress(**detail))
        elif word == "done":
            self._end(hand, lambda lease: queue.finish(lease, result=detail))
        elif word == "failed":
            self._end(hand, lambda lease: queue.fail(lease, **detail))
        elif word == "died":
            self._end(hand, lambda lease: queue.fail(lease, message=DIED.format(how=detail), retry=True))
        else:  # cancelled, or lost to another attempt
            self._end(hand, lambda lease: queue.fail(lease, message="Stopped."))

    def _renew(self, hand: Hand, progress: Progress | None) -> None:
        assert hand.lease is not None
        try:
            answer = queue.renew(hand.lease, progress=progress)
        except LeaseLost:
            logger.warning("Another took over job %s; this attempt ends.", hand.lease.id)
            hand.stop()
            hand.free()
            return
        hand.renewed = time.monotonic()
        if answer.cancel:
            hand.cancel()

    def _is_cancelled(self, hand: Hand, now: float) -> bool:
        if now - self._asked < CANCEL_LOOK_SECONDS:
            return False
        self._asked = now
        assert hand.lease is not None
        return Job.objects.filter(pk=hand.lease.id, cancel_requested=True).exists()

    def _end(self, hand: Hand, say: Callable[[queue.Lease], Any]) -> None:
        assert hand.lease is not None
        try:
            say(hand.lease)
        except LeaseLost:
            logger.warning("What came of job %s is late; another attempt has it.", hand.lease.id)
        hand.free()
