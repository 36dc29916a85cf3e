"""manage.py make_demo OWNER_ID: make what the demo project lacks."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio.accounts.models import User
from studio.demo.build import build
from studio.demo.parts import DemoError


class Command(BaseCommand):
    help = "Makes what the demo project lacks: a track, a network with six snapshots, a scene."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("owner_id")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            build(User.objects.get(pk=options["owner_id"]))
        except DemoError as error:
            raise CommandError(str(error)) from error
