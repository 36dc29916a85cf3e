"""Slow stages are ordered once, waited for, fetched, and put where the drawing process looks for them."""

import uuid

import numpy as np
import pytest

from gpu_service.errors import RenderError
from gpu_service.protocol import InputRef
from gpu_service.slow_stages import SlowStages
from gpu_service.visualizers.noise_blend import NoiseBlend
from gpu_service.visualizers.stage_cache import StageCache
from gpu_service.visualizers.stages import SLOW_SECONDS, SceneFacts
from tests.gpu_service.little import LittleScene

PREVIEW = uuid.uuid4()


@pytest.fixture
def everything_is_slow(bench, monkeypatch) -> SlowStages:
    """One stage counts as slow: the spectrum."""
    monkeypatch.setattr("gpu_service.slow_stages.POLL_SECONDS", 0.0)
    slow = SlowStages(bench.client, inputs=bench.inputs, folder=bench.stages.folder, slow_seconds=0.0)
    quick = [stage for stage in NoiseBlend.stages if stage.name != "spectrum"]
    for stage in quick:
        monkeypatch.setitem(stage.__dict__, "seconds_per_frame", 0.0)
    return slow


async def fetch(slow: SlowStages, little: LittleScene, heard: list[tuple[str, float]]) -> None:
    refs = [InputRef(sha256=sha256, size=1, name="x", role="track") for sha256 in little.files]
    await slow.fetch(
        little.scene(),
        little.files,
        inputs=refs,
        preview_id=PREVIEW,
        report=lambda title, share: heard.append((title, share)),
    )


def stage_file(tmp_path) -> bytes:
    path = tmp_path / "stage.npz"
    np.savez(path, bins=np.ones((30, 512), np.float32))
    return path.read_bytes()


async def test_a_slow_stage_is_waited_for_and_lands_in_the_cache(everything_is_slow, studio, little, bench, tmp_path):
    blob = studio.add_file(stage_file(tmp_path))
    studio.stage_answers = [
        {"state": "queued"},
        {"state": "running", "done": 1, "total": 4},
        {"state": "ready", "sha256": blob["sha256"], "size": blob["size"]},
    ]
    heard: list[tuple[str, float]] = []
    await fetch(everything_is_slow, little, heard)
    key = NoiseBlend.keys(SceneFacts(little.scene(), 512))["spectrum"]
    kept = StageCache(bench.stages.folder).get(key)
    assert kept is not None
    assert kept["bins"].shape == (30, 512)
    assert heard == [("Spectrum", 0.0), ("Spectrum", 0.25)]
    asked = studio.posted(f"/stages/{key}")
    assert len(asked) == 3
    assert asked[0]["preview_id"] == str(PREVIEW)
    assert asked[0]["order"]["stage"] == "spectrum"
    assert len(asked[0]["inputs"]) == 3
    assert everything_is_slow.missing(little.scene(), little.files) == []


async def test_a_stage_that_failed_says_why(everything_is_slow, studio, little):
    studio.stage_answers = [{"state": "failed", "message": "“clicks.wav” is damaged."}]
    with pytest.raises(RenderError, match="is damaged"):
        await fetch(everything_is_slow, little, [])


async def test_a_short_track_orders_nothing(bench, studio, little):
    await fetch(bench.stages, little, [])
    assert studio.calls == []


def test_a_song_is_quick_and_a_day_of_music_is_not(little):
    song = SceneFacts(little.scene(fps="30").model_copy(update={"duration_seconds": 240.0}), 512)
    long = SceneFacts(little.scene(fps="60").model_copy(update={"duration_seconds": 6 * 3600.0}), 512)
    assert all(stage.estimate_seconds(song) < SLOW_SECONDS for stage in NoiseBlend.stages)
    assert any(stage.estimate_seconds(long) > SLOW_SECONDS for stage in NoiseBlend.stages)
