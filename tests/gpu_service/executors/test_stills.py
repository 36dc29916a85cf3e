"""A picture that stands is drawn once, however often and however finely it is asked for."""

from typing import Any

import numpy as np
import pytest
import simplejpeg

from gpu_service.executors import orders
from gpu_service.executors.base import SceneOrder
from gpu_service.film.thumbs import jpeg
from gpu_service.visualizers.noise_blend import NoiseBlend


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Frames that the visualizer drew."""
    asked: list[Any] = []
    draw = NoiseBlend.draw

    def counted(self: NoiseBlend, plan: Any, frames: Any, **more: Any) -> Any:
        asked.append(list(frames))
        return draw(self, plan, frames, **more)

    monkeypatch.setattr(NoiseBlend, "draw", counted)
    return asked


def test_the_same_picture_finer_is_not_drawn_again(drawer, drawn, little):
    order = SceneOrder("a", little.scene(), little.files)
    (coarse,) = drawer.draw(orders.Draw("a", (3,), 80, order))
    (fine,) = drawer.draw(orders.Draw("a", (3,), 95, order))
    assert drawn == [[3]]
    assert len(fine.jpeg) > len(coarse.jpeg)
    one, other = (simplejpeg.decode_jpeg(picture.jpeg).astype(float) for picture in (coarse, fine))
    assert np.abs(one - other).mean() < 12


def test_another_frame_another_scene_and_a_forgotten_plan_are_drawn(drawer, drawn, little):
    order, other = (SceneOrder("a", little.scene(truncation=psi), little.files) for psi in (0.7, 0.2))
    first = drawer.draw(orders.Draw("a", (3,), 80, order))
    drawer.draw(orders.Draw("a", (4,), 80, order))
    changed = drawer.draw(orders.Draw("a", (4,), 80, other))
    drawer.forget("a")
    again = drawer.draw(orders.Draw("a", (3,), 80, order))
    assert drawn == [[3], [4], [4], [3]]
    assert again[0].jpeg == first[0].jpeg != changed[0].jpeg


def test_fine_pictures_keep_their_colours():
    """Red and blue points side by side: half colour makes purple of them."""
    points = np.zeros((3, 64, 64), np.uint8)
    points[0, :, ::2] = points[2, :, 1::2] = 200

    def error(quality: int) -> float:
        decoded = simplejpeg.decode_jpeg(jpeg(points, quality=quality)).transpose(2, 0, 1)
        return float(np.abs(decoded.astype(float) - points).mean())

    assert error(95) < 4 < error(80)
