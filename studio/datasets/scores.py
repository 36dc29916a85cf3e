"""All scores of one picture, from one decoded copy of it. Pure: no database, no files."""

from dataclasses import dataclass
from typing import Any

from PIL import Image

from studio.datasets import focus, hashes, light
from studio.datasets.faces import Face, FaceFinder, look_copy
from studio.datasets.pose import roll_and_yaw


@dataclass(frozen=True)
class Scores:
    """What becomes columns of the portrait, and the faces for its facts. Units as in `Portrait`."""

    faces: tuple[Face, ...]
    columns: dict[str, Any]


def score(picture: Image.Image, finder: FaceFinder, *, width_px: int, height_px: int) -> Scores:
    """The scores of an upright RGB picture, which may be smaller than its original of that size."""
    grey = picture.convert("L")
    look = look_copy(grey)
    faces = tuple(finder.find(picture, look))
    largest = faces[0] if faces else None
    brightness, clipped = light.brightness_and_clipped(look)
    columns: dict[str, Any] = {
        "faces": len(faces),
        "sharpness": round(focus.sharpness(grey, _pixels(largest, grey.size) if largest else None), 2),
        "brightness": round(brightness, 2),
        "clipped": round(clipped, 2),
        "dhash": hashes.dhash(look),
        "phash": hashes.phash(look),
        **_of_largest(largest, width_px, height_px),
    }
    return Scores(faces, columns)


def face_facts(face: Face, *, width_px: int, height_px: int) -> dict[str, Any]:
    """A face in pixels of the upright original, as `PortraitFacts.faces` keeps it."""
    left, top, width, height = face.box
    box = [left * width_px, top * height_px, width * width_px, height * height_px]
    points = face.points and [
        None if point is None else [round(point[0] * width_px, 1), round(point[1] * height_px, 1)]
        for point in face.points
    ]
    return {"box": [round(value, 1) for value in box], "score": face.score, "points": points}


def _of_largest(face: Face | None, width_px: int, height_px: int) -> dict[str, Any]:
    """Size, place and pose of the largest face; all None without one."""
    if face is None:
        return dict.fromkeys(("face_px", "face_x", "face_y", "off_centre", "roll", "yaw"))
    x, y = face.centre
    away = abs(complex((x - 0.5) * width_px, (y - 0.5) * height_px)) / width_px * 100
    roll, yaw = roll_and_yaw(face, width_px=width_px, height_px=height_px)
    roll = face.roll if roll is None else roll
    return {
        "face_px": round(max(face.box[2] * width_px, face.box[3] * height_px)),
        "face_x": round(x, 4),
        "face_y": round(y, 4),
        "off_centre": round(away, 2),
        "roll": None if roll is None else round(roll, 1),
        "yaw": None if yaw is None else round(yaw, 1),
    }


def _pixels(face: Face, size: tuple[int, int]) -> tuple[float, float, float, float]:
    left, top, width, height = face.box
    return left * size[0], top * size[1], (left + width) * size[0], (top + height) * size[1]
