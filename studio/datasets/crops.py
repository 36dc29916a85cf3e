"""Crop recipes: which part of a portrait becomes the training picture. Geometry only; `cut.py` has the pixels.

Corners are [x, y] in pixels of the upright original: upper left, lower left, lower right, upper right. They may lie
outside of it; what is missing there is made up when the picture is cut.
"""

from typing import Annotated, Any, Literal, Self

from ninja import Schema
from pydantic import ConfigDict, Field, model_validator

Corners = list[list[float]]

NO_FACE = "no face was found"
NO_POINTS = "the face has no points for its eyes"
NO_MOUTH = "the face has no points for the corners of its mouth"
BROKEN = "the picture cannot be read"
NOT_SCORED = "the picture has not been looked at yet"
BINNED = "it lies in the bin"


class CropRecipe(Schema):
    """How every portrait of a version is cut and scaled."""

    model_config = ConfigDict(extra="forbid")

    crop: Literal["centre", "face", "ffhq"] = "face"
    # Room on each side of the face, as a share of the face's side.
    margin: Annotated[float, Field(ge=0, le=4)] = 0.6
    aspect: Literal["square", "keep"] = "square"
    # The longer side of the result, in pixels.
    size: Annotated[int, Field(ge=64, le=2048)] = 256
    resampling: Literal["lanczos", "area", "bicubic"] = "lanczos"

    @model_validator(mode="after")
    def alignment_is_square(self) -> Self:
        if self.crop == "ffhq" and self.aspect != "square":
            raise ValueError("aspect: FFHQ alignment is always square")
        return self


class CannotCrop(Exception):
    """Why this portrait has no place in the version, in few words."""


def corners_of(recipe: CropRecipe, width_px: int, height_px: int, faces: list[dict[str, Any]]) -> Corners:
    """The part of a portrait of that size; `faces` as in `PortraitFacts`. Raises CannotCrop."""
    if recipe.crop == "centre":
        side = float(min(width_px, height_px))
        size = (side, side) if recipe.aspect == "square" else (float(width_px), float(height_px))
        return _rectangle(width_px / 2, height_px / 2, *size)
    if not faces:
        raise CannotCrop(NO_FACE)
    if recipe.crop == "ffhq":
        return _aligned(faces[0].get("points") or [None] * 5)
    return _around_face(recipe, width_px, height_px, faces[0]["box"])


def is_upright(corners: Corners) -> bool:
    """Whether it is a rectangle that is not turned."""
    (left, top), (lower_left, bottom), (right, _), _ = corners
    return corners == _box(left, top, right, bottom) and left == lower_left


def longer_side(corners: Corners) -> float:
    first, second, third, _ = (complex(*corner) for corner in corners)
    return max(abs(second - first), abs(third - second))


def _around_face(recipe: CropRecipe, width_px: int, height_px: int, box: list[float]) -> Corners:
    """Face and margin, moved into the picture where it would stand out, and no larger than the picture allows."""
    left, top, wide, high = box
    short = min(max(wide, high) * (1 + 2 * recipe.margin), width_px, height_px)
    keep = recipe.aspect == "keep"
    width = short * max(1.0, width_px / height_px) if keep else short
    height = short * max(1.0, height_px / width_px) if keep else short
    x = min(max(left + wide / 2, width / 2), width_px - width / 2)
    y = min(max(top + high / 2, height / 2), height_px - height / 2)
    return _rectangle(x, y, width, height)


def _aligned(points: list[list[float] | None]) -> Corners:
    """The square of FFHQ: turned with the face, its side from the distance of the eyes or of eyes and mouth.

    Karras et al., A Style-Based Generator Architecture for GANs, 2019, appendix C.
    """
    if points[0] is None or points[1] is None:
        raise CannotCrop(NO_POINTS)
    if points[3] is None or points[4] is None:
        raise CannotCrop(NO_MOUTH)
    left_eye, right_eye = complex(*points[0]), complex(*points[1])
    eyes, mouth = (left_eye + right_eye) / 2, (complex(*points[3]) + complex(*points[4])) / 2
    eye_to_eye, eye_to_mouth = right_eye - left_eye, mouth - eyes
    # A quarter turn of the way down points to the left: less that, it adds to the way from eye to eye.
    across = eye_to_eye - eye_to_mouth * 1j
    if not across:
        raise CannotCrop(NO_POINTS)
    across *= max(abs(eye_to_eye) * 2.0, abs(eye_to_mouth) * 1.8) / abs(across)
    down, centre = across * 1j, eyes + 0.1 * eye_to_mouth
    quad = [centre - across - down, centre - across + down, centre + across + down, centre + across - down]
    return [[round(corner.real, 3), round(corner.imag, 3)] for corner in quad]


def _rectangle(x: float, y: float, width: float, height: float) -> Corners:
    """Around a centre, rounded to a thousandth of a pixel."""
    left, top = round(x - width / 2, 3), round(y - height / 2, 3)
    return _box(left, top, round(left + width, 3), round(top + height, 3))


def _box(left: float, top: float, right: float, bottom: float) -> Corners:
    return [[left, top], [left, bottom], [right, bottom], [right, top]]
