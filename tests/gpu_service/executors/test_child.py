"""What a drawing process answers when something in it fails."""

import pytest

from gpu_service.errors import RenderError
from gpu_service.executors import orders
from gpu_service.executors.base import SceneOrder
from gpu_service.networks import NetworkError, fast


def test_a_film_that_cannot_be_compiled_is_refused_as_that(drawer, little, monkeypatch):
    def fail(_precision: object, _device: object) -> None:
        raise NetworkError("Drawing could not be compiled. The service's log says why.")

    monkeypatch.setattr(fast, "gains", lambda _networks: True)
    monkeypatch.setattr(fast, "compile_steps", fail)
    code_path = little.recipe().code_path.model_copy(update={"compiled": True})
    order = SceneOrder("a", little.scene(), little.files)
    with pytest.raises(RenderError, match="could not be compiled") as refused:
        drawer.prepare(1, orders.Prepare(order, code_path))
    assert refused.value.kind == "not_compiled"
    assert drawer.prepare(2, orders.Prepare(order, code_path.model_copy(update={"compiled": False}))).key == "a"
