"""A service's bench beside a fake studio."""

from pathlib import Path

import pytest

from gpu_service import client, inputs, uploads
from gpu_service.bench import Bench
from gpu_service.inputs import InputCache
from gpu_service.slow_stages import SlowStages
from tests.gpu_service.session.fakes import FakeExecutor, FakeStudio, no_waiting, scratch


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (client, inputs, uploads):
        monkeypatch.setattr(module, "pause_seconds", no_waiting)


@pytest.fixture
def studio() -> FakeStudio:
    return FakeStudio()


@pytest.fixture
def executor() -> FakeExecutor:
    return FakeExecutor()


@pytest.fixture
async def bench(studio: FakeStudio, executor: FakeExecutor, tmp_path: Path) -> Bench:
    http = studio.client()
    cache = InputCache(tmp_path / "inputs", client=http, limit_bytes=1 << 20)
    stages = SlowStages(http, inputs=cache, folder=tmp_path / "stages")
    runs = tmp_path / "runs"
    return Bench(client=http, executor=executor, inputs=cache, stages=stages, scratch=scratch(tmp_path), runs=runs)
