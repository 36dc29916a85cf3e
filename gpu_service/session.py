"""One connection to a studio: dials both sockets, says hello, and gives each message to what it is for.

When the line is cut it dials again, with growing, jittered pauses. Leases do not end with it; previews do.
"""

import asyncio
import contextlib
import logging
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from pydantic import ValidationError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from gpu_service.bench import Bench
from gpu_service.client import is_loopback, pause_seconds
from gpu_service.film.recipe import own_version
from gpu_service.previews import Previews
from gpu_service.protocol import (
    Busy,
    Cancel,
    Credit,
    FramesHello,
    Hello,
    JobKind,
    Model,
    Ping,
    Pong,
    PreviewClose,
    PreviewDrive,
    PreviewOpen,
    PreviewUpdate,
    Refused,
    Welcome,
    parse_studio_message,
)
from gpu_service.protocol import (
    Work as WorkQueued,
)
from gpu_service.settings import Settings
from gpu_service.visualizers.catalogue import catalogue
from gpu_service.work import CHORE_KINDS, Work

log = logging.getLogger(__name__)
HELLO_SECONDS = 20.0
BUSY_SECONDS = 0.5  # how often the load is looked at; it is told only when it changed
REFUSED_PAUSE_SECONDS = 30.0
KINDS: list[JobKind] = ["render_segment", *CHORE_KINDS]


class RefusedByStudio(Exception):
    """The studio does not want this service; the sentence says why."""


class Session:
    """Runs until cancelled."""

    def __init__(self, settings: Settings, *, bench: Bench, work: Work, instance_id: UUID) -> None:
        self.settings, self.bench, self.work, self.instance_id = settings, bench, work, instance_id
        self.run_id = uuid4()
        self.previews: Previews | None = None
        self._control: ClientConnection | None = None
        self._frames: ClientConnection | None = None
        self._outgoing: asyncio.Queue[Model] = asyncio.Queue()

    async def run(self) -> None:
        """Attach, and attach again."""
        attempt = 0
        while True:
            try:
                await self._attach()
                attempt = 0
            except RefusedByStudio as error:
                log.error("%s", error)
                await asyncio.sleep(REFUSED_PAUSE_SECONDS)
            except (OSError, TimeoutError, WebSocketException) as error:
                level = logging.INFO if attempt else logging.WARNING
                log.log(level, "No studio at %s: %s", self.settings.studio, error)
            pause = pause_seconds(attempt)
            attempt += 1
            await asyncio.sleep(pause)

    async def _attach(self) -> None:
        """From the first hello until one of the two sockets is cut."""
        async with self._dial("control") as control:
            welcome = await self._greet(control)
            self.work.look()
            async with self._dial("frames") as frames:
                await frames.send(FramesHello(attach_id=welcome.attach_id).model_dump_json())
                await self._serve(control, frames)

    def _dial(self, which: str) -> connect:
        address = urlsplit(self.settings.studio)
        scheme = "wss" if address.scheme == "https" else "ws"
        return connect(
            f"{scheme}://{address.netloc}{address.path.rstrip('/')}/ws/service/{which}",
            additional_headers={"Authorization": f"Bearer {self.settings.token}"},
            proxy=None if is_loopback(self.settings.studio) else True,
            open_timeout=HELLO_SECONDS,
            max_size=8 * 1024 * 1024,
            compression=None,
        )

    async def _greet(self, control: ClientConnection) -> Welcome:
        hello = Hello(
            version=own_version(),
            name=self.settings.name,
            instance_id=self.instance_id,
            run_id=self.run_id,
            devices=self.bench.executor.devices(),
            catalogue=catalogue(),
            preview_slots=self.settings.preview_slots,
            kinds=KINDS,
        )
        await control.send(hello.model_dump_json())
        async with asyncio.timeout(HELLO_SECONDS):
            answer = parse_studio_message(await control.recv())
        if isinstance(answer, Refused):
            raise RefusedByStudio(answer.sentence)
        if not isinstance(answer, Welcome):
            raise RefusedByStudio("The studio did not answer the hello as a studio does. Check its address.")
        log.info("Attached to %s as “%s”", self.settings.studio, self.settings.name)
        return answer

    async def _serve(self, control: ClientConnection, frames: ClientConnection) -> None:
        self._outgoing = asyncio.Queue()
        self.previews = Previews(
            self.bench,
            jpeg_quality=self.settings.preview_quality,
            send_frame=frames.send,
            tell=self._outgoing.put_nowait,
        )
        tasks = [
            asyncio.create_task(self._listen(control)),
            asyncio.create_task(self._listen(frames)),
            asyncio.create_task(self._speak(control)),
            asyncio.create_task(self._tell_busy()),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        except ConnectionClosed as error:
            log.warning("The line to the studio was cut: %s", error)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.previews.close()
            self.previews = None

    async def _listen(self, socket: ClientConnection) -> None:
        async for text in socket:
            try:
                message = parse_studio_message(text)
            except ValidationError as error:
                log.warning("The studio said something unknown: %s", error.errors(include_url=False)[:1])
                continue
            self._hear(message)

    def _hear(self, message: object) -> None:
        match message:
            case PreviewOpen() | PreviewUpdate() | PreviewDrive() | PreviewClose() | Credit():
                if self.previews is not None:
                    self.previews.hear(message)
            case WorkQueued():
                self.work.look()
            case Cancel():
                self.work.cancel(message.id)
            case Ping():
                self._outgoing.put_nowait(Pong())
            case Refused():
                log.error("%s", message.sentence)

    async def _speak(self, control: ClientConnection) -> None:
        while True:
            message = await self._outgoing.get()
            await control.send(message.model_dump_json())

    async def _tell_busy(self) -> None:
        """How much is going on, when that has changed."""
        told: Busy | None = None
        while True:
            previews = len(self.previews.open) if self.previews is not None else 0
            busy = Busy(previews=previews, segments=len(self.work.segments), jobs=len(self.work.chores))
            if busy != told:
                told = busy
                self._outgoing.put_nowait(busy)
            await asyncio.sleep(BUSY_SECONDS)


async def run_session(session: Session, work: Work) -> None:
    """Attachment and work side by side, until cancelled."""
    tasks = [asyncio.create_task(session.run()), asyncio.create_task(work.run())]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)
