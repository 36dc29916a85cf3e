"""Settings of this device, read once: PHOSPHENE_CAPTURE_* variables over the file that pairing wrote, over defaults.

The only reader of the environment in the agent. A wrong value stops the start with a sentence.
"""

import contextlib
import json
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PREFIX = "PHOSPHENE_CAPTURE_"
MIB = 1024**2
DAY_SECONDS = 86_400.0


class SettingsError(Exception):
    """Shown to whoever starts the program."""


@dataclass(frozen=True)
class Settings:
    """`camera` is `auto` or a kind, with a place after a colon where one is needed: `folder:/pictures`."""

    config_dir: Path
    state_dir: Path
    spool_dir: Path
    studio_url: str
    token: str
    device_id: str
    project_id: str
    project_name: str
    name: str
    camera: str
    floor_bytes: int
    retention_seconds: float
    log_level: str
    notify_socket: str  # where systemd listens for signs of life; empty without systemd
    watchdog_seconds: float  # 0 when nobody watches

    @property
    def is_paired(self) -> bool:
        return bool(self.studio_url and self.token)

    @property
    def pairing_file(self) -> Path:
        return self.config_dir / "device.json"

    @property
    def wishes_file(self) -> Path:
        """Where the agent keeps the capture settings that a page chose last."""
        return self.state_dir / "wishes.json"


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Build the settings. SettingsError names the variable or the file and what it takes."""
    given = os.environ if environ is None else environ
    config_dir = _folder(given, "CONFIG", given.get("XDG_CONFIG_HOME", ""), ".config")
    state_dir = _folder(given, "STATE", given.get("XDG_STATE_HOME", ""), ".local/state")
    paired = _pairing(config_dir / "device.json")
    return Settings(
        config_dir=config_dir,
        state_dir=state_dir,
        spool_dir=Path(_text(given, "SPOOL", str(state_dir / "spool"))),
        studio_url=_address(_text(given, "STUDIO", paired.get("studio", ""))),
        token=_token(given, paired.get("token", "")),
        device_id=_text(given, "DEVICE_ID", paired.get("device_id", "")),
        project_id=_text(given, "PROJECT", paired.get("project_id", "")),
        project_name=paired.get("project_name", ""),
        name=_text(given, "NAME", paired.get("name", "") or socket.gethostname()),
        camera=_text(given, "CAMERA", "auto"),
        floor_bytes=round(_number(given, "FLOOR_MIB", 512, least=16, most=1e7) * MIB),
        retention_seconds=_number(given, "RETENTION_DAYS", 7, least=0, most=3650) * DAY_SECONDS,
        log_level=_choice(given, "LOG", "info", ("debug", "info", "warning", "error")),
        notify_socket=given.get("NOTIFY_SOCKET", ""),
        watchdog_seconds=_watchdog(given.get("WATCHDOG_USEC", "")),
    )


def write_pairing(settings: Settings, pairing: Mapping[str, str]) -> Path:
    """Keep what pairing gave, readable by this user alone. -> the file"""
    settings.config_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = settings.pairing_file
    temporary = path.with_suffix(".part")
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(dict(pairing), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    return path


def quiet_camera_library() -> None:
    """Before picamera2 is loaded: libcamera's own chatter would tear the text of `shoot` apart."""
    os.environ.setdefault("LIBCAMERA_LOG_LEVELS", "*:ERROR")


def _pairing(path: Path) -> dict[str, str]:
    try:
        said: Any = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} could not be read. Remove it and pair this device again.") from error
    if not isinstance(said, dict):
        raise SettingsError(f"{path} holds no pairing. Remove it and pair this device again.")
    return {name: value for name, value in said.items() if isinstance(value, str)}


def _folder(given: Mapping[str, str], name: str, home: str, otherwise: str) -> Path:
    if given.get(PREFIX + name, "").strip():
        return Path(given[PREFIX + name].strip())
    with contextlib.suppress(RuntimeError):  # no home directory: a service that was given none
        return (Path(home) if home else Path.home() / otherwise) / "phosphene-capture"
    return Path("/var/lib/phosphene-capture") / name.lower()


def _token(given: Mapping[str, str], otherwise: str) -> str:
    file = given.get(PREFIX + "TOKEN_FILE", "").strip()
    if not file:
        return _text(given, "TOKEN", otherwise)
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f'{PREFIX}TOKEN_FILE="{file}": the file could not be read.') from error


def _address(text: str) -> str:
    if text and not text.startswith(("http://", "https://")):
        raise SettingsError(f'{PREFIX}STUDIO="{text}": use an address such as https://studio.example.org.')
    return text.rstrip("/")


def _text(given: Mapping[str, str], name: str, default: str) -> str:
    return given.get(PREFIX + name, "").strip() or default


def _choice(given: Mapping[str, str], name: str, default: str, choices: tuple[str, ...]) -> str:
    value = _text(given, name, default).lower()
    if value not in choices:
        raise SettingsError(f'{PREFIX}{name}="{value}": use {", ".join(choices[:-1])} or {choices[-1]}.')
    return value


def _number(given: Mapping[str, str], name: str, default: float, *, least: float, most: float) -> float:
    text = _text(given, name, str(default))
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        raise SettingsError(f'{PREFIX}{name}="{text}": use a number from {least:g} to {most:g}.')
    return value


def _watchdog(text: str) -> float:
    return int(text) / 1e6 if text.isdigit() else 0.0
