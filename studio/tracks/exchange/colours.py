"""Colours of other programs as ours: red, green and blue from 0 to 255."""

import math
import re
from collections.abc import Sequence

# Shown colours of our hues, as rekordbox keeps them.
RGB = {
    "red": (230, 40, 40),
    "orange": (224, 100, 27),
    "yellow": (195, 175, 4),
    "green": (40, 226, 20),
    "blue": (48, 90, 255),
    "violet": (180, 50, 255),
    "pink": (255, 18, 123),
    "grey": (128, 128, 128),
}
HEX = re.compile("#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})")


def nearest(rgb: Sequence[float]) -> str:
    return min(RGB, key=lambda name: math.dist(RGB[name], rgb))


def colour_of(cell: str) -> str | None:
    """The name of one of ours, or "#ff8000" and "FF8000" as the nearest; None for anything else."""
    word = cell.strip().lower()
    if word in RGB:
        return word
    found = HEX.fullmatch(word)
    return nearest([int(part, 16) for part in found.groups()]) if found else None
