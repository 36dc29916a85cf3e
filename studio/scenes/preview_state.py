"""Preview: one scene under the clock of one viewer, its driver, drawn by one service at a time."""

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from gpu_service.protocol import (
    Credit,
    FrameHeader,
    InputRef,
    Model,
    PreviewClose,
    PreviewDrive,
    PreviewOpen,
    PreviewStateMessage,
    PreviewUpdate,
    SceneSpec,
)
from studio.scenes.clock import Clock
from studio.scenes.unsaved import Unsaved
from studio.scenes.viewer import Frame, Viewer

# A driving page says where it is once a second.
SILENT_DRIVER_SECONDS = 3.0
MIN_SIDE, MAX_SIDE = 64, 2048


class Sender(Protocol):
    """An attached render service, as far as previews need it. `send` and `credit` never wait."""

    service_id: UUID
    name: str
    slots: int

    def send(self, message: Model) -> None: ...

    def credit(self, message: Credit) -> None: ...


@dataclass(frozen=True)
class Sight:
    """What a preview is drawn from: the scene as it is now, and the files it needs."""

    spec: SceneSpec
    inputs: list[InputRef]
    # Of the saved scene: one that was changed and changed back is another.
    revision: int = 0


class Preview:
    """`newest` is its one slot: the last frame that came. `granted` is how many more the service may send."""

    # Of one page alone: nobody looks along, and it ends when its page leaves.
    is_own = False

    def __init__(
        self, *, scene_id: UUID, project_id: UUID, owner_id: UUID, sight: Sight, width: int, order: int
    ) -> None:
        self.id = uuid.uuid4()
        self.scene_id, self.project_id, self.owner_id = scene_id, project_id, owner_id
        self.sight, self.order = sight, order
        self.width, self.height = fit(width, sight.spec)
        self.clock = Clock()
        self.viewers: list[Viewer] = []
        self.driver: Viewer | None = None
        self.driver_name = ""
        # Since when the driver's place is kept for its page, or None while somebody drives.
        self.driver_lost_at: float | None = None
        self.sender: Sender | None = None
        self.newest: Frame | None = None
        self.revision = 1
        self.jump_revision = 0
        self.granted = 0
        self.unwatched_since = time.monotonic()
        self.state, self.message = "waiting", ""
        self._unsaved = Unsaved()
        self._reported: PreviewStateMessage | None = None

    def admit(self, viewer: Viewer, *, as_driver: bool) -> None:
        """One page more. The first one drives; so does the driver's own page that came back."""
        self.viewers.append(viewer)
        if as_driver:
            self.hand_over(viewer)
        elif self.driver is not viewer:
            viewer.tell(self.clock_notice())

    def dismiss(self, viewer: Viewer, *, comes_back: bool) -> None:
        """A page closed. The place of a driver is kept for it, the clock standing, unless it said that it goes."""
        self.viewers.remove(viewer)
        if viewer is self.driver:
            self.driver, self.driver_lost_at = None, time.monotonic()
            self.drive(seconds=self.clock.now(), is_playing=False, loop=self.clock.loop)
            if self.viewers and not comes_back:
                self.hand_over(self.viewers[0])

    def hand_over(self, viewer: Viewer) -> None:
        self.driver, self.driver_lost_at = viewer, None
        self.owner_id, self.driver_name = viewer.person_id, viewer.person_name

    @property
    def has_driver(self) -> bool:
        """Whether somebody drives. A page that fell silent may have lost its line without the studio's knowing."""
        return self.driver is not None and time.monotonic() - self.driver.heard_at < SILENT_DRIVER_SECONDS

    @property
    def is_watched(self) -> bool:
        return any(viewer.is_watching for viewer in self.viewers)

    # --- the service's side ---

    def open_on(self, sender: Sender) -> None:
        """Let a service draw it from now on."""
        self.sender, self.granted, self._reported = sender, 0, None
        self.revision += 1
        self.jump_revision = self.revision
        opening = PreviewOpen(
            preview_id=self.id,
            scene=self._wanted(),
            width=self.width,
            height=self.height,
            inputs=self.sight.inputs,
            revision=self.revision,
        )
        sender.send(opening)
        sender.send(self._clock_message())
        self.set_state("preparing", "")
        self.grant()

    def close(self, state: str, message: str) -> None:
        self._send(PreviewClose(preview_id=self.id))
        self.lose(state, message)

    def lose(self, state: str, message: str) -> None:
        """Its service is gone, or was told to stop. The newest picture stays."""
        self.sender, self.granted, self._reported = None, 0, None
        self.set_state(state, message)

    def heard(self, said: PreviewStateMessage) -> None:
        """The service tells where it stands."""
        self._reported = said
        if said.field and said.message:
            for viewer in self.viewers:
                viewer.tell({"type": "error", "field": said.field, "message": said.message})
        self.set_state(said.state, said.message)

    def take(self, header: FrameHeader, data: bytes) -> None:
        """A picture arrived: keep it as the newest, and offer it to everybody who watches."""
        self.granted = max(0, self.granted - 1)
        if header.revision >= self.jump_revision:
            frame = Frame(data, pts_seconds=header.seconds, revision=header.revision)
            is_late = not header.is_still and self.clock.has_passed(frame.pts_seconds)
            self.newest = frame
            for viewer in self.viewers:
                # A late picture is better than none, but not than one that still waits.
                if not is_late or viewer.room:
                    viewer.offer(frame)
        self.grant()

    def grant(self) -> None:
        """Let the service draw as far as the viewer with the most room can take it."""
        room = max((viewer.room for viewer in self.viewers), default=0)
        if self.sender is not None and room > self.granted:
            self.sender.credit(Credit(preview_id=self.id, n=room - self.granted))
            self.granted = room

    # --- the pages' side ---

    def drive(
        self,
        *,
        seconds: float,
        is_playing: bool,
        rate: float = 1.0,
        lead: float = 0.25,
        loop: tuple[float, float] | None = None,
    ) -> None:
        """Set the clock. After a jump, what was drawn for the old place is dropped everywhere."""
        if self.clock.tell(seconds=seconds, rate=rate, is_playing=is_playing, lead=lead, loop=loop):
            self.revision += 1
            self.jump_revision = self.revision
            for viewer in self.viewers:
                viewer.drop_before(self.revision)
        for viewer in self.viewers:
            if viewer is not self.driver:
                viewer.tell(self.clock_notice())
        self._send(self._clock_message())

    def clock_notice(self) -> dict[str, Any]:
        """Where the driver is, for those who look along."""
        clock = self.clock
        return {
            "type": "clock",
            "seconds": max(0.0, clock.now()),
            "rate": clock.rate,
            "playing": clock.is_playing,
            "loop": clock.loop,
        }

    def move(self, values: dict[str, Any]) -> None:
        """Parameters that are not saved yet: the picture follows the hand."""
        self._unsaved.move("parameters", values)
        self.revision += 1
        self._send(PreviewUpdate(preview_id=self.id, revision=self.revision, parameters=values))

    def move_driven(self, changes: Mapping[str, Mapping[str, Any]]) -> None:
        """Routes and actions by id that are not saved yet; the service gets the whole lists."""
        for group, values in changes.items():
            self._unsaved.move(group, values)
        wanted = self._wanted()
        self.revision += 1
        lists: dict[str, Any] = {group: getattr(wanted, group) for group in changes}
        self._send(PreviewUpdate(preview_id=self.id, revision=self.revision, **lists))

    def resize(self, *, width: int, height: int) -> None:
        wide, high = even(width), even(height)
        if (wide, high) == (self.width, self.height):
            return
        self.width, self.height = wide, high
        self.revision += 1
        self._send(PreviewUpdate(preview_id=self.id, revision=self.revision, width=wide, height=high))

    def see(self, sight: Sight) -> None:
        """Draw from a newer state of the scene; what a hand moves at this moment stays moved."""
        drawn, shape = self._wanted(), self.sight.spec.width * sight.spec.height
        self._unsaved.settle(sight.spec)
        has_new_shape = shape != self.sight.spec.height * sight.spec.width
        self.sight = sight
        if has_new_shape:
            self.width, self.height = fit(self.width, sight.spec)
        wanted = self._wanted()
        if wanted == drawn and not has_new_shape:
            return
        self.revision += 1
        update = PreviewUpdate(
            preview_id=self.id,
            revision=self.revision,
            scene=wanted,
            inputs=sight.inputs,
            width=self.width,
            height=self.height,
        )
        self._send(update)

    def keep_house(self) -> None:
        if self._unsaved.is_overdue:
            self.see(self.sight)

    def set_state(self, state: str, message: str) -> None:
        self.state, self.message = state, message
        self.tell_all()

    def tell_all(self) -> None:
        for viewer in self.viewers:
            viewer.tell(self.notice_for(viewer))

    def notice_for(self, viewer: Viewer) -> dict[str, Any]:
        said = self._reported
        return {
            "type": "preview",
            "preview_id": str(self.id),
            "state": self.state,
            "stage": said.stage if said else "",
            "progress": said.progress if said else None,
            "message": self.message,
            "ready_until": said.ready_until if said else None,
            "is_driver": viewer is self.driver,
            "driver_name": self.driver_name,
            "fps_drawn": said.frames_per_second if said else None,
            "revision": self.revision,
            "dropped": viewer.dropped,
            "service": self.sender.name if self.sender else None,
        }

    def _wanted(self) -> SceneSpec:
        """The scene with what a hand is moving right now."""
        return self._unsaved.applied(self.sight.spec)

    def _clock_message(self) -> PreviewDrive:
        clock = self.clock
        return PreviewDrive(
            preview_id=self.id,
            revision=self.revision,
            seconds=max(0.0, clock.now()),
            rate=clock.rate,
            playing=clock.is_playing,
            lead=clock.lead,
            loop=clock.loop,
        )

    def _send(self, message: Model) -> None:
        if self.sender:
            self.sender.send(message)


def even(side: int) -> int:
    return min(max(side, MIN_SIDE), MAX_SIDE) // 2 * 2


def fit(width: int, spec: SceneSpec) -> tuple[int, int]:
    """A preview so wide with the scene's shape, both sides even. (width, height)"""
    wide = even(width)
    return wide, even(round(wide * spec.height / spec.width))
