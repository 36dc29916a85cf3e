"""`manage.py sign_in_link [email]`: a link that signs that person in, once."""

import argparse
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from studio.accounts.models import User
from studio.accounts.sign_in import make_link


class Command(BaseCommand):
    help = "Print a link that signs a person in, once, within 24 hours."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("email", nargs="?", help="whose link; the first administrator's when left out")

    def handle(self, *arguments: Any, **options: Any) -> None:
        people = User.objects.filter(is_active=True)
        email = options["email"]
        found = (
            people.filter(email=email.lower()) if email else people.filter(is_superuser=True).order_by("date_joined")
        )
        user = found.first()
        if user is None:
            raise CommandError(f"Nobody here has the email {email!r}." if email else "There is nobody here yet.")
        self.stdout.write(settings.STUDIO_URL + reverse("sign-in-link", args=[make_link(user)]))
