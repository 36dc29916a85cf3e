"""Work of hours that a child of this service does under a lease: a run of training, a projection.

Its folder stays on this service, so that the next claim of the same work goes on where it stopped.
"""

import asyncio
import contextlib
import logging
import os
import shutil
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Protocol

from gpu_service.errors import Cancelled, RenderError
from gpu_service.executors.snapshot_chores import harmless_stem
from gpu_service.lease import LeaseKeeper
from gpu_service.protocol import InputRef

log = logging.getLogger(__name__)
# How often what is wished is told to the child.
LOOK_SECONDS = 0.2
# A child that dies after it got somewhere is started again here, where it was.
MOST_DEATHS = 3
FORGOTTEN_SECONDS = 14 * 86400.0
Task = Coroutine[Any, Any, None]


class Child(Protocol):
    async def end(self) -> None: ...


class LongWork:
    """One claim. `process` is the child while there is one; `work` starts it, `finish` tells the studio the end."""

    process: Child | None = None

    def __init__(self, keeper: LeaseKeeper) -> None:
        self.keeper = keeper

    async def see_through(self, work: Task, *beside: Task, finish: Callable[[], Task]) -> None:
        """Do the work while what is beside it goes on; then finish. The child ends with the lease."""
        tasks = [asyncio.create_task(each) for each in beside]
        working = asyncio.create_task(work)

        def stop() -> None:
            working.cancel()

        self.keeper.when_it_ends(stop)
        try:
            done, _ = await asyncio.wait([working, *tasks], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # the studio's refusals too
            await _ended(tasks)
            await finish()
        except asyncio.CancelledError:
            if self.keeper.must_stop:
                raise Cancelled from None
            raise
        finally:
            await _ended([working, *tasks])
            if self.process is not None:
                await self.process.end()


class Deaths:
    """Counts children that died without getting further. `what` begins the sentence: “The trainer”."""

    def __init__(self, what: str, *, name: str) -> None:
        self.what, self.name = what, name
        self._count, self._reached = 0, -1.0

    def another(self, code: int, *, reached: float) -> None:
        """RenderError where it is one too many."""
        if reached > self._reached:
            self._count, self._reached = 0, reached
        self._count += 1
        why = f"signal {-code}" if code < 0 else f"code {code}"
        log.warning("%s of “%s” ended with %s", self.what, self.name, why)
        if self._count >= MOST_DEATHS:
            sentence = f"{self.what} ended by itself ({why}). Its log is on the render service."
            raise RenderError(sentence, retry=True, kind="crashed")


async def _ended(tasks: list[asyncio.Task[None]]) -> None:
    """Cancel them, and wait until they are gone."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def named(folder: Path, ref: InputRef, path: Path) -> Path:
    """The file under the name that people know, for sentences."""
    ending = Path(ref.name).suffix
    name = harmless_stem(ref.name) + (ending if ending[1:].isalnum() and ending.isascii() else "")
    link = folder / "inputs" / ref.role / name
    shutil.rmtree(link.parent, ignore_errors=True)
    link.parent.mkdir(parents=True)
    link.symlink_to(path.resolve())
    return link


def forget_old_runs(runs: Path, ours: Path) -> None:
    """Folders that nobody touched for two weeks: the studio has what is needed to go on."""
    os.utime(ours)
    for folder in runs.iterdir():
        with contextlib.suppress(OSError):
            if folder != ours and time.time() - folder.stat().st_mtime > FORGOTTEN_SECONDS:
                shutil.rmtree(folder)
