"""A hand of the worker: a child process that runs handlers, one after the other, and may die without harm.

It stays alive between jobs, because loading the libraries of a handler takes seconds.
"""

import errno
import logging
import multiprocessing
import os
import resource
import signal
import time
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from django.conf import settings

from studio.jobs.handlers import HANDLERS
from studio.processes import die_with_parent

if TYPE_CHECKING:
    # The child imports this file before Django is set up, so no model may be imported with it.
    from studio.jobs.leases import Lease

logger = logging.getLogger(__name__)
spawning = multiprocessing.get_context("spawn")
KILL_SECONDS = 5.0
UNEXPECTED = "Something went wrong that nobody foresaw ({error}). The log of the worker says more. Try again."
DISK_FULL = "The disk of the studio is full. Nothing was half stored. Free some space, then try again."
DIED = "The process that worked on this ended without a word ({how}). Try again; if it happens again, look at its log."


class Hand:
    """The worker's side of one child process. Idle while `lease` is None."""

    def __init__(self) -> None:
        self.lease: Lease | None = None
        self.began = 0.0
        self.renewed = 0.0
        self.cancelled_at: float | None = None
        self._process: Any = None
        self._pipe: Connection | None = None

    def begin(self, lease: "Lease") -> None:
        """Give it a job; the process is started when there is none."""
        assert lease.job is not None
        if self._process is None or not self._process.is_alive():
            self._start()
        self.lease, self.cancelled_at = lease, None
        self.began = self.renewed = time.monotonic()
        assert self._pipe is not None
        self._pipe.send((HANDLERS[lease.job.kind], lease.id, lease.fence, lease.job.payload))

    def heard(self) -> list[tuple[str, Any]]:
        """What it has said since the last time; ("died", how) is the last word of one that is gone."""
        said: list[tuple[str, Any]] = []
        try:
            while self._pipe is not None and self._pipe.poll():
                said.append(self._pipe.recv())
        except (EOFError, OSError):
            self._process.join(1.0)
            said.append(("died", how_it_ended(self._process.exitcode)))
            self.stop()
        return said

    def cancel(self) -> None:
        """Ask it to stop its job, and end it when it does not within 5 s."""
        now = time.monotonic()
        if self.cancelled_at is None:
            self.cancelled_at = now
            if self._pipe is not None:
                self._pipe.send("cancel")
        elif now - self.cancelled_at > KILL_SECONDS:
            self.stop()

    def free(self) -> None:
        self.lease = None

    def stop(self) -> None:
        """End the process, at once."""
        if self._process is not None and self._process.is_alive():
            self._process.kill()
            self._process.join(5.0)
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = None

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.is_alive()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def _start(self) -> None:
        self.stop()
        self._pipe, theirs = spawning.Pipe()
        self._process = spawning.Process(
            target=work_in_child, args=(theirs, os.getpid(), settings.WORKER_MEMORY_BYTES), daemon=True
        )
        self._process.start()
        theirs.close()


def how_it_ended(code: int | None) -> str:
    """An exit code in words."""
    if code is None:
        return "it was lost"
    if code < 0:
        name = signal.Signals(-code).name
        return "it was killed, perhaps for want of memory" if name == "SIGKILL" else name
    return f"exit code {code}"


def work_in_child(pipe: Connection, parent: int, memory_bytes: int) -> None:
    """The child's side: jobs come in, words go out."""
    die_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the supervisor's to hear
    os.nice(5)  # sound and preview go first
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import django

    django.setup()
    while True:
        try:
            order = pipe.recv()
        except EOFError:
            return
        if order != "cancel":  # one that came too late for its job
            pipe.send(run_handler(*order, pipe=pipe))


def is_disk_full(error: BaseException | None) -> bool:
    """Whether that, or what it came from, is the system's word for a full disk."""
    if error is None:
        return False
    return getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or is_disk_full(error.__cause__)


def run_handler(path: str, job_id: Any, fence: int, payload: dict[str, Any], *, pipe: Connection) -> tuple[str, Any]:
    """Run one handler. -> its last word, and what goes with it: a result, or what `queue.fail` is told."""
    from django.db import close_old_connections
    from django.utils.module_loading import import_string

    from studio.jobs.context import Context
    from studio.jobs.handlers import JobCancelled, JobFailed
    from studio.jobs.leases import LeaseLost

    close_old_connections()
    context = Context(job_id=job_id, fence=fence, payload=payload, pipe=pipe)
    try:
        return "done", import_string(path)(context)
    except JobCancelled:
        return "cancelled", None
    except LeaseLost:
        return "lost", None
    except JobFailed as error:
        return "failed", {"message": str(error), "retry": error.retry, "may_retry": not error.is_final}
    except Exception as error:  # a handler's mistake is the job's failure, not the worker's
        if is_disk_full(error):
            return "failed", {"message": DISK_FULL}
        logger.exception("The handler %s failed.", path)
        return "failed", {"message": UNEXPECTED.format(error=type(error).__name__)}
    finally:
        close_old_connections()
