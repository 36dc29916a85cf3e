"""What would go wrong later, said at the start."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def one_process(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Previews, presence and live views are held in the memory of the one process; a second would not hear of them."""
    count = settings.ENVIRONMENT.processes
    if count == 1:
        return []
    sentence = f"STUDIO_PROCESSES={count}: the studio runs as one process, since previews and presence live in it."
    hint = "Leave STUDIO_PROCESSES away. More workers (`manage.py work`) and render services may run beside it."
    return [Error(sentence, hint=hint, id="studio.E001")]
