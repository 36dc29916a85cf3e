"""The environment, read once into a frozen dataclass. A wrong value stops the start and says what to write."""

import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from studio.errors import SettingsError

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
REPOSITORY = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class S3:
    """An S3 bucket for the blobs, instead of the data folder."""

    bucket: str
    endpoint_url: str | None
    region: str | None
    access_key: str | None
    secret_key: str | None


@dataclass(frozen=True)
class Environment:
    """Everything that a person may set from outside."""

    data: Path
    host: str
    port: int
    url: str
    is_url_given: bool
    secret_key: str
    database_url: str
    database_password: str | None
    extra_hosts: tuple[str, ...]
    redis_url: str | None
    s3: S3 | None
    processes: int
    behind_proxy: bool
    email: str
    password: str | None
    has_gpu_service: bool
    has_demo: bool
    worker_jobs: int
    lease_seconds: float
    renew_seconds: float
    rights_seconds: float

    @property
    def is_https(self) -> bool:
        return self.url.startswith("https://")

    @property
    def is_loopback(self) -> bool:
        return is_loopback(self.host)

    @property
    def hosts(self) -> list[str]:
        """Names under which the studio answers: its own address, and loopback."""
        named = {urlsplit(self.url).hostname or "localhost", self.host, "localhost", "127.0.0.1", "[::1]"}
        named.update(self.extra_hosts)
        return sorted(_bracketed(name) for name in named if name not in ("0.0.0.0", "::"))  # noqa: S104 (a comparison)

    @property
    def origins(self) -> list[str]:
        """Where this studio's own pages come from: exactly these may open its sockets, another port is another site."""
        local = {f"http://{host}:{self.port}" for host in (_bracketed(self.host), "localhost", "127.0.0.1", "[::1]")}
        return sorted({self.url, *local})


def read(environ: Mapping[str, str]) -> Environment:
    """The environment as the studio needs it. Raises SettingsError."""
    values = _Values(environ)
    data = Path(values.text("STUDIO_DATA", "studio-data")).expanduser().absolute()
    host, port = values.text("HOST", "127.0.0.1"), values.whole("PORT", 8000, low=1, high=65_535)
    database_url = values.text("STUDIO_DATABASE_URL", f"sqlite:///{data / 'studio.sqlite3'}")
    lease_seconds = values.number("STUDIO_LEASE_SECONDS", 60.0, low=0.5, high=3600)
    return Environment(
        data=data,
        host=host,
        port=port,
        url=values.url("STUDIO_URL", f"http://{_bracketed(_public_name(host))}:{port}"),
        is_url_given=bool(environ.get("STUDIO_URL")),
        secret_key=_secret_key(values, data, may_make=is_loopback(host) or database_url.startswith("sqlite")),
        database_url=database_url,
        database_password=values.secret("STUDIO_DATABASE_PASSWORD"),
        extra_hosts=tuple(values.text("STUDIO_HOSTS", "").replace(",", " ").split()),
        redis_url=values.text("STUDIO_REDIS_URL", "") or None,
        s3=_s3(values),
        processes=values.whole("STUDIO_PROCESSES", 1, low=1, high=64),
        behind_proxy=values.switch("STUDIO_BEHIND_PROXY", False),
        email=values.text("STUDIO_EMAIL", "me@localhost").lower(),
        password=values.secret("STUDIO_PASSWORD"),
        has_gpu_service=values.switch("STUDIO_GPU_SERVICE", True),
        has_demo=values.switch("STUDIO_DEMO", True),
        worker_jobs=values.whole("STUDIO_WORKER_JOBS", 2, low=1, high=16),
        lease_seconds=lease_seconds,
        renew_seconds=values.number("STUDIO_RENEW_SECONDS", lease_seconds / 3, low=0.1, high=lease_seconds),
        rights_seconds=values.number("STUDIO_RIGHTS_SECONDS", 30.0, low=0.1, high=30),
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach that address."""
    if host in LOOPBACK_NAMES:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class _Values:
    """Typed reading of one mapping of variables."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ

    def text(self, name: str, default: str) -> str:
        return self.environ.get(name, "").strip() or default

    def whole(self, name: str, default: int, *, low: int, high: int) -> int:
        text = self.text(name, str(default))
        if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
            raise SettingsError(f'{name}="{text}": use a whole number from {low} to {high}.')
        return int(text)

    def number(self, name: str, default: float, *, low: float, high: float) -> float:
        text = self.text(name, str(default))
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        if not low <= number <= high:
            raise SettingsError(f'{name}="{text}": use a number from {low:g} to {high:g}.')
        return number

    def switch(self, name: str, default: bool) -> bool:
        text = self.text(name, "yes" if default else "no").lower()
        if text not in ("yes", "no"):
            raise SettingsError(f'{name}="{text}": use yes or no.')
        return text == "yes"

    def url(self, name: str, default: str) -> str:
        text = self.text(name, default).rstrip("/")
        parts = urlsplit(text)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path:
            raise SettingsError(f'{name}="{text}": use an address such as https://studio.example.org.')
        return text

    def secret(self, name: str) -> str | None:
        """The value of `name`, or what stands in the file that `name`_FILE names."""
        path = self.text(f"{name}_FILE", "")
        if not path:
            return self.environ.get(name) or None
        if self.environ.get(name):
            raise SettingsError(f"{name} and {name}_FILE are both set: keep one of them.")
        try:
            return Path(path).read_text().strip() or None
        except OSError as error:
            raise SettingsError(f'{name}_FILE="{path}": that file cannot be read ({error.strerror}).') from error


def _secret_key(values: _Values, data: Path, *, may_make: bool) -> str:
    given = values.secret("STUDIO_SECRET_KEY")
    if given is not None:
        if len(given) < 50:
            raise SettingsError("STUDIO_SECRET_KEY is too short: use at least 50 random characters.")
        return given
    path = data / "secret-key"
    if path.exists():
        return path.read_text().strip()
    if not may_make:
        raise SettingsError(
            "STUDIO_SECRET_KEY is not set: write at least 50 random characters, the same for every process."
        )
    try:
        data.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process of this start was quicker
        return path.read_text().strip()
    except OSError as error:
        raise SettingsError(f'STUDIO_DATA="{data}": that folder cannot be written ({error.strerror}).') from error
    key = secrets.token_urlsafe(64)
    with os.fdopen(handle, "w") as file:
        file.write(key)
    return key


def _s3(values: _Values) -> S3 | None:
    bucket = values.text("STUDIO_S3_BUCKET", "")
    if not bucket:
        return None
    return S3(
        bucket=bucket,
        endpoint_url=values.text("STUDIO_S3_ENDPOINT_URL", "") or None,
        region=values.text("STUDIO_S3_REGION", "") or None,
        access_key=values.secret("STUDIO_S3_ACCESS_KEY"),
        secret_key=values.secret("STUDIO_S3_SECRET_KEY"),
    )


def _public_name(host: str) -> str:
    """The name for links: the machine's own address when the studio listens on all of them."""
    if host not in ("0.0.0.0", "::"):  # noqa: S104 (a comparison)
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; only asks which address would be used
            return str(probe.getsockname()[0])
        except OSError:
            return socket.gethostname()


def _bracketed(name: str) -> str:
    return f"[{name}]" if ":" in name and not name.startswith("[") else name
