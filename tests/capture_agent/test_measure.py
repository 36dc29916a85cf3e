"""What the numbers at the camera say of a picture."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from capture_agent.errors import CameraError
from capture_agent.faces import face_finder
from capture_agent.measure import brightness_and_clipped, look, sharpness

# A profile behind a camera, and a face of 40 px: below what the device looks for.
TOO_HARD = {"cameraman_profile.png", "derived_tiny_72x90.png"}


def jpeg(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=95)
    return file.getvalue()


def test_brightness_and_clipping_are_shares_of_the_pixels():
    levels = np.full((100, 100), 127.5, np.uint8)
    levels[:10], levels[10:15] = 0, 255
    mean, clipped = brightness_and_clipped(Image.fromarray(levels))
    assert clipped == pytest.approx(15)
    assert mean == pytest.approx((85 * 127 / 255 * 100 + 5 * 100) / 100)


def test_sharpness_falls_with_every_blur_and_not_with_the_light(sample_data: Path):
    grey = Image.open(sample_data / "portraits" / "astronaut.png").convert("L")
    blurred = [sharpness(grey.filter(ImageFilter.GaussianBlur(radius))) for radius in (0, 1, 2, 4, 8)]
    assert blurred == sorted(blurred, reverse=True)
    assert blurred[0] > 2 * blurred[-1]
    assert sharpness(grey.point(lambda level: level // 2)) == pytest.approx(blurred[0], rel=0.1)


def test_the_formula_is_the_studios(sample_data: Path):
    focus = pytest.importorskip("studio.datasets.focus")
    light = pytest.importorskip("studio.datasets.light")
    grey = Image.open(sample_data / "portraits" / "astronaut.png").convert("L")
    for box in (None, (150.0, 60.0, 300.0, 210.0), (-20.0, -20.0, 900.0, 80.0)):
        assert sharpness(grey, box) == pytest.approx(focus.sharpness(grey, box), rel=1e-6)
    assert brightness_and_clipped(grey) == pytest.approx(light.brightness_and_clipped(grey), rel=1e-9)


def test_real_faces_are_found(sample_data: Path):
    finder = face_finder()
    assert finder is not None
    folder = sample_data / "portraits"
    known = json.loads((folder / "faces.json").read_text())
    seen = {}
    for name in known.keys() - TOO_HARD:
        picture = jpeg(Image.open(folder / name).convert("RGB"))
        found = look(picture, finder=finder)
        seen[name] = found.measures.faces
        assert max(Image.open(io.BytesIO(found.small_jpeg)).size) <= 640
    assert seen == {name: known[name]["faces"] for name in seen}
    assert look(picture, finder=None).measures.faces is None


def test_a_damaged_picture_is_said_to_be_one():
    whole = jpeg(Image.effect_noise((400, 400), 50))
    for damaged in (b"", whole[: len(whole) // 2], b"\xff\xd8 no"):
        with pytest.raises(CameraError, match="damaged"):
            look(damaged, finder=None)
