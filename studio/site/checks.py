"""What would go wrong later, said at the start."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def one_process_without_redis(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Several studio processes cannot hear each other through memory."""
    environment = settings.ENVIRONMENT
    if environment.processes > 1 and not environment.redis_url:
        sentence = f"STUDIO_PROCESSES={environment.processes} needs Redis."
        return [Error(sentence, hint="Set STUDIO_REDIS_URL=redis://host:6379, or keep one process.", id="studio.E001")]
    return []


@register()
def sqlite_on_one_machine(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """More than one studio process also means more writers than SQLite is for."""
    environment = settings.ENVIRONMENT
    if environment.processes > 1 and environment.database_url.startswith("sqlite"):
        sentence = f"STUDIO_PROCESSES={environment.processes} needs PostgreSQL."
        return [Error(sentence, hint="Set STUDIO_DATABASE_URL=postgres://…, or keep one process.", id="studio.E002")]
    return []
