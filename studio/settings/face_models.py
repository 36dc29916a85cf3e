"""Which face detector the library uses, and the model files that the operator supplied for it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from studio.errors import SettingsError

DETECTORS = ("dlib", "yunet")


@dataclass(frozen=True)
class SuppliedFile:
    path: Path
    sha256: str


@dataclass(frozen=True)
class FaceModels:
    """`dlib` needs no file; `landmarks` is a shape predictor of dlib with 5 or 68 points."""

    detector: str
    yunet: SuppliedFile | None
    landmarks: SuppliedFile | None


def read(environ: Mapping[str, str]) -> FaceModels:
    """Raises SettingsError. Whether a file is the right one is found out when the worker opens it."""
    detector = environ.get("STUDIO_FACE_DETECTOR", "").strip() or "dlib"
    if detector not in DETECTORS:
        raise SettingsError(f'STUDIO_FACE_DETECTOR="{detector}": use dlib or yunet.')
    models = FaceModels(detector, _file(environ, "STUDIO_YUNET"), _file(environ, "STUDIO_LANDMARKS"))
    if detector == "yunet" and models.yunet is None:
        raise SettingsError("STUDIO_FACE_DETECTOR=yunet needs its file: set STUDIO_YUNET_FILE and STUDIO_YUNET_SHA256.")
    return models


def _file(environ: Mapping[str, str], name: str) -> SuppliedFile | None:
    path, sha256 = environ.get(f"{name}_FILE", "").strip(), environ.get(f"{name}_SHA256", "").strip().lower()
    if not path:
        return None
    if not Path(path).expanduser().is_file():
        raise SettingsError(f'{name}_FILE="{path}": there is no such file.')
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise SettingsError(f"{name}_SHA256 is needed beside {name}_FILE: the 64 digits that its source gives.")
    return SuppliedFile(Path(path).expanduser().absolute(), sha256)
