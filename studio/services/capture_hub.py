"""The capture hub: the desks of this process, and the way from a request's thread to a device and back.

Everything here lives in the event loop of the one studio process.
"""

import asyncio
import concurrent.futures
from typing import Any
from uuid import UUID

from studio.services.capture_desk import Answered, Desk, DeviceAway, Line


class Hub:
    def __init__(self) -> None:
        self._desks: dict[UUID, Desk] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    def desk(self, device_id: UUID) -> Desk:
        return self._desks.setdefault(device_id, Desk())

    def attach(self, line: Line) -> Line | None:
        """A device said hello. Returns its former line, if there is one."""
        self._loop = asyncio.get_running_loop()
        return self.desk(line.device_id).attach(line)

    def clear(self) -> None:
        self._desks.clear()
        self._loop = None

    def ask_from_thread(self, device_id: UUID, name: str, args: dict[str, Any], *, seconds: float) -> Answered:
        """Raises DeviceAway, or TimeoutError when the device does not answer."""
        desk, loop = self._desks.get(device_id), self._loop
        if loop is None or desk is None:
            raise DeviceAway
        asked = asyncio.run_coroutine_threadsafe(desk.ask(name, args), loop)
        try:
            return asked.result(seconds)
        except concurrent.futures.TimeoutError as error:
            asked.cancel()
            raise TimeoutError from error


hub = Hub()
