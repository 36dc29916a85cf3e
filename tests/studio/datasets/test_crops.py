"""What part of a portrait becomes the training picture, by arithmetic and by looking at the pixels."""

import cmath
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pydantic import ValidationError

from studio.datasets import pictures
from studio.datasets.crops import (
    NO_FACE,
    NO_MOUTH,
    NO_POINTS,
    CannotCrop,
    CropRecipe,
    corners_of,
    is_upright,
    longer_side,
)
from studio.datasets.cut import bordered, cut, cut_file


def face(left, top, width, height, points=None):
    return [{"box": [left, top, width, height], "score": 1.0, "points": points}]


def posed(*, roll=0.0, centre=complex(500, 400), eyes=100.0, mouth=110.0):
    """Points of a face that is rolled counter-clockwise by `roll` degrees: eyes, nose, corners of the mouth."""
    turn = cmath.exp(-1j * math.radians(roll))
    spots = (-eyes / 2, eyes / 2, 0.5j * mouth, -30 + 1j * mouth, 30 + 1j * mouth)
    return [[(centre + turn * spot).real, (centre + turn * spot).imag] for spot in spots]


def test_the_centre_is_the_largest_square_in_the_middle():
    assert corners_of(CropRecipe(crop="centre"), 1000, 600, []) == [[200, 0], [200, 600], [800, 600], [800, 0]]
    whole = corners_of(CropRecipe(crop="centre", aspect="keep"), 1000, 600, [])
    assert whole == [[0, 0], [0, 600], [1000, 600], [1000, 0]]


def test_the_face_square_has_its_margin_on_every_side():
    (left, top), _, (right, bottom), _ = corners_of(CropRecipe(margin=0.5), 2000, 2000, face(900, 700, 200, 200))
    assert (left, top, right, bottom) == (800, 600, 1200, 1000)


@settings(max_examples=200, deadline=None)
@given(
    st.integers(64, 5000),
    st.integers(64, 5000),
    st.tuples(st.floats(-300, 5000), st.floats(-300, 5000), st.floats(10, 3000), st.floats(10, 3000)),
    st.floats(0, 4),
    st.sampled_from(["square", "keep"]),
)
def test_a_face_crop_never_leaves_the_picture_and_keeps_its_form(width, height, box, margin, aspect):
    corners = corners_of(CropRecipe(margin=margin, aspect=aspect), width, height, face(*box))
    (left, top), _, (right, bottom), _ = corners
    assert is_upright(corners)
    assert left >= -0.01
    assert top >= -0.01
    assert right <= width + 0.01
    assert bottom <= height + 0.01
    form = 1.0 if aspect == "square" else width / height
    assert right - left == pytest.approx((bottom - top) * form, abs=0.02)


@pytest.mark.parametrize("roll", [0, 28, -40, 90])
def test_the_aligned_square_turns_with_the_face(roll):
    points = posed(roll=roll, eyes=100, mouth=110)
    corners = [complex(*corner) for corner in corners_of(CropRecipe(crop="ffhq"), 1000, 800, face(0, 0, 9, 9, points))]
    turn = cmath.exp(-1j * math.radians(roll))
    half = max(100 * 2.0, 110 * 1.8)
    centre = complex(500, 400) + 0.1 * 110j * turn
    wanted = [centre + turn * half * way for way in (-1 - 1j, -1 + 1j, 1 + 1j, 1 - 1j)]
    assert np.abs(np.array(corners) - np.array(wanted)).max() < 0.01


def test_a_long_face_is_measured_from_eyes_to_mouth():
    points = posed(eyes=80, mouth=140)
    corners = corners_of(CropRecipe(crop="ffhq"), 1000, 800, face(0, 0, 9, 9, points))
    assert longer_side(corners) == pytest.approx(2 * 1.8 * 140, abs=0.01)


def test_what_cannot_be_cut_says_why():
    for faces, recipe, reason in [
        ([], CropRecipe(crop="face"), NO_FACE),
        ([], CropRecipe(crop="ffhq"), NO_FACE),
        (face(0, 0, 9, 9), CropRecipe(crop="ffhq"), NO_POINTS),
        (face(0, 0, 9, 9, [[1, 1], [9, 1], [5, 5], None, None]), CropRecipe(crop="ffhq"), NO_MOUTH),
    ]:
        with pytest.raises(CannotCrop, match=reason):
            corners_of(recipe, 100, 100, faces)
    with pytest.raises(ValidationError, match="always square"):
        CropRecipe(crop="ffhq", aspect="keep")


def ramp(width, height):
    """Red grows to the right, green downwards, by half a level for each pixel."""
    x, y = np.meshgrid(np.arange(width) / 2, np.arange(height) / 2)
    return Image.fromarray(np.stack([x, y, np.full_like(x, 99)], axis=2).astype(np.uint8))


@pytest.mark.parametrize("resampling", ["lanczos", "area", "bicubic"])
def test_the_pixels_are_those_of_the_crop(resampling):
    recipe = CropRecipe(crop="face", margin=0.5, size=100, resampling=resampling)
    made = np.asarray(cut(ramp(500, 400), recipe, corners_of(recipe, 500, 400, face(200, 100, 100, 100)), scale=1.0))
    assert made.shape == (100, 100, 3)
    assert made[:, 10, 0].mean() == pytest.approx((150 + 2 * 10.5) / 2, abs=1)
    assert made[90, :, 1].mean() == pytest.approx((50 + 2 * 90.5) / 2, abs=1)


def test_a_turned_square_sets_the_face_upright():
    """Dots at eyes and mouth of a rolled face come to the places that the formula gives them."""
    points = posed(roll=28, eyes=100, mouth=110)
    levels = np.zeros((800, 1000, 3), np.uint8)
    for channel, (x, y) in zip((0, 1, 2), (points[0], points[1], points[3]), strict=True):
        levels[round(y) - 4 : round(y) + 5, round(x) - 4 : round(x) + 5, channel] = 255
    recipe = CropRecipe(crop="ffhq", size=256)
    made = cut(Image.fromarray(levels), recipe, corners_of(recipe, 1000, 800, face(0, 0, 9, 9, points)), scale=1.0)
    pixels = np.asarray(made, np.float64)
    y, x = np.mgrid[0.5:256, 0.5:256]
    found = [complex((pixels[..., c] * x).sum(), (pixels[..., c] * y).sum()) / pixels[..., c].sum() for c in (0, 1, 2)]
    scale, middle = 256 / 400, 128 - 0.1 * 110 * 256 / 400
    wanted = [complex(128 - 50 * scale, middle), complex(128 + 50 * scale, middle)]
    wanted.append(complex(128 - 30 * scale, middle + 110 * scale))
    assert np.abs(np.array(found) - np.array(wanted)).max() < 1.0


def test_a_smaller_copy_gives_the_same_picture():
    recipe = CropRecipe(crop="centre", size=64)
    corners = corners_of(recipe, 500, 400, [])
    whole = cut(ramp(500, 400), recipe, corners, scale=1.0)
    half = cut(ramp(500, 400).reduce(2), recipe, corners, scale=0.5)
    assert np.abs(np.asarray(whole, int) - np.asarray(half, int)).max() <= 2


def test_a_square_beyond_the_edge_is_filled_smoothly():
    """Inside nothing changes; outside there is neither black nor a hard edge, and far out it is one colour."""
    rng = np.random.default_rng(5)
    picture = Image.fromarray(rng.integers(60, 200, (120, 160, 3)).astype(np.uint8))
    made = np.asarray(bordered(picture, (200, 50, 0, 0), side=200.0), np.float64)
    assert made.shape == (170, 360, 3)
    assert np.array_equal(made[50:, 200:], np.asarray(picture))
    assert made.min() > 40
    assert made[60:, :40].std() < 3 < made[50:, 200:].std()
    border = made[60:, 150:200]
    assert border.std() < made[50:, 200:].std()


def test_an_aligned_square_that_stands_out_of_the_picture_has_no_holes():
    points = posed(centre=complex(60, 50), roll=20)
    recipe = CropRecipe(crop="ffhq", size=128)
    grey = Image.new("RGB", (500, 400), (90, 120, 150))
    made = np.asarray(cut(grey, recipe, corners_of(recipe, 500, 400, face(0, 0, 9, 9, points)), scale=1.0), int)
    assert np.abs(made - [90, 120, 150]).max() <= 1


def test_a_file_is_decoded_no_larger_than_needed_and_cut_upright(sample_data, tmp_path):
    path = tmp_path / "sideways.jpg"
    picture = Image.open(sample_data / "portraits" / "obama_official.jpg").convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6
    picture.transpose(Image.Transpose.ROTATE_90).save(path, "JPEG", quality=95, exif=exif)
    recipe = CropRecipe(crop="face", size=128)
    corners = corners_of(recipe, 910, 1137, face(373, 156, 246, 246))
    small = np.asarray(cut_file(path, recipe, corners), int)
    exact = np.asarray(cut(pictures.decode(path, at_least_px=None).image, recipe, corners, scale=1.0), int)
    assert np.abs(small - exact).mean() < 0.6


@pytest.mark.parametrize("size", [32, 64, 100, 128, 170, 200])
def test_a_scaled_decoding_moves_nothing_by_a_fraction_of_a_pixel(sample_data, tmp_path, size):
    """910 px in eighths are rounded up by the decoder: taken for the whole width, that would shift the far edge."""
    path = tmp_path / "portrait.jpg"
    Image.open(sample_data / "portraits" / "obama_official.jpg").convert("RGB").save(path, "JPEG", quality=92)
    recipe = CropRecipe.model_construct(crop="centre", aspect="square", size=size, resampling="lanczos", margin=0.0)
    corners = corners_of(recipe, 910, 1137, [])
    whole = pictures.decode(path, at_least_px=None)
    wanted = np.asarray(cut(whole.image, recipe, corners, scale=whole.scale), int)
    assert np.abs(np.asarray(cut_file(path, recipe, corners), int) - wanted).mean() < 0.6
