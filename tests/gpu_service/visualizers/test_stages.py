"""Stages read what they name and nothing else; their keys change with exactly that."""

from pathlib import Path

import numpy as np
import pytest

from gpu_service.protocol import MarkerSpec
from gpu_service.visualizers.noise_blend import NoiseBlend
from gpu_service.visualizers.stage_cache import StageCache
from gpu_service.visualizers.stages import Reading, SceneFacts, Stage, spoiled_by
from tests.gpu_service.little import LittleScene


def keys(little: LittleScene, **changes: object) -> dict[str, str]:
    scene = {name: changes.pop(name) for name in ("width", "height", "fps") if name in changes}
    return NoiseBlend.keys(SceneFacts(little.scene(**scene, **changes), vector_length=512))


def changed(little: LittleScene, **changes: object) -> set[str]:
    before, after = keys(little), keys(little, **changes)
    return {name for name in before if before[name] != after[name]}


def test_a_parameter_that_only_draw_reads_spoils_no_stage(little):
    assert changed(little, alpha=0.5, truncation=0.7, noise_range=2.0, flicker_limit=0.0) == set()


def test_the_size_of_the_picture_spoils_no_stage(little):
    assert changed(little, width=128, height=128) == set()


def test_a_stage_and_all_that_follow_it_are_spoiled_by_what_it_reads(little):
    assert changed(little, roll=True) == {"spectrum", "follower"}
    assert changed(little, push=2.0) == {"clock", "networks"}
    assert changed(little, seed=1) == {"noise"}
    assert changed(little, fps="12") == {stage.name for stage in NoiseBlend.stages}


def test_every_parameter_names_the_first_stage_it_spoils(little):
    for name in NoiseBlend.parameters.model_fields:
        stage = spoiled_by(NoiseBlend.stages, name)
        readers = [stage.name for stage in NoiseBlend.stages if name in stage.parameters]
        assert stage == (readers[0] if readers else "draw")


def test_a_stage_that_reads_what_it_does_not_name_is_found_out(little):
    stage = Stage("nosy", "Nosy", lambda reading: {}, parameters=("seed",))
    facts = SceneFacts(little.scene(), vector_length=8)
    reading = Reading(stage, values={"seed": 1, "alpha": 0.5}, facts=facts, done={}, sound=None)  # type: ignore[arg-type]
    assert reading["seed"] == 1
    for ask in (
        lambda: reading["alpha"],
        lambda: reading.fps,
        lambda: reading.vector_length,
        lambda: reading.snapshots,
        lambda: reading.markers,
        lambda: reading.cues,
        lambda: reading.mono(),
    ):
        with pytest.raises(KeyError):
            ask()


def test_markers_are_read_only_by_stages_that_name_them(little):
    scene = little.scene()
    marked = scene.model_copy(update={"markers": [MarkerSpec(seconds=0, bpm=120)]})
    assert NoiseBlend.keys(SceneFacts(scene, 8)) == NoiseBlend.keys(SceneFacts(marked, 8))


def test_results_come_back_from_disk_as_they_were(tmp_path: Path):
    arrays = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.array([1.5])}
    StageCache(tmp_path).put("k" * 64, arrays, to_disk=True)
    again = StageCache(tmp_path).get("k" * 64)
    assert again is not None
    assert all(np.array_equal(again[name], arrays[name]) for name in arrays)
    assert [path.name for path in tmp_path.iterdir()] == [f"{'k' * 64}.npz"]


def test_a_damaged_file_is_no_result_and_is_removed(tmp_path: Path):
    (tmp_path / "bad.npz").write_bytes(b"PK\x03\x04 cut short")
    assert StageCache(tmp_path).get("bad") is None
    assert not (tmp_path / "bad.npz").exists()


def test_the_folder_keeps_within_its_size_and_the_newest_stays(tmp_path: Path):
    cache = StageCache(tmp_path, disk_bytes=3000)
    for number in range(5):
        cache.put(f"key{number}", {"x": np.zeros(250, np.float32)}, to_disk=True)
    left = sorted(path.stem for path in tmp_path.glob("*.npz"))
    assert "key4" in left
    assert sum(path.stat().st_size for path in tmp_path.glob("*.npz")) <= 3000


def test_memory_keeps_within_its_size(tmp_path: Path):
    cache = StageCache(None, memory_bytes=2500)
    for number in range(5):
        cache.put(f"key{number}", {"x": np.zeros(250, np.float32)}, to_disk=True)
    assert cache.get("key0") is None
    assert cache.get("key4") is not None
