"""Large PNG, TIFF and WebP pictures by libvips, where pyvips is installed: it reads a picture row by row.

Pillow holds all of it at once: 12 MB of memory for each million pixels of a scan, against a few rows.
"""

import math
from functools import lru_cache
from pathlib import Path
from typing import Any

from PIL import Image

FORMATS = ("PNG", "TIFF", "WEBP")
MODES = ("RGB", "RGBA", "L", "LA", "I;16", "I;16B")
# Below this many pixels Pillow is as quick.
MIN_PIXELS = 4_000_000
ORIENTATION = 0x0112


def scaled(path: Path, image: Image.Image, at_least_px: int) -> Image.Image | None:
    """The opened picture at the smallest number of eighths whose long side has that many pixels, not yet turned.

    None where Pillow is to decode it. Raises pyvips.Error for a damaged one.
    """
    eighths = math.ceil(8 * at_least_px / max(image.size))
    pyvips = load()
    if pyvips is None or eighths >= 8 or image.width * image.height < MIN_PIXELS:
        return None
    if image.format not in FORMATS or image.mode not in MODES:
        return None
    rows = pyvips.Image.new_from_file(str(path), access="sequential", fail_on="truncated")
    rows = rows.colourspace("srgb")
    if rows.hasalpha():
        rows = rows.flatten(background=[0, 0, 0])
    small = rows.resize(eighths / 8).cast("uchar")
    found = Image.frombytes("RGB", (small.width, small.height), small.write_to_memory())
    found.getexif()[ORIENTATION] = image.getexif().get(ORIENTATION, 1)
    return found


@lru_cache(maxsize=1)
def load() -> Any | None:
    """pyvips, its less careful readers switched off; None when it is not installed."""
    try:
        import pyvips
    except (ImportError, OSError):  # the package may be there without the library
        return None
    pyvips.block_untrusted_set(True)
    pyvips.cache_set_max(0)
    return pyvips
