"""Claimed work: drawn and committed under its lease, given back with the reason, dropped when the lease is lost."""

import asyncio
import base64
import contextlib
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import Future
from types import MappingProxyType
from typing import Any

import pytest

from gpu_service.errors import Cancelled, RenderError
from gpu_service.protocol import Measured, TrainingConfig, TryOrder
from gpu_service.protocol.training_presets import resolve
from gpu_service.work import Work
from tests.gpu_service.session.fakes import FakeStudio


@contextlib.asynccontextmanager
async def working(bench: Any) -> AsyncIterator[Work]:
    work = Work(bench)
    task = asyncio.create_task(work.run())
    work.look()
    try:
        yield work
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def until(is_so: Callable[[], Any], *, seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not is_so():
            await asyncio.sleep(0.005)


def claim(
    studio: FakeStudio, little: Any, *, fixed: bool = True, path: Mapping[str, Any] = MappingProxyType({})
) -> dict[str, Any]:
    """A segment to draw, its code path fixed with some changes. -> the claim"""
    recipe = little.recipe().model_dump(mode="json")
    recipe["code_path"] = {**recipe["code_path"], **path} if fixed else None
    studio.recipe = recipe
    files = [studio.add_file(path.read_bytes()) for path in little.files.values()]
    made = {
        "lease": {"id": str(uuid.uuid4()), "kind": "segment", "fence": 5, "seconds": 60, "renew_seconds": 20},
        "job": {
            "id": str(uuid.uuid4()),
            "kind": "render_segment",
            "project_id": str(uuid.uuid4()),
            "payload": {"render_id": str(uuid.uuid4())},
        },
        "segment": {"id": str(uuid.uuid4()), "index": 0, "first_frame": 0, "end_frame": 16},
        "recipe": recipe,
        "inputs": files,
    }
    studio.claims.append(made)
    return made


async def test_a_segment_is_drawn_uploaded_and_committed(studio, bench, little):
    order = claim(studio, little)
    async with working(bench):
        await until(lambda: studio.posted("/commit"))
    said = studio.posted("/commit")[0]
    assert said["fence"] == 5
    assert said["frames"] == 16
    assert base64.b64decode(said["thumbs"][0]["jpeg_base64"]).startswith(b"\xff\xd8\xff")
    upload = studio.uploads[said["upload_id"]]
    assert upload["data"] == b"film" * 16
    assert base64.b64decode(upload["words"]["project"]).decode() == order["job"]["project_id"]
    assert list(bench.scratch.iterdir()) == []
    assert studio.posted("/fail") == []


async def test_the_first_claimer_fixes_how_the_film_is_computed(studio, bench, executor, little):
    order = claim(studio, little, fixed=False)
    drawn = []
    executor.segment = lambda order, report: drawn.append(order) or executor._segment(order, report)
    async with working(bench):
        await until(lambda: studio.posted("/commit"))
    assert studio.posted(f"/renders/{order['job']['payload']['render_id']}/code_path")[0]["code_path"]["batch"] == 8
    assert drawn[0].code_path.batch == 8


async def test_a_film_of_another_kind_of_device_is_given_back(studio, bench, little):
    claim(studio, little, path={"device_kind": "cuda"})
    async with working(bench):
        await until(lambda: studio.posted("/fail"))
    said = studio.posted("/fail")[0]
    assert said["retry"] is True
    assert "another kind of device" in said["message"]


async def test_a_compiled_film_waits_for_a_service_with_a_compiler(studio, bench, little):
    claim(studio, little, path={"compiled": True})
    async with working(bench):
        await until(lambda: studio.posted("/fail"))
    said = studio.posted("/fail")[0]
    assert said["retry"] is True
    assert "here is no compiler" in said["message"]


def failing(error: BaseException) -> Callable[..., Future[Any]]:
    def segment(_order: Any, _report: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(error)
        return future

    return segment


async def test_out_of_memory_asks_for_smaller_batches_then_smaller_numbers_then_fails(studio, bench, executor, little):
    executor.segment = failing(RenderError("The GPU ran out of memory.", kind="out_of_memory"))
    for path in ({"batch": 4}, {"batch": 1}, {"batch": 1, "precision": "bf16"}):
        claim(studio, little, path=path)
    async with working(bench):
        await until(lambda: len(studio.posted("/fail")) == 3)
    asked = [body["code_path"] for body in studio.posted("/fail")]
    assert {path and (path["batch"], path["precision"]) for path in asked} == {(2, "fp32"), (1, "bf16"), None}
    by_path = {body["code_path"] and body["code_path"]["batch"]: body for body in studio.posted("/fail")}
    assert by_path[None]["kind_of_failure"] == "out_of_memory"
    assert by_path[None]["message"] == "The GPU ran out of memory."
    assert by_path[None]["retry"] is False


async def test_a_compiler_that_fails_asks_to_draw_without_and_then_fails(studio, bench, executor, little):
    executor.segment = failing(RenderError("Drawing could not be compiled.", kind="not_compiled"))
    executor.path = executor.path.model_copy(update={"compiled": True})
    for path in ({"compiled": True}, {"compiled": False}):
        claim(studio, little, path=path)
    async with working(bench):
        await until(lambda: len(studio.posted("/fail")) == 2)
    by_path = {body["code_path"] and body["code_path"]["compiled"]: body for body in studio.posted("/fail")}
    assert set(by_path) == {False, None}
    assert by_path[False]["kind_of_failure"] == "not_compiled"
    assert by_path[False]["retry"] is True
    assert by_path[None]["retry"] is False


async def test_a_cancel_over_the_socket_reaches_the_executor_and_is_told(studio, bench, executor, little):
    running: Future[Any] = Future()
    executor.segment = lambda _order, _report: running
    order = claim(studio, little)
    async with working(bench) as work:
        await until(lambda: work.segments)
        await until(lambda: any(keeper._done == 0 for keeper in work.segments.values()))
        work.cancel(uuid.UUID(order["lease"]["id"]))
        assert len(executor.cancelled) == 1
        running.set_exception(Cancelled())
        await until(lambda: studio.posted("/fail"))
    assert studio.posted("/fail")[0]["retry"] is False
    assert studio.posted("/commit") == []


async def test_a_lost_lease_stops_the_drawing_and_nothing_more_is_said(studio, bench, executor, little, monkeypatch):
    monkeypatch.setattr("gpu_service.lease.TELL_SECONDS", 0.02)
    running: Future[Any] = Future()
    executor.segment = lambda _order, _report: running
    studio.renewal = 409
    claim(studio, little)
    async with working(bench) as work:
        await until(lambda: executor.cancelled)
        running.set_exception(Cancelled())
        await until(lambda: not work.segments)
    assert studio.posted("/fail") == []
    assert studio.posted("/commit") == []


async def test_a_renewal_may_bring_the_cancel(studio, bench, executor, little, monkeypatch):
    monkeypatch.setattr("gpu_service.lease.TELL_SECONDS", 0.02)
    executor.segment = lambda _order, _report: Future()
    studio.renewal = {"seconds": 60, "cancel": True}
    claim(studio, little)
    async with working(bench):
        await until(lambda: executor.cancelled)


async def test_progress_goes_out_with_the_renewals(studio, bench, executor, little, monkeypatch):
    monkeypatch.setattr("gpu_service.lease.TELL_SECONDS", 0.02)
    reports: list[Callable[[int], None]] = []

    def slow(_order: Any, report: Callable[[int], None]) -> Future[Any]:
        reports.append(report)
        return Future()

    executor.segment = slow
    claim(studio, little)
    async with working(bench):
        await until(lambda: reports)
        reports[0](4)
        await until(lambda: any(body.get("done") == 4 for body in studio.posted("/renew")))
    assert {body["fence"] for body in studio.posted("/renew")} == {5}


async def test_a_service_that_stops_gives_its_work_back_for_another(studio, bench, executor, little):
    executor.segment = lambda _order, _report: Future()
    claim(studio, little)
    async with working(bench) as work:
        await until(lambda: any(keeper._done == 0 for keeper in work.segments.values()))
    assert studio.posted("/fail")[0]["retry"] is True
    assert len(executor.cancelled) == 1


async def test_a_pattern_is_made_uploaded_and_handed_in(studio, bench):
    job = {
        "id": str(uuid.uuid4()),
        "kind": "make_pattern",
        "project_id": None,
        "payload": {"species": "silk", "seed": 2},
    }
    lease = {"id": job["id"], "kind": "job", "fence": 3, "seconds": 60, "renew_seconds": 20}
    studio.claims.append({"lease": lease, "job": job, "inputs": []})
    async with working(bench):
        await until(lambda: studio.posted("/finish"))
    said = studio.posted("/finish")[0]
    assert said["result"]["snapshots"][0]["file"] == said["artifacts"][0]["name"] == "made.safetensors"
    assert studio.uploads[said["artifacts"][0]["upload_id"]]["data"] == b"weights"


async def test_an_import_without_its_file_is_refused(studio, bench):
    job = {"id": str(uuid.uuid4()), "kind": "import_snapshot", "project_id": None, "payload": {"name": "net.pkl"}}
    lease = {"id": job["id"], "kind": "job", "fence": 3, "seconds": 60, "renew_seconds": 20}
    studio.claims.append({"lease": lease, "job": job, "inputs": []})
    async with working(bench):
        await until(lambda: studio.posted("/fail"))
    assert studio.posted("/fail")[0]["message"] == "The file of this import is missing. Upload it again."


def chore_claim(studio: FakeStudio, kind: str, payload: dict[str, Any], inputs: list[dict[str, Any]]) -> None:
    job = {"id": str(uuid.uuid4()), "kind": kind, "project_id": None, "payload": payload}
    lease = {"id": job["id"], "kind": "job", "fence": 3, "seconds": 60, "renew_seconds": 20}
    studio.claims.append({"lease": lease, "job": job, "inputs": inputs})


async def test_a_sheet_gets_its_snapshots_in_order_and_its_directions(studio, bench, executor):
    inputs = [{**studio.add_file(data), "role": role, "name": data.decode()} for data, role in FILES_OF_A_SHEET]
    chore_claim(studio, "draw_sheet", {"tiles": [{"vector": {}}]}, inputs)
    async with working(bench):
        await until(lambda: studio.posted("/finish"))
    said = studio.posted("/finish")[0]
    assert said["result"] == {"files": {"sheet": "sheet.jpg"}, "facts": {"tile": 160}}
    assert studio.uploads[said["artifacts"][0]["upload_id"]]["data"] == b"tiles"
    values = executor.chores[0].values
    assert values["order"] == {"tiles": [{"vector": {}}]}
    assert [snapshot["name"] for snapshot in values["snapshots"]] == ["second", "first"]
    assert list(values["directions"]) == [inputs[1]["sha256"]]


FILES_OF_A_SHEET = [(b"second", "snapshot"), (b"ways", "directions"), (b"first", "snapshot")]


async def test_a_trial_of_training_hands_in_what_was_measured(studio, bench, executor):
    config = resolve("small", size=32)
    measured = Measured(
        device="CPU, 2 cores",
        precision="fp32",
        seconds_per_kimg=12.5,
        peak_bytes=3,
        checkpoint_bytes=2,
        snapshot_bytes=1,
        micro_batch=16,
    )
    executor.chore_results["try_training"] = measured.model_dump(mode="json")
    chore_claim(studio, "try_training", TryOrder(config=config).model_dump(mode="json"), [])
    async with working(bench):
        await until(lambda: studio.posted("/finish"))
    said = studio.posted("/finish")[0]
    assert (Measured.model_validate(said["result"]), said["artifacts"]) == (measured, [])
    assert TrainingConfig.model_validate(executor.chores[0].values["config"]) == config


async def test_the_curves_of_a_scene_are_handed_in_as_a_file(studio, bench, executor, little):
    inputs = [
        {**studio.add_file(path.read_bytes()), "role": "track", "name": path.name} for path in little.files.values()
    ]
    executor.chore_results["scene_curves"] = {"files": {}, "facts": {"curves": ["loudness"]}}
    order = {"scene": little.scene().model_dump(mode="json")}
    chore_claim(studio, "scene_curves", order, inputs)
    async with working(bench):
        await until(lambda: studio.posted("/finish"))
    assert studio.posted("/finish")[0]["result"]["facts"] == {"curves": ["loudness"]}
    values = executor.chores[0].values
    assert values["vector_length"] == 512
    assert set(values["paths"]) == set(little.files)
    assert values["stages"] == str(bench.stages.folder)


async def test_neither_imports_nor_what_is_explored_wait_for_a_harvest_or_for_each_other(studio, bench, executor):
    executor.chores_wait = True
    for kind in ("harvest", "make_pattern", "find_directions") * 2:
        chore_claim(studio, kind, {"species": "silk", "seed": 2} if kind == "make_pattern" else {}, [])
    async with working(bench):
        await until(lambda: len(executor.chores) == 3)
        await asyncio.sleep(0.05)
        assert sorted(order.kind for order in executor.chores) == ["find_directions", "harvest", "make_pattern"]


@pytest.mark.parametrize("places", [2])
async def test_no_more_is_claimed_than_there_is_room_for(studio, bench, executor, little, places):
    executor.segment = lambda _order, _report: Future()
    for _ in range(4):
        claim(studio, little)
    async with working(bench) as work:
        await until(lambda: len(work.segments) == places)
        await asyncio.sleep(0.05)
        assert len(work.segments) == places
        assert len(studio.claims) == 4 - places
