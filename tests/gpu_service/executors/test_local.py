"""The local executor keeps every executor's promises, and a few of its own."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from gpu_service.executors.child import failure
from gpu_service.executors.local import LocalExecutor
from gpu_service.executors.watch import Watch
from gpu_service.music.errors import MusicError
from gpu_service.settings import read_settings
from tests.gpu_service.executors.conformance import Conformance, wait_for
from tests.gpu_service.executors.faulty import REGISTRY


@pytest.fixture(scope="module")
def executor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalExecutor]:
    folder = tmp_path_factory.mktemp("gpu")
    settings = read_settings(
        {"GPU_DATA": str(folder), "GPU_DEVICE": "cpu", "GPU_THREADS": "1", "GPU_HANG_SECONDS": "2"}
    )
    local = LocalExecutor(settings, registry=REGISTRY)
    yield local
    local.close()


class TestLocalExecutor(Conformance):
    """One process on this machine's processor."""


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        return file.read().split()[2] != "Z"


def test_closing_ends_the_drawing_process(tmp_path):
    settings = read_settings({"GPU_DATA": str(tmp_path), "GPU_DEVICE": "cpu", "GPU_THREADS": "1"})
    local = LocalExecutor(settings, registry=REGISTRY)
    pid = local.workers[0].pid
    assert is_running(pid)
    local.close()
    wait_for(lambda: not is_running(pid), seconds=5)


@pytest.mark.parametrize("is_eager", [True, False])
def test_an_eager_process_loads_its_libraries_before_anybody_asks(tmp_path, is_eager):
    settings = read_settings({"GPU_DATA": str(tmp_path), "GPU_DEVICE": "cpu", "GPU_THREADS": "1"})
    local = LocalExecutor(settings, is_eager=is_eager)
    maps = Path(f"/proc/{local.workers[0].pid}/maps")
    try:
        if is_eager:  # librosa brings a compiler, which shows among the files that a process has mapped
            wait_for(lambda: "llvmlite" in maps.read_text(), seconds=60)
        assert ("llvmlite" in maps.read_text()) is is_eager
    finally:
        local.close()


class Clock:
    """Time that moves when told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_batch_hangs_after_sixty_seconds_or_twenty_medians():
    clock = Clock()
    watch = Watch(hang_seconds=60, clock=clock)
    watch.begin()
    for _ in range(59):
        clock.now += 1
        assert not watch.look()
    clock.now += 1.5
    assert watch.look()
    for _ in range(5):
        watch.begin()
        for _ in range(5):
            clock.now += 1
            watch.look()
        watch.end()
    assert watch.limit_seconds == pytest.approx(100, abs=1)


def test_time_in_which_the_service_itself_was_stopped_does_not_count():
    clock = Clock()
    watch = Watch(hang_seconds=60, clock=clock)
    watch.begin()
    clock.now += 3600
    assert not watch.look()


def test_nothing_hangs_while_nothing_is_drawn():
    clock = Clock()
    watch = Watch(hang_seconds=1, clock=clock)
    for _ in range(10):
        clock.now += 1
        assert not watch.look()


def test_a_full_disk_is_worth_another_try_and_a_damaged_track_is_not():
    told = [failure(7, MusicError("Words.", retry=retry)) for retry in (True, False)]
    assert [(each.message, each.kind, each.retry) for each in told] == [
        ("Words.", "other", True),
        ("Words.", "bad_input", False),
    ]
