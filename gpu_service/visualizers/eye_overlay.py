"""The eye overlay (`gance.md` §2.9): where the projection still looks like its target, the target's eyes show through.

Numbers and pictures only; who finds the eyes, and which frames are asked for, is decided elsewhere.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from gpu_service.eye_boxes import Box

# The rectangle that is shown, of the picture's height and width.
PAD_OF_HEIGHT, HALF_OF_WIDTH = 0.098, 0.058
HASH_SIDE, HASH_FROM = 8, 32


@dataclass(frozen=True)
class Limits:
    """`distance` in pixels: below it. `hash_bits`: no more of 64. `run` frames one after the other at least."""

    distance: float
    hash_bits: int
    run: int


@dataclass(frozen=True)
class Likeness:
    """How near the nearest eyes of two pictures are, in pixels, and in how many bits they differ; None: no pair."""

    distance: float | None
    bits: int | None

    def within(self, limits: Limits) -> bool:
        """Whether the target's eyes may show: distance below its limit, bits no more than theirs."""
        is_near = self.distance is not None and self.distance < limits.distance
        return is_near and self.bits is not None and self.bits <= limits.hash_bits


def likeness(shown: np.ndarray, over: np.ndarray, shown_eyes: Sequence[Box], over_eyes: Sequence[Box]) -> Likeness:
    """Of the pair of boxes whose centres are nearest. Pictures are uint8 RGB [3, H, W] of one size."""
    pairs = [(_apart(first, second), first, second) for first in over_eyes for second in shown_eyes]
    if not pairs:
        return Likeness(None, None)
    distance, first, second = min(pairs, key=lambda pair: pair[0])
    crops = cropped(over, first), cropped(shown, second)
    if any(crop.size == 0 for crop in crops):
        return Likeness(distance, None)
    return Likeness(distance, int((perceptual_hash(crops[0]) != perceptual_hash(crops[1])).sum()))


def _apart(first: Box, second: Box) -> float:
    across = first[0] + first[2] / 2 - second[0] - second[2] / 2
    down = first[1] + first[3] / 2 - second[1] - second[3] / 2
    return float(np.hypot(across, down))


def cropped(picture: np.ndarray, box: Box) -> np.ndarray:
    """The part of the picture in the box. -> [3, h, w]"""
    left, top = max(0, round(box[0])), max(0, round(box[1]))
    return picture[:, top : max(top, round(box[1] + box[3])), left : max(left, round(box[0] + box[2]))]


def perceptual_hash(picture: np.ndarray) -> np.ndarray:
    """64 bits of the lowest frequencies of a 32 × 32 grey copy, against their median. uint8 [3, h, w] -> bool [64]"""
    # scipy loads slowly, and few films have an overlay.
    from scipy.fft import dctn

    grey = Image.fromarray(np.ascontiguousarray(picture.transpose(1, 2, 0))).convert("L")
    small = np.asarray(grey.resize((HASH_FROM, HASH_FROM), Image.Resampling.LANCZOS), float)
    lowest = dctn(small)[:HASH_SIDE, :HASH_SIDE]
    return (lowest > np.median(lowest)).reshape(-1)


def in_long_run(is_like: Callable[[int], bool], frame: int, *, run: int, frames: int) -> bool:
    """Whether that frame belongs to so many in a row; looks no further than it must, and only where it must."""
    if not is_like(frame):
        return False
    length = 1
    for step in (-1, 1):
        place = frame + step
        while length < run and 0 <= place < frames and is_like(place):
            length, place = length + 1, place + step
    return length >= run


def laid_over(shown: np.ndarray, over: np.ndarray, eyes: Sequence[Box]) -> np.ndarray:
    """The picture with a hard-edged rectangle of the target around each of the target's eyes. uint8 [3, H, W]"""
    height, width = shown.shape[1:]
    whole = shown.copy()
    for x, y, wide, high in eyes:
        left, right = x - PAD_OF_HEIGHT * height, x + wide + PAD_OF_HEIGHT * height
        middle, half = y + high / 2, HALF_OF_WIDTH * width
        rows = slice(max(0, round(middle - half)), max(0, round(middle + half)))
        columns = slice(max(0, round(left)), max(0, round(right)))
        whole[:, rows, columns] = over[:, rows, columns]
    return whole
