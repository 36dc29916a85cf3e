"""/ws/networks/{id}/explore: a page explores a network. The same words and frames as a scene's preview.

`join` carries {snapshot_ids, parameters, width, height, duration?, resume?, visualizer?}, where the visualizer is
"explore" or "walk"; `parameters` changed values (and perhaps a number `n`, told back with the revision of the picture
that shows them). Whoever may see the project may explore: nothing is saved by it.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from channels.db import database_sync_to_async

from studio.errors import Refused
from studio.networks.models import Network
from studio.scenes.explored import VISUALIZER, Explored
from studio.scenes.own_preview import OwnPreview
from studio.scenes.preview import hub
from studio.scenes.preview_state import Sight
from studio.scenes.viewer_socket import MAX_SECONDS, Handler, ViewerSocket, number

DEFAULT_SIDE = 256
# A sheet of 600 recipes, or a path of 64 vectors given as numbers.
MESSAGE_BYTES = 1024 * 1024
# How often a page that came before any service that can explore looks for one.
RETRY_SECONDS = 2.0


class ExploreSocket(ViewerSocket):
    """One page, one preview of its own at a time."""

    message_bytes = MESSAGE_BYTES
    preview: OwnPreview | None = None
    explored: Explored | None = None
    waiting_join: dict[str, Any] | None = None

    async def find_project(self) -> UUID | None:
        self.network_id: UUID = self.scope["url_route"]["kwargs"]["network_id"]
        return await database_sync_to_async(self._project_of_network)()

    async def opened(self) -> None:
        self.spawn(self._retry())

    async def closed(self) -> None:
        self.waiting_join = None
        await self.let_go(comes_back=True)

    async def _join(self, message: dict[str, Any]) -> None:
        await self.let_go(comes_back=False)
        resume = UUID(str(message["resume"])) if message.get("resume") else None
        try:
            explored, sight = await database_sync_to_async(self._begin)(message)
        except Refused as error:
            is_new, self.waiting_join = self.waiting_join is None, message if error.status == 409 else None
            if is_new:
                await self.error(error.field, str(error))
            await self.send_json({"type": "preview", "preview_id": None, "state": "failed", "message": str(error)})
            return
        self.waiting_join, self.explored = None, explored
        preview = hub.join(
            self.begin_viewing(),
            scene_id=self.network_id,
            project_id=self.project_id,
            sight=sight,
            width=explored.width,
            resume=resume,
            sort=OwnPreview,
        )
        assert isinstance(preview, OwnPreview)
        self.preview = preview
        if preview.sight != sight:  # it was left behind showing something else
            preview.show(sight, sight.spec.parameters)

    async def _parameters(self, message: dict[str, Any]) -> None:
        explored = self.explored
        if explored is None or self.preview is None:
            return
        values = dict(message["values"])
        if "sheet" in values or "path" in values:  # hundreds of recipes: the other sockets go on meanwhile
            values = await asyncio.to_thread(explored.checked, values)
        else:
            values = explored.checked(values)
        if missing := explored.unknown_files(values):
            await database_sync_to_async(explored.look_up)(missing)
        explored.change(values)
        self._show(values, n=message.get("n"))

    async def _snapshots(self, message: dict[str, Any]) -> None:
        if self.explored is not None:
            await database_sync_to_async(self.explored.choose)(message["snapshot_ids"])
            self._show({})

    async def _size(self, message: dict[str, Any]) -> None:
        if self.explored is not None:
            self.explored.resize(int(message["width"]), int(message["height"]))
            self._show({})

    async def _leave(self, _: dict[str, Any]) -> None:
        self.waiting_join = self.explored = None
        await self.let_go(comes_back=False)

    def _show(self, changed: dict[str, Any], *, n: Any = None) -> None:
        if self.explored is None or self.preview is None or self.viewer is None:
            return
        self.viewer.is_heard()
        revision = self.preview.show(self.explored.sight(), changed)
        if isinstance(n, int):
            self.viewer.tell({"type": "moved", "n": n, "revision": revision})

    async def _retry(self) -> None:
        """No service could explore when the page joined; perhaps one can by now."""
        while True:
            await asyncio.sleep(RETRY_SECONDS)
            if self.waiting_join is not None:
                await self._join(self.waiting_join)

    def _begin(self, message: dict[str, Any]) -> tuple[Explored, Sight]:
        explored = Explored(
            self.project_id,
            width=int(message.get("width") or DEFAULT_SIDE),
            height=int(message.get("height") or DEFAULT_SIDE),
            duration_seconds=number(message.get("duration") or 1.0, low=1.0, high=MAX_SECONDS),
            visualizer_name=str(message.get("visualizer") or VISUALIZER),
        )
        explored.choose(message["snapshot_ids"])
        values = explored.checked(dict(message.get("parameters") or {}))
        if missing := explored.unknown_files(values):
            explored.look_up(missing)
        explored.change(values)
        return explored, explored.sight()

    def _project_of_network(self) -> UUID | None:
        return Network.objects.filter(pk=self.network_id).values_list("project_id", flat=True).first()

    handlers: ClassVar[Mapping[str, Handler]] = {
        "join": _join,
        "drive": ViewerSocket.drive,
        "credit": ViewerSocket.credit,
        "parameters": _parameters,
        "snapshots": _snapshots,
        "size": _size,
        "leave": _leave,
    }
