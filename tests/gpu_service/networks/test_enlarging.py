"""Enlarging by Lanczos keeps what a picture is."""

import numpy as np
import pytest
import torch

from gpu_service.networks.enlarging import enlarged


def picture() -> torch.Tensor:
    """Soft shapes, as a network draws them, about -1…1."""
    y, x = np.mgrid[:32, :32] / 32
    waves = [np.sin(2 * np.pi * (a * x + b * y + c)) for a, b, c in ((2, 1, 0.1), (1, 3, 0.4), (3, 2, 0.8))]
    return torch.from_numpy(np.stack(waves)[None].astype(np.float32) * 0.8)


def test_four_times_the_size_keeps_mean_and_contrast_within_a_hundredth():
    small = picture()
    large = enlarged(small, (128, 128))
    assert large.shape == (1, 3, 128, 128)
    assert torch.allclose(large.mean(dim=(2, 3)), small.mean(dim=(2, 3)), atol=0.01)
    assert torch.allclose(large.std(dim=(2, 3)), small.std(dim=(2, 3)), rtol=0.01)


def test_it_is_the_wave_that_was_sampled():
    large = enlarged(picture(), (128, 128))
    # A sample of the small picture lies in the middle of its square: half a small pixel beside the large one's.
    y, x = (np.mgrid[:128, :128] + 0.5) / 128 - 0.5 / 32
    exact = 0.8 * np.sin(2 * np.pi * (2 * x + y + 0.1))
    inner = slice(16, -16)
    np.testing.assert_allclose(large[0, 0, inner, inner], exact[inner, inner], atol=0.01)


def test_a_flat_picture_stays_flat_and_a_wide_film_cuts_the_middle():
    flat = torch.full((2, 3, 16, 16), 0.3)
    assert torch.allclose(enlarged(flat, (36, 64)), torch.full((2, 3, 36, 64), 0.3), atol=1e-5)
    assert torch.allclose(enlarged(picture(), (36, 64)), enlarged(picture(), (64, 64))[:, :, 14:50])
    with pytest.raises(ValueError, match="enlarging"):
        enlarged(flat, (8, 8))
