"""`phosphene-capture run`: the device at the studio's service. Camera, uploads and the studio's socket side by side.

The studio may come and go: what was begun goes on, and shots wait in the spool.
"""

import asyncio
import contextlib
import logging
import platform
import random
import signal
import time
from datetime import UTC, datetime
from importlib import metadata
from typing import Protocol
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidURI

from capture_agent.camera_thread import CameraThread
from capture_agent.cameras import open_camera
from capture_agent.faces import face_finder
from capture_agent.notify import notify
from capture_agent.outbox import Outbox
from capture_agent.protocol import (
    MAX_MESSAGE_BYTES,
    CameraInfo,
    Command,
    Credit,
    Hello,
    Network,
    ProtocolError,
    Refused,
    Warning,
    Welcome,
    parse_studio_message,
)
from capture_agent.settings import Settings
from capture_agent.spool import Spool

log = logging.getLogger(__name__)
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 2.0, 20.0
REFUSED_PAUSE_SECONDS = 60.0  # a studio that says no will not say yes in a moment
PING_SECONDS = 10.0
CLOCK_MAY_DIFFER_SECONDS = 120.0
CAMERA_SILENT_SECONDS = 45.0  # longer without a turn, and the watchdog hears nothing more
END_SECONDS = 20.0
REPLACED = 4409
FIRST_TRY_SECONDS = 10.0
RESTART = 75  # EX_TEMPFAIL: systemd starts the program again


class Uploads(Protocol):
    """What brings the spool to the studio, on threads of its own."""

    def start(self) -> None: ...

    def stop(self, timeout: float = ...) -> None: ...

    def wake(self) -> None:
        """Something new waits."""

    def network(self) -> Network: ...

    def warnings(self) -> tuple[Warning, ...]: ...


class StudioRefuses(Exception):
    """The studio's own sentence."""


class CameraChanged(Exception):
    """What the studio knows of the camera is in the hello: say it anew."""


class Agent:
    """Runs until it is told to end or the camera is lost."""

    def __init__(self, settings: Settings, *, spool: Spool, uploads: Uploads, camera: str) -> None:
        self._settings, self._spool, self._uploads = settings, spool, uploads
        self._outbox = Outbox()
        self._clock_off_seconds = 0.0
        self._is_over = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._camera = CameraThread(
            settings,
            open_it=lambda: open_camera(camera),
            spool=spool,
            outbox=self._outbox,
            around=self,
            finder=face_finder(),
            on_end=self.end,
        )

    async def run(self) -> int:
        """-> the exit code: 0, or 75 when only a new process can open the camera again"""
        for ending in (signal.SIGINT, signal.SIGTERM):
            self._loop.add_signal_handler(ending, self._is_over.set)
        self._uploads.start()
        self._camera.start()
        tasks = [asyncio.create_task(self._dial_for_ever()), asyncio.create_task(self._watchdog())]
        notify(self._settings.notify_socket, "READY=1")
        await self._is_over.wait()
        notify(self._settings.notify_socket, "STOPPING=1")
        for task in tasks:
            task.cancel()
        self._camera.end()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.to_thread(self._camera.join, END_SECONDS)
        await asyncio.to_thread(self._uploads.stop, END_SECONDS)
        return RESTART if self._camera.lost else 0

    def end(self) -> None:
        """Any thread."""
        self._rouse(self._is_over)

    def _rouse(self, event: asyncio.Event) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is over already
            self._loop.call_soon_threadsafe(event.set)

    # --- Around, for the camera's thread ---

    def network(self) -> Network:
        return self._uploads.network()

    def kept(self) -> None:
        self._uploads.wake()

    def warnings(self) -> tuple[Warning, ...]:
        found = list(self._uploads.warnings())
        if abs(self._clock_off_seconds) > CLOCK_MAY_DIFFER_SECONDS:
            said = f"This device's clock is {_long(self._clock_off_seconds)}. The order of the photographs is kept."
            found.append(Warning(kind="clock", sentence=said))
        return tuple(found)

    # --- the studio's socket ---

    async def _dial_for_ever(self) -> None:
        await asyncio.to_thread(self._camera.first_try.wait, FIRST_TRY_SECONDS)
        pause, told = FIRST_PAUSE_SECONDS, ""
        while True:
            began = time.monotonic()
            try:
                await self._dial()
                sentence, wait = "The studio closed the line.", 0.0
            except CameraChanged:
                continue
            except StudioRefuses as error:
                sentence, wait = f"The studio says: {error}", REFUSED_PAUSE_SECONDS
            except (OSError, TimeoutError, ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidURI) as error:
                sentence, wait = f"The studio is away ({_reason(error)}). Photographs wait on this device.", 0.0
            if sentence != told:
                log.warning("%s", sentence)
            told = sentence
            pause = FIRST_PAUSE_SECONDS if time.monotonic() - began > 60 else pause
            await asyncio.sleep(max(wait, pause * random.uniform(0.75, 1.0)))
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _dial(self) -> None:
        studio = self._settings.studio_url
        address = "ws" + studio.removeprefix("http") + "/ws/device"
        async with connect(
            address,
            additional_headers={"Authorization": f"Bearer {self._settings.token}"},
            max_size=MAX_MESSAGE_BYTES,
            open_timeout=10,
            ping_interval=PING_SECONDS,
            ping_timeout=PING_SECONDS,
            close_timeout=3,
            proxy=None if _is_loopback(studio) else True,
            user_agent_header="phosphene-capture",
        ) as line:
            camera = self._camera.info
            await line.send(self._hello(camera).to_json())
            await self._speak(line, camera)
            if self._camera.info != camera:
                raise CameraChanged

    async def _speak(self, line: ClientConnection, camera: CameraInfo) -> None:
        """Listen and tell until either side hangs up."""
        news = asyncio.Event()
        telling: asyncio.Task[None] | None = None
        try:
            async for text in line:
                message = self._parsed(text)
                if isinstance(message, Welcome):
                    self._note_clock(message)
                    log.info("Connected to %s.", message.studio or self._settings.studio_url)
                    self._outbox.connect(lambda: self._rouse(news))
                    telling = telling or asyncio.create_task(self._tell(line, news, camera))
                elif isinstance(message, Refused):
                    raise StudioRefuses(message.sentence)
                elif isinstance(message, Credit):
                    self._outbox.add_credit(message.frames)
                elif isinstance(message, Command):
                    self._camera.ask(message)
        except ConnectionClosed as error:
            if error.rcvd and error.rcvd.code == REPLACED:
                raise StudioRefuses("Another program is connected as this device.") from error
            raise
        finally:
            self._outbox.disconnect()
            if telling:
                telling.cancel()
                await asyncio.gather(telling, return_exceptions=True)

    async def _tell(self, line: ClientConnection, news: asyncio.Event, camera: CameraInfo) -> None:
        """Send what waits, one after the other: a slow line makes frames fewer, never late."""
        try:
            while True:
                await news.wait()
                news.clear()
                while (data := self._outbox.take()) is not None:
                    await line.send(data)
                if self._camera.info != camera:
                    await line.close(1000, "another camera")
        except ConnectionClosed:
            return

    def _parsed(self, text: str | bytes) -> Welcome | Refused | Command | Credit | None:
        try:
            return parse_studio_message(text)
        except ProtocolError as error:
            log.warning("The studio said something unknown: %s", error)
            return None

    def _hello(self, camera: CameraInfo) -> Hello:
        return Hello(
            version=_version(),
            device_id=self._settings.device_id,
            name=self._settings.name[:100],
            host=platform.node()[:255],
            camera=camera,
            now=datetime.now(UTC).isoformat(),
        )

    def _note_clock(self, welcome: Welcome) -> None:
        self._clock_off_seconds = (datetime.now(UTC) - datetime.fromisoformat(welcome.server_now)).total_seconds()

    async def _watchdog(self) -> None:
        """Tell systemd that all is well, but only while the camera's thread takes its turns."""
        every = self._settings.watchdog_seconds / 3 or 10.0
        while True:
            if time.monotonic() - self._camera.alive_at < CAMERA_SILENT_SECONDS:
                notify(self._settings.notify_socket, "WATCHDOG=1", f"STATUS={self._camera.info.name}")
            await asyncio.sleep(every)


async def run_agent(settings: Settings, *, spool: Spool, uploads: Uploads, camera: str) -> int:
    """Serve the studio until told to end. -> the exit code"""
    return await Agent(settings, spool=spool, uploads=uploads, camera=camera).run()


def _is_loopback(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")


def _reason(error: BaseException) -> str:
    return str(error).split("\n")[0].rstrip(".") or type(error).__name__


def _long(seconds: float) -> str:
    """2 days fast, 3 minutes slow"""
    size, way = abs(seconds), "fast" if seconds > 0 else "slow"
    for unit, length in (("years", 31_557_600.0), ("days", 86_400.0), ("hours", 3600.0)):
        if size >= 2 * length:
            return f"{size / length:.0f} {unit} {way}"
    return f"{size / 60:.0f} minutes {way}"


def _version() -> str:
    with contextlib.suppress(metadata.PackageNotFoundError):
        return metadata.version("phosphene")
    return "from source"
