"""The endless walk: frames in order from two processes, memory that a slow viewer does not fill, no end."""

import io
import itertools
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random
from time import sleep

import numpy as np
import pytest

from gpu_service.executors.local import LocalExecutor
from gpu_service.executors.together import in_order, joined
from gpu_service.settings import read_settings
from gpu_service.vectors.endless import EndlessWalk
from gpu_service.walking import WalkOrder, devices, walk
from gpu_service.walking_films import write_mp4, write_y4m
from tests.gpu_service.film.films import frames_of


def test_pieces_come_in_order_and_no_more_are_begun_than_are_taken():
    begun: list[int] = []
    pool, chance = ThreadPoolExecutor(4), Random(1)

    def submit(number: int) -> "Future[int]":
        begun.append(number)
        pause = chance.random() / 100
        return pool.submit(lambda: (sleep(pause), number)[1])

    pieces = in_order(submit, ahead=6)
    for wanted in range(40):
        assert next(pieces) == wanted
        assert len(begun) <= wanted + 6
    pieces.close()
    assert list(in_order(submit, ahead=6, pieces=9)) == list(range(9))


def test_joined_futures_fail_as_one_and_keep_their_order():
    first, second = Future[list[int]](), Future[list[int]]()
    whole = joined([first, second])
    second.set_result([3])
    assert not whole.done()
    first.set_result([1, 2])
    assert whole.result() == [1, 2, 3]
    broken = Future[list[int]]()
    failing = joined([broken, Future()])
    broken.set_exception(ValueError("no"))
    with pytest.raises(ValueError, match="no"):
        failing.result(1)


def test_a_walk_passes_through_its_vectors_and_has_no_end():
    way = EndlessWalk(z_dim=400, seed=3, seconds_each=2.0)
    there = np.random.default_rng(np.random.SeedSequence([3, 5])).standard_normal(400)
    assert np.allclose(way.at(np.array([10.0]))[0], there, atol=1e-6)
    far = way.at(np.array([1e7, 1e7 + 0.01]))
    assert np.abs(np.diff(far, axis=0)).max() < 0.1
    along = way.at(np.linspace(0, 60, 600))
    assert np.sqrt((along**2).mean(axis=1)) == pytest.approx(1.0, abs=0.25)
    assert np.array_equal(
        EndlessWalk(z_dim=400, seed=3, seconds_each=2.0).at(np.array([33.3])), way.at(np.array([33.3]))
    )


def test_a_walk_with_a_round_begins_again_without_a_jump():
    way = EndlessWalk(z_dim=64, seed=3, seconds_each=0.7, round_seconds=10.0)
    assert way.seconds_each == pytest.approx(10 / 14)
    moments = np.linspace(0, 10, 100, endpoint=False)
    assert np.allclose(way.at(moments + 30.0), way.at(moments), atol=1e-5)
    steps = np.abs(np.diff(way.at(np.arange(9.5, 10.5, 0.01)), axis=0)).max(axis=1)
    assert steps.max() < 0.2
    plain = EndlessWalk(z_dim=64, seed=3, seconds_each=10 / 14)
    assert np.allclose(plain.at(moments[:90]), way.at(moments[:90]), atol=1e-5)
    assert not np.allclose(plain.at(np.array([10.0])), way.at(np.array([10.0])), atol=0.1)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalExecutor]:
    folder = tmp_path_factory.mktemp("walk")
    executor = devices(
        read_settings({"GPU_DATA": str(folder), "GPU_DEVICE": "cpu", "GPU_THREADS": "1", "GPU_COMPILE": "off"}), 2
    )
    yield executor
    executor.close()


def order_of(snapshot: Path, frames: int | None) -> WalkOrder:
    return WalkOrder(snapshot, width=48, height=32, fps=Fraction(10), frames=frames, seconds_each=0.5)


def test_two_processes_draw_what_one_draws_and_in_order(two, little_snapshots):
    assert len(two.workers) == len(two.devices()) == 2
    assert two.workers[0].pid != two.workers[1].pid
    frames = list(walk(order_of(little_snapshots[0], 21), two))
    assert len(frames) == 21
    steps = [np.abs(a.astype(int) - b).mean() for a, b in itertools.pairwise(frames)]
    assert max(steps) < 3 * np.mean(steps) + 1  # nothing is out of its place
    again = list(walk(replace(order_of(little_snapshots[0], 5)), two))
    assert np.array_equal(np.stack(again), np.stack(frames[:5]))


def test_it_does_not_end_at_the_length_of_a_scene(two, little_snapshots):
    order = order_of(little_snapshots[0], None)
    from gpu_service.executors.base import SceneOrder

    scene = order.scene()
    files = {scene.snapshots[0].sha256: order.snapshot}
    two.prepare(SceneOrder("far", scene, files), report=lambda _title, _share: None).result(60)
    late = scene.frames + 5
    assert two.draw("far", [late], jpeg_quality=90).result(60)[0].frame == late
    two.forget("far")


def test_a_viewer_who_goes_away_ends_it(two, little_snapshots):
    class Leaving(io.BytesIO):
        def write(self, data: bytes) -> int:  # type: ignore[override]
            if self.tell() > 3 * 48 * 32 * 3:
                raise BrokenPipeError
            return super().write(data)

    sink = Leaving()
    assert write_y4m(walk(order_of(little_snapshots[0], None), two), sink, width=48, height=32, fps=Fraction(10)) == 3
    assert sink.getvalue().startswith(b"YUV4MPEG2 W48 H32 F10:1 ")


def test_y4m_and_mp4_hold_the_frames(tmp_path):
    frames = [np.full((32, 48, 3), (40 * n, 100, 200 - 40 * n), np.uint8) for n in range(5)]
    sink = io.BytesIO()
    write_y4m(frames, sink, width=48, height=32, fps=Fraction(30000, 1001))
    (tmp_path / "walk.y4m").write_bytes(sink.getvalue())
    piped = frames_of(tmp_path / "walk.y4m", width=48, height=32, demuxer="yuv4mpegpipe")
    assert np.abs(piped.astype(int) - np.stack(frames)).max() <= 6
    assert write_mp4(frames, tmp_path / "walk.mp4", width=48, height=32, fps=Fraction(10)) == 5
    assert np.abs(frames_of(tmp_path / "walk.mp4", width=48, height=32).astype(int) - np.stack(frames)).mean() < 6
