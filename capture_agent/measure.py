"""A photograph in numbers, while the sitter is still there: sharpness, brightness, clipping, faces.

The formulas are those of the studio's scores, so that a figure at the camera means what it means in the library:
    a = σ(∇²g) / √(σ²(g) + 4)         g: grey levels of the largest face, or of all, at 256 × 256 px, smoothed
    sharpness = 100 · a / (a + 0.06)  ∇²: the Laplacian [0 1 0; 1 −4 1; 0 1 0]; smoothed by [1 2 1]/4 both ways
"""

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, UnidentifiedImageError

from capture_agent.errors import CameraError
from capture_agent.faces import Box, FaceFinder
from capture_agent.protocol import Measures

GREY_PX = 1000  # the longer side at which pictures are looked at
SIDE_PX = 256
FLAT = 4.0
HALF = 0.06
BLACK, WHITE = 2, 253


@dataclass(frozen=True)
class Look:
    """What a look at a photograph gives: its numbers, a smaller JPEG of it to show, and where its largest face is.

    `face`: left, top, right, bottom as shares of width and height.
    """

    measures: Measures
    small_jpeg: bytes
    face: Box | None = None


def look(
    jpeg: bytes, *, finder: FaceFinder | None, face: Box | None = None, small_px: int = 640, quality: int = 75
) -> Look:
    """Decode a JPEG at a fraction of its size and measure it. Raises CameraError when it is no whole picture.

    Without a finder `face` says where the last one was: sharpness is then measured there, and stays comparable.
    """
    try:
        with Image.open(io.BytesIO(jpeg)) as file:
            file.draft("RGB", (GREY_PX, GREY_PX))
            file.thumbnail((GREY_PX, GREY_PX), Image.Resampling.BILINEAR, reducing_gap=2.0)
            picture = file.convert("RGB")
    except (OSError, UnidentifiedImageError, SyntaxError) as error:
        raise CameraError("The camera gave a damaged picture.") from error
    grey = picture.convert("L")
    faces = finder.find(grey) if finder else None
    largest = max(faces, key=lambda box: (box[2] - box[0]) * (box[3] - box[1])) if faces else None
    if finder is None and face is not None:
        largest = _scaled(face, grey.width, grey.height)
    brightness, clipped = brightness_and_clipped(grey)
    measures = Measures(
        sharpness=round(sharpness(grey, largest), 1),
        brightness=round(brightness, 1),
        clipped=round(clipped, 2),
        faces=None if faces is None else len(faces),
    )
    picture.thumbnail((small_px, small_px), Image.Resampling.BILINEAR)
    small = io.BytesIO()
    picture.save(small, "JPEG", quality=quality)
    return Look(measures, small.getvalue(), largest and _scaled(largest, 1 / grey.width, 1 / grey.height))


def _scaled(box: Box, across: float, down: float) -> Box:
    return box[0] * across, box[1] * down, box[2] * across, box[3] * down


def sharpness(grey: Image.Image, box: Box | None = None) -> float:
    """0 to 100 of the box (left, top, right, bottom in pixels), or of the whole picture."""
    left, top, right, bottom = box or (0.0, 0.0, float(grey.width), float(grey.height))
    left, top = min(max(left, 0.0), grey.width - 1.0), min(max(top, 0.0), grey.height - 1.0)
    right, bottom = min(max(right, left + 1.0), grey.width), min(max(bottom, top + 1.0), grey.height)
    small = grey.resize((SIDE_PX, SIDE_PX), Image.Resampling.BILINEAR, box=(left, top, right, bottom))
    levels = np.asarray(small, np.float32)
    smooth = (levels[:-2] + 2 * levels[1:-1] + levels[2:]) / 4
    smooth = (smooth[:, :-2] + 2 * smooth[:, 1:-1] + smooth[:, 2:]) / 4
    middle = smooth[1:-1, 1:-1]
    laplacian = smooth[:-2, 1:-1] + smooth[2:, 1:-1] + smooth[1:-1, :-2] + smooth[1:-1, 2:] - 4 * middle
    detail = float(laplacian.std() / np.sqrt(middle.var() + FLAT))
    return 100 * detail / (detail + HALF)


def brightness_and_clipped(grey: Image.Image) -> tuple[float, float]:
    """Mean luma, 0 to 100; and the percent of pixels that are black (≤ 2) or burnt out (≥ 253)."""
    counts = np.array(grey.histogram(), np.float64)
    total = counts.sum()
    mean = float(counts @ np.arange(256)) / total / 255 * 100
    return mean, float(counts[: BLACK + 1].sum() + counts[WHITE:].sum()) / total * 100
