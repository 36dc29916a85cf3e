"""The preview hub: who watches what, and which service draws it.

Everything here lives in the event loop of the one studio process. Frames never touch the database or the channel layer.
Services register themselves with `attach`; the hub knows them only as a `Sender`.
"""

import asyncio
import itertools
import time
from typing import Any
from uuid import UUID

from gpu_service.protocol import PreviewStateMessage, unpack_header
from studio.scenes.preview_state import Preview, Sender, Sight
from studio.scenes.viewer import Frame, Viewer

# A page that reloads finds its preview again within this time.
KEEP_UNWATCHED_SECONDS = 30.0
# While others look along, a driver that reloads finds its place again within this time; then the next one drives.
KEEP_DRIVER_SECONDS = 10.0
HOUSEKEEPING_SECONDS = 1.0


class Hub:
    """All previews of this process, and the services that can draw them."""

    def __init__(self) -> None:
        self.previews: dict[UUID, Preview] = {}
        self.senders: dict[UUID, Sender] = {}
        self._orders = itertools.count()
        self._housekeeper: asyncio.Task[None] | None = None

    # --- services ---

    def attach(self, sender: Sender) -> None:
        """A service is there: previews that wait for one begin."""
        self.senders[sender.service_id] = sender
        self._place_waiting()

    def detach(self, sender: Sender) -> None:
        """A service went away. Its previews keep their last picture and move to another service when there is one."""
        if self.senders.get(sender.service_id) is sender:
            del self.senders[sender.service_id]
        when = time.strftime("%H:%M")
        for preview in self._of(sender):
            preview.lose(
                "away", f"{sender.name} went away at {when}. The sound, the cues and every parameter still work."
            )
        self._place_waiting()

    def heard(self, sender: Sender, said: PreviewStateMessage) -> None:
        """A service tells where a preview stands."""
        preview = self.previews.get(said.preview_id)
        if preview is not None and preview.sender is sender:
            preview.heard(said)

    def frame(self, sender: Sender, data: bytes) -> None:
        """A picture arrived. ValueError when it is none; one of a preview that is not this service's is dropped."""
        header = unpack_header(data)
        preview = self.previews.get(header.preview_id)
        if preview is not None and preview.sender is sender:
            preview.take(header, data)

    def preview_drawn_by(self, service_id: UUID, preview_id: UUID) -> Preview | None:
        preview = self.previews.get(preview_id)
        return preview if preview and preview.sender and preview.sender.service_id == service_id else None

    def inputs_open_on(self, service_id: UUID) -> set[str]:
        """The files that this service may fetch for the previews it draws."""
        return {item.sha256 for preview in self._drawn_by(service_id) for item in preview.sight.inputs}

    def projects_open_on(self, service_id: UUID) -> set[UUID]:
        return {preview.project_id for preview in self._drawn_by(service_id)}

    # --- viewers ---

    def join(
        self,
        viewer: Viewer,
        *,
        scene_id: UUID,
        project_id: UUID,
        sight: Sight,
        width: int,
        follow: UUID | None = None,
        resume: UUID | None = None,
        sort: type[Preview] = Preview,
    ) -> Preview:
        """Watch a scene: follow a preview, take up one's own again after a reload (`resume`), or begin one."""
        followed = self._followed(follow, scene_id)
        preview = followed or self._left_behind(viewer, scene_id, resume)
        if preview is None:
            preview = sort(
                scene_id=scene_id,
                project_id=project_id,
                owner_id=viewer.person_id,
                sight=sight,
                width=width,
                order=next(self._orders),
            )
            preview.newest = self._picture_of_sibling(preview)
            self.previews[preview.id] = preview
        preview.admit(viewer, as_driver=followed is None or not preview.viewers)
        viewer.follow(preview.clock, on_room=preview.grant)
        if preview.newest:
            # The first picture needs no credit of the page: it is the one that a reload must not lose.
            viewer.give(1)
            viewer.offer(preview.newest)
        if self._housekeeper is None or self._housekeeper.done():
            self._housekeeper = asyncio.create_task(self._keep_house())
        self._place_waiting()
        preview.tell_all()
        return preview

    def leave(self, viewer: Viewer, preview: Preview, *, comes_back: bool = True) -> None:
        """A page closed. Its preview stays a while, paused, for the page that comes back."""
        if viewer not in preview.viewers:
            return
        preview.dismiss(viewer, comes_back=comes_back)
        viewer.follow(None, on_room=None)
        if not preview.viewers:
            preview.unwatched_since = time.monotonic()
        if preview.is_own and not comes_back:
            preview.close("paused", "")
            self.previews.pop(preview.id, None)
            self._place_waiting()
        preview.tell_all()

    def credit(self, viewer: Viewer, preview: Preview, n: int) -> None:
        """A page can take `n` frames more."""
        viewer.give(n)
        self._revive(preview)
        preview.grant()

    def drive(
        self,
        viewer: Viewer,
        preview: Preview,
        *,
        seconds: float,
        rate: float,
        is_playing: bool,
        lead: float,
        loop: tuple[float, float] | None,
    ) -> None:
        """The driver tells where the sound is. A follower's word moves nothing."""
        viewer.is_heard()
        if viewer is preview.driver:
            preview.drive(seconds=seconds, rate=rate, is_playing=is_playing, lead=lead, loop=loop)
        self._revive(preview)

    def resize(self, viewer: Viewer, preview: Preview, *, width: int, height: int) -> None:
        viewer.is_heard()
        if viewer is preview.driver:
            preview.resize(width=width, height=height)

    def move(self, preview: Preview, values: dict[str, Any]) -> None:
        """Checked parameters that are not saved yet."""
        preview.move(values)

    def move_driven(self, preview: Preview, changes: dict[str, dict[str, Any]]) -> None:
        """Checked routes and actions, by group and id, that are not saved yet."""
        preview.move_driven(changes)

    def scene_seen(self, scene_id: UUID, sight: Sight) -> None:
        """Somebody saved the scene: its previews are drawn from what it is now."""
        for preview in self.previews.values():
            if preview.scene_id == scene_id:
                preview.see(sight)

    # --- places ---

    def _revive(self, preview: Preview) -> None:
        """Somebody looks at a preview that was paused for want of a place, or waits for a service."""
        if preview.sender is None and (self.senders or preview.state == "paused"):
            self._place_waiting()

    def _place_waiting(self) -> None:
        """Give a place to every watched preview without one, the oldest first; unwatched ones make room."""
        waiting = [preview for preview in self.previews.values() if preview.sender is None and preview.is_watched]
        for preview in sorted(waiting, key=lambda preview: preview.order):
            sender = self._free_sender() or self._make_room()
            if sender is not None:
                preview.open_on(sender)
            elif (why := self._why_waiting(preview)) != (preview.state, preview.message):
                preview.set_state(*why)

    def _why_waiting(self, preview: Preview) -> tuple[str, str]:
        if self.senders:
            return "waiting", "Every preview place is taken. This one begins as soon as another page stops watching."
        if preview.state == "away":
            return preview.state, preview.message
        return "waiting", "No render service is attached. The picture begins by itself when one is."

    def _free_sender(self) -> Sender | None:
        """The service with the most free places."""
        free = {service_id: sender.slots - len(self._of(sender)) for service_id, sender in self.senders.items()}
        best = max(free, key=lambda service_id: free[service_id], default=None)
        return self.senders[best] if best is not None and free[best] > 0 else None

    def _make_room(self) -> Sender | None:
        """Pause the oldest preview that nobody looks at, and give its place away."""
        idle = [preview for preview in self.previews.values() if preview.sender and not preview.is_watched]
        if not idle:
            return None
        oldest = min(idle, key=lambda preview: preview.order)
        sender = oldest.sender
        oldest.close("paused", "Paused while nobody looked, because another preview needed the place.")
        return sender

    def _of(self, sender: Sender) -> list[Preview]:
        return [preview for preview in self.previews.values() if preview.sender is sender]

    def _drawn_by(self, service_id: UUID) -> list[Preview]:
        """Also asked from other threads, hence the copy of the keys."""
        drawn = [self.preview_drawn_by(service_id, preview_id) for preview_id in list(self.previews)]
        return [preview for preview in drawn if preview]

    def _followed(self, preview_id: UUID | None, scene_id: UUID) -> Preview | None:
        preview = self.previews.get(preview_id) if preview_id else None
        return preview if preview and preview.scene_id == scene_id else None

    def _left_behind(self, viewer: Viewer, scene_id: UUID, resume: UUID | None) -> Preview | None:
        """The preview that this person's page left a moment ago: the one it names, even while others look along."""
        theirs = [
            preview
            for preview in self.previews.values()
            if preview.scene_id == scene_id and preview.owner_id == viewer.person_id and not preview.has_driver
        ]
        named = next((preview for preview in theirs if preview.id == resume), None)
        return named or next((preview for preview in theirs if not preview.viewers and not preview.is_own), None)

    def _picture_of_sibling(self, preview: Preview) -> Frame | None:
        """The newest picture of the same scene on another page, so that a second device starts with one."""
        for other in self.previews.values():
            if other.scene_id == preview.scene_id and other.newest and not preview.is_own:
                # The header's bytes 8 to 24 say whose picture it is.
                data = other.newest.data[:8] + preview.id.bytes + other.newest.data[24:]
                return Frame(data, pts_seconds=other.newest.pts_seconds, revision=0)
        return None

    async def _keep_house(self) -> None:
        """Close previews that nobody came back to, and use the places they leave."""
        while self.previews:
            await asyncio.sleep(HOUSEKEEPING_SECONDS)
            moment = time.monotonic()
            for preview in list(self.previews.values()):
                if not preview.viewers and moment - preview.unwatched_since > KEEP_UNWATCHED_SECONDS:
                    preview.close("paused", "")
                    del self.previews[preview.id]
                lost_at = preview.driver_lost_at
                if preview.viewers and lost_at is not None and moment - lost_at > KEEP_DRIVER_SECONDS:
                    preview.hand_over(preview.viewers[0])
                    preview.tell_all()
                preview.keep_house()
            self._place_waiting()


hub = Hub()
