"""A small scene for every test that draws: two pattern snapshots, a made-up song of clicks, 48 × 32 pixels."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gpu_service.executors.base import SceneOrder
from tests.gpu_service.little import LittleScene, write_clicks, write_snapshots


@pytest.fixture(autouse=True)
def plain_arithmetic() -> Iterator[None]:
    """The way to draw belongs to a process; a test leaves none behind."""
    yield
    if fast := sys.modules.get("gpu_service.networks.fast"):
        fast.take_way(None)


@pytest.fixture(scope="session")
def little_song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds of clicks over a swelling tone."""
    return write_clicks(tmp_path_factory.mktemp("song") / "clicks.wav", seconds=3.0)


@pytest.fixture(scope="session")
def little_snapshots(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A simple and a complex snapshot of one pattern network."""
    return write_snapshots(tmp_path_factory.mktemp("snapshots"))


@pytest.fixture(scope="session")
def little(little_song: Path, little_snapshots: list[Path]) -> LittleScene:
    """The scene, and where its files lie."""
    return LittleScene(song=little_song, snapshots=little_snapshots)


@pytest.fixture
def little_order(little: LittleScene) -> SceneOrder:
    """The scene as an executor takes it."""
    return SceneOrder("little", little.scene(), little.files)
