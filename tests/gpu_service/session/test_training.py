"""A run for a studio: trained by a real child, told what is wished, its snapshots handed in, its end kept."""

import asyncio
import base64
import dataclasses
import os
import signal
import uuid
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from gpu_service import training_handing_in, work_training
from gpu_service.protocol import Device, InputRef, Made, Tick, TrainOrder, TrainResult
from gpu_service.training.checkpoint_file import read_checkpoint
from gpu_service.training_log import TrainingLog
from tests.gpu_service.session.fakes import FakeStudio
from tests.gpu_service.session.test_work import until, working
from tests.gpu_service.training.runs import little_config
from tests.gpu_service.training.sets import little_set

PATIENCE = 250.0


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setattr(training_handing_in, "REPORT_SECONDS", 0.05)
    monkeypatch.setattr(training_handing_in, "pause_seconds", lambda _attempt: 0.05)


def claim(studio: FakeStudio, tmp_path: Path, **config: Any) -> dict[str, Any]:
    """A run to train. -> the claim"""
    pictures = studio.add_file(little_set(tmp_path).read_bytes()) | {"role": "pictures", "name": "Faces.zip"}
    made = {
        "lease": {"id": str(uuid.uuid4()), "kind": "job", "fence": 7, "seconds": 60, "renew_seconds": 20},
        "job": {
            "id": str(uuid.uuid4()),
            "kind": "train",
            "project_id": str(uuid.uuid4()),
            "payload": {
                "run_id": "9c2f",
                "name": "Heads, first try",
                "config": little_config(**config).model_dump(mode="json"),
            },
        },
        "inputs": [pictures],
    }
    studio.claims.append(made)
    return made


def reports(studio: FakeStudio, kind: str) -> list[dict[str, Any]]:
    return [each for body in studio.posted("/reports") for each in body["reports"] if each["kind"] == kind]


def phases(studio: FakeStudio) -> list[str]:
    return [each["phase"] for each in reports(studio, "phase")]


def trainer_pids(folder: Path) -> list[int]:
    """Trainers that are at work on that run's folder."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().decode().split("\0") if entry.name.isdigit() else []
        except OSError:
            continue
        if "train" in words and str(folder) in words:
            found.append(int(entry.name))
    return found


def away(path: str) -> Iterator[Callable[[httpx.Request], httpx.Response | None]]:
    """The studio does not answer such calls until the generator is closed."""
    is_away = True

    def trouble(request: httpx.Request) -> httpx.Response | None:
        if is_away and path in request.url.path:
            raise httpx.ConnectError("nobody is there")
        return None

    try:
        yield trouble
    finally:
        is_away = False


async def test_a_run_is_trained_and_handed_in_though_its_trainer_is_killed_and_the_studio_is_away(
    studio, bench, tmp_path, monkeypatch
):
    monkeypatch.setattr(training_handing_in, "PATIENCE_SECONDS", 0.01)
    order = claim(studio, tmp_path, kimg=0.4, snapshot_kimg=0.2)
    folder = bench.runs / "9c2f"
    absence = away("/service/training/")
    studio.trouble.append(next(absence))
    async with working(bench) as work:
        await until(lambda: (folder / "checkpoints" / "checkpoint-000000000000.safetensors").exists(), seconds=PATIENCE)
        (pid,) = trainer_pids(folder)
        assert os.getpgid(pid) == pid
        os.kill(pid, signal.SIGKILL)
        await until(lambda: trainer_pids(folder) not in ([], [pid]), seconds=PATIENCE)
        absence.close()
        await until(lambda: studio.posted("/finish") or studio.posted("/fail"), seconds=PATIENCE)
        await until(lambda: not work.chores, seconds=PATIENCE)
    assert studio.posted("/fail") == []
    (finish,) = studio.posted("/finish")
    assert TrainResult.model_validate(finish["result"]).outcome == "done"
    assert finish["fence"] == 7
    assert phases(studio).count("starting") == 2
    assert [tick["kimg"] for tick in reports(studio, "tick")][-1] == 0.4
    handed_in = studio.posted("/snapshots")
    assert [body["made"]["kimg"] for body in handed_in][-2:] == [0.2, 0.4]
    last = handed_in[-1]
    assert last["snapshot"]["name"] == "Heads-first-try-snapshot-000000-400"
    assert last["snapshot"]["resolution"] == 16
    artifacts = {each["name"]: studio.uploads[each["upload_id"]] for each in last["artifacts"]}
    assert artifacts.keys() == {
        *(last["snapshot"][name] for name in ("file", "thumbnail", "sheet")),
        *("grid", "training", "checkpoint"),
    }
    kept = tmp_path / "checkpoint"
    kept.write_bytes(artifacts["checkpoint"]["data"])
    assert read_checkpoint(kept)[1]["pictures_shown"] == 400
    assert artifacts["grid"]["data"].startswith(b"\x89PNG")
    project = base64.b64decode(artifacts["grid"]["words"]["project"]).decode()
    assert project == order["job"]["project_id"]
    assert trainer_pids(folder) == []


async def test_a_paused_run_goes_on_elsewhere_from_what_the_studio_has(studio, bench, executor, tmp_path):
    claim(studio, tmp_path, kimg=1000, snapshot_kimg=1000)
    async with working(bench):
        await until(lambda: reports(studio, "tick"), seconds=PATIENCE)
        executor.draws = True
        await until(lambda: "yielding" in phases(studio), seconds=PATIENCE)
        executor.draws = False
        studio.wish = {"wanted": "pause"}
        await until(lambda: studio.posted("/finish"), seconds=PATIENCE)
    finish = studio.posted("/finish")[0]
    result = TrainResult.model_validate(finish["result"])
    assert (result.outcome, result.checkpoint) == ("paused", "checkpoint")
    checkpoint = studio.uploads[finish["artifacts"][0]["upload_id"]]["data"]

    studio.calls.clear()
    studio.wish = {"wanted": "run"}
    again = claim(studio, tmp_path, kimg=result.kimg + 0.016, snapshot_kimg=1000)
    again["inputs"].append(studio.add_file(checkpoint) | {"role": "checkpoint", "name": "newest"})
    elsewhere = dataclasses.replace(bench, runs=tmp_path / "elsewhere")
    async with working(elsewhere):
        await until(lambda: studio.posted("/finish"), seconds=PATIENCE)
    said = [each["sentence"] for each in reports(studio, "said")]
    assert said[0] == f"The run goes on at {result.kimg:g} kimg, from its newest checkpoint."
    assert [round(tick["kimg"], 3) for tick in reports(studio, "tick")][-1] == round(result.kimg + 0.016, 3)
    assert [body["made"]["kimg"] for body in studio.posted("/snapshots")] == [pytest.approx(result.kimg + 0.016)]


async def test_whoever_loses_the_lease_ends_its_trainer_with_a_checkpoint(studio, bench, tmp_path):
    claim(studio, tmp_path, kimg=1000, snapshot_kimg=1000)
    folder = bench.runs / "9c2f"
    async with working(bench) as work:
        await until(lambda: reports(studio, "tick"), seconds=PATIENCE)
        before = set((folder / "checkpoints").iterdir())
        studio.trouble.append(lambda request: httpx.Response(409) if request.url.path.endswith("/reports") else None)
        await until(lambda: not work.chores, seconds=PATIENCE)
        assert trainer_pids(folder) == []
    assert set((folder / "checkpoints").iterdir()) - before
    assert studio.posted("/finish") == studio.posted("/fail") == []


async def test_what_a_run_refuses_reaches_the_studio_as_its_sentence(studio, bench, tmp_path):
    made = claim(studio, tmp_path)
    made["job"]["payload"]["config"]["size"] = 32
    async with working(bench):
        await until(lambda: studio.posted("/fail"), seconds=PATIENCE)
    (failed,) = studio.posted("/fail")
    assert "img00000000.png is 16×16 pixels, this run is of 32" in failed["message"]
    assert (failed["retry"], failed["kind_of_failure"]) == (False, "bad_input")


async def test_the_studio_hears_that_a_run_diverged(studio, bench, tmp_path):
    claim(studio, tmp_path, g_rate=1e19, d_rate=1e19)
    async with working(bench):
        await until(lambda: studio.posted("/fail"), seconds=PATIENCE)
    (failed,) = studio.posted("/fail")
    assert (failed["retry"], failed["kind_of_failure"]) == (False, "diverged")
    assert "no number" in failed["message"]


@pytest.mark.parametrize(("batch", "cards", "taken"), [(8, 4, 4), (8, 3, 2), (6, 3, 3), (2, 4, 1), (8, 1, 1)])
async def test_a_run_takes_all_gpus_of_its_service_that_its_batch_divides_among(
    bench, executor, tmp_path, monkeypatch, batch, cards, taken
):
    card = Device(name="H200", kind="cuda", memory_bytes=1)
    monkeypatch.setattr(executor, "devices", lambda: [card] * cards)
    order = TrainOrder(run_id="9c2f", name="Heads", config=little_config(batch=batch))
    (tmp_path / "faces.zip").touch()
    pictures = InputRef(sha256="0" * 64, size=1, name="Faces.zip", role="pictures")
    words = work_training._words(
        bench, order, tmp_path / "run", {"pictures": pictures}, {"0" * 64: tmp_path / "faces.zip"}
    )
    said = dict(pairwise(words)).get("--devices")
    assert said == (str(taken) if taken > 1 else None)


def test_a_log_is_read_once_and_on_from_where_it_was(tmp_path):
    path = tmp_path / "stats.jsonl"
    tick = Tick.model_validate(dict.fromkeys(Tick.model_fields, 1) | {"kind": "tick"}).model_dump_json()
    made = Made(kimg=1, file="a", training="b", sheet="c", grid="d", thumbnail="e", checkpoint="f").model_dump_json()
    path.write_text(f"{tick}\n{made}\nnonsense\n{tick}\n{tick[:20]}")
    log = TrainingLog(path, cursor="told.txt")
    found = log.waiting(made=False, most=500)
    assert [report.kind for report, _ in found] == ["tick", "tick"]
    assert [report.kind for report, _ in log.waiting(made=True, most=500)] == ["snapshot"]
    log.done_until(found[0][1])
    again = TrainingLog(path, cursor="told.txt")
    assert len(again.waiting(made=False, most=500)) == 1
    with path.open("a") as file:
        file.write(tick[20:] + "\n")
    assert len(again.waiting(made=False, most=500)) == 2
    again.skip()
    assert again.waiting(made=False, most=500) == again.waiting(made=True, most=500) == []


async def test_nothing_waits_for_a_studio_that_never_answers(studio, bench, tmp_path):
    """An end that is asked for while the studio is away comes all the same."""
    claim(studio, tmp_path, kimg=1000, snapshot_kimg=1000)
    folder = bench.runs / "9c2f"
    absence = away("/service/training/")
    studio.trouble.append(next(absence))
    async with working(bench) as work:
        await until(lambda: list((folder / "checkpoints").glob("*.safetensors")), seconds=PATIENCE)
        for lease in list(work.chores):
            work.cancel(lease)
        async with asyncio.timeout(PATIENCE):
            await until(lambda: not work.chores, seconds=PATIENCE)
    assert trainer_pids(folder) == []
