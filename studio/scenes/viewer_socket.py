"""What the sockets of all pages that watch a preview have in common: the clock, credit, leaving, and sentences."""

import math
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar

from studio.errors import Refused
from studio.scenes.preview import hub
from studio.scenes.preview_state import Preview
from studio.scenes.viewer import Viewer
from studio.sockets import PageSocket

MAX_SECONDS = 6 * 3600.0
Handler = Callable[[Any, dict[str, Any]], Awaitable[None]]


class ViewerSocket(PageSocket):
    """Each message of the page has one method; subclasses add theirs to `handlers`."""

    handlers: ClassVar[Mapping[str, Handler]] = {}
    viewer: Viewer | None = None
    preview: Preview | None = None

    async def heard(self, message: dict[str, Any]) -> None:
        handler = self.handlers.get(str(message.get("type")))
        if handler is None:
            await self.error("type", f"There is no message “{message.get('type')}”.")
            return
        try:
            await handler(self, message)
        except Refused as error:
            await self.error(error.field, str(error))
        except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
            await self.error(str(message["type"]), f"The message “{message['type']}” is not complete: {error}.")

    def begin_viewing(self) -> Viewer:
        """A viewer of this page, ready to be let into a preview."""
        self.viewer = Viewer(
            person_id=self.user.pk, person_name=str(self.user), send_bytes=self._send_frame, send_json=self.send_json
        )
        self.viewer.start()
        return self.viewer

    async def drive(self, message: dict[str, Any]) -> None:
        if self.viewer and self.preview:
            hub.drive(
                self.viewer,
                self.preview,
                seconds=number(message["seconds"], low=0.0, high=MAX_SECONDS),
                rate=number(message.get("rate", 1.0), low=0.1, high=8.0),
                is_playing=bool(message.get("playing", False)),
                lead=number(message.get("lead", 0.25), low=0.0, high=5.0),
                loop=loop_of(message.get("loop")),
            )

    async def credit(self, message: dict[str, Any]) -> None:
        if self.viewer and self.preview:
            hub.credit(self.viewer, self.preview, int(number(message["n"], low=0, high=64)))

    async def let_go(self, *, comes_back: bool) -> None:
        viewer, preview, self.viewer, self.preview = self.viewer, self.preview, None, None
        if viewer and preview:
            hub.leave(viewer, preview, comes_back=comes_back)
        if viewer:
            await viewer.stop()

    async def error(self, field: str, message: str) -> None:
        await self.send_json({"type": "error", "field": field, "message": message})

    async def _send_frame(self, data: bytes) -> None:
        if not self.is_over:
            await self.send(bytes_data=data)


def number(value: Any, *, low: float, high: float) -> float:
    """Kept within its limits. ValueError for what is no number."""
    found = float(value)
    if not math.isfinite(found):
        raise ValueError(f"{value} is not a number")
    return min(max(found, low), high)


def loop_of(value: Any) -> tuple[float, float] | None:
    """[a, b] in seconds, a before b; anything shorter than a frame is no loop."""
    if value is None:
        return None
    start, end = (number(edge, low=0.0, high=MAX_SECONDS) for edge in value)
    return (start, end) if end - start > 1 / 120 else None
