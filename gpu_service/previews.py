"""All previews of one attachment, and what the studio says to each."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

from gpu_service.bench import Bench
from gpu_service.preview import Preview
from gpu_service.protocol import (
    Credit,
    PreviewClose,
    PreviewDrive,
    PreviewOpen,
    PreviewStateMessage,
    PreviewUpdate,
)


class Previews:
    """They live as long as the attachment: a studio that was away opens them anew."""

    def __init__(
        self,
        bench: Bench,
        *,
        jpeg_quality: int,
        send_frame: Callable[[bytes], Awaitable[None]],
        tell: Callable[[PreviewStateMessage], None],
    ) -> None:
        self.bench, self.jpeg_quality = bench, jpeg_quality
        self._send_frame, self._tell = send_frame, tell
        self.open: dict[UUID, Preview] = {}
        self._closing: set[asyncio.Task[None]] = set()

    def hear(self, said: PreviewOpen | PreviewUpdate | PreviewDrive | PreviewClose | Credit) -> None:
        """One message. What is said to a preview that is not open is dropped: it was closed a moment ago."""
        if isinstance(said, PreviewOpen):
            self._end(said.preview_id)
            self.open[said.preview_id] = Preview(
                said, bench=self.bench, jpeg_quality=self.jpeg_quality, send_frame=self._send_frame, tell=self._tell
            )
            return
        preview = self.open.get(said.preview_id)
        if preview is None:
            return
        match said:
            case PreviewUpdate():
                preview.update(said)
            case PreviewDrive():
                preview.drive(said)
            case Credit():
                preview.credit(said.n)
            case PreviewClose():
                self._end(said.preview_id)

    async def close(self) -> None:
        """End all."""
        for preview_id in list(self.open):
            self._end(preview_id)
        await asyncio.gather(*self._closing, return_exceptions=True)

    def _end(self, preview_id: UUID) -> None:
        preview = self.open.pop(preview_id, None)
        if preview is not None:
            task = asyncio.create_task(preview.close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)
