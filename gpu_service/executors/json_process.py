"""A long command as a child of the service: in a process group of its own, spoken to in lines of JSON.

It ends with the service, however that ends: it looks for its parent, keeps what it has and goes.
"""

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, Self, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

T = TypeVar("T")
LONGEST_LINE_BYTES = 1 << 20
# A step and what is kept after it; whoever needs longer goes on from what was kept before.
END_SECONDS = 30.0


class JsonProcess(Generic[T]):
    """One start of a command. `on_said` hears each thing that it says as it comes."""

    def __init__(self, process: Process, *, says: TypeAdapter[T], on_said: Callable[[T], None]) -> None:
        self._process, self._says, self._on_said = process, says, on_said
        self._wish: BaseModel | None = None

    @classmethod
    async def run(cls, words: Sequence[str], *, log: Path, says: TypeAdapter[T], on_said: Callable[[T], None]) -> Self:
        """`words` follow `python -m gpu_service`. What it writes to standard error goes to `log`."""
        with log.open("ab") as errors:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "gpu_service", *words, "--json", "--shy"),
                stdin=PIPE,
                stdout=PIPE,
                stderr=errors,
                limit=LONGEST_LINE_BYTES,
                process_group=0,
            )
        return cls(process, says=says, on_said=on_said)

    @property
    def pid(self) -> int:
        return self._process.pid

    def wish(self, wish: BaseModel) -> None:
        """Tell it what is wished, when that is something else than before."""
        assert self._process.stdin is not None
        if wish != self._wish and not self._process.stdin.is_closing():
            self._wish = wish
            self._process.stdin.write(wish.model_dump_json().encode() + b"\n")

    async def listen(self) -> int:
        """Hear it out. -> its exit code, negative where a signal ended it"""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            with contextlib.suppress(ValidationError):
                self._on_said(self._says.validate_json(line))
        return await self._process.wait()

    async def end(self) -> None:
        """Ask for an end; after a while, insist. Nothing of its group is left."""
        self._signal(signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(END_SECONDS):
                await self._process.wait()
        self._signal(signal.SIGKILL)
        await self._process.wait()

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)
