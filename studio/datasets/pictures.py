"""Pictures from strangers, opened safely: known formats only, limits checked by the header before anything is decoded.

A decoded picture is upright, RGB, 8 bit, in sRGB where it named its colours; see-through parts lie on black.
"""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageCms, ImageOps

from studio.blobs.store import readable_size
from studio.datasets import jpeg, metadata, vips

# Only these decoders are ever asked, whatever the file is called.
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF")
MAX_PIXELS = 128_000_000
MAX_SIDE_PX = 30_000
# A small file that unpacks to this much, and to this many times its size, is a bomb and no photograph.
BOMB_BYTES, BOMB_RATIO = 50_000_000, 300
LOSSY = ("JPEG", "HEIF", "AVIF", "WEBP")  # a black frame is small in these; their pixels are limited all the same
# Pillow turns a TIFF by itself, and libheif an HEIF; both tell the upright size at once.
TURNED = ("TIFF", "HEIF")
SQUASHED = {"I;16": 256, "I;16L": 256, "I;16B": 256, "I;16N": 256, "I": 256}

UNKNOWN = "This is no picture that the studio can read. Send JPEG, PNG, WebP, TIFF, AVIF or HEIC."
TOO_LARGE = "This picture has {width} × {height} pixels, more than the studio opens (128 million). Scale it down first."
FAR_TOO_LARGE = "This picture has far more pixels than the studio opens (128 million). Scale it down first."
BOMB = "This file of {size} would unpack to {unpacked}: that is no photograph. It was not opened."
DAMAGED = "This picture is damaged: it could not be read to its end."
KILLED = "This picture ended the program that opened it. It is kept as it came, and left alone."


class PictureRefused(Exception):
    """The picture cannot be used. Shown to the person as it stands."""


@dataclass(frozen=True)
class Header:
    """What a picture says of itself before it is decoded; width and height as it is seen upright."""

    format: str
    width_px: int
    height_px: int
    exif: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Decoded:
    """`image` may be smaller than the original; width and height are the upright original's.

    `scale` is pixels of `image` for each of the original, exactly: a decoder rounds width and height up.
    """

    image: Image.Image
    width_px: int
    height_px: int
    format: str
    exif: dict[str, Any]
    scale: float = 1.0


def inspect(path: Path) -> Header:
    """Read the header. Raises PictureRefused for what is no picture, too large, or packed too tightly."""
    with opened(path) as image:
        width, height = _upright_size(image)
        return Header(_format_of(image), width, height, metadata.facts_of(image))


def decode(path: Path, *, at_least_px: int | None = 1440) -> Decoded:
    """The picture, upright. A JPEG is decoded at the smallest scale whose long side has `at_least_px`; None: in full.

    Raises PictureRefused, also when the file is damaged.
    """
    with opened(path) as image:
        width, height = _upright_size(image)
        exif, kind, profile = metadata.facts_of(image), _format_of(image), image.info.get("icc_profile")
        try:
            loaded = _scaled(path, image, at_least_px) or image
            loaded.load()
            seen = in_srgb(to_rgb(upright(loaded)), profile, mode=image.mode)
        except Exception as error:  # decoders meet damaged files in many ways
            raise PictureRefused(DAMAGED) from error
    return Decoded(seen, width, height, kind, exif, scale=round(8 * max(seen.size) / max(width, height)) / 8)


def _scaled(path: Path, image: Image.Image, at_least_px: int | None) -> Image.Image | None:
    """A smaller decoding by whoever can make one."""
    if at_least_px is None:
        return None
    return (jpeg if _format_of(image) == "JPEG" else vips).scaled(path, image, at_least_px)


def upright(image: Image.Image) -> Image.Image:
    """A decoded picture as it is meant to be seen."""
    return image if image.format in TURNED else ImageOps.exif_transpose(image)


def to_rgb(image: Image.Image) -> Image.Image:
    """8-bit RGB of any mode: 16 bit is scaled, grey becomes colour, see-through parts lie on black."""
    if image.mode == "RGB":
        return image
    if image.mode in SQUASHED:
        values = np.asarray(image).astype(np.float64) / SQUASHED[image.mode]
        return Image.fromarray(values.clip(0, 255).astype(np.uint8)).convert("RGB")
    if image.mode == "F":
        values = np.nan_to_num(np.asarray(image, np.float64), posinf=0.0, neginf=0.0)
        values = values / max(values.max(initial=0.0), 1.0)
        return Image.fromarray((values.clip(0, 1) * 255).astype(np.uint8)).convert("RGB")
    if image.has_transparency_data:
        full = image.convert("RGBA")
        black = Image.new("RGBA", full.size, (0, 0, 0, 255))
        return Image.alpha_composite(black, full).convert("RGB")
    return image.convert("RGB")


def in_srgb(image: Image.Image, profile: bytes | None, *, mode: str) -> Image.Image:
    """Other colour spaces, such as a phone's Display P3, become sRGB. A profile that cannot be used is ignored."""
    if not profile or mode not in ("RGB", "RGBA"):
        return image
    transform = _transform(bytes(profile))
    return image if transform is None else ImageCms.applyTransform(image, transform) or image


@lru_cache(maxsize=16)
def _transform(profile: bytes) -> ImageCms.ImageCmsTransform | None:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(source).lower():
            return None
        return ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), "RGB", "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


@contextmanager
def opened(path: Path) -> Iterator[Image.Image]:
    """Open without decoding, after every check. Raises PictureRefused."""
    prepare()
    # From a file, not by its name: Pillow maps a named one into memory, and then garbles a grey TIFF that lies.
    with path.open("rb") as file:
        try:
            image = Image.open(file, formats=FORMATS)
        except Image.DecompressionBombError as error:
            raise PictureRefused(FAR_TOO_LARGE) from error
        except Exception as error:  # whatever a parser of a hostile header may raise
            raise PictureRefused(UNKNOWN) from error
        with image:
            _require_harmless(image, file_bytes=path.stat().st_size)
            yield image


def _require_harmless(image: Image.Image, *, file_bytes: int) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE_PX:
        raise PictureRefused(TOO_LARGE.format(width=width, height=height))
    unpacked = width * height * _bytes_per_pixel(image)
    if _format_of(image) not in LOSSY and unpacked > max(BOMB_BYTES, file_bytes * BOMB_RATIO):
        raise PictureRefused(BOMB.format(size=readable_size(file_bytes), unpacked=readable_size(unpacked)))


@lru_cache(maxsize=1)
def prepare() -> None:
    """HEIC comes from a library of its own. Pillow's warning of large pictures says less than our limit."""
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False)
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)


def _format_of(image: Image.Image) -> str:
    """MPO is a JPEG with more pictures behind it."""
    kind = str(image.format)
    return "JPEG" if kind == "MPO" else kind


def _upright_size(image: Image.Image) -> tuple[int, int]:
    width, height = image.size
    is_lying = image.format not in TURNED and metadata.orientation_of(image) >= 5
    return (height, width) if is_lying else (width, height)


def _bytes_per_pixel(image: Image.Image) -> int:
    return len(image.getbands()) * (4 if image.mode in ("I", "F") else 2 if image.mode.startswith("I;16") else 1)
