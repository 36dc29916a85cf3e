"""Points of a face, from shape predictors that the test trains itself on one turned portrait: real files, real dlib."""

import cmath
import hashlib
import math
import random
import re

import dlib
import numpy as np
import pytest
from PIL import Image

from studio.datasets.crops import NO_MOUTH, CannotCrop, CropRecipe, corners_of
from studio.datasets.faces import ModelFile, load_finder, look_copy
from studio.datasets.scores import face_facts, score

# Of obama_official.jpg, in pixels: corners of the eyes, tip of the nose, corners of the mouth.
EYES = [(423, 219), (464, 218), (528, 217), (569, 217)]
NOSE, MOUTH = (497, 273), [(432, 320), (555, 319)]
CENTRE = complex(496, 279)
CLOSE_BY = (246, 29, 746, 529)
Spots = list[tuple[float, float]]


def turned(portrait: Image.Image, degrees: float, points: Spots) -> tuple[Image.Image, list[complex]]:
    """The head turned counter-clockwise, cut close, and where its points come to lie."""
    turn = cmath.exp(-1j * math.radians(degrees))
    picture = portrait.rotate(degrees, Image.Resampling.BILINEAR, center=(CENTRE.real, CENTRE.imag)).crop(CLOSE_BY)
    return picture, [CENTRE + (complex(*point) - CENTRE) * turn - complex(*CLOSE_BY[:2]) for point in points]


def five() -> Spots:
    return [EYES[3], EYES[2], EYES[0], EYES[1], NOSE]


def sixty_eight() -> Spots:
    """Only those that the studio reads are where they belong."""
    left, right = [EYES[0]] * 3 + [EYES[1]] * 3, [EYES[2]] * 3 + [EYES[3]] * 3
    return [NOSE] * 36 + left + right + [MOUTH[0]] + [NOSE] * 5 + [MOUTH[1]] + [NOSE] * 13


@pytest.fixture(scope="module")
def portrait(sample_data):
    return Image.open(sample_data / "portraits" / "obama_official.jpg").convert("RGB")


@pytest.fixture(scope="module", params=[5, 68])
def finder(request, portrait, tmp_path_factory):
    pictures, shapes, chance = [], [], random.Random(5)
    for degrees in range(-40, 41, 5):
        picture, points = turned(portrait, degrees, {5: five, 68: sixty_eight}[request.param]())
        grey = look_copy(picture.convert("L"))
        larger = grey.height / picture.height
        at = [dlib.point(round(point.real * larger), round(point.imag * larger)) for point in points]
        pictures.append(np.asarray(grey))
        shapes.append([dlib.full_object_detection(some_box(chance, larger), at) for _ in range(4)])
    options = dlib.shape_predictor_training_options()
    options.tree_depth, options.cascade_depth, options.num_trees_per_cascade_level = 4, 8, 90
    options.feature_pool_size, options.num_test_splits, options.num_threads = 200, 20, 1
    path = tmp_path_factory.mktemp("models") / "points.dat"
    dlib.train_shape_predictor(pictures, shapes, options).save(str(path))
    return load_finder("dlib", points=ModelFile(path, hashlib.sha256(path.read_bytes()).hexdigest().upper()))


def some_box(chance: random.Random, larger: float) -> dlib.rectangle:
    """About where the detector finds the face, as it is never twice the same."""
    side, x, y = chance.uniform(240, 275), chance.uniform(-15, 15), chance.uniform(-15, 15)
    left, top = CENTRE.real - CLOSE_BY[0] - side / 2 + x, CENTRE.imag - CLOSE_BY[1] - side / 2 + y
    return dlib.rectangle(*(round(value * larger) for value in (left, top, left + side, top + side)))


def look(finder, picture):
    return score(picture, finder, width_px=picture.width, height_px=picture.height)


@pytest.mark.parametrize("degrees", [-28, -12, 4, 28])
def test_roll_is_measured_and_yaw_stays_where_it_was(finder, portrait, degrees):
    columns = look(finder, turned(portrait, degrees, [])[0]).columns
    assert columns["roll"] == pytest.approx(degrees, abs=3)
    assert abs(columns["yaw"]) < 8


def test_the_sample_that_was_turned_by_28_degrees_says_so(finder, sample_data):
    picture = Image.open(sample_data / "portraits" / "derived_rotated_28deg.jpg").convert("RGB")
    assert look(finder, picture).columns["roll"] == pytest.approx(28, abs=4)


def test_alignment_needs_the_mouth_and_follows_the_formula(finder, portrait):
    picture, (*_, left, right) = turned(portrait, 12, [*EYES, *MOUTH])
    (face,) = look(finder, picture).faces
    facts = [face_facts(face, width_px=picture.width, height_px=picture.height)]
    if finder.pointer.count == 5:
        with pytest.raises(CannotCrop, match=NO_MOUTH):
            corners_of(CropRecipe(crop="ffhq"), picture.width, picture.height, facts)
        return
    _, points = turned(portrait, 12, [*EYES, *MOUTH])
    eyes, mouth = [sum(points[0:2]) / 2, sum(points[2:4]) / 2], [left, right]
    known = [{"points": [[at.real, at.imag] for at in (*eyes, eyes[0], *mouth)]}]
    wanted = corners_of(CropRecipe(crop="ffhq"), picture.width, picture.height, known)
    found = corners_of(CropRecipe(crop="ffhq"), picture.width, picture.height, facts)
    side = abs(complex(*wanted[1]) - complex(*wanted[0]))
    assert np.abs(np.array(found) - np.array(wanted)).max() < 0.03 * side


def test_the_file_is_part_of_what_scored(finder):
    assert re.fullmatch(r"dlib-hog [0-9.]+ \+ points [0-9a-f]{8}", finder.name)
