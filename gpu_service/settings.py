"""Settings of a render service, read once from GPU_* variables. A wrong value stops the start with a sentence."""

import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

T = TypeVar("T")
Precision = Literal["auto", "fp32", "bf16", "fp16"]
PRECISIONS: tuple[Precision, ...] = ("auto", "fp32", "bf16", "fp16")
GIB = 1024**3
TRAINING_SHARE = 0.6


class SettingsError(Exception):
    """Shown to whoever starts the service."""


@dataclass(frozen=True)
class Settings:
    """Sizes in bytes. `threads` 0 means as many as the machine has cores."""

    studio: str
    token: str
    name: str
    data: Path
    device: str
    threads: int
    preview_slots: int
    preview_quality: int
    input_cache_bytes: int
    stage_cache_bytes: int
    network_bytes: int
    hang_seconds: float
    log_level: str
    precision: Precision = "auto"
    may_compile: bool = True
    training_bytes: int | None = None
    # Drawing processes on the processor, each as if it were a device; GPUs have one each, however many there are.
    processes: int = 1
    # A shape predictor of dlib, for the eyes of overlays.
    face_landmarks: Path | None = None

    @property
    def thread_count(self) -> int:
        return self.threads or max(1, (os.cpu_count() or 1) // self.processes)


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Build the settings. SettingsError names the variable and what it takes."""
    given = os.environ if environ is None else environ
    return Settings(
        studio=_text(given, "GPU_STUDIO", ""),
        token=_token(given),
        name=_text(given, "GPU_NAME", socket.gethostname()),
        data=Path(_text(given, "GPU_DATA", str(Path.home() / ".cache" / "phosphene-gpu"))),
        device=_device(given),
        threads=_whole(given, "GPU_THREADS", 0, least=0, most=256),
        preview_slots=_whole(given, "GPU_PREVIEW_SLOTS", 4, least=0, most=64),
        preview_quality=_whole(given, "GPU_PREVIEW_QUALITY", 80, least=10, most=100),
        input_cache_bytes=round(_number(given, "GPU_INPUT_CACHE_GIB", 20.0, least=0.1) * GIB),
        stage_cache_bytes=round(_number(given, "GPU_STAGE_CACHE_GIB", 4.0, least=0.1) * GIB),
        network_bytes=round(_number(given, "GPU_NETWORK_GIB", 8.0, least=0.1) * GIB),
        hang_seconds=_number(given, "GPU_HANG_SECONDS", 60.0, least=1.0),
        precision=_choice(given, "GPU_PRECISION", "auto", PRECISIONS),
        may_compile=_choice(given, "GPU_COMPILE", "auto", ("auto", "off")) == "auto",
        training_bytes=round(_number(given, "GPU_TRAINING_GIB", _training_gib(), least=0.1) * GIB),
        processes=_whole(given, "GPU_PROCESSES", 1, least=1, most=64),
        face_landmarks=Path(landmarks) if (landmarks := _text(given, "GPU_FACE_LANDMARKS", "")) else None,
        log_level=_choice(given, "GPU_LOG", "info", ("debug", "info", "warning", "error")),
    )


def calm_threads() -> None:
    """Before torch is loaded: threads that wait for each other sleep instead of spinning.

    On a machine that also serves pages and encodes films, spinning threads took almost twice the processor time.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def keep_compiled(folder: Path) -> None:
    """Before torch is loaded: what it compiles is kept there across starts, unless the environment names a place."""
    os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", str(folder))


def local_rank(environ: Mapping[str, str] | None = None) -> int | None:
    """Which of the processes of this machine that were started together this is; None where it is alone."""
    number = (os.environ if environ is None else environ).get("LOCAL_RANK", "")
    return int(number) if number.isdecimal() else None


def read_token_file(path: Path) -> str:
    """The token in a file, without the line's end."""
    try:
        token = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The token file {path} could not be read. Give a file that holds the token.") from error
    if not token:
        raise SettingsError(f"The token file {path} is empty. Make a token on the studio's settings page.")
    return token


def _training_gib() -> float:
    """What training may take of the memory where nothing is set: it leaves room for drawing, and for a studio."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * TRAINING_SHARE / GIB


def _token(given: Mapping[str, str]) -> str:
    if given.get("GPU_TOKEN_FILE"):
        return read_token_file(Path(given["GPU_TOKEN_FILE"]))
    return _text(given, "GPU_TOKEN", "")


def _device(given: Mapping[str, str]) -> str:
    device = _text(given, "GPU_DEVICE", "auto")
    kind, _, number = device.partition(":")
    if kind not in ("auto", "cpu", "cuda") or (number and not number.isdigit()):
        raise _wrong("GPU_DEVICE", device, "auto, cpu, cuda or cuda:1")
    return device


def _text(given: Mapping[str, str], name: str, default: str) -> str:
    return given.get(name, "").strip() or default


def _choice(given: Mapping[str, str], name: str, default: T, choices: tuple[T, ...]) -> T:
    value = _text(given, name, str(default)).lower()
    for choice in choices:
        if choice == value:
            return choice
    listed = [str(choice) for choice in choices]
    raise _wrong(name, value, f"{', '.join(listed[:-1])} or {listed[-1]}")


def _whole(given: Mapping[str, str], name: str, default: int, *, least: int, most: int) -> int:
    value = _parse(given, name, default, int)
    if value is None or not least <= value <= most:
        raise _wrong(name, given.get(name, ""), f"a whole number from {least} to {most}")
    return value


def _number(given: Mapping[str, str], name: str, default: float, *, least: float) -> float:
    value = _parse(given, name, default, float)
    if value is None or not least <= value < float("inf"):
        raise _wrong(name, given.get(name, ""), f"a number of at least {least:g}")
    return value


def _parse(given: Mapping[str, str], name: str, default: T, kind: Callable[[str], T]) -> T | None:
    text = given.get(name, "").strip()
    if not text:
        return default
    try:
        return kind(text)
    except ValueError:
        return None


def _wrong(name: str, value: str, wanted: str) -> SettingsError:
    return SettingsError(f'{name}="{value}": use {wanted}.')
