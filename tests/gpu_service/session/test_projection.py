"""A projection for a studio: searched for by a real child, its frames handed in, paused and gone on with elsewhere."""

import asyncio
import os
import signal
import uuid
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gpu_service import projection_handing_in
from gpu_service.projection.file import read_projection
from gpu_service.protocol.projection import ProjectionConfig, ProjectionResult
from tests.gpu_service.projection import little
from tests.gpu_service.projection.files import original
from tests.gpu_service.session.fakes import FakeStudio
from tests.gpu_service.session.test_training import away
from tests.gpu_service.session.test_work import until, working

PATIENCE = 250.0
FRAMES = 8
MD5 = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setattr(projection_handing_in, "REPORT_SECONDS", 0.05)
    monkeypatch.setattr(projection_handing_in, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(projection_handing_in, "pause_seconds", lambda _attempt: 0.05)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """A film of what a network drew, and the network."""
    folder = tmp_path_factory.mktemp("projected")
    of = little.easel()
    film = little.write_film(folder / "film.mp4", little.drawn(of, little.walk(of, FRAMES)))
    return film.read_bytes(), little.write_network(folder / "net.safetensors").read_bytes()


def claim(studio: FakeStudio, files: tuple[bytes, bytes], projection_id: str, **config: Any) -> dict[str, Any]:
    """A projection to make. -> the claim"""
    film, network = files
    settings = ProjectionConfig(**{"batch": 2, "steps": 60, "losses": ["pixels"], "precision": "fp32", **config})
    made = {
        "lease": {"id": str(uuid.uuid4()), "kind": "job", "fence": 5, "seconds": 60, "renew_seconds": 20},
        "job": {
            "id": str(uuid.uuid4()),
            "kind": "project",
            "project_id": str(uuid.uuid4()),
            "payload": {
                "projection_id": projection_id,
                "name": "Talk",
                "network_md5": MD5,
                "network_name": "Our network.pkl",
                "config": settings.model_dump(mode="json"),
            },
        },
        "inputs": [
            studio.add_file(network) | {"role": "snapshot", "name": "Our network.pkl"},
            studio.add_file(film) | {"role": "target", "name": "Talk.mp4"},
        ],
    }
    studio.claims.append(made)
    return made


def handed_in(studio: FakeStudio) -> list[dict[str, Any]]:
    return studio.posted("/frames")


def uploaded(studio: FakeStudio, artifact: dict[str, Any]) -> bytes:
    data: bytes = studio.uploads[artifact["upload_id"]]["data"]
    return data


def searches(folder: Path) -> list[int]:
    """Children at work on that folder."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().decode().split("\0") if entry.name.isdigit() else []
        except OSError:
            continue
        if "project" in words and any(word.startswith(str(folder)) for word in words):
            found.append(int(entry.name))
    return found


async def test_frames_are_handed_in_though_the_child_is_killed_and_the_studio_is_away(
    studio, bench, tmp_path, files, monkeypatch
):
    claim(studio, files, "a1")
    folder = bench.runs / "projection-a1"
    monkeypatch.setattr(projection_handing_in, "PATIENCE_SECONDS", 0.01)
    absence = away("/service/projections/")
    studio.trouble.append(next(absence))
    async with working(bench) as work:
        await until(lambda: list(folder.glob("*.work/part-*.hdf5")), seconds=PATIENCE)
        for pid in searches(folder):
            os.kill(pid, signal.SIGKILL)
        absence.close()
        await until(lambda: studio.posted("/finish") or studio.posted("/fail"), seconds=PATIENCE)
        await until(lambda: not work.chores, seconds=PATIENCE)

    assert studio.posted("/fail") == []
    assert [(body["first"], body["end"]) for body in handed_in(studio)] == [(0, 2), (2, 4), (4, 6), (6, 8)]
    first = handed_in(studio)[0]
    assert len(first["loss"]) == len(first["steps"]) == 2
    assert uploaded(studio, first["artifacts"]["picture"]).startswith(b"\xff\xd8\xff")
    (finish,) = studio.posted("/finish")
    result = ProjectionResult.model_validate(finish["result"])
    assert (result.frames, result.fps, result.is_complete) == (FRAMES, "25", True)
    artifacts = {each["name"]: uploaded(studio, each) for each in finish["artifacts"]}
    assert artifacts["review"][4:8] == b"ftyp"
    (tmp_path / "p.hdf5").write_bytes(artifacts["projection"])
    read = read_projection(tmp_path / "p.hdf5")
    assert len(read) == FRAMES
    assert (read.facts.network_md5, read.facts.network_path) == (MD5, "Our network.pkl")
    assert read.facts.target_path == "Talk.mp4"
    ticks = [each for body in studio.posted("/reports") for each in body["reports"] if each["kind"] == "tick"]
    assert ticks[-1]["frames"] == FRAMES
    assert searches(folder) == []


async def test_a_paused_projection_yields_and_goes_on_elsewhere(studio, bench, executor, tmp_path, files):
    claim(studio, files, "b2", steps=300)
    async with working(bench):
        await until(lambda: handed_in(studio), seconds=PATIENCE)
        executor.draws = True  # a preview needs the device
        await asyncio.sleep(1.0)
        before = (bench.runs / "projection-b2" / "projection.hdf5.work" / "state.npz").stat().st_mtime_ns
        await asyncio.sleep(1.0)
        assert (bench.runs / "projection-b2" / "projection.hdf5.work" / "state.npz").stat().st_mtime_ns == before
        studio.wish = {"wanted": "pause"}
        executor.draws = False
        await until(lambda: studio.posted("/finish"), seconds=PATIENCE)
    result = ProjectionResult.model_validate(studio.posted("/finish")[0]["result"])
    assert (result.is_complete, result.artifact) == (False, None)
    parts = [uploaded(studio, body["artifacts"]["latents"]) for body in handed_in(studio)]
    assert result.frames == 2 * len(parts) < FRAMES

    studio.calls.clear()
    studio.wish = {"wanted": "run"}
    (bench.runs / "projection-b2").rename(tmp_path / "gone")  # another service has no folder of it
    again = claim(studio, files, "b2", steps=300)
    again["inputs"] += [studio.add_file(part) | {"role": "frames", "name": f"{n}"} for n, part in enumerate(parts)]
    async with working(bench) as work:
        await until(lambda: studio.posted("/finish") or studio.posted("/fail"), seconds=PATIENCE)
        await until(lambda: not work.chores, seconds=PATIENCE)
    assert studio.posted("/fail") == []
    assert handed_in(studio)[0]["first"] == result.frames
    (finish,) = studio.posted("/finish")
    whole = {each["name"]: uploaded(studio, each) for each in finish["artifacts"]}["projection"]
    (tmp_path / "p.hdf5").write_bytes(whole)
    (tmp_path / "part.hdf5").write_bytes(parts[0])
    read = read_projection(tmp_path / "p.hdf5")
    assert len(read) == FRAMES
    assert np.array_equal(read.latents[:2], read_projection(tmp_path / "part.hdf5", unfinished=True).latents)


async def test_what_is_wrong_with_an_order_is_said(studio, bench, files):
    claim(studio, files, "c3", fps="10")
    async with working(bench):
        await until(lambda: studio.posted("/fail"), seconds=PATIENCE)
    (said,) = studio.posted("/fail")
    assert "cannot be projected at 10" in said["message"]
    assert said["retry"] is False


async def test_a_review_is_made_of_any_projection_file(studio, bench, tmp_path):
    data = original(tmp_path / "p.hdf5", frames=3, steps=4).read_bytes()
    for number, content in enumerate((data, data[:5000])):
        made = {
            "lease": {"id": str(uuid.uuid4()), "kind": "job", "fence": 5, "seconds": 60, "renew_seconds": 20},
            "job": {
                "id": str(uuid.uuid4()),
                "kind": "review_projection",
                "project_id": str(uuid.uuid4()),
                "payload": {"projection_id": "d4", "name": "Talk"},
            },
            "inputs": [studio.add_file(content) | {"role": "projection", "name": f"Talk {number}.hdf5"}],
        }
        studio.claims.append(made)
    async with working(bench):
        await until(lambda: studio.posted("/finish") and studio.posted("/fail"), seconds=PATIENCE)
    (finish,) = studio.posted("/finish")
    result = ProjectionResult.model_validate(finish["result"])
    assert (result.frames, result.review) == (3, "review")
    assert result.convergence["eighty"] == [1, 4, 4]  # frame 0 stands still
    assert uploaded(studio, finish["artifacts"][0])[4:8] == b"ftyp"
    assert "cut off" in studio.posted("/fail")[0]["message"]
