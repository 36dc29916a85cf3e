"""One picture's bytes as numbers: any kind of PNG, JPEG, WebP or BMP becomes RGB of the run's size.

Grey is shown in all three channels, of 16 bits the upper 8 are taken, what is transparent lies on black (as in the
library), a camera's note about turning is obeyed.
"""

import io
from typing import Literal

import numpy as np
from PIL import Image, ImageOps

from gpu_service.protocol.training import SMALLEST_SIDE
from gpu_service.training.data.errors import BadPicture

Fit = Literal["exact", "pad", "crop"]
AnyFit = Literal["exact", "pad", "crop", "stretch"]
FORMATS = ("PNG", "JPEG", "WEBP", "BMP")
MOST_PIXELS = 100_000_000
TURNED_SIDEWAYS = (5, 6, 7, 8)
ORIENTATION_TAG = 0x0112


def sides(content: bytes) -> tuple[int, int]:
    """Width and height from the header, as the picture is looked at. Raises BadPicture."""
    image = _opened(content)
    return _sides(image)


def decode(content: bytes, *, size: int, fit: Fit) -> np.ndarray:
    """uint8 [3, size, size], about RGB of a screen. Raises BadPicture."""
    return decode_to(content, shape=(size, size), fit=fit)


def decode_to(content: bytes, *, shape: tuple[int, int], fit: AnyFit) -> np.ndarray:
    """The same of any (width, height): uint8 [3, height, width]. Raises BadPicture."""
    image = _opened(content)
    wide, high = _sides(image)
    if fit == "exact" and (wide, high) != shape:
        raise BadPicture(f"is {wide}×{high} pixels, not {shape[0]}×{shape[1]}")
    if min(wide, high) < SMALLEST_SIDE:
        raise BadPicture(f"is only {wide}×{high} pixels")
    try:
        levels = np.asarray(FITS[fit](_rgb(image), shape))
    except Exception as error:  # decoders of hostile files raise whatever they like
        raise BadPicture("is damaged") from error
    return np.ascontiguousarray(levels.transpose(2, 0, 1))


def _opened(content: bytes) -> Image.Image:
    """The header read, nothing decoded."""
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
    except Exception as error:
        raise BadPicture("is no picture") from error
    if image.width * image.height > MOST_PIXELS:
        raise BadPicture(f"claims {image.width:,}×{image.height:,} pixels, more than are read here")
    return image


def _sides(image: Image.Image) -> tuple[int, int]:
    turned = _orientation(image) in TURNED_SIDEWAYS
    return (image.height, image.width) if turned else (image.width, image.height)


def _orientation(image: Image.Image) -> int:
    if "exif" not in image.info:  # of a PNG the search would decode everything
        return 1
    try:
        return int(image.getexif().get(ORIENTATION_TAG, 1))
    except Exception:  # a damaged note is no note
        return 1


def _rgb(image: Image.Image) -> Image.Image:
    turn = _orientation(image) != 1
    if image.mode in ("I", "I;16", "I;16B", "I;16L"):
        grey = np.asarray(image).astype(np.int64).clip(0, 0xFFFF) >> 8
        plain = Image.fromarray(grey.astype(np.uint8)).convert("RGB")
    elif image.has_transparency_data:
        whole = image.convert("RGBA")
        plain = Image.alpha_composite(Image.new("RGBA", whole.size, (0, 0, 0, 255)), whole).convert("RGB")
    else:
        plain = image.convert("RGB")
    if turn:
        plain.info["exif"] = image.info["exif"]
        plain = ImageOps.exif_transpose(plain)
    return plain


def _as_it_is(image: Image.Image, shape: tuple[int, int]) -> Image.Image:
    return image


def _crop(image: Image.Image, shape: tuple[int, int]) -> Image.Image:
    """As much of the middle as that shape takes."""
    return ImageOps.fit(image, shape, Image.Resampling.LANCZOS)


def _pad(image: Image.Image, shape: tuple[int, int]) -> Image.Image:
    """All of it; beside it the picture goes on mirrored, so that no hard edge is learnt."""
    share = min(shape[0] / image.width, shape[1] / image.height)
    wide, high = (min(max(1, round(side * share)), most) for side, most in zip(image.size, shape, strict=True))
    small = np.asarray(image.resize((wide, high), Image.Resampling.LANCZOS))
    left, top = (shape[0] - wide) // 2, (shape[1] - high) // 2
    room = ((top, shape[1] - high - top), (left, shape[0] - wide - left), (0, 0))
    return Image.fromarray(np.pad(small, room, mode="symmetric"))


def _stretch(image: Image.Image, shape: tuple[int, int]) -> Image.Image:
    """All of it, squashed, as GANce's `--projection-width-height` does."""
    return image.resize(shape, Image.Resampling.LANCZOS)


FITS = {"exact": _as_it_is, "crop": _crop, "pad": _pad, "stretch": _stretch}
