"""JPEGs at a smaller scale: libjpeg-turbo decodes straight to any number of eighths, which spares scaling after it."""

from pathlib import Path

import simplejpeg
from PIL import Image, JpegImagePlugin

MODES = {"RGB": "RGB", "L": "GRAY"}


def scaled(path: Path, image: Image.Image, at_least_px: int) -> Image.Image | None:
    """The opened picture at the smallest scale whose long side has that many pixels, its orientation not applied.

    None where Pillow is to decode it: it is small enough, in other colours, or libjpeg has complaints.
    """
    share = at_least_px / max(image.size)
    if share >= 1 or not isinstance(image, JpegImagePlugin.JpegImageFile):
        return None
    width, height = round(image.width * share), round(image.height * share)
    if image.mode not in MODES:
        image.draft(image.mode, (width, height))
        return None
    try:
        levels = simplejpeg.decode_jpeg(
            path.read_bytes(), MODES[image.mode], min_width=width, min_height=height, min_factor=1
        )
    except ValueError:
        image.draft(image.mode, (width, height))
        return None
    found = Image.fromarray(levels[:, :, 0] if image.mode == "L" else levels)
    found.getexif()[0x0112] = image.getexif().get(0x0112, 1)
    return found
