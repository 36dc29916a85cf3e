"""A network that learned from padded pictures: nothing of the padding is seen in a film, whatever its shape."""

from pathlib import Path
from typing import Any

import pytest
import torch

from gpu_service.networks.base import Network
from gpu_service.visualizers import load
from tests.gpu_service.visualizers.projected import Projected, write_found, write_networks

ASPECT = 0.5


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, little_song: Path) -> Projected:
    folder = tmp_path_factory.mktemp("padded")
    networks = write_networks(folder, aspect=ASPECT)
    return Projected(little_song, networks, write_found(folder / "unused.hdf5", network=networks[0]))


def with_margins(network: Network, value: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paint what the network draws left and right of the photograph."""
    draw = type(network).synthesis

    def painted(self: Network, w: torch.Tensor, **how: Any) -> torch.Tensor:
        pictures = draw(self, w, **how).clone()
        margin = round(pictures.shape[-1] * (1 - ASPECT) / 2)
        pictures[..., :margin] = value
        pictures[..., -margin:] = value
        return pictures

    monkeypatch.setattr(type(network), "synthesis", painted)


@pytest.mark.parametrize("visualizer", ["noise-blend", "raw-audio", "audio-reactive", "walk", "projection-blend"])
def test_a_square_film_shows_nothing_of_the_padding(made, visualizer, monkeypatch):
    chosen = {"brightness": "stretched"} if visualizer == "audio-reactive" else {}
    drawn = []
    for value in (-1.0, 1.0):
        plan = made.plan(visualizer=visualizer, **chosen)
        assert plan.materials.network(0).aspect == ASPECT
        with monkeypatch.context() as patch:
            with_margins(plan.materials.network(0), value, patch)
            drawn.append(load(visualizer)().draw(plan, [0, 7]))
    assert drawn[0].shape[-2:] == (32, 32)
    assert torch.equal(drawn[0], drawn[1])
