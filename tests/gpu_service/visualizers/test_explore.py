"""The explorer's pictures: the same as the network draws by hand, in sheets and along paths too."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gpu_service.errors import RenderError, Unfinished
from gpu_service.file_hash import file_sha256
from gpu_service.networks.base import to_uint8
from gpu_service.protocol import SceneSpec, SnapshotRef, VectorSpec
from gpu_service.snapshots.store import load_network, write
from gpu_service.vectors.directions import DirectionFacts, Directions, write_directions
from gpu_service.vectors.recipes import Recipes
from gpu_service.vectors.walk import Walk
from gpu_service.visualizers.base import Plan
from gpu_service.visualizers.explore import Explore
from gpu_service.visualizers.materials import NetworkShelf, SceneMaterials, SoundShelf
from gpu_service.visualizers.stage_cache import StageCache
from tests.gpu_service.vectors.nets import little_stylegan2

_networks = NetworkShelf(device=torch.device("cpu"), budget_bytes=1 << 30)


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two snapshots of StyleGAN2, 32 × 32."""
    folder = tmp_path_factory.mktemp("explored")
    paths = [folder / "a.safetensors", folder / "b.safetensors"]
    for seed, path in enumerate(paths):
        write(little_stylegan2(seed=seed), path)
    return paths


@pytest.fixture(scope="module")
def directions_file(snapshots: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("found") / "directions.safetensors"
    facts = DirectionFacts(method="sefa", snapshot_sha256=file_sha256(snapshots[0]), shares=[1.0], samples=1)
    row = np.eye(10, dtype=np.float32)[:1]
    write_directions(Directions(row, np.full(1, 2, np.float32), np.zeros(10, np.float32), facts), path)
    return path


def plan_of(snapshots: list[Path], *more: Path, size: tuple[int, int] = (32, 32), **parameters: Any) -> Plan:
    scene = SceneSpec(
        visualizer="explore",
        parameters=parameters,
        snapshots=[SnapshotRef(sha256=file_sha256(path), name=path.name) for path in snapshots],
        width=size[0],
        height=size[1],
        fps="10",
        duration_seconds=3,
    )
    files = {file_sha256(path): path for path in (*snapshots, *more)}
    materials = SceneMaterials(scene, files, networks=_networks, sounds=SoundShelf())
    return Explore().prepare(scene, materials, cache=StageCache(None), report=lambda _title, _share: None)


def drawn(plan: Plan, *frames: int) -> np.ndarray:
    return Explore().draw(plan, frames or (0,), quality="film").numpy()


def by_hand(snapshot: Path, vector: VectorSpec, **more: Any) -> np.ndarray:
    """[3, 32, 32], straight through the network."""
    network = load_network(snapshot)
    return to_uint8(network.synthesis(torch.from_numpy(Recipes(network, **more).rows([vector]))))[0].numpy()


def test_a_picture_is_what_the_network_draws(snapshots):
    plan = plan_of(snapshots[:1], vector={"seed": 5, "truncation": 1})
    first, last = drawn(plan, 0, 29)
    assert np.array_equal(first, by_hand(snapshots[0], VectorSpec(seed=5, truncation=1)))
    assert np.array_equal(first, last)


def test_a_picture_has_the_size_that_was_asked_for(snapshots):
    assert drawn(plan_of(snapshots[:1], size=(48, 20))).shape == (1, 3, 20, 48)


def test_a_sheet_holds_each_vector_through_its_snapshot(snapshots):
    tiles = [{"vector": {"seed": seed}, "snapshot": snapshot} for seed, snapshot in ((1, 0), (2, 1), (3, 0))]
    (sheet,) = drawn(plan_of(snapshots, size=(64, 64), mode="sheet", sheet=tiles, columns=2))
    for place, tile in enumerate(tiles):
        top, left = place // 2 * 32, place % 2 * 32
        expected = by_hand(snapshots[tile["snapshot"]], VectorSpec(seed=tile["vector"]["seed"]))
        assert np.array_equal(sheet[:, top : top + 32, left : left + 32], expected)
    assert not sheet[:, 32:, 32:].any()


def test_a_preview_draws_a_sheet_in_parts_and_others_have_their_turn(snapshots, monkeypatch):
    monkeypatch.setattr("gpu_service.visualizers.explore_drawing.PREVIEW_SECONDS", 0.0)
    tiles = [{"vector": {"seed": seed}, "snapshot": seed % 2} for seed in range(7)]
    facts = {"size": (96, 96), "mode": "sheet", "sheet": tiles, "columns": 3}
    plan, parts = plan_of(snapshots, **facts), 1
    while True:
        try:
            in_parts = Explore().draw(plan, [0], quality="preview").numpy()
            break
        except Unfinished:
            parts += 1
    # As many tiles at a time as there are cores, and no batch through two snapshots.
    assert parts >= math.ceil(7 / torch.get_num_threads())
    assert np.array_equal(in_parts, drawn(plan_of(snapshots, **facts)))
    assert np.array_equal(Explore().draw(plan, [5], quality="preview").numpy(), in_parts)


def test_tiles_are_scaled_to_their_columns_and_cut_at_the_sheets_end(snapshots):
    tiles = [{"vector": {"seed": seed}} for seed in range(6)]
    (sheet,) = drawn(plan_of(snapshots[:1], size=(50, 20), mode="sheet", sheet=tiles, columns=3))
    assert sheet.shape == (3, 20, 50)
    assert sheet[:, :, :48].std() > 1
    assert not sheet[:, :, 48:].any()  # 3 × 16 pixels and a rest


def test_a_path_is_walked_in_seconds(snapshots):
    path = [{"vector": {"seed": 1}, "length": 1}, {"vector": {"seed": 2}, "length": 1.5}]
    plan = plan_of(snapshots[:1], mode="path", path=path, interpolation="linear", loop=True)
    frames = drawn(plan, 0, 5, 10, 25)
    assert np.array_equal(frames[0], by_hand(snapshots[0], VectorSpec(seed=1)))
    assert np.array_equal(frames[2], by_hand(snapshots[0], VectorSpec(seed=2)))
    assert np.array_equal(frames[3], frames[0])
    network = load_network(snapshots[0])
    walk = Walk(plan.parameters.path, recipes=Recipes(network), interpolation="linear", is_loop=True)
    half_way = to_uint8(network.synthesis(torch.from_numpy(walk.at(np.array([0.5])))))[0].numpy()
    assert np.array_equal(frames[1], half_way)


def test_directions_come_with_the_scene(snapshots, directions_file):
    step = {"file": file_sha256(directions_file), "index": 0, "amount": 1.5}
    plain, moved = ({"seed": 1}, {"seed": 1, "steps": [step]})
    before = drawn(plan_of(snapshots[:1], vector=plain))
    after = drawn(plan_of(snapshots[:1], directions_file, vector=moved))
    assert np.abs(before.astype(int) - after).max() > 5
    with pytest.raises(RenderError, match="directions is missing here") as caught:
        drawn(plan_of(snapshots[:1], vector={"seed": 1, "steps": [{**step, "file": "f" * 64}]}))
    assert caught.value.field == "parameters.vector"


def test_noise_is_on_off_or_reseeded(snapshots):
    looks = [{"noise": "const"}, {"noise": "none"}, *({"noise": "random", "noise_seed": seed} for seed in (1, 2, 1))]
    const, none, one, two, again = (drawn(plan_of(snapshots[:1], look=look), 0, 7) for look in looks)
    assert np.array_equal(one, again)
    assert np.array_equal(one[0], one[1])  # it does not flicker
    assert len({picture.tobytes() for picture in (const, none, one, two)}) == 4


@pytest.mark.parametrize(
    ("parameters", "field", "sentence"),
    [
        ({"mode": "path"}, "path", "no pins yet"),
        ({"mode": "sheet", "sheet": [{"vector": {}, "snapshot": 1}]}, "sheet", "asks for a snapshot that is not there"),
        ({"vector": {"steps": [{"file": "f" * 64, "index": 0, "amount": 999}]}}, "vector", "vector.steps.0.amount"),
        ({"sheet": [{"vector": {}}] * 601}, "sheet", "at most 600 items"),
    ],
)
def test_wrong_parameters_are_sentences(snapshots, parameters, field, sentence):
    with pytest.raises(RenderError, match=sentence) as caught:
        plan_of(snapshots[:1], **parameters)
    assert caught.value.field == f"parameters.{field}"


def test_what_draws_scenes_still_wants_a_track(little):
    from gpu_service.visualizers.noise_blend import NoiseBlend

    with pytest.raises(RenderError, match="Noise blend needs a track"):
        NoiseBlend.check(little.scene().model_copy(update={"tracks": []}))
