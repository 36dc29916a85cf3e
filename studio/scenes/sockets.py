"""/ws/scenes/{id}/preview: a page watches a scene. JSON both ways, frames one way, untouched."""

import math
import time
from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from channels.db import database_sync_to_async
from django.conf import settings
from django.http import Http404

from studio.errors import Refused
from studio.events.tail import tail
from studio.projects.access import EDIT, PermissionRefused, project_or_404
from studio.scenes.catalogue import visualizer
from studio.scenes.driven import moved
from studio.scenes.ground import ground_of
from studio.scenes.history import LISTS, state_of
from studio.scenes.models import Scene
from studio.scenes.preview import hub
from studio.scenes.preview_state import Sight
from studio.scenes.schema import ParameterError, check_parameters
from studio.scenes.spec import sight_of
from studio.scenes.viewer_socket import Handler, ViewerSocket

DEFAULT_WIDTH = 256


class PreviewSocket(ViewerSocket):
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
        await self.let_go(comes_back=True)

    async def _join(self, message: dict[str, Any]) -> None:
        await self.let_go(comes_back=False)
        width = int(message.get("width") or DEFAULT_WIDTH)
        follow, resume = (UUID(str(message[name])) if message.get(name) else None for name in ("follow", "resume"))
        try:
            sight = await database_sync_to_async(self._sight)()
        except Refused as error:
            await self._tell_refused(error, message)
            return
        self.waiting_join = None
        self.preview = hub.join(
            self.begin_viewing(),
            scene_id=self.scene_id,
            project_id=self.project_id,
            sight=sight,
            width=width,
            follow=follow,
            resume=resume,
        )
        if sight != self.preview.sight:  # taken up again: what was saved meanwhile
            hub.scene_seen(self.scene_id, sight)

    async def _move(self, message: dict[str, Any]) -> None:
        if self.preview is None:
            return
        if not await self._is_editor():
            await self.error("parameters", "You can look at this scene, not change it.")
            return
        try:
            entry = await database_sync_to_async(visualizer)(self.preview.sight.spec.visualizer)
            hub.move(self.preview, check_parameters(entry["schema"], dict(message["values"])))
        except ParameterError as error:
            await self.error(error.field, str(error))

    async def _move_driven(self, message: dict[str, Any]) -> None:
        """{routes: {ID: route or null}, actions: …}: against what is saved, as a PATCH of the scene would be."""
        if self.preview is None:
            return
        if not await self._is_editor():
            await self.error("routes", "You can look at this scene, not change it.")
            return
        changes = {group: dict(message.get(group) or {}) for group in LISTS}
        found = await database_sync_to_async(self._moved)(changes)
        if found and self.preview is not None:
            hub.move_driven(self.preview, found)

    async def _resize(self, message: dict[str, Any]) -> None:
        if self.viewer and self.preview:
            hub.resize(self.viewer, self.preview, width=int(message["width"]), height=int(message["height"]))

    async def _leave(self, _: dict[str, Any]) -> None:
        self.waiting_join = None
        await self.let_go(comes_back=False)

    async def _follow_scene(self) -> None:
        """Whatever is saved about the scene, its track or its cues is drawn at once, whoever saved it."""
        async with tail().watching(self.project_id) as bell:
            while True:
                await bell.wait()
                bell.clear()
                if self.waiting_join is not None:
                    await self._join(self.waiting_join)
                elif self.preview is not None:
                    await self._see()

    async def _see(self) -> None:
        """The scene as it is now. What cannot be drawn is told in place of an old picture, and waited for."""
        try:
            sight = await database_sync_to_async(self._sight)()
        except Scene.DoesNotExist:
            return
        except Refused as error:
            if self.preview is not None:
                again = {"width": self.preview.width}
                await self.let_go(comes_back=False)
                await self._tell_refused(error, again)
            return
        if self.preview is not None and sight != self.preview.sight:
            hub.scene_seen(self.scene_id, sight)

    async def _tell_refused(self, error: Refused, again: dict[str, Any]) -> None:
        """`again` is the message that joins once the scene has changed."""
        if self.waiting_join is None:
            await self.error(error.field, str(error))
        self.waiting_join = again
        await self.send_json({"type": "preview", "preview_id": None, "state": "failed", "message": str(error)})

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

    def _moved(self, changes: dict[str, Any]) -> dict[str, dict[str, Any]]:
        scene = Scene.objects.get(pk=self.scene_id)
        state = state_of(scene)
        return moved(state, changes, ground_of(scene.project_id, visualizer(scene.visualizer), state))

    def _sight(self) -> Sight:
        return sight_of(Scene.objects.select_related("track__original").get(pk=self.scene_id))

    handlers: ClassVar[Mapping[str, Handler]] = {
        "join": _join,
        "drive": ViewerSocket.drive,
        "credit": ViewerSocket.credit,
        "parameters": _move,
        "routes": _move_driven,
        "size": _resize,
        "leave": _leave,
    }
