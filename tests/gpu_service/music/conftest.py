"""The demo track, composed once for all tests of this folder."""

import numpy as np
import pytest

from gpu_service.music.analysis import Analysis, analyse
from gpu_service.music.demo_track import RATE, compose
from gpu_service.music.sound import Sound
from tests.gpu_service.music.signals import as_sound


@pytest.fixture(scope="session")
def demo_samples() -> np.ndarray:
    """float64 [n, 2] at 44 100 Hz."""
    return compose()


@pytest.fixture(scope="session")
def demo_sound(demo_samples: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Sound:
    return as_sound(demo_samples, tmp_path_factory.mktemp("demo"), rate=RATE)


@pytest.fixture(scope="session")
def demo_analysis(demo_sound: Sound) -> Analysis:
    return analyse(demo_sound)
