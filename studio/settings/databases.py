"""A database address as Django wants it. SQLite is a first-class home: WAL, IMMEDIATE, 20 s of patience."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from studio.errors import SettingsError


def database(url: str, *, password: str | None = None) -> dict[str, Any]:
    """Settings for one database; a password beside the address is for secret files.

    Raises SettingsError when the address is neither SQLite nor PostgreSQL.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(unquote(parts.path.removeprefix("/") if parts.path.startswith("//") else parts.path))
    if parts.scheme in ("postgres", "postgresql"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")) or "phosphene",
            "USER": unquote(parts.username or ""),
            "PASSWORD": password or unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": parts.port or "",
            "CONN_MAX_AGE": 0,
            "OPTIONS": {"connect_timeout": 5},
        }
    raise SettingsError(f'STUDIO_DATABASE_URL="{url}": use sqlite:///path or postgres://user:password@host/name.')


def _sqlite(path: str) -> dict[str, Any]:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
