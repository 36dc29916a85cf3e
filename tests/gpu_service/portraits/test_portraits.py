"""Sample portraits: always the same people, at every size, and people a face detector knows for people."""

import dlib
import numpy as np
import pytest
from PIL import Image

from gpu_service.portraits.draw import portrait
from gpu_service.portraits.person import meet, skin_tone


def pixels(index: int, *, size_px: int = 64, seed: int = 0) -> np.ndarray:
    return np.asarray(portrait(seed, index, size_px=size_px), np.float32)


@pytest.fixture(scope="module")
def people() -> np.ndarray:
    """[24, 64, 64, 3]"""
    return np.stack([pixels(index) for index in range(24)])


def test_the_same_number_is_the_same_portrait_to_the_bit_and_another_is_another():
    first = pixels(5)
    assert np.array_equal(first, pixels(5))
    assert np.abs(first - pixels(6)).mean() > 5
    assert np.abs(first - pixels(5, seed=1)).mean() > 5


@pytest.mark.parametrize("size_px", [32, 256])
def test_another_size_is_the_same_portrait(size_px: int):
    small, other = pixels(3), portrait(0, 3, size_px=size_px)
    assert other.size == (size_px, size_px)
    shrunk = np.asarray(other.resize((32, 32), Image.Resampling.BOX), np.float32)
    same = np.asarray(Image.fromarray(small.astype(np.uint8)).resize((32, 32), Image.Resampling.BOX), np.float32)
    assert np.abs(shrunk - same).mean() < 2.5


def test_portraits_differ_from_one_another_as_people_in_photographs_do(people: np.ndarray):
    spread = people.std(axis=0)  # [64, 64, 3]
    assert spread.mean() > 30
    assert spread[24:34, 20:44].min() > 15  # the eyes' band too
    brightness = people.mean(axis=(1, 2, 3))
    assert brightness.min() > 12
    assert brightness.max() < 190


def test_poses_stay_within_what_an_aligned_face_may_do():
    people = [meet(0, index) for index in range(300)]
    assert np.ptp([person.pose.shift[1] for person in people]) < 0.03
    assert max(abs(person.pose.yaw) for person in people) <= 25
    assert max(abs(person.pose.pitch) for person in people) <= 15
    assert max(abs(person.pose.roll) for person in people) <= 10


def test_skin_spans_the_human_range_without_gaps():
    tones = np.array([skin_tone(step) for step in np.linspace(0, 1, 50)])
    assert np.all(np.diff(tones.mean(axis=1)) < 0)
    assert tones[0].mean() > 8 * tones[-1].mean()
    assert np.all(tones[:, 0] > tones[:, 2])  # always warmer than grey
    worn = np.sort([meet(0, index).colours.melanin for index in range(300)])
    assert worn[0] < 0.05
    assert worn[-1] > 0.95
    assert np.diff(worn).max() < 0.06


def test_a_face_detector_finds_one_face_in_nine_portraits_of_ten():
    detector = dlib.get_frontal_face_detector()
    found = [len(detector(np.asarray(portrait(2, index, size_px=128)), 0)) for index in range(10)]
    assert found.count(1) >= 9


def test_the_eyes_lie_where_they_are_aimed_at_whoever_is_portrayed(people: np.ndarray):
    """The mean of many aligned faces has dark eyes: darker than what is above, below and between them."""
    mean = people.mean(axis=(0, 3))  # [64, 64]
    row = round(0.44 * 64)
    eyes = np.minimum(mean[row - 1 : row + 2, 20:28].min(), mean[row - 1 : row + 2, 37:45].min())
    assert eyes < 0.9 * mean[row - 1 : row + 2, 31:34].mean()
    assert eyes < 0.9 * mean[row + 6 : row + 9, 20:28].mean()
