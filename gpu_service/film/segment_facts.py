"""What is known of a drawn segment. No torch, so that the session can speak of it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class SegmentFilm:
    """A drawn segment. Thumbnails are (frame, JPEG)."""

    path: Path
    frames: int
    seconds_drawing: float
    seconds_encoding: float
    thumbs: tuple[tuple[int, bytes], ...]
