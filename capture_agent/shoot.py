"""`phosphene-capture shoot`: a sitting at the camera itself. Preview, test shot, accept or retake, countdown, burst.

Keys, with a terminal: enter goes on, space pauses, q stops. Everything is text, so it works over ssh.
"""

import contextlib
import time
from dataclasses import dataclass, replace
from pathlib import Path

from capture_agent.cameras.base import Camera, Photo
from capture_agent.errors import CaptureError
from capture_agent.faces import FaceFinder
from capture_agent.measure import look
from capture_agent.protocol import CaptureSettings, Live, Measures, Network, Nothing, Shot, SpoolCounts, Start, TestShot
from capture_agent.report import status_of, warnings_of
from capture_agent.shelf import Shelf
from capture_agent.sitting import Sitting
from capture_agent.terminal import Keys, Screen
from capture_agent.words import effective_line, measures_line, progress_line

LONGEST_NAP_SECONDS = 0.1
MEASURE_EVERY_SECONDS = 0.5
NOTHING = Nothing()
QUESTION = "Were these settings good?  y: yes, go on   r: take another test shot   n: no, leave"
BURST_KEYS = "space: pause or go on   q: stop"


class Left(Exception):
    """A person chose to leave before the burst."""


@dataclass(frozen=True)
class Outcome:
    """What a sitting came to; `sentence` says why it ended early, `is_stopped` that a person wished so."""

    taken: int
    seconds: float
    sentence: str
    is_stopped: bool


class Shooting:
    """One call of `shoot`. `preview_file`: where to keep a picture of the live view, for any viewer that reloads it."""

    def __init__(
        self,
        camera: Camera,
        shelf: Shelf,
        *,
        settings: CaptureSettings,
        order: Start,
        finder: FaceFinder | None,
        keys: Keys,
        screen: Screen,
        preview_file: Path | None = None,
    ) -> None:
        self._finder, self._keys, self._screen, self._preview_file = finder, keys, screen, preview_file
        self._order = order
        self._seen: Measures | None = None
        self._faces: int | None = None
        self._seen_at = 0.0
        self.taken, self._said_at = 0, 0.0
        self.sitting = Sitting(camera, shelf, listener=self, settings=settings, finder=finder)

    def run(self) -> Outcome:
        """The whole sitting. Raises Left when a person leaves, CaptureError when something fails before the burst."""
        settings = self.sitting.settings
        while True:
            self._preview(settings.preview_seconds)
            self.sitting.do("test_shot", NOTHING)
            if not settings.prompt_on_timeout or self._is_accepted():
                break
        self.sitting.do("accept", NOTHING)
        self.sitting.do("start", self._order)
        began = self._count_down()
        return self._burst(began)

    # --- Listener of the sitting ---

    def live(self, photo: Photo) -> None:
        self._keep_preview(photo)
        if time.monotonic() - self._seen_at >= MEASURE_EVERY_SECONDS:
            self._seen_at = time.monotonic()
            self._seen = look(photo.jpeg, finder=self._finder).measures

    def tested(self, test_shot: TestShot, photo: Photo) -> None:
        self._keep_preview(photo)
        self._screen.say(f"Test shot: {effective_line(test_shot.effective)}")
        self._screen.say(f"           {self._measured(test_shot.measures)}")

    def shot(self, shot: Shot, photo: Photo) -> None:
        self._keep_preview(photo)
        self.taken += 1
        if not self._screen.console.is_terminal and time.monotonic() - self._said_at >= 1:
            self._said_at = time.monotonic()
            self._screen.say(f"{self.taken} taken · {self._measured(shot.measures)}")

    # --- its parts ---

    def _preview(self, seconds: float) -> None:
        """The live view for so long; enter goes on at once."""
        self.sitting.do("live", Live(on=True))
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            key = self._turn(f"Preview: {left:.0f} s", self._measured(self._seen), "enter: go on   q: leave")
            if key == "q":
                raise Left
            if key in ("\n", "\r"):
                break
        self.sitting.do("live", Live(on=False))

    def _is_accepted(self) -> bool:
        self._screen.show(QUESTION)
        if not self._screen.console.is_terminal:
            self._screen.say(QUESTION)
        key = self._keys.ask("yrnq")
        if key in ("n", "q"):
            raise Left
        if not key:
            raise CaptureError("Nobody answered whether the settings are good. Use --no-prompt-on-timeout.")
        return key == "y"

    def _count_down(self) -> float:
        """-> when the burst began"""
        while self.sitting.state == "countdown":
            key = self._turn(f"The first photograph in {self.sitting.countdown_left:.0f} s", BURST_KEYS)
            if key == "q":
                raise Left
        if self.sitting.burst is None and not self.taken:
            raise CaptureError(self.sitting.trouble.sentence if self.sitting.trouble else "The burst did not begin.")
        return time.monotonic()

    def _burst(self, began: float) -> Outcome:
        is_stopped = False
        while self.sitting.burst is not None:
            key = self._turn(*self._burst_lines())
            if key == " ":
                self.sitting.do("resume" if self.sitting.state == "paused" else "pause", NOTHING)
            if key == "q" and self.sitting.burst is not None:
                is_stopped = True
                self.sitting.do("stop", NOTHING)
        trouble = self.sitting.trouble.sentence if self.sitting.trouble else ""
        return Outcome(self.taken, time.monotonic() - began, trouble, is_stopped)

    def _turn(self, *lines: str) -> str:
        """Do what is due, show these lines, and wait a little for a key."""
        nap = self.sitting.step()
        self._screen.show(*lines)
        return self._keys.next(min(nap, LONGEST_NAP_SECONDS))

    def _burst_lines(self) -> list[str]:
        status = status_of(self.sitting, counts=SpoolCounts(), network=Network())
        warnings = [f"! {warning.sentence}" for warning in warnings_of(self.sitting)]
        return [progress_line(status), self._measured(status.last), *warnings, BURST_KEYS]

    def _measured(self, measures: Measures | None) -> str:
        """In words; between two looks for faces the last one counts."""
        if measures is not None and measures.faces is not None:
            self._faces = measures.faces
        elif measures is not None and self._finder is not None:
            measures = replace(measures, faces=self._faces)
        return measures_line(measures, looks_for_faces=self._finder is not None)

    def _keep_preview(self, photo: Photo) -> None:
        """Replace the picture in one step, so that a viewer never reads half of it."""
        if self._preview_file is None:
            return
        part = self._preview_file.with_name(f".{self._preview_file.name}.part")
        with contextlib.suppress(OSError):
            part.write_bytes(photo.jpeg)
            part.replace(self._preview_file)
