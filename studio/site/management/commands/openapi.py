"""`manage.py openapi`: the API's schema, the same bytes every time."""

import json
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Print the schema of the API."
    requires_system_checks: list[str] = []

    def handle(self, *arguments: Any, **options: Any) -> None:
        from studio.api import api

        schema = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str))
        self.stdout.write(json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False))
