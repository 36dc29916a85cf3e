"""`manage.py serve`: the studio alone, without worker and render service."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from studio.errors import SettingsError


class Command(BaseCommand):
    help = "Serve the studio's pages, API and sockets on HOST and PORT."
    requires_system_checks = "__all__"

    def handle(self, *arguments: Any, **options: Any) -> None:
        # Twisted chooses its reactor when it is imported first.
        from studio.server import serve

        from studio.asgi import application  # isort: skip

        from studio.blobs.receive import release_all
        from studio.services.presence import all_away
        from studio.site.prepare import require_password

        environment = settings.ENVIRONMENT
        try:
            require_password()
        except SettingsError as error:
            raise CommandError(str(error)) from error
        all_away()
        release_all()
        serve(application, host=environment.host, port=environment.port, behind_proxy=environment.behind_proxy)
