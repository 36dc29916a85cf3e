"""dlib: its built-in detector (five HOG filters, no file needed), and 5 or 68 points when the operator supplies a file.

The filters look for frontal faces and for some turned or rolled ones. Which of them fired is no measure of the turn
(plainly frontal faces make the "right" one fire), so a face without points has no yaw. Its roll is found by turning it.
"""

import cmath
import math

import dlib
import numpy as np
from PIL import Image

from studio.datasets.faces import Face, FaceModelError, ModelFile, Point, Points, checked

# Turns that are tried for the roll, a patch in which a face is about as large as the filters' window, and answers.
TURNS = tuple(range(-45, 46, 15))
PATCH_PX = 170
SILENT, LOUD = -0.6, -0.3


class DlibHog:
    """The default. Finds faces from about 8 % of the longer side on."""

    def __init__(self) -> None:
        self.name = f"dlib-hog {dlib.__version__}"
        self._detector = dlib.get_frontal_face_detector()

    def find(self, picture: Image.Image, look: Image.Image) -> list[Face]:
        boxes, scores, _ = self._detector.run(np.asarray(look), 0, 0.0)
        return [
            Face(
                (
                    box.left() / look.width,
                    box.top() / look.height,
                    box.width() / look.width,
                    box.height() / look.height,
                ),
                round(float(score), 4),
            )
            for box, score in zip(boxes, scores, strict=True)
        ]

    def roll_of(self, look: Image.Image, face: Face) -> float | None:
        """The angle at which the filter for upright frontal faces answers most, between steps of 15° by a parabola.

        On the sample portraits turned by up to 25°: within 4° on average and 11° at most, silent for one in five.
        """
        answers = [self._frontal(upright(look, face, degrees=degrees)) for degrees in TURNS]
        best = int(np.argmax(answers))
        if answers[best] < LOUD:
            return None
        step = 0.0
        if 0 < best < len(TURNS) - 1:
            before, at, after = answers[best - 1 : best + 2]
            bend = before - 2 * at + after
            step = 0.5 * (before - after) / bend if bend < 0 else 0.0
        return TURNS[best] + step * (TURNS[1] - TURNS[0])

    def _frontal(self, patch: Image.Image) -> float:
        """How loudly the first of the five filters answers near the middle of a patch."""
        boxes, scores, filters = self._detector.run(np.asarray(patch), 0, SILENT)
        near = [
            score
            for box, score, which in zip(boxes, scores, filters, strict=True)
            if which == 0 and max(abs(box.center().x - PATCH_PX / 2), abs(box.center().y - PATCH_PX / 2)) < PATCH_PX / 5
        ]
        return max(near, default=-1.0)


def upright(look: Image.Image, face: Face, *, degrees: float) -> Image.Image:
    """A small patch around the face, turned clockwise by that much, the face half as wide as the patch."""
    (x, y), width = face.centre, face.box[2] * look.width
    turn = cmath.rect(2 * width / PATCH_PX, -math.radians(degrees))
    start = complex(x * look.width, y * look.height) - turn * complex(PATCH_PX / 2, PATCH_PX / 2)
    matrix = (turn.real, -turn.imag, start.real, turn.imag, turn.real, start.imag)
    size = (PATCH_PX, PATCH_PX)
    return look.transform(size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)


class DlibPoints:
    """A shape predictor of 5 or 68 points. The 5 have no mouth, so FFHQ alignment needs the 68 (or YuNet)."""

    def __init__(self, file: ModelFile) -> None:
        path = checked(file)
        try:
            self._predictor = dlib.shape_predictor(str(path))
        except RuntimeError as error:
            raise FaceModelError(f"The face model {path} is no shape predictor of dlib.") from error
        self.count = self._count()
        if self.count not in READERS:
            raise FaceModelError(f"The face model {path} gives {self.count} points; 5 or 68 are understood.")
        self.name = f"points {file.sha256[:8].lower()}"

    def points(self, look: Image.Image, face: Face) -> Points | None:
        left, top, width, height = face.box
        box = dlib.rectangle(
            round(left * look.width),
            round(top * look.height),
            round((left + width) * look.width) - 1,
            round((top + height) * look.height) - 1,
        )
        shape = self._predictor(np.asarray(look), box)
        found = np.array([[part.x, part.y] for part in shape.parts()], np.float64)
        return READERS[self.count](found / [look.width, look.height])

    def _count(self) -> int:
        empty = np.zeros((200, 200), np.uint8)
        return int(self._predictor(empty, dlib.rectangle(50, 50, 149, 149)).num_parts)


def five(found: np.ndarray) -> Points:
    """dlib's five: the corners of the eye on the picture's right, of the one on its left, the base of the nose."""
    right, left = found[0:2].mean(axis=0), found[2:4].mean(axis=0)
    return _point(left), _point(right), _point(found[4]), None, None


def sixty_eight(found: np.ndarray) -> Points:
    """iBUG's 68: an eye is the mean of its six, the mouth's corners are the outer two."""
    left, right = found[36:42].mean(axis=0), found[42:48].mean(axis=0)
    return _point(left), _point(right), _point(found[30]), _point(found[48]), _point(found[54])


def _point(at: np.ndarray) -> Point:
    return float(at[0]), float(at[1])


READERS = {5: five, 68: sixty_eight}
