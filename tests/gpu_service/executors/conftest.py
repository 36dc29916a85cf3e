"""A drawing process without the process."""

from typing import Any

import pytest

from gpu_service.executors import orders
from gpu_service.executors.child import Drawer
from gpu_service.visualizers import VISUALIZERS


class Pipe:
    """Keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[Any] = []

    def send(self, reply: Any) -> None:
        self.sent.append(reply)


@pytest.fixture
def drawer() -> Drawer:
    settings = orders.ChildSettings(
        device="cpu",
        threads=1,
        network_bytes=1 << 28,
        stage_folder=None,
        stage_bytes=0,
        registry=VISUALIZERS,
        may_compile=False,
    )
    return Drawer(Pipe(), settings)  # type: ignore[arg-type]
