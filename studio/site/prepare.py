"""What must be there before a person can come in: tables, an account, a password where strangers can knock, a demo."""

import fcntl
import getpass
import os
import secrets
import socket
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from studio.accounts.models import User
from studio.accounts.sign_in import make_link
from studio.demo.make import ensure_demo as make_demo
from studio.demo.make import is_whole
from studio.errors import SettingsError
from studio.projects.models import Project
from studio.services.tokens import issue_embedded


def take_data_folder() -> IO[str]:
    """Only one supervisor on one data folder. The lock ends with the process. Raises SettingsError."""
    settings.STUDIO_DATA.mkdir(parents=True, exist_ok=True)
    lock = (settings.STUDIO_DATA / "run.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise SettingsError(
            f'A studio runs on "{settings.STUDIO_DATA}" already. Stop it, or set STUDIO_DATA to another folder.'
        ) from error
    return lock


def require_port(host: str, port: int) -> None:
    """Raises SettingsError when somebody else listens there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingsError(
                f"Port {port} of {host} cannot be had ({error.strerror}). Set PORT to another, such as PORT={port + 1}."
            ) from error


def migrate() -> None:
    """Bring the tables up to date; quick when they are."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)


def first_user() -> User:
    """The person who runs this studio; made at the first start. STUDIO_PASSWORD sets the password."""
    environment = settings.ENVIRONMENT
    user = User.objects.filter(is_superuser=True, is_active=True).order_by("date_joined").first()
    if user is None:
        user = User.objects.create_superuser(environment.email, name=_own_name())
    if environment.password and not user.check_password(environment.password):
        user.set_password(environment.password)
        user.save(update_fields=["password"])
    return user


def require_password() -> None:
    """Where others can knock, somebody must have a password. Raises SettingsError."""
    environment = settings.ENVIRONMENT
    if environment.is_loopback or environment.password:
        return
    if not any(user.has_usable_password() for user in User.objects.filter(is_active=True)):
        raise SettingsError(
            f'HOST="{environment.host}" opens the studio to others, so it needs a password: '
            "set STUDIO_PASSWORD or STUDIO_PASSWORD_FILE."
        )


def sign_in_address(user: User) -> str:
    """A link that works once."""
    return f"{settings.STUDIO_URL}/sign-in/{make_link(user)}/"


def is_demo_missing() -> bool:
    """Whether the demo project is still to be made, or was left half made."""
    project = Project.objects.filter(is_demo=True).order_by("created_at").first()
    return project is None or not is_whole(project)


def ensure_demo(owner: User) -> None:
    """The demo project, at the first start; for whoever starts without the supervisor."""
    make_demo(owner)


def embedded_token_file() -> Path:
    """A new token for the render service of this start, in a file that only this account may read."""
    token = issue_embedded()
    path = Path(settings.STUDIO_DATA / "embedded-token")
    written = path.with_suffix(f".{secrets.token_hex(4)}")
    with os.fdopen(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(token)
    written.replace(path)
    return path


def _own_name() -> str:
    """The account's name, as others will read it ("Ask Ines to …"), so never a word such as “Me”."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "root"
    return "Owner" if name == "root" else name.capitalize()
