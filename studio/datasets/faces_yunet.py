"""YuNet: OpenCV's small face network, when the operator supplies its ONNX file (MIT licence, 233 kB).

It finds faces of about 10 to 300 px, turned and dark ones too, with five points: eyes, nose, corners of the mouth.
"""

from typing import Any

import numpy as np
from PIL import Image

from studio.datasets.faces import Face, FaceModelError, ModelFile, Points, checked, shares

LOOK_PX = 640
SURE = 0.8
OVERLAP = 0.3
NO_OPENCV = "The detector “yunet” needs OpenCV. Install it: pip install 'phosphene[faces]'."


class YuNet:
    def __init__(self, file: ModelFile | None) -> None:
        if file is None:
            raise FaceModelError("The detector “yunet” needs its file: set STUDIO_YUNET_FILE and STUDIO_YUNET_SHA256.")
        cv2 = _opencv()
        path = checked(file)
        try:
            self._network = cv2.FaceDetectorYN.create(str(path), "", (LOOK_PX, LOOK_PX), SURE, OVERLAP)
        except cv2.error as error:
            raise FaceModelError(f"The face model {path} is no YuNet that this OpenCV reads.") from error
        self.name = f"yunet {file.sha256[:8].lower()}"

    def find(self, picture: Image.Image, look: Image.Image) -> list[Face]:
        copy = picture.copy()
        copy.thumbnail((LOOK_PX, LOOK_PX), Image.Resampling.HAMMING)
        self._network.setInputSize(copy.size)
        _, rows = self._network.detect(np.ascontiguousarray(np.asarray(copy)[:, :, ::-1]))
        return [] if rows is None else [_face(row.tolist(), copy.width, copy.height) for row in rows]

    def roll_of(self, look: Image.Image, face: Face) -> float | None:
        return None  # its faces have points


def _face(row: list[float], width: int, height: int) -> Face:
    """One row of its answer: box, eyes, nose, corners of the mouth (the person's right first), score."""
    left, top, wide, high = row[:4]
    points = shares([(row[at], row[at + 1]) for at in range(4, 14, 2)], width, height)
    first, second, third, fourth, fifth = points
    named: Points = (first, second, third, fourth, fifth)
    return Face((left / width, top / height, wide / width, high / height), round(row[14], 4), named)


def _opencv() -> Any:
    try:
        import cv2
    except ImportError as error:
        raise FaceModelError(NO_OPENCV) from error
    return cv2
