"""What a page hears first about render services."""

from typing import Any

from channels.db import database_sync_to_async

from studio.services.present import services_out


async def greet() -> dict[str, Any]:
    return {"type": "services", **await database_sync_to_async(services_out)()}
