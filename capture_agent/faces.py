"""Faces in a photograph, where dlib is installed; elsewhere the studio looks for them once the picture is there."""

from importlib import import_module
from typing import Any, Protocol

import numpy as np
from PIL import Image

LOOK_PX = 640  # dlib's filters see faces from 80 px on: an eighth of the picture's longer side, enough for portraits
SURE = 0.2  # a score below it is chance: on the sample portraits faces score 0.5 and more

Box = tuple[float, float, float, float]  # left, top, right, bottom in pixels


class FaceFinder(Protocol):
    def find(self, grey: Image.Image) -> list[Box]: ...


class DlibFinder:
    """dlib's built-in detector of frontal faces."""

    def __init__(self, dlib: Any) -> None:
        self._detector = dlib.get_frontal_face_detector()

    def find(self, grey: Image.Image) -> list[Box]:
        scale = min(1.0, LOOK_PX / max(grey.size))
        copy = grey.resize((max(1, round(grey.width * scale)), max(1, round(grey.height * scale))))
        found, _scores, _filters = self._detector.run(np.asarray(copy), 0, SURE)
        return [(box.left() / scale, box.top() / scale, box.right() / scale, box.bottom() / scale) for box in found]


def face_finder() -> FaceFinder | None:
    """The finder of this machine, or None when dlib is not installed."""
    try:
        dlib = import_module("dlib")
    except ImportError:
        return None
    return DlibFinder(dlib)
