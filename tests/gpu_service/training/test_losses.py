import math

import numpy as np
import pytest
import torch

from gpu_service.training import losses
from gpu_service.training.blur import blurred
from gpu_service.training.weights import adam_settings

NUMBERS = torch.tensor([-3.0, 0.0, 2.5], dtype=torch.float64)


def test_logistic_losses_by_hand():
    fake, real = NUMBERS, torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64)
    for index in range(3):
        f, r = float(fake[index]), float(real[index])
        assert losses.generator_loss(fake)[index] == pytest.approx(math.log1p(math.exp(-f)))
        wanted = math.log1p(math.exp(f)) + math.log1p(math.exp(-r))
        assert losses.discriminator_loss(fake, real)[index] == pytest.approx(wanted)


def test_r1_is_the_squared_slope_and_so_is_its_own_gradient():
    """Score = ½ a·x² has the slope a·x; the penalty Σ a²x², whose gradient by a is 2·a·Σ x²."""
    pictures = torch.randn(3, 3, 4, 4, dtype=torch.float64).requires_grad_()
    strength = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
    penalty = losses.r1_penalty((pictures.square() * strength / 2).sum(dim=(1, 2, 3)), pictures)
    squares = pictures.detach().square().sum(dim=(1, 2, 3))
    assert penalty.detach().numpy() == pytest.approx((0.49 * squares).numpy())
    (slope,) = torch.autograd.grad(penalty.sum(), strength)
    assert float(slope) == pytest.approx(float(2 * 0.7 * squares.sum()))


def test_path_lengths_of_a_linear_generator_by_numpy():
    """Pictures = A·w: the slope along a direction y is yᵀA, its length the root of the mean over rows."""
    chance = np.random.default_rng(0)
    matrix, w, noise = chance.normal(size=(48, 10)), chance.normal(size=(2, 5, 2)), chance.normal(size=(2, 3, 4, 4))
    rows = torch.from_numpy(w).requires_grad_()
    pictures = (rows.flatten(1) @ torch.from_numpy(matrix).T).view(2, 3, 4, 4)
    lengths = losses.path_lengths(pictures, rows, torch.from_numpy(noise))
    slopes = (noise.reshape(2, 48) / 4) @ matrix
    wanted = np.sqrt((slopes.reshape(2, 5, 2) ** 2).sum(axis=2).mean(axis=1))
    assert lengths.detach().numpy() == pytest.approx(wanted)
    penalty = losses.path_penalty(lengths, torch.tensor(0.5, dtype=torch.float64))
    assert penalty.detach().numpy() == pytest.approx((wanted - 0.5) ** 2)


def test_a_term_every_so_many_steps_shortens_adams_step_and_memory():
    plain, lazy = adam_settings(0.0025, None), adam_settings(0.0025, 16)
    assert plain == {"lr": 0.0025, "betas": (0.0, 0.99), "eps": 1e-8}
    assert lazy["lr"] == pytest.approx(0.0025 * 16 / 17)
    assert lazy["betas"] == pytest.approx((0.0, 0.99 ** (16 / 17)))


def test_the_blur_halves_at_sigma_and_keeps_the_sum():
    point = torch.zeros(1, 3, 41, 41)
    point[:, :, 20, 20] = 1
    seen = blurred(point, 4.0)
    assert seen[0, 0, 20, 24] / seen[0, 0, 20, 20] == pytest.approx(0.5, rel=1e-5)
    assert seen.sum(dim=(2, 3)).numpy() == pytest.approx(1, rel=1e-5)
    assert blurred(point, 0.2) is point
