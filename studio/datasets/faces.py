"""Faces: where they are in a picture. Never whose they are.

A detector is one class and one line here. All of them take an upright RGB picture and answer in shares of its width and
height, so that what was found in a small copy holds for the original.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from PIL import Image

# A share of width, a share of height; None for a point that the model does not give.
Point = tuple[float, float]
# Left eye, right eye, tip of the nose, left and right corner of the mouth; left is the picture's left.
Points = tuple[Point | None, Point | None, Point | None, Point | None, Point | None]

# Faces are looked for in a copy of this size: at 2000 px dlib finds false ones and takes four times as long.
LOOK_PX = 1000


class FaceModelError(Exception):
    """A model file that cannot be used. Shown to the operator as it stands."""


@dataclass(frozen=True)
class Face:
    """One face. The box is left, top, width and height as shares; it may reach beyond the picture's edge."""

    box: tuple[float, float, float, float]
    score: float
    points: Points | None = None
    # Degrees, counter-clockwise, where it was found without points.
    roll: float | None = None

    @property
    def centre(self) -> Point:
        left, top, width, height = self.box
        return left + width / 2, top + height / 2


class FaceDetector(Protocol):
    """`name` goes into `scored_by`: another name means that the scores are out of date."""

    name: str

    def find(self, picture: Image.Image, look: Image.Image) -> list[Face]:
        """All faces of an upright picture. `look` is its `look_copy` in grey, which is all that some need."""
        ...

    def roll_of(self, look: Image.Image, face: Face) -> float | None:
        """How far a face without points is turned in the picture, if this detector can tell."""
        ...


class PointFinder(Protocol):
    name: str

    def points(self, look: Image.Image, face: Face) -> Points | None:
        """The points of a face that was found without any."""
        ...


DETECTORS = {
    "dlib": "studio.datasets.faces_dlib:DlibHog",
    "yunet": "studio.datasets.faces_yunet:YuNet",
}
POINT_FINDERS = {"dlib": "studio.datasets.faces_dlib:DlibPoints"}


@dataclass(frozen=True)
class ModelFile:
    """A file that the operator supplied, and the SHA-256 that it must have."""

    path: Path
    sha256: str


@dataclass(frozen=True)
class FaceFinder:
    """A detector, and what finds the points where the detector gives none."""

    detector: FaceDetector
    pointer: PointFinder | None = None

    @property
    def name(self) -> str:
        return self.detector.name if self.pointer is None else f"{self.detector.name} + {self.pointer.name}"

    def find(self, picture: Image.Image, look: Image.Image) -> list[Face]:
        """The faces of a picture, the largest first."""
        found = self.detector.find(picture, look)
        if self.pointer is not None:
            found = [face if face.points else replace(face, points=self.pointer.points(look, face)) for face in found]
        found = sorted(found, key=lambda face: -face.box[2] * face.box[3])
        if found and found[0].points is None:
            found[0] = replace(found[0], roll=self.detector.roll_of(look, found[0]))
        return found


def load_finder(name: str = "dlib", *, yunet: ModelFile | None = None, points: ModelFile | None = None) -> FaceFinder:
    """The detector of that name with the operator's files. Raises FaceModelError."""
    if name not in DETECTORS:
        raise FaceModelError(f"There is no face detector named {name!r}. There are: {', '.join(DETECTORS)}.")
    files = {"yunet": yunet}
    detector = _load(DETECTORS[name], *([files[name]] if name in files else []))
    pointer = _load(POINT_FINDERS["dlib"], points) if points is not None else None
    return FaceFinder(detector, pointer)


def checked(file: ModelFile) -> Path:
    """The file's path, when its content is what the operator said. Raises FaceModelError."""
    import hashlib

    try:
        with file.path.open("rb") as opened:
            found = hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise FaceModelError(f"The face model {file.path} cannot be read ({error.strerror}).") from error
    if found != file.sha256.lower():
        raise FaceModelError(
            f"The face model {file.path} is another file than the settings say: its SHA-256 is {found}, "
            f"not {file.sha256.lower()}. Put the right file there, or write its SHA-256."
        )
    return file.path


def look_copy(grey: Image.Image) -> Image.Image:
    """A copy whose longer side is LOOK_PX; small pictures are enlarged, because a detector's window is 80 px wide."""
    scale = LOOK_PX / max(grey.size)
    size = (max(1, round(grey.width * scale)), max(1, round(grey.height * scale)))
    if scale > 1:
        return grey.resize(size, Image.Resampling.BICUBIC)
    return grey.resize(size, Image.Resampling.HAMMING, reducing_gap=1.5)


def shares(points: Sequence[tuple[float, float] | None], width: float, height: float) -> list[Point | None]:
    """Points in pixels as shares of a picture of that size."""
    return [None if point is None else (point[0] / width, point[1] / height) for point in points]


def _load(path: str, *arguments: object) -> Any:
    module, _, class_name = path.partition(":")
    return getattr(import_module(module), class_name)(*arguments)
