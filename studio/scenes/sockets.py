"""/ws/scenes/{id}/preview: a page watches a scene. JSON both ways, frames one way, untouched."""

import math
import time
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from django.conf import settings
from django.http import Http404

from studio.errors import Refused
from studio.events.tail import tail
from studio.projects.access import EDIT, PermissionRefused, project_or_404
from studio.scenes.catalogue import visualizer
from studio.scenes.models import Scene
from studio.scenes.preview import hub
from studio.scenes.preview_state import Preview, Sight
from studio.scenes.schema import ParameterError, check_parameters
from studio.scenes.spec import sight_of
from studio.scenes.viewer import Viewer
from studio.sockets import PageSocket

DEFAULT_WIDTH = 256
MAX_SECONDS = 6 * 3600.0


class PreviewSocket(PageSocket):
    """Each message of the page has one method here."""

    viewer: Viewer | None = None
    preview: Preview | None = None
    # A join that came before the scene could be drawn: it is taken up again when something changes.
    waiting_join: dict[str, Any] | None = None
    may_edit = False
    asked_rights_at = -math.inf

    async def find_project(self) -> UUID | None:
        self.scene_id: UUID = self.scope["url_route"]["kwargs"]["scene_id"]
        return await database_sync_to_async(self._project_of_scene)()

    async def opened(self) -> None:
        self.spawn(self._follow_scene())

    async def closed(self) -> None:
        self.waiting_join = None
        await self._let_go(comes_back=True)

    async def heard(self, message: dict[str, Any]) -> None:
        handler = HANDLERS.get(str(message.get("type")))
        if handler is None:
            await self._error("type", f"There is no message “{message.get('type')}”.")
            return
        try:
            await handler(self, message)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            await self._error(str(message["type"]), f"The message “{message['type']}” is not complete: {error}.")

    async def _join(self, message: dict[str, Any]) -> None:
        await self._let_go(comes_back=False)
        width = int(message.get("width") or DEFAULT_WIDTH)
        follow, resume = (UUID(str(message[name])) if message.get(name) else None for name in ("follow", "resume"))
        try:
            sight = await database_sync_to_async(self._sight)()
        except Refused as error:
            if self.waiting_join is None:
                await self._error(error.field, str(error))
            self.waiting_join = message
            await self.send_json({"type": "preview", "preview_id": None, "state": "failed", "message": str(error)})
            return
        self.waiting_join = None
        self.viewer = Viewer(
            person_id=self.user.pk, person_name=str(self.user), send_bytes=self._send_frame, send_json=self.send_json
        )
        self.viewer.start()
        self.preview = hub.join(
            self.viewer,
            scene_id=self.scene_id,
            project_id=self.project_id,
            sight=sight,
            width=width,
            follow=follow,
            resume=resume,
        )

    async def _drive(self, message: dict[str, Any]) -> None:
        if self.viewer and self.preview:
            hub.drive(
                self.viewer,
                self.preview,
                seconds=_number(message["seconds"], low=0.0, high=MAX_SECONDS),
                rate=_number(message.get("rate", 1.0), low=0.1, high=8.0),
                is_playing=bool(message.get("playing", False)),
                lead=_number(message.get("lead", 0.25), low=0.0, high=5.0),
                loop=_loop(message.get("loop")),
            )

    async def _credit(self, message: dict[str, Any]) -> None:
        if self.viewer and self.preview:
            hub.credit(self.viewer, self.preview, int(_number(message["n"], low=0, high=64)))

    async def _move(self, message: dict[str, Any]) -> None:
        if self.preview is None:
            return
        if not await self._is_editor():
            await self._error("parameters", "You can look at this scene, not change it.")
            return
        try:
            entry = await database_sync_to_async(visualizer)(self.preview.sight.spec.visualizer)
            hub.move(self.preview, check_parameters(entry["schema"], dict(message["values"])))
        except ParameterError as error:
            await self._error(error.field, str(error))

    async def _resize(self, message: dict[str, Any]) -> None:
        if self.viewer and self.preview:
            hub.resize(self.viewer, self.preview, width=int(message["width"]), height=int(message["height"]))

    async def _leave(self, _: dict[str, Any]) -> None:
        self.waiting_join = None
        await self._let_go(comes_back=False)

    async def _let_go(self, *, comes_back: bool) -> None:
        viewer, preview, self.viewer, self.preview = self.viewer, self.preview, None, None
        if viewer and preview:
            hub.leave(viewer, preview, comes_back=comes_back)
        if viewer:
            await viewer.stop()

    async def _follow_scene(self) -> None:
        """Whatever is saved about the scene, its track or its cues is drawn at once, whoever saved it."""
        async with tail().watching(self.project_id) as bell:
            while True:
                await bell.wait()
                bell.clear()
                if self.waiting_join is not None:
                    await self._join(self.waiting_join)
                elif self.preview is not None:
                    sight = await database_sync_to_async(self._find_sight)()
                    if sight is not None and self.preview is not None and sight != self.preview.sight:
                        hub.scene_seen(self.scene_id, sight)

    async def _send_frame(self, data: bytes) -> None:
        if not self.is_over:
            await self.send(bytes_data=data)

    async def _error(self, field: str, message: str) -> None:
        await self.send_json({"type": "error", "field": field, "message": message})

    def _project_of_scene(self) -> UUID | None:
        return Scene.objects.filter(pk=self.scene_id).values_list("project_id", flat=True).first()

    async def _is_editor(self) -> bool:
        """Asked again as often as the right to look is: a role can be taken away while the page is open."""
        if time.monotonic() - self.asked_rights_at > settings.RIGHTS_SECONDS:
            self.asked_rights_at = time.monotonic()
            self.may_edit = await database_sync_to_async(self._may_edit)()
        return self.may_edit

    def _may_edit(self) -> bool:
        try:
            project_or_404(self.user, self.project_id, may=EDIT)
        except (PermissionRefused, Http404):
            return False
        return True

    def _sight(self) -> Sight:
        return sight_of(Scene.objects.select_related("track__original").get(pk=self.scene_id))

    def _find_sight(self) -> Sight | None:
        try:
            return self._sight()
        except (Refused, Scene.DoesNotExist):
            return None


HANDLERS = {
    "join": PreviewSocket._join,
    "drive": PreviewSocket._drive,
    "credit": PreviewSocket._credit,
    "parameters": PreviewSocket._move,
    "size": PreviewSocket._resize,
    "leave": PreviewSocket._leave,
}


def _number(value: Any, *, low: float, high: float) -> float:
    """Kept within its limits. ValueError for what is no number."""
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{value} is not a number")
    return min(max(number, low), high)


def _loop(value: Any) -> tuple[float, float] | None:
    """[a, b] in seconds, a before b; anything shorter than a frame is no loop."""
    if value is None:
        return None
    start, end = (_number(edge, low=0.0, high=MAX_SECONDS) for edge in value)
    return (start, end) if end - start > 1 / 120 else None
