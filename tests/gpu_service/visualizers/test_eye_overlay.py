"""The eye overlay: three limits to the letter, runs, the rectangle, and the music's mask."""

import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from scipy.fft import dct
from scipy.interpolate import InterpolatedUnivariateSpline
from scipy.signal import savgol_filter

from gpu_service.eye_boxes import Box
from gpu_service.music.complexity import complexity_change
from gpu_service.visualizers.eye_overlay import Likeness, Limits, in_long_run, laid_over, likeness, perceptual_hash
from gpu_service.visualizers.eye_overlay_frames import EyesInPlan, is_calm, limits_of
from gpu_service.visualizers.projection_blend_drawing import draw_bare
from tests.gpu_service.visualizers.projected import Projected, write_found, write_networks

LIMITS = Limits(distance=50.0, hash_bits=25, run=5)


def noise(seed: int, *, side: int = 100) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (3, side, side), np.uint8)


@pytest.mark.parametrize(
    ("distance", "bits", "shows"), [(49.9, 25, True), (50.0, 25, False), (49.9, 26, False), (None, None, False)]
)
def test_a_box_at_the_limit_is_not_kept_and_a_hash_at_the_limit_is(distance, bits, shows):
    assert Likeness(distance, bits).within(LIMITS) is shows


def test_the_nearest_pair_of_boxes_is_judged_by_centres_and_hash():
    picture = noise(1)
    near, far = (32.0, 40.0, 20.0, 10.0), (0.0, 0.0, 10.0, 10.0)
    found = likeness(picture, picture, [far, near], [(30.0, 42.0, 24.0, 6.0)])
    assert found.distance == 0.0  # centres (42, 45) in both
    again = likeness(picture, picture, [near], [near])
    assert again == Likeness(0.0, 0)
    assert likeness(picture, noise(2), [near], [near]).bits > 15
    assert likeness(picture, picture, [], [near]) == Likeness(None, None)
    assert likeness(picture, picture, [(-90.0, 0.0, 10.0, 10.0)], [near]).bits is None


def test_the_hash_is_the_lowest_frequencies_against_their_median():
    picture = noise(3, side=32)
    red, green, blue = picture.astype(int)
    grey = ((299 * red + 587 * green + 114 * blue) // 1000).astype(float)
    lowest = dct(dct(grey, axis=0), axis=1)[:8, :8]
    wanted = (lowest > np.median(lowest)).reshape(-1)
    assert (perceptual_hash(picture) != wanted).sum() <= 1  # Pillow rounds its grey
    assert perceptual_hash(picture).sum() == 32


def flags(text: str) -> Callable[[int], bool]:
    return lambda frame: text[frame] == "x"


def test_a_run_of_four_is_dropped_and_one_of_five_is_kept():
    text = "..xxxx..xxxxx.x"
    kept = "".join("x" if in_long_run(flags(text), n, run=5, frames=len(text)) else "." for n in range(len(text)))
    assert kept == "........xxxxx.."
    assert in_long_run(flags("xxxxx"), 0, run=5, frames=5)
    assert not in_long_run(flags("xxxx"), 0, run=5, frames=4)


def test_the_rectangle_has_the_originals_measures_and_ignores_the_boxs_height():
    shown, over = np.zeros((3, 200, 400), np.uint8), np.full((3, 200, 400), 9, np.uint8)
    for high in (10.0, 60.0):
        made = laid_over(shown, over, [(100.0, 90.0 - high / 2, 80.0, high)])
        rows, columns = np.nonzero(made[0])
        assert (columns.min(), columns.max() + 1) == (round(100 - 0.098 * 200), round(180 + 0.098 * 200))
        assert (rows.min(), rows.max() + 1) == (round(90 - 0.058 * 400), round(90 + 0.058 * 400))
    assert not shown.any()


def test_complexity_is_the_summed_slope_of_packed_sizes_and_undefined_first():
    chance = np.random.default_rng(4)
    blocks = (chance.standard_normal((40, 64)) * (np.arange(40)[:, None] % 7 > 3)).astype(np.float32)
    sizes = np.array([len(zlib.compress(block.tobytes())) for block in blocks], float)
    mean = np.array([sizes.mean() if n < 2 else sizes[n - 2 : n + 1].mean() for n in range(40)])
    slope = np.abs(InterpolatedUnivariateSpline(np.arange(40), savgol_filter(mean, 7, 3)).derivative()(np.arange(40)))
    change = complexity_change(blocks, window=6)
    assert np.isinf(change[:5]).all()
    assert change[5:] == pytest.approx([slope[n - 5 : n + 1].sum() for n in range(5, 40)])
    assert np.isinf(complexity_change(blocks[:3], window=6)).all()
    assert complexity_change(blocks[:0], window=6).size == 0


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, little_song: Path) -> Projected:
    folder = tmp_path_factory.mktemp("eyes")
    networks = write_networks(folder)
    return Projected(little_song, networks, write_found(folder / "talk.hdf5", network=networks[0]))


class Finder:
    """Stands where a face detector stands: targets of tests are of one colour, drawn pictures are not."""

    def __init__(self) -> None:
        self.looked = 0

    def __call__(self, picture: np.ndarray) -> list[Box]:
        self.looked += 1
        return [(8.0, 12.0, 16.0, 6.0)]


def eyes_of(found: Projected, **parameters: object) -> EyesInPlan:
    plan = found.plan(overlay=True, depth=0, phash_distance=64, **parameters)
    return EyesInPlan(plan, lambda frames: draw_bare(plan, frames, quality="film"), finder=Finder())


def test_frames_that_show_eyes_hold_the_targets_pixels_and_others_are_untouched(found):
    eyes = eyes_of(found, track_length=3)
    bare = draw_bare(eyes.plan, [4], quality="film")[0].numpy()
    shown = eyes.frames([4])[0].numpy()
    rows, columns = np.nonzero((shown != bare).any(axis=0))
    assert (shown[:, 13:17, 5:27] == int(eyes.targets.place[4])).all()
    assert rows.min() >= 13
    assert rows.max() <= 16
    assert columns.min() >= 5
    assert columns.max() <= 26
    none = eyes_of(found, bbox_distance=0.0)
    assert torch.equal(none.frames([4]), draw_bare(none.plan, [4], quality="film"))


def test_overlaid_frames_are_the_same_alone_and_in_order(found):
    in_order = eyes_of(found, track_length=4)
    together = in_order.frames(list(range(30)))
    assert in_order.find.looked <= 30 + 6  # each picture once, and each of the six targets
    for frame in (0, 17, 29):
        assert torch.equal(eyes_of(found, track_length=4).frames([frame])[0], together[frame])


def test_distances_go_with_the_size_of_the_film_unless_they_are_pixels(found):
    assert limits_of(found.plan(bbox_distance=64.0)).distance == 2.0  # 32 pixels high, told for 1024
    assert limits_of(found.plan(bbox_distance=64.0, distance_in="pixels")).distance == 64.0


def test_the_mask_skips_what_is_undefined_and_what_changes_too_much(found):
    plan = found.plan(overlay=True, calm_only=True, complexity_window=4, complexity_threshold=100_000.0)
    assert [is_calm(plan, frame) for frame in range(6)] == [False, False, False, True, True, True]
    eyes = eyes_of(found, calm_only=True, complexity_window=4, complexity_threshold=100_000.0, track_length=1)
    assert [eyes.shows(frame) for frame in range(5)] == [False, False, False, True, True]
    assert not any(is_calm(found.plan(calm_only=True, complexity_threshold=0.0), frame) for frame in range(30))


def test_eyes_are_found_in_a_photograph(sample_data):
    """The eyes of the astronaut lie at (204, 101) and (247, 103) of 512 pixels."""
    pytest.importorskip("dlib")
    from gpu_service.eye_boxes import eye_finder

    picture = np.asarray(Image.open(sample_data / "portraits" / "astronaut.png").convert("RGB")).transpose(2, 0, 1)
    left, top, wide, high = min(eye_finder()(picture), key=lambda box: box[1])
    for x, y in ((204, 101), (247, 103)):
        assert left < x < left + wide
        assert top < y < top + high
    assert wide < 90
    assert high < 30
