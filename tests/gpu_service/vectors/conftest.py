"""Networks and directions that recipes are tried on."""

from pathlib import Path

import numpy as np
import pytest

from gpu_service.networks.stylegan2 import StyleGan2
from gpu_service.vectors.directions import DirectionFacts, Directions, write_directions
from tests.gpu_service.vectors.nets import little_stylegan2

SHA = "d" * 64


@pytest.fixture(scope="session")
def network() -> StyleGan2:
    return little_stylegan2()


@pytest.fixture(scope="session")
def labelled() -> StyleGan2:
    """The same kind with three classes."""
    return little_stylegan2(classes=3, seed=1)


@pytest.fixture(scope="session")
def directions() -> Directions:
    """Three orthonormal rows with scales 1, 2 and 3."""
    rows = np.linalg.qr(np.random.default_rng(5).standard_normal((10, 10)))[0][:3]
    facts = DirectionFacts(method="sefa", snapshot_sha256=SHA, shares=[0.5, 0.3, 0.2], samples=100)
    return Directions(rows.astype(np.float32), np.array([1, 2, 3], np.float32), np.zeros(10, np.float32), facts)


@pytest.fixture(scope="session")
def directions_file(directions: Directions, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("directions") / "found.safetensors"
    write_directions(directions, path)
    return path
