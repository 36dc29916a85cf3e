"""/ws/projects/{id}/capture/{device}: a page looks at a device. Words as JSON, pictures as they came from the device.

The page says `live` (whether it wants to look) and `credit` (how many pictures it can take). Commands go by the API.
"""

from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async

from studio.datasets.models import CaptureDevice
from studio.services.capture_hub import hub
from studio.services.capture_watcher import Watcher
from studio.sockets import PageSocket


class CaptureSocket(PageSocket):
    watcher: Watcher | None = None

    async def find_project(self) -> UUID | None:
        kwargs = self.scope["url_route"]["kwargs"]
        self.device_id: UUID = kwargs["device_id"]
        return await database_sync_to_async(self._project_of_device)(kwargs["project_id"])

    async def opened(self) -> None:
        desk = hub.desk(self.device_id)
        self.watcher = Watcher(send_json=self.send_json, send_bytes=self._send_picture, on_room=desk.grant)
        self.spawn(self.watcher.deliver())
        desk.enter(self.watcher)

    async def closed(self) -> None:
        if self.watcher is not None:
            hub.desk(self.device_id).leave(self.watcher)

    async def heard(self, message: dict[str, Any]) -> None:
        if self.watcher is None:
            return
        desk = hub.desk(self.device_id)
        if message.get("type") == "live":
            self.watcher.look(wants_live=message.get("on") is True)
            desk.follow()
        elif message.get("type") == "credit" and isinstance(message.get("n"), int):
            self.watcher.give(min(message["n"], 64))
            desk.grant()
        elif message.get("type") == "ping":
            self.watcher.tell({"type": "ping"})

    async def _send_picture(self, data: bytes) -> None:
        if not self.is_over:
            await self.send(bytes_data=data)

    def _project_of_device(self, project_id: UUID) -> UUID | None:
        """Only under its own project, and only while it is not revoked."""
        rows = CaptureDevice.objects.filter(pk=self.device_id, project_id=project_id, revoked_at=None)
        return rows.values_list("project_id", flat=True).first()
