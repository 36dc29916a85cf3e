"""`manage.py setup`: what must be there before the programs start apart, in containers or under systemd."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from studio.errors import SettingsError
from studio.services.tokens import make_token
from studio.site import prepare


class Command(BaseCommand):
    help = "Bring the tables up to date, make the first account, and write a token for a render service when asked."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--service-token", type=Path, help="write a render service's token to this file, once")
        parser.add_argument("--demo", action="store_true", help="make the demo project")

    def handle(self, *arguments: Any, **options: Any) -> None:
        try:
            prepare.migrate()
            user = prepare.first_user()
            prepare.require_password()
        except SettingsError as error:
            self.stderr.write(str(error))
            raise SystemExit(2) from error
        if options["demo"]:
            prepare.ensure_demo(user)
        if options["service_token"] and not options["service_token"].exists():
            write_service_token(options["service_token"])
        self.stdout.write("Ready.")


def write_service_token(path: Path) -> None:
    """A token named after its file, which only this account may read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    token = make_token(f"Made by setup for {path.name}", by=None)[1]
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(token)
