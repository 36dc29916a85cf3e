"""HTTP to Django, sockets to their consumers.

A page's socket needs this site's Origin and a session; those of services and capture devices need a bearer token and
have no cookies.
"""

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings.base")
django_application = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402 (after Django is set up)
from channels.db import database_sync_to_async  # noqa: E402
from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import OriginValidator  # noqa: E402
from django.conf import settings  # noqa: E402
from django.urls import URLPattern, path, re_path  # noqa: E402
from django.utils.module_loading import import_string  # noqa: E402

from studio.blobs.pieces import Pieces  # noqa: E402
from studio.blobs.receive import release_all  # noqa: E402
from studio.tracks.flood import Flood  # noqa: E402

PAGE_SOCKETS = {
    "ws/projects/<uuid:project_id>/events": "studio.events.sockets:EventsSocket",
    "ws/scenes/<uuid:scene_id>/preview": "studio.scenes.sockets:PreviewSocket",
    "ws/networks/<uuid:network_id>/explore": "studio.scenes.explore_socket:ExploreSocket",
    "ws/projects/<uuid:project_id>/capture/<uuid:device_id>": "studio.services.capture_page_socket:CaptureSocket",
}
SERVICE_SOCKETS = {
    "ws/service/control": "studio.services.sockets:ControlSocket",
    "ws/service/frames": "studio.services.sockets:FramesSocket",
    "ws/device": "studio.services.capture_device_socket:DeviceSocket",
}


def routes(sockets: dict[str, str]) -> list[URLPattern]:
    return [path(address, import_string(place.replace(":", ".")).as_asgi()) for address, place in sockets.items()]


class NoSocket(AsyncWebsocketConsumer):
    """Any other address: refused at the handshake."""

    async def websocket_connect(self, message: object) -> None:
        await self.close()


async def lifespan(scope: Any, receive: Any, send: Any) -> None:
    """What other servers than our own say when they start and end. The one process of the studio begins anew."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await database_sync_to_async(release_all)()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


nowhere = re_path("", NoSocket.as_asgi())
services = URLRouter([*routes(SERVICE_SOCKETS), nowhere])
pages = OriginValidator(AuthMiddlewareStack(URLRouter([*routes(PAGE_SOCKETS), nowhere])), settings.PAGE_ORIGINS)
application = ProtocolTypeRouter(
    {
        "http": Flood(Pieces(django_application)),
        "lifespan": lifespan,
        "websocket": URLRouter([re_path("^(?=ws/(service/|device$))", services), re_path("", pages)]),
    }
)
