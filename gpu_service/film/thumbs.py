"""Pictures as JPEG: thumbnails of a film, frames of a preview."""

import io

import numpy as np
import simplejpeg
from PIL import Image

THUMB_HEIGHT = 144
THUMB_QUALITY = 80
# Whoever looks at a picture that stands sees what half colour takes away.
FINE_QUALITY = 95


def jpeg(picture: np.ndarray, *, quality: int) -> bytes:
    """uint8 [3, H, W] -> JPEG; half colour and the fast transform, but below FINE_QUALITY alone."""
    rows = np.ascontiguousarray(picture.transpose(1, 2, 0))
    is_fine = quality >= FINE_QUALITY
    encoded: bytes = simplejpeg.encode_jpeg(
        rows, quality=quality, colorspace="RGB", colorsubsampling="444" if is_fine else "420", fastdct=not is_fine
    )
    return encoded


def thumbnail_jpeg(picture: np.ndarray) -> bytes:
    """uint8 [3, H, W] -> a JPEG that is 144 pixels high."""
    height, width = picture.shape[1:]
    image = Image.fromarray(np.ascontiguousarray(picture.transpose(1, 2, 0)))
    small = image.resize((max(1, round(width * THUMB_HEIGHT / height)), THUMB_HEIGHT), Image.Resampling.BILINEAR)
    held = io.BytesIO()
    small.save(held, "JPEG", quality=THUMB_QUALITY)
    return held.getvalue()
