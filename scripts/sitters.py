"""Made-up sitters for the pictures of our own pages, drawn by the fake camera: nobody's portrait is published."""

import io
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image, ImageEnhance, ImageFilter

from capture_agent.cameras.fake import draw_scene

SIDE = 900


def draw_sitters(folder: Path, *, count: int = 120, seed: int = 4) -> list[Path]:
    """Two sittings of two people, a few dark and a few out of focus, under Pitraiture's file names."""
    chance, made = random.Random(seed), []
    taken = datetime(2026, 11, 6, 18, 30, tzinfo=UTC)
    for number in range(count):
        look = 2 if number < count // 2 else 5
        if number == count // 2:
            taken += timedelta(days=9, minutes=-25)
        taken += timedelta(seconds=chance.choice([1.1, 1.2, 1.3, 6.0]))
        picture = draw_scene((SIDE, SIDE), seconds=number * 0.7, look=look, is_empty=chance.random() < 0.03)
        picture = ImageEnhance.Brightness(picture).enhance(chance.choice([0.35, 0.9, 1.0, 1.0, 1.1]))
        if chance.random() < 0.2:
            picture = picture.filter(ImageFilter.GaussianBlur(chance.uniform(2, 7)))
        made.append(folder / f"ines_{taken:%m-%d-%Y_%H-%M-%S}-{number:06d}.jpeg")
        made[-1].write_bytes(as_jpeg(picture))
    return made


def as_jpeg(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=90)
    return file.getvalue()
