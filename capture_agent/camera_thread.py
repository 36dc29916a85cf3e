"""The thread that owns the camera: opens it (again, when it fails), carries out commands, does what is due."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from capture_agent.cameras.base import Camera, Photo
from capture_agent.errors import CameraError, CameraLost, CaptureError
from capture_agent.faces import FaceFinder
from capture_agent.outbox import Outbox
from capture_agent.protocol import (
    IDLE_STATUS_SECONDS,
    LIVE,
    MAX_JPEG_BYTES,
    STATUS_SECONDS,
    TEST_SHOT,
    Answer,
    CameraInfo,
    CaptureSettings,
    Command,
    Frame,
    Network,
    RecordError,
    Shot,
    SpoolCounts,
    Status,
    TestShot,
    Warning,
)
from capture_agent.remembered import BurstNote, read_wishes, write_wishes
from capture_agent.report import status_of
from capture_agent.settings import Settings
from capture_agent.sitting import Sitting
from capture_agent.spool import Spool

log = logging.getLogger(__name__)
NO_CAMERA = CameraInfo(name="no camera", kind="none")
TRY_AGAIN_SECONDS = (2.0, 20.0)  # at first, at most
LONGEST_NAP_SECONDS = 1.0


class Around(Protocol):
    """What the thread asks about the world for its status."""

    def network(self) -> Network: ...

    def warnings(self) -> tuple[Warning, ...]: ...

    def kept(self) -> None:
        """A photograph is in the spool."""


class CameraThread(threading.Thread):
    """`open_it` opens the camera; `lost` is set when only a new process can, and `ended` in any case."""

    def __init__(
        self,
        settings: Settings,
        *,
        open_it: Callable[[], Camera],
        spool: Spool,
        outbox: Outbox,
        around: Around,
        finder: FaceFinder | None,
        on_end: Callable[[], None],
    ) -> None:
        super().__init__(name="camera", daemon=True)
        self.info = NO_CAMERA
        self.lost: CameraLost | None = None
        self.alive_at = time.monotonic()
        self.first_try = threading.Event()  # the camera is open, or could not be opened
        self._settings, self._open_it, self._spool, self._outbox = settings, open_it, spool, outbox
        self._around, self._finder, self._on_end = around, finder, on_end
        self._inbox: queue.Queue[Command | None] = queue.Queue()
        self._note = BurstNote(settings.state_dir / "burst.json")
        self._is_ending = False
        self._told: tuple[str, float] = ("", 0.0)  # the state last told, and when
        self._trouble = ""

    def ask(self, command: Command) -> None:
        """Any thread: carry this out; its answer goes to the outbox."""
        self._inbox.put(command)

    def end(self) -> None:
        """Any thread: stop as soon as the photograph being taken is on the disk."""
        self._is_ending = True
        self._inbox.put(None)

    def run(self) -> None:
        pause = TRY_AGAIN_SECONDS[0]
        try:
            while not self._is_ending:
                try:
                    self._with_camera()
                except CameraLost as error:
                    log.error("%s", error)
                    self.lost = error
                    return
                except OSError as error:
                    self._trouble = f"This device's disk fails: {error.strerror or error}."
                    log.error("%s", self._trouble)
                    self._without_camera(pause)
                except CaptureError as error:
                    if str(error) != self._trouble:
                        log.warning("%s", error)
                    self._trouble = str(error)
                    self._without_camera(pause)
                    pause = min(pause * 2, TRY_AGAIN_SECONDS[1])
                else:
                    pause = TRY_AGAIN_SECONDS[0]
        except Exception as error:
            log.exception("The camera's thread failed; the program starts anew.")
            self.lost = CameraLost(str(error))
        finally:
            self.first_try.set()
            self._on_end()

    # --- Listener of the sitting ---

    def live(self, photo: Photo) -> None:
        self._outbox.put_live(_frame(LIVE, photo))

    def tested(self, test_shot: TestShot, photo: Photo) -> None:
        self._outbox.put(test_shot)
        if len(photo.jpeg) <= MAX_JPEG_BYTES:
            self._outbox.put_frame(_frame(TEST_SHOT, photo))

    def shot(self, shot: Shot, photo: Photo) -> None:
        self._around.kept()
        self._outbox.put_shot(shot)
        # In a burst without pauses the photographs themselves are the live view.
        self._outbox.put_live(_frame(LIVE, photo))

    # --- with and without a camera ---

    def _with_camera(self) -> None:
        camera = self._open_it()
        try:
            sitting = self._sitting(camera)
            self.info, self._trouble = camera.info, ""
            self.first_try.set()
            log.info("Camera: %s (%s)", camera.info.name, camera.info.kind)
            self._go_on(sitting)
            try:
                while not self._is_ending:
                    self._turn(sitting)
            except CameraLost as error:
                # Neither ended nor closed: the burst goes on in the next process, and a lost camera may hang.
                self.lost = error
                raise
            sitting.end()
            self._note.follow(None)
        finally:
            self.info = NO_CAMERA
            if self.lost is None:
                camera.close()

    def _sitting(self, camera: Camera) -> Sitting:
        """With the settings of last time; with the defaults when this camera, perhaps another one, refuses them."""
        wishes = read_wishes(self._settings.wishes_file)
        try:
            return Sitting(camera, self._spool, listener=self, settings=wishes, finder=self._finder)
        except CameraLost:
            raise
        except CameraError as error:
            if wishes == CaptureSettings():
                raise
            log.warning("%s The settings begin anew.", error)
            return Sitting(camera, self._spool, listener=self, settings=CaptureSettings(), finder=self._finder)

    def _turn(self, sitting: Sitting) -> None:
        """Do what is due, then what people want."""
        self.alive_at = time.monotonic()
        nap = sitting.step(may_show=self._outbox.may_show)
        self._note.follow(sitting.session.session_id if sitting.session else None)
        self._tell(sitting)
        try:
            command = self._inbox.get(timeout=min(nap, LONGEST_NAP_SECONDS)) if nap else self._inbox.get_nowait()
        except queue.Empty:
            return
        if command is not None:
            self._outbox.put(self._answer(sitting, command))
            self._tell(sitting, is_new=True)

    def _answer(self, sitting: Sitting, command: Command) -> Answer:
        before = sitting.settings
        try:
            sitting.do(command.name, command.arguments())
        except CameraLost:
            raise
        except (CaptureError, RecordError) as error:
            return Answer(command_id=command.id, ok=False, error=str(error)[:500])
        if sitting.settings != before:
            write_wishes(self._settings.wishes_file, sitting.settings)
        return Answer(command_id=command.id, ok=True)

    def _go_on(self, sitting: Sitting) -> None:
        """Finish the burst that the last process could not."""
        found = self._note.interrupted(self._spool, now=datetime.now(UTC))
        if found and found.taken < sitting.settings.number_of_photos:
            log.info("The burst goes on after %d photographs.", found.taken)
            sitting.begin(session_id=found.session_id, taken=found.taken)

    def _without_camera(self, seconds: float) -> None:
        """Say so, refuse what people want, and wait."""
        self.first_try.set()
        end = time.monotonic() + seconds
        self._told = ("", 0.0)
        while (left := end - time.monotonic()) > 0 and not self._is_ending:
            self.alive_at = time.monotonic()
            if self._told[1] < time.monotonic() - STATUS_SECONDS:
                self._told = ("none", time.monotonic())
                self._outbox.put_status(self._status_without())
            try:
                command = self._inbox.get(timeout=min(left, LONGEST_NAP_SECONDS))
            except queue.Empty:
                continue
            if command is not None:
                self._outbox.put(Answer(command_id=command.id, ok=False, error=self._trouble[:500]))

    def _tell(self, sitting: Sitting, *, is_new: bool = False) -> None:
        """The status: at once when the state changed, else each second at work and every ten when idle."""
        every = IDLE_STATUS_SECONDS if sitting.state == "idle" else STATUS_SECONDS
        state, at = self._told
        if is_new or sitting.state != state or time.monotonic() - at >= every:
            self._told = (sitting.state, time.monotonic())
            self._outbox.put_status(
                status_of(
                    sitting,
                    counts=spool_counts(self._spool),
                    network=self._around.network(),
                    warnings=self._around.warnings(),
                )
            )

    def _status_without(self) -> Status:
        room = self._spool.room()
        trouble = Warning(kind="camera", sentence=self._trouble[:300])
        return Status(
            state="idle",
            wished=read_wishes(self._settings.wishes_file),
            free_bytes=room.free_bytes,
            floor_bytes=room.floor_bytes,
            shots_left=room.shots_left,
            spool=spool_counts(self._spool),
            network=self._around.network(),
            warnings=(trouble, *self._around.warnings()),
        )


def spool_counts(spool: Spool) -> SpoolCounts:
    counts = spool.counts()
    return SpoolCounts(
        waiting=counts.waiting,
        sending=counts.sending,
        blocked=counts.blocked,
        done=counts.done,
        bytes=counts.bytes,
    )


def _frame(kind: int, photo: Photo) -> Frame:
    return Frame(kind, round(photo.taken_at.timestamp() * 1000), photo.jpeg)
