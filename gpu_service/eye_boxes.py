"""Where eyes are in a picture: one box around both eyes of every face. Never whose.

dlib's built-in detector knows faces and no eyes. With a shape predictor that the operator supplies (5 or 68 points) the
box goes around the points of both eyes; without one, it is a fixed part of the face's box.
"""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from gpu_service.errors import RenderError
from gpu_service.faces import face_detector, look_copy

Box = tuple[float, float, float, float]
"""left, top, width, height in pixels of the picture"""
EyeFinder = Callable[[np.ndarray], list[Box]]
# Of the face's box, which reaches from the brows to the chin: left, top, width, height.
EYES_IN_FACE = (0.14, 0.17, 0.72, 0.2)
EYE_POINTS = {5: slice(0, 4), 68: slice(36, 48)}


@lru_cache(maxsize=2)
def eye_finder(landmarks: Path | None = None) -> EyeFinder:
    """A function of a picture, uint8 RGB [3, H, W]. RenderError where dlib is missing or the file is no predictor."""
    detector = face_detector(field="parameters.overlay")
    points = _predictor(landmarks) if landmarks is not None else None

    def eyes(picture: np.ndarray) -> list[Box]:
        grey = look_copy(picture)
        scale = picture.shape[2] / grey.shape[1]
        found = [_by_points(points(grey, face)) if points else _by_face(face) for face in detector(grey, 0)]
        return [(x * scale, y * scale, wide * scale, high * scale) for x, y, wide, high in found]

    return eyes


def _by_face(face: Any) -> Box:
    left, top, wide, high = EYES_IN_FACE
    width, height = face.width(), face.height()
    return face.left() + left * width, face.top() + top * height, wide * width, high * height


def _by_points(shape: Any) -> Box:
    chosen = list(shape.parts())[EYE_POINTS[shape.num_parts]]
    x, y = [point.x for point in chosen], [point.y for point in chosen]
    return min(x), min(y), max(x) - min(x) + 1, max(y) - min(y) + 1


def _predictor(path: Path) -> Any:
    import dlib  # not on every render service

    sentence = f"The face landmarks {path} are no shape predictor of dlib with 5 or 68 points. See GPU_FACE_LANDMARKS."
    try:
        predictor = dlib.shape_predictor(str(path))
    except RuntimeError as error:
        raise RenderError(sentence, field="parameters.overlay") from error
    blank = np.zeros((100, 100), np.uint8)
    if predictor(blank, dlib.rectangle(20, 20, 80, 80)).num_parts not in EYE_POINTS:
        raise RenderError(sentence, field="parameters.overlay")
    return predictor
