"""The two small pictures of a portrait: one for the grid, one for the loupe. Metadata stay behind."""

import io
from dataclasses import dataclass

from PIL import Image

THUMB_PX, VIEW_PX = 256, 1440
NEAR = 1.2
THUMB_TYPE, VIEW_TYPE = "image/webp", "image/jpeg"


@dataclass(frozen=True)
class Thumbs:
    """Encoded files."""

    thumb: bytes
    view: bytes


def make(image: Image.Image) -> Thumbs:
    """Of an upright RGB picture. The view is a JPEG, because WebP of that size takes six times as long to write.

    A picture that came a little larger out of its decoder is the view as it is: scaling takes longer than decoding.
    """
    is_near = max(image.size) <= VIEW_PX * NEAR
    seen = image if is_near else scaled(image, VIEW_PX, Image.Resampling.HAMMING)
    small = scaled(seen, THUMB_PX, Image.Resampling.HAMMING)
    return Thumbs(
        thumb=_encoded(small, "WEBP", quality=80, method=2),
        view=_encoded(seen, "JPEG", quality=85),
    )


def scaled(image: Image.Image, long_px: int, resampling: Image.Resampling) -> Image.Image:
    """With that many pixels on the long side; never larger than it is."""
    share = long_px / max(image.size)
    if share >= 1:
        return image
    size = (max(1, round(image.width * share)), max(1, round(image.height * share)))
    return image.resize(size, resampling, reducing_gap=2.0)


def _encoded(image: Image.Image, kind: str, **options: int) -> bytes:
    buffer = io.BytesIO()
    clean = Image.new("RGB", image.size)  # a fresh one knows nothing of profile, EXIF or comment
    clean.paste(image)
    clean.save(buffer, kind, **options)
    return buffer.getvalue()
