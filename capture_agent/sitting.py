"""A sitting: one camera, one person before it, and what is going on: live view, test shot, countdown, burst.

One thread owns a sitting: it calls `do` for what people want and `step` again and again for what is due. A shot counts
only when the shelf has it on its disk; a test shot lies in memory and goes nowhere else.
"""

import contextlib
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from capture_agent.advice import Advice
from capture_agent.burst import Burst
from capture_agent.cameras.base import Camera, Photo
from capture_agent.errors import CameraError, CameraLost, CaptureError
from capture_agent.faces import Box, FaceFinder
from capture_agent.listener import Listener
from capture_agent.measure import Look, look
from capture_agent.protocol import (
    LIVE_FRAMES_PER_SECOND,
    CaptureSettings,
    Configure,
    EffectiveSettings,
    Live,
    Measures,
    Record,
    Shot,
    Start,
    TestShot,
    Warning,
)
from capture_agent.shelf import Shelf
from capture_agent.shots import Session, SpoolFull

IDLE_SECONDS = 0.25
FACES_EVERY_SECONDS = 1.0  # looking for faces must not slow a burst down
FAILURES_ALLOWED = 5  # one after the other
TEST_SHOT_PX = 1280


class Sitting:
    """`clock` gives seconds. Raises CameraError from the start when the camera does not take the settings."""

    def __init__(
        self,
        camera: Camera,
        shelf: Shelf,
        *,
        listener: Listener,
        settings: CaptureSettings,
        finder: FaceFinder | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.camera, self.shelf, self.settings = camera, shelf, settings
        self.state = "idle"
        self.is_live = False
        self.session: Session | None = None
        self.burst: Burst | None = None
        self.effective: EffectiveSettings | None = None
        self.last: Measures | None = None
        self.trouble: Warning | None = None  # why the last burst ended early, or the camera's last complaint
        self._listener, self._finder, self._clock = listener, finder, clock
        self._order = Start()
        self._accepted: Measures | None = None
        self.advice = Advice()
        self._begins_at = 0.0
        self._faces_at = -FACES_EVERY_SECONDS
        self._face: Box | None = None
        self._live_at = 0.0
        self._failures = 0
        camera.configure(settings)

    # --- what people want ---

    def do(self, name: str, arguments: Record) -> None:
        """Carry out one command of the protocol. Raises CaptureError when it does not fit what is going on."""
        doing: dict[str, Callable[[Any], None]] = {
            "configure": self._configure,
            "live": self._live,
            "test_shot": self._test_shot,
            "accept": self._accept,
            "retake": self._retake,
            "start": self._start,
            "pause": self._pause,
            "resume": self._resume,
            "stop": self._stop,
            "cancel": self._cancel,
        }
        doing[name](arguments)

    def _configure(self, wanted: Configure) -> None:
        self._refuse_in("countdown", "shooting", "paused", why="Stop the burst before changing settings.")
        settings = self.settings.changed(wanted.settings)
        width, height = self.camera.info.max_resolution
        if settings.resolution[0] > width or settings.resolution[1] > height:
            raise CaptureError(f"This camera takes pictures of at most {width} × {height}.")
        try:
            self.camera.configure(settings)
        except CameraLost:
            raise
        except CameraError:
            with contextlib.suppress(CameraError):
                self.camera.configure(self.settings)
            raise
        self.settings = settings

    def _live(self, wanted: Live) -> None:
        self.is_live = wanted.on
        if self.state in ("idle", "previewing"):
            self._rest()

    def _test_shot(self, _: Record) -> None:
        self._refuse_in("countdown", "shooting", "paused", why="A burst is going on.")
        photo = self.camera.photograph()
        seen = look(photo.jpeg, finder=self._finder, small_px=TEST_SHOT_PX)
        self.state, self.effective, self.last, self._face = "testing", photo.effective, seen.measures, seen.face
        self._listener.tested(TestShot(measures=seen.measures, effective=photo.effective), _smaller(photo, seen))

    def _accept(self, _: Record) -> None:
        self._require("testing", why="There is no test shot to accept.")
        self._accepted = self.last
        self._rest()

    def _retake(self, nothing: Record) -> None:
        self._require("testing", why="There is no test shot to take again.")
        self._test_shot(nothing)

    def _start(self, order: Start) -> None:
        self._refuse_in("countdown", "shooting", "paused", why="A burst is going on already.")
        if self.shelf.room().is_full:
            raise CaptureError("There is no room for another photograph. Let the studio fetch what waits.")
        self._order, self.trouble = order, None
        if order.countdown and self.settings.countdown_seconds:
            self.state, self._begins_at = "countdown", self._clock() + self.settings.countdown_seconds
        else:
            self.begin()

    def _pause(self, _: Record) -> None:
        self._require("shooting", why="There is no burst to pause.")
        assert self.burst is not None
        self.state = "paused"
        self.burst.pause()

    def _resume(self, _: Record) -> None:
        self._require("paused", why="Nothing is paused.")
        assert self.burst is not None
        self.state = "shooting"
        self.burst.resume()

    def _stop(self, _: Record) -> None:
        self._require("countdown", "shooting", "paused", why="There is no burst to stop.")
        self._finish()

    def _cancel(self, _: Record) -> None:
        if self.burst:
            self._finish()
        self.is_live = False
        self._rest()

    # --- what is due ---

    def step(self, *, may_show: bool = True) -> float:
        """Do the next thing that is due. `may_show`: somebody can take a live frame. -> seconds until more is due"""
        if self.state == "countdown" and self.countdown_left == 0:
            try:
                self.begin()
            except CaptureError as error:
                self.trouble = Warning(kind="space", sentence=str(error)[:300])
        if self.state == "shooting" and self.burst and self.burst.due_in == 0:
            self._photograph()
            return 0.0 if self.state == "shooting" else IDLE_SECONDS
        waits = [IDLE_SECONDS]
        if self.state == "countdown":
            waits.append(self.countdown_left)
        if self.state == "shooting" and self.burst:
            waits.append(self.burst.due_in)
        if self.is_live and self.state != "testing":
            waits.append(self._show() if may_show else 1 / LIVE_FRAMES_PER_SECOND)
        return min(waits)

    @property
    def countdown_left(self) -> float:
        return max(0.0, self._begins_at - self._clock())

    def begin(self, *, session_id: UUID | None = None, taken: int = 0) -> None:
        """The burst begins, or goes on in `session_id` after a restart. Raises CaptureError for a set that is there."""
        self.session = Session(
            session_id=session_id or uuid4(),
            dataset_name=self.settings.dataset_name,
            append=self._order.append or session_id is not None,
            name=self._order.name,
            prompt=self._order.prompt,
            place=self._order.place,
            camera={"wished": self.settings.as_dict()},
            started_at=datetime.now(UTC),
        )
        try:
            self.shelf.begin_session(self.session)
        except (CaptureError, OSError) as error:
            self.session = None
            self._rest()
            if isinstance(error, OSError):
                raise CaptureError(f"This device's disk fails: {error.strerror}.") from error
            raise
        self.advice.begin(self._accepted)
        self._failures = 0
        wanted, interval = self.settings.number_of_photos, self.settings.interval_seconds
        self.burst = Burst(wanted, interval_seconds=interval, clock=self._clock, taken=taken)
        self.state = "shooting"

    def end(self) -> None:
        """The program ends: what was taken is told to the shelf."""
        if self.burst:
            self._finish()

    # --- how it is done ---

    def _photograph(self) -> None:
        assert self.burst is not None
        assert self.session is not None
        self.burst.begin_shot()
        try:
            photo = self.camera.photograph()
            seen = look(photo.jpeg, finder=self._finder_now(), face=self._face)
            kept = self.shelf.add(
                self.session.session_id,
                photo.jpeg,
                taken_at=photo.taken_at,
                camera=photo.effective.as_dict(),
                measures=seen.measures.as_dict(),
            )
        except SpoolFull as full:
            self._give_up(Warning(kind="space", sentence=str(full)[:300]))
            return
        except OSError as error:
            self._give_up(Warning(kind="space", sentence=f"The photograph could not be written: {error.strerror}."))
            return
        except CameraLost:
            raise
        except CameraError as error:
            self._failed(error)
            return
        self.burst.count_shot()
        self._failures, self.trouble, self._face = 0, None, seen.face
        self.effective, self.last = photo.effective, seen.measures
        self.advice.add(seen.measures)
        told = Shot(
            session_id=str(self.session.session_id),
            sequence=kept.sequence,
            name=kept.name,
            sha256=kept.sha256,
            taken_at=kept.taken_at.isoformat(),
            measures=seen.measures,
            effective=photo.effective,
        )
        self._listener.shot(told, _smaller(photo, seen))
        if self.burst.is_done:
            self._finish()

    def _failed(self, error: CameraError) -> None:
        self._failures += 1
        warning = Warning(kind="camera", sentence=str(error)[:300])
        if self._failures >= FAILURES_ALLOWED:
            self._give_up(warning)
        else:
            self.trouble = warning

    def _give_up(self, warning: Warning) -> None:
        self._finish()
        self.trouble = warning

    def _finish(self) -> None:
        if self.session is not None and self.burst is not None:
            effective = self.effective.as_dict() if self.effective and self.burst.taken else {}
            camera = {"wished": self.settings.as_dict(), "effective": effective}
            with contextlib.suppress(OSError):  # the photographs are safe; only the note of their end is missing
                self.shelf.end_session(self.session.session_id, ended_at=datetime.now(UTC), camera=camera)
        self.session, self.burst, self._accepted = None, None, None
        self._rest()

    def _show(self) -> float:
        """One live frame when it is time. -> seconds until the next may come"""
        early = self._live_at - self._clock()
        if early > 0:
            return early
        self._live_at = self._clock() + 1 / LIVE_FRAMES_PER_SECOND
        try:
            self._listener.live(self.camera.live())
        except CameraLost:
            raise
        except CameraError as error:
            self.trouble = Warning(kind="camera", sentence=str(error)[:300])
        return max(0.0, self._live_at - self._clock())

    def _finder_now(self) -> FaceFinder | None:
        """The finder, when the last look for faces is long enough ago."""
        if self._finder is None or self._clock() - self._faces_at < FACES_EVERY_SECONDS:
            return None
        self._faces_at = self._clock()
        return self._finder

    def _rest(self) -> None:
        self.state = "previewing" if self.is_live else "idle"

    def _require(self, *states: str, why: str) -> None:
        if self.state not in states:
            raise CaptureError(why)

    def _refuse_in(self, *states: str, why: str) -> None:
        if self.state in states:
            raise CaptureError(why)


def _smaller(photo: Photo, seen: Look) -> Photo:
    return Photo(seen.small_jpeg, photo.taken_at, photo.effective)
