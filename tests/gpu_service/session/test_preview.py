"""A preview draws only what somebody can take, where the driver is, and follows every change without stopping."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gpu_service.errors import RenderError
from gpu_service.preview import Preview
from gpu_service.protocol import (
    PreviewDrive,
    PreviewOpen,
    PreviewStateMessage,
    PreviewUpdate,
    unpack_frame,
)
from gpu_service.protocol.routes import RouteSpec
from tests.gpu_service.session.fakes import done
from tests.gpu_service.session.test_work import until

ID = uuid.uuid4()


class Stage:
    """A preview, what it sent and what it told."""

    def __init__(self, bench: Any, little: Any, inputs: list[Any], **scene: Any) -> None:
        self.frames: list[Any] = []
        self.said: list[PreviewStateMessage] = []
        opened = PreviewOpen(preview_id=ID, scene=little.scene(**scene), width=64, height=48, inputs=inputs, revision=2)
        self.preview = Preview(opened, bench=bench, jpeg_quality=80, send_frame=self._take, tell=self.said.append)

    async def _take(self, message: bytes) -> None:
        self.frames.append(unpack_frame(message)[0])

    def drive(self, seconds: float, *, playing: bool, revision: int = 3) -> None:
        self.preview.drive(PreviewDrive(preview_id=ID, revision=revision, seconds=seconds, playing=playing))


@pytest.fixture
async def stage(bench, studio, little) -> AsyncIterator[Stage]:
    made = Stage(bench, little, [studio.add_file(path.read_bytes()) for path in little.files.values()])
    yield made
    await made.preview.close()


async def test_nothing_is_drawn_before_somebody_can_take_it(stage, executor):
    await until(lambda: executor.prepared)
    await asyncio.sleep(0.05)
    assert executor.drawn == []
    stage.preview.credit(1)
    await until(lambda: stage.frames)


async def test_a_paused_preview_draws_one_still_where_the_track_stands(stage, executor):
    stage.drive(1.25, playing=False)
    stage.preview.credit(8)
    await until(lambda: stage.frames)
    await asyncio.sleep(0.05)
    assert [(frame.frame, frame.is_still, frame.revision) for frame in stage.frames][-1] == (12, True, 3)
    seen = len(stage.frames)
    stage.drive(1.25, playing=False)
    await asyncio.sleep(0.05)
    assert len(stage.frames) == seen


async def test_a_playing_preview_stops_when_the_credit_ends(stage):
    stage.drive(0.0, playing=True)
    stage.preview.credit(3)
    await until(lambda: len(stage.frames) == 3)
    await asyncio.sleep(0.3)
    assert len(stage.frames) == 3
    assert [frame.width for frame in stage.frames] == [64] * 3
    frames = [frame.frame for frame in stage.frames]
    assert frames == sorted(set(frames))


async def test_a_seek_is_followed_at_once(stage):
    stage.preview.credit(64)
    stage.drive(0.0, playing=True, revision=3)
    await until(lambda: len(stage.frames) >= 2)
    stage.drive(2.0, playing=True, revision=4)
    await until(lambda: stage.frames[-1].revision == 4)
    assert stage.frames[-1].frame >= 20


async def test_a_parameter_that_a_stage_reads_makes_a_new_plan_and_the_old_one_goes(stage, executor):
    stage.preview.credit(64)
    stage.drive(0.0, playing=False)
    await until(lambda: stage.frames)
    first = executor.drawn[-1][0]
    stage.preview.update(PreviewUpdate(preview_id=ID, revision=5, parameters={"noise_seconds": 0.5}))
    await until(lambda: executor.drawn[-1][0] != first)
    assert executor.prepared[-1].scene.parameters["noise_seconds"] == 0.5
    assert first in executor.forgotten


async def test_a_parameter_that_only_drawing_reads_is_drawn_from_the_same_plan(stage, executor):
    """One way to the drawing process instead of two, and nothing is prepared while it draws."""
    stage.preview.credit(64)
    stage.drive(0.0, playing=False)
    await until(lambda: stage.frames)
    for revision, alpha in ((5, 0.5), (6, 0.75)):
        stage.preview.update(PreviewUpdate(preview_id=ID, revision=revision, parameters={"alpha": alpha}))
        await until(lambda wanted=revision: stage.frames[-1].revision == wanted)
        assert executor.orders[-1].scene.parameters["alpha"] == alpha
    assert len({key for key, _frames in executor.drawn}) == len(executor.prepared) == 1
    assert executor.forgotten == []
    assert [said.state for said in stage.said].count("running") == 1


async def test_a_route_whose_amount_moves_is_drawn_from_the_same_plan_and_a_new_source_is_prepared(stage, executor):
    def route(amount, kind="loudness", **more):
        return RouteSpec(id="r", parameter="alpha", source={"kind": kind}, amount=amount, **more)

    stage.drive(1.0, playing=False)
    stage.preview.credit(8)
    await until(lambda: stage.frames)
    stage.preview.update(PreviewUpdate(preview_id=ID, revision=9, routes=[route(0.5)]))
    await until(lambda: len(executor.prepared) == 2 and len(stage.frames) == 2)
    moves = [route(0.7), route(0.7, bend=0.4, invert=True), route(0.7, is_bypassed=True), route(-1.0, offset=0.2)]
    for number, moved in enumerate(moves, 10):
        stage.preview.update(PreviewUpdate(preview_id=ID, revision=number, routes=[moved]))
        await until(lambda number=number: stage.frames[-1].revision == number)
        assert executor.orders[-1].scene.routes == [moved]
    assert len(executor.prepared) == 2
    stage.preview.update(PreviewUpdate(preview_id=ID, revision=20, routes=[]))
    await until(lambda: stage.frames[-1].revision == 20)
    assert len(executor.prepared) == 2
    stage.preview.update(PreviewUpdate(preview_id=ID, revision=21, routes=[route(0.7, kind="onset")]))
    await until(lambda: len(executor.prepared) == 3 and stage.frames[-1].revision == 21)


async def test_a_route_that_cannot_work_is_named(stage):
    await until(lambda: any(said.state == "running" for said in stage.said))
    wrong = RouteSpec(id="r", parameter="push", source={"kind": "loudness"})
    stage.preview.update(PreviewUpdate(preview_id=ID, revision=9, routes=[wrong]))
    await until(lambda: stage.said[-1].state == "failed")
    assert stage.said[-1].field == "routes.r.parameter"


async def test_after_a_moved_parameter_the_heartbeat_draws_no_second_picture(stage):
    stage.preview.credit(64)
    stage.drive(1.25, playing=False)
    await until(lambda: stage.frames)
    stage.preview.update(PreviewUpdate(preview_id=ID, revision=5, parameters={"alpha": 0.5}))
    await until(lambda: stage.frames[-1].revision == 5)
    seen = len(stage.frames)
    stage.drive(1.25, playing=False, revision=5)
    await asyncio.sleep(0.05)
    assert len(stage.frames) == seen
    stage.drive(1.25, playing=False, revision=6)
    await until(lambda: stage.frames[-1].revision == 6)


async def test_a_hand_that_rests_sees_the_picture_once_more_and_finer(stage, executor, monkeypatch):
    monkeypatch.setattr("gpu_service.preview.REST_SECONDS", 0.05)
    stage.preview.credit(64)
    stage.drive(1.25, playing=False)
    await until(lambda: stage.frames[-1:] and executor.qualities[-1] == 95)
    await asyncio.sleep(0.15)
    assert executor.qualities.count(95) == 1
    first, fine = stage.frames[-2:]
    assert (fine.frame, fine.revision, fine.is_still) == (first.frame, first.revision, True) == (12, 3, True)
    assert (first.is_fine, fine.is_fine) == (False, True)
    stage.preview.update(PreviewUpdate(preview_id=ID, revision=5, parameters={"alpha": 0.5}))
    await until(lambda: executor.qualities.count(95) == 2)
    assert executor.qualities[-2:] == [80, 95]


async def test_while_a_hand_moves_no_picture_is_sent_twice(stage, executor, monkeypatch):
    monkeypatch.setattr("gpu_service.preview.REST_SECONDS", 10)
    stage.preview.credit(64)
    stage.drive(0.0, playing=False)
    for step in range(1, 11):
        stage.preview.update(PreviewUpdate(preview_id=ID, revision=10 + step, parameters={"alpha": step / 40}))
        await until(lambda wanted=10 + step: stage.frames and stage.frames[-1].revision >= wanted)
    assert set(executor.qualities) == {80}


async def test_a_fine_picture_that_the_line_cannot_carry_is_not_sent(stage, executor, monkeypatch):
    monkeypatch.setattr("gpu_service.preview.REST_SECONDS", 0.05)
    stage.drive(0.0, playing=False)
    stage.preview.credit(64)
    await until(lambda: stage.frames)
    seen, executor.jpeg_bytes = len(stage.frames), 1024 * 1024
    await until(lambda: executor.qualities[-1] == 95)
    await asyncio.sleep(0.05)
    assert (len(stage.frames), stage.preview.credits) == (seen, 64 - seen)


async def test_of_many_quick_changes_the_last_one_counts(stage, executor):
    await until(lambda: executor.prepared)
    for step in range(1, 41):
        stage.preview.update(PreviewUpdate(preview_id=ID, revision=step, parameters={"noise_seconds": step / 40}))
    await until(lambda: executor.prepared[-1].scene.parameters.get("noise_seconds") == 1)
    assert len(executor.prepared) < 10


async def test_a_picture_that_is_drawn_in_parts_is_asked_for_until_it_is_whole(stage, executor, monkeypatch):
    draw, calls = executor.draw, []

    def in_three_parts(key: str, frames: Any, *, jpeg_quality: int, order: Any) -> Any:
        calls.append(key)
        return done([]) if len(calls) < 3 else draw(key, frames, jpeg_quality=jpeg_quality, order=order)

    monkeypatch.setattr(executor, "draw", in_three_parts)
    stage.drive(0.0, playing=False)
    stage.preview.credit(1)
    await until(lambda: stage.frames)
    await asyncio.sleep(0.05)
    assert (len(calls), len(stage.frames), stage.preview.credits) == (3, 1, 0)


async def test_while_a_picture_is_drawn_only_the_newest_change_waits(stage, executor):
    executor.draw_seconds = 0.05
    stage.preview.credit(64)
    stage.drive(0.0, playing=False)
    await until(lambda: stage.frames)
    for step in range(1, 41):
        stage.preview.update(PreviewUpdate(preview_id=ID, revision=10 + step, parameters={"alpha": step / 40}))
        await asyncio.sleep(0.002)
    await until(lambda: stage.frames[-1].revision == 50)
    assert executor.orders[-1].scene.parameters["alpha"] == 1
    assert len(executor.drawn) < 12


async def test_a_new_size_is_drawn_without_fetching_anything(stage, executor, studio):
    stage.preview.credit(8)
    await until(lambda: stage.frames)
    studio.files.clear()
    stage.preview.update(PreviewUpdate(preview_id=ID, revision=6, width=128, height=96))
    await until(lambda: stage.frames[-1].width == 128)


async def test_a_wrong_parameter_is_named_and_the_picture_stays(stage, executor):
    await until(lambda: executor.prepared)
    stage.preview.update(PreviewUpdate(preview_id=ID, revision=7, parameters={"alpha": -1}))
    await until(lambda: any(said.field for said in stage.said))
    said = next(said for said in stage.said if said.field)
    assert (said.state, said.field) == ("failed", "parameters.alpha")
    stage.preview.credit(1)
    stage.drive(0.5, playing=False, revision=8)
    await until(lambda: stage.frames)


async def test_a_plan_lost_with_its_process_is_made_again(stage, executor, monkeypatch):
    monkeypatch.setattr("gpu_service.preview.RETRY_SECONDS", 0.01)
    await until(lambda: executor.prepared)
    draw, calls = executor.draw, []

    def lost_once(key: str, frames: Any, *, jpeg_quality: int, order: Any) -> Any:
        calls.append(key)
        if len(calls) == 1:
            future: asyncio.Future[Any] = asyncio.Future()
            import concurrent.futures

            broken: concurrent.futures.Future[Any] = concurrent.futures.Future()
            broken.set_exception(RenderError("The drawing process ran out of memory.", retry=True, kind="crashed"))
            future.cancel()
            return broken
        return draw(key, frames, jpeg_quality=jpeg_quality)

    monkeypatch.setattr(executor, "draw", lost_once)
    stage.preview.credit(4)
    await until(lambda: stage.frames)
    assert len(executor.prepared) == 2


async def test_a_file_that_cannot_be_had_fails_with_the_reason(bench, little):
    missing = [{"sha256": sha256, "size": 3, "name": "song", "role": "track"} for sha256 in little.files]
    stage = Stage(bench, little, missing)
    await until(lambda: stage.said and stage.said[-1].state == "failed")
    assert stage.said[-1].message == "There is no such file."
    await stage.preview.close()


async def test_it_closes_also_in_the_moment_in_which_something_is_said(bench, studio, little):
    """In Python 3.11 asyncio.wait_for swallows a cancellation that meets its event: the session then hung for ever."""
    inputs = [studio.add_file(path.read_bytes()) for path in little.files.values()]
    for pauses in range(6):
        stage = Stage(bench, little, inputs)
        await until(lambda stage=stage: stage.said and stage.said[-1].state == "running")
        stage.preview.credit(1)
        for _ in range(pauses):
            await asyncio.sleep(0)
        async with asyncio.timeout(5):
            await stage.preview.close()


async def test_the_rate_it_draws_at_is_told_while_it_plays(stage, monkeypatch):
    monkeypatch.setattr("gpu_service.preview.TELL_SECONDS", 0.05)
    stage.preview.credit(64)
    stage.drive(0.0, playing=True)
    await until(lambda: any(said.frames_per_second for said in stage.said))
    assert stage.said[-1].state == "running"
    assert stage.said[-1].ready_until == 3.0
