"""Turning noise and displacement maps, against their formulas."""

import numpy as np
import pytest
import torch

from gpu_service.bending.displacement import Displacement
from gpu_service.bending.turning_noise import TurningNoise, fields
from gpu_service.networks import NetworkError, fast
from gpu_service.networks.enlarging import lanczos
from gpu_service.networks.fresh import random_stylegan2
from gpu_service.networks.stylegan2_layout import StyleGan2Config

CPU = torch.device("cpu")
ALL = slice(None)


def noise(turns, swell=0.7, **more) -> TurningNoise:
    turns = np.asarray(turns, float)
    return TurningNoise(turns, np.full(len(turns), swell), CPU, **{"is_even": False, **more})


@pytest.mark.parametrize(("side", "sigma"), [(32, 1.0), (64, 0.7)])
def test_noise_is_the_formula(side, sigma):
    x, y = (torch.randn(2, side, side, generator=torch.Generator().manual_seed(side))).numpy()
    angle = 2 * np.pi * 0.13
    wanted = (x * np.cos(angle) - y * np.sin(angle)) + (x * np.sin(angle) + y * np.cos(angle))
    np.testing.assert_allclose(noise([0.13])(side, ALL)[0, 0], sigma * wanted, atol=1e-5)


@pytest.mark.parametrize("turns", [0.0, 0.2, 0.5, 0.9])
def test_its_spread_is_root_two_sigma_or_sigma_at_every_angle(turns):
    assert float(noise([turns])(512, ALL).std()) == pytest.approx(2**0.5 * 0.7, rel=0.02)
    assert float(noise([turns], is_even=True)(512, ALL).std()) == pytest.approx(0.7, rel=0.02)


def test_a_whole_turn_is_the_same_noise():
    first, other, half = noise([0.25, 3.25, 0.75])(64, ALL)
    assert torch.equal(first, other)
    assert torch.allclose(half, -first, atol=1e-5)


def test_another_seed_is_another_grain():
    assert not torch.equal(noise([0.1], seed=1)(16, ALL), noise([0.1], seed=2)(16, ALL))
    assert torch.equal(fields(16, 16, CPU), torch.randn(2, 16, 16, generator=torch.Generator().manual_seed(16)))


def flows(amplitude: float, disorder: float, *, is_never_off: bool = False) -> Displacement:
    return Displacement(np.array([amplitude]), np.array([disorder]), 0.75, is_never_off, CPU)


@pytest.mark.parametrize(
    ("side", "farthest"), [(4, 2), (8, 3), (16, 4), (32, 6), (64, 10), (128, 16), (256, 32), (512, 64)]
)
def test_without_disorder_a_map_is_one_shift(side, farthest):
    flat = flows(0.5, 0.0, is_never_off=True)(side, ALL)
    assert torch.allclose(flat, torch.full_like(flat, max(1.0, 0.5 * farthest)), rtol=1e-5)


def test_a_map_is_never_off_where_faithful():
    assert float(flows(0.0, 0.0, is_never_off=True)(64, ALL).max()) == pytest.approx(1.0, rel=1e-5)
    assert float(flows(0.0, 0.4)(64, ALL).abs().max()) == 0.0


def test_a_map_is_the_formula_enlarged():
    f = 0.3
    theta, phi = np.random.default_rng(4).standard_normal((2, 4, 4)) * f
    gx, gy = np.cos(np.pi * theta), np.sin(np.pi * phi + np.pi / 2)
    turn = 2 * np.pi * f
    across, down = gx * np.cos(turn) - gy * np.sin(turn), gx * np.sin(turn) + gy * np.cos(turn)
    made = flows(0.9, f)(8, ALL)[0]
    np.testing.assert_allclose(made[0], enlarged(down, 8) * 0.9 * 3, atol=1e-4)
    np.testing.assert_allclose(made[1], enlarged(across, 8) * 0.9 * 3, atol=1e-4)


def enlarged(small: np.ndarray, side: int) -> np.ndarray:
    """Lanczos with five lobes, point by point."""

    def kernel(x: float) -> float:
        if x == 0:
            return 1.0
        return 5 * np.sin(np.pi * x) * np.sin(np.pi * x / 5) / (np.pi * x) ** 2 if abs(x) < 5 else 0.0

    made = np.zeros((side, side))
    for row in range(side):
        for column in range(side):
            y, x = ((place + 0.5) * len(small) / side - 0.5 for place in (row, column))
            weights = np.array([[kernel(y - j) * kernel(x - i) for i in range(len(small))] for j in range(len(small))])
            made[row, column] = (weights * small).sum() / weights.sum()
    return made


def test_enlarging_keeps_a_constant():
    assert torch.allclose(lanczos(10, 64, device=CPU).sum(dim=1), torch.ones(64), atol=1e-6)


def test_large_sizes_are_warped_and_small_ones_are_not():
    still, warped = noise([0.3]), noise([0.3], flows=flows(0.5, 0.5))
    assert torch.equal(still(32, ALL), warped(32, ALL))
    assert not torch.equal(still(64, ALL), warped(64, ALL))


def test_layers_of_a_block_get_the_given_noise():
    network = random_stylegan2(StyleGan2Config(16, 16, 0, 16, 2, 256, 16, 256.0), seed=1)
    with torch.no_grad():
        for _, block in network._synthesis.blocks():
            for layer in block.convolutions():
                layer.noise_strength.fill_(0.5)
    w = network.mapping(torch.randn(2, 16))
    asked: list[tuple[int, slice]] = []

    def ones(side: int, chosen: slice) -> torch.Tensor:
        asked.append((side, chosen))
        return torch.ones(1, 1, side, side)

    for way in (None, fast.Way("bf16")):
        with fast.drawing(way), torch.inference_mode():
            plain = network.synthesis(w, noise_mode="maps", noise=noise([0.1, 0.4]))
            still = network.synthesis(w, noise_mode="none")
            silent = network.synthesis(w, noise_mode="maps", noise=noise([0.1, 0.4]), noise_strength=0.0)
            network.synthesis(w[:1], noise_mode="maps", noise=ones)
        assert not torch.equal(plain, still)
        assert torch.equal(silent, still)
        assert not torch.equal(plain[0], plain[1])
    assert [side for side, _ in asked] == [4, 8, 16] * 2
    with pytest.raises(NetworkError, match="needs maps"):
        network.synthesis(w, noise_mode="maps")
