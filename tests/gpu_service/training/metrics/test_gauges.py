"""What gauges take from pictures, and the figures that need no features."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from gpu_service.training.metrics import compare
from gpu_service.training.metrics.gauges import Detail, Gauge, Patches, Small, laplacian_pyramid
from tests.gpu_service.training.metrics.copier import blobs


def found_by(gauge: Gauge, *batches: Tensor) -> dict[str, np.ndarray]:
    for batch in batches:
        gauge.add(batch)
    return gauge.numbers()


def blurred(pictures: Tensor) -> Tensor:
    return functional.avg_pool2d(pictures.float(), 3, stride=1, padding=1, count_include_pad=False).to(torch.uint8)


def test_detail_of_grey_noise_is_the_laplacian_s_gain():
    """Weights 4·1 and −4: √20 times the noise."""
    chance = torch.Generator().manual_seed(1)
    grey = (128 + torch.randn(4, 1, 128, 128, generator=chance) * 20).round().clamp(0, 255).to(torch.uint8)
    contrast = found_by(Detail(), grey.expand(-1, 3, -1, -1))["contrast"][0]
    assert contrast == pytest.approx(20 * math.sqrt(20), rel=0.02)


def test_batches_do_not_matter():
    pictures = blobs(6)
    assert found_by(Detail(), pictures)["contrast"] == pytest.approx(
        found_by(Detail(), pictures[:1], pictures[1:])["contrast"]
    )
    assert np.array_equal(found_by(Small(), pictures)["rows"], found_by(Small(), pictures[:4], pictures[4:])["rows"])


def test_sharpness_is_1_for_the_data_and_less_for_what_is_blurred():
    data, soft = found_by(Detail(), blobs(8)), found_by(Detail(), blurred(blobs(8)))
    assert compare.sharpness(data, data) == {"sharpness": pytest.approx(1)}
    assert compare.sharpness(data, soft)["sharpness"] < 0.3


def test_diversity_is_1_for_the_data_and_0_where_all_are_alike():
    pictures = blobs(30)
    data, alike = found_by(Small(), pictures), found_by(Small(), pictures[:1].expand(30, -1, -1, -1))
    assert compare.diversity(data, data) == {"diversity": pytest.approx(1)}
    assert compare.diversity(data, alike) == {"diversity": pytest.approx(0, abs=1e-6)}
    half = torch.cat([pictures[:2]] * 15)  # two pictures again and again: apart in half of the pairs
    assert 0.3 < compare.diversity(data, found_by(Small(), half))["diversity"] < 0.7


def test_distance_of_two_pictures_by_hand():
    pictures = torch.zeros(2, 3, 32, 32, dtype=torch.uint8)
    pictures[1] = 10
    data = {"rows": np.array([[0.0, 0.0], [3.0, 4.0]], np.float32)}
    assert compare.diversity(data, found_by(Small(), pictures)) == {
        "diversity": pytest.approx(10 * math.sqrt(768) / 5, rel=1e-5)
    }


def test_a_pyramid_adds_up_to_its_picture():
    picture = blobs(2, side=64).float()
    levels = laplacian_pyramid(picture)
    assert [level.shape[-1] for level in levels] == [64, 32, 16]
    taps = torch.tensor([1.0, 4, 6, 4, 1]) / 16
    rebuilt = levels[-1]
    for level in reversed(levels[:-1]):
        spread = torch.zeros_like(level)
        spread[:, :, ::2, ::2] = rebuilt * 4
        wide = functional.pad(spread, [2] * 4, mode="reflect")
        rebuilt = level + functional.conv2d(wide, torch.outer(taps, taps).expand(3, 1, 5, 5), groups=3)
    assert torch.allclose(rebuilt, picture, atol=1e-3)


def test_patches_are_as_many_however_many_pictures_there_are():
    few, many = found_by(Patches(5), blobs(5)), found_by(Patches(40), blobs(40))
    assert {side: rows.shape for side, rows in few.items()} == {side: rows.shape for side, rows in many.items()}
    assert few["0032"].shape == (16_384, 3, 49)


def test_patch_distance_tells_what_is_blurred_paler_or_another_s():
    data = found_by(Patches(40), blobs(40))

    def distance(pictures: Tensor) -> float:
        return compare.patch_distance(data, found_by(Patches(40), pictures))["patch_distance"]

    paler = (blobs(40).float() * 0.6 + 50).to(torch.uint8)
    alike, soft = distance(blobs(40, seed=1)), distance(blurred(blobs(40, seed=1)))
    assert distance(blobs(40)) == 0
    assert 0 < alike < 60
    assert soft > 3 * alike
    assert distance(paler) > 3 * alike


def test_patch_distance_of_a_shift_is_known():
    """Whiter by so many standard deviations d moves the lowest level alone: mean |Σ line| · d over random lines."""
    data = found_by(Patches(20), blobs(20, side=16))
    brighter = {side: rows + 2 * rows.std(axis=(0, 2), keepdims=True) for side, rows in data.items()}
    lines = np.random.default_rng(0).normal(size=(147, 20_000))
    expected = 2 * np.abs((lines / np.linalg.norm(lines, axis=0)).sum(axis=0)).mean()
    assert compare.patch_distance(data, brighter)["patch_distance"] == pytest.approx(1000 * expected, rel=0.1)
