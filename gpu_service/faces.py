"""Whether a picture shows a face, by dlib's built-in frontal detector. Never whose."""

from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

from gpu_service.errors import RenderError

# The detector finds faces from 80 pixels on; drawn pictures are about one face, which then has 80 at least.
LOOK_PX = 400
HasFace = Callable[[np.ndarray], bool]


def face_finder() -> HasFace:
    """A function of a picture, uint8 RGB [3, H, W]. RenderError where dlib is not installed."""
    detector = face_detector(field="faces")

    def has_face(picture: np.ndarray) -> bool:
        return len(detector(look_copy(picture), 0)) > 0

    return has_face


def face_detector(*, field: str) -> Any:
    """dlib's own. RenderError, which names the field that asked for it, where dlib is not installed."""
    try:
        import dlib  # not on every render service, and only what looks for faces needs it
    except ImportError as error:
        sentence = "This render service has no face detector. Install it there: pip install dlib-bin."
        raise RenderError(sentence, kind="bad_input", field=field) from error
    return dlib.get_frontal_face_detector()


def look_copy(picture: np.ndarray) -> np.ndarray:
    """uint8 [3, H, W] -> grey, the longer side LOOK_PX long. uint8 [h, w]"""
    image = Image.fromarray(np.ascontiguousarray(picture.transpose(1, 2, 0))).convert("L")
    scale = LOOK_PX / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return np.asarray(image.resize(size, Image.Resampling.BICUBIC))
