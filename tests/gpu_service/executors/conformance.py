"""What every executor promises. A test class of its own inherits this and gives the fixture `executor`.

The visualizers are those of faulty.REGISTRY; hung means no batch for two seconds.
"""

import hashlib
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import simplejpeg

from gpu_service.errors import Cancelled, RenderError
from gpu_service.executors.base import ChoreOrder, Executor, SceneOrder, SegmentOrder
from gpu_service.protocol import CodePath, Recipe
from tests.gpu_service.little import LittleScene
from tests.gpu_service.snapshots.hostile import call, pickled
from tests.gpu_service.snapshots.opcodes import text

PATIENCE = 60


def quiet(*_: object) -> None:
    """Nobody listens."""


def sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def faulty(little: LittleScene, *, orders: Path | None = None, seconds: float = 0.0, batch: int = 4) -> Recipe:
    """A recipe of grey pictures with faults on order."""
    scene = little.scene(fps="24").model_copy(
        update={
            "visualizer": "faulty",
            "parameters": {"orders": str(orders) if orders else "", "seconds": seconds},
            "snapshots": [],
        }
    )
    return Recipe(
        scene=scene,
        first_frame=0,
        end_frame=scene.frames,
        segment_frames=32,
        code_path=CodePath(batch=batch, threads=1),
    )


class Conformance:
    """The promises."""

    @pytest.fixture
    def segment(self, executor: Executor, little: LittleScene, tmp_path: Path) -> Callable[..., Any]:
        """Order one segment; -> its task."""

        def order(recipe: Recipe, *, first: int = 0, end: int = 32, name: str = "s.h264", report: Any = quiet) -> Any:
            scene = SceneOrder(key=f"film {recipe.scene.parameters}", scene=recipe.scene, paths=little.files)
            return executor.render_segment(SegmentOrder(scene, recipe, first, end, tmp_path / name), report=report)

        return order

    def test_it_knows_its_devices(self, executor):
        assert [device.kind for device in executor.devices()] == ["cpu"]
        assert executor.devices()[0].memory_bytes > 0
        assert executor.code_path().device_kind == "cpu"

    def test_pictures_come_in_the_order_they_were_asked_for(self, executor, little_order):
        heard: list[str] = []
        facts = executor.prepare(little_order, report=lambda title, _share: heard.append(title)).result(PATIENCE)
        assert facts.ready_until == 3.0
        assert heard
        pictures = executor.draw("little", [5, 3], jpeg_quality=80).result(PATIENCE)
        assert [picture.frame for picture in pictures] == [5, 3]
        assert simplejpeg.decode_jpeg(pictures[0].jpeg).shape == (32, 48, 3)

    def test_drawing_with_an_order_brings_the_plan_up_to_it(self, executor, little):
        """A scene that differs in what only drawing reads needs no second preparing; nor does a lost plan."""

        def picture(key: str, scene: Any) -> bytes:
            order = SceneOrder(key, scene, little.files)
            return executor.draw(key, [3], jpeg_quality=80, order=order).result(PATIENCE)[0].jpeg

        scene, other = little.scene(), little.scene(truncation=0.2)
        executor.prepare(SceneOrder("moved", scene, little.files), report=quiet).result(PATIENCE)
        executor.prepare(SceneOrder("fresh", other, little.files), report=quiet).result(PATIENCE)
        (fresh,) = executor.draw("fresh", [3], jpeg_quality=80).result(PATIENCE)
        before, after = picture("moved", scene), picture("moved", other)
        assert after == fresh.jpeg != before
        (again,) = executor.draw("moved", [3], jpeg_quality=80).result(PATIENCE)
        assert again.jpeg == after
        executor.forget("fresh")
        executor.forget("moved")

    def test_a_plan_that_was_dropped_is_lost_and_may_be_made_again(self, executor, little_order):
        executor.prepare(little_order, report=quiet).result(PATIENCE)
        executor.forget("little")
        with pytest.raises(RenderError) as caught:
            executor.draw("little", [0], jpeg_quality=80).result(PATIENCE)
        assert caught.value.retry
        executor.prepare(little_order, report=quiet).result(PATIENCE)
        assert executor.draw("little", [0], jpeg_quality=80).result(PATIENCE)

    def test_a_scene_that_cannot_be_prepared_says_which_parameter_is_wrong(self, executor, little):
        order = SceneOrder("wrong", little.scene(alpha=-1), little.files)
        with pytest.raises(RenderError, match=r"alpha=-1 cannot be used: write a number from 0 to 1000\.") as caught:
            executor.prepare(order, report=quiet).result(PATIENCE)
        assert caught.value.field == "parameters.alpha"

    def test_a_segment_has_its_frames_and_is_the_same_each_time(self, executor, segment, little):
        recipe = little.recipe()
        seen: list[int] = []
        one = segment(recipe, end=16, name="one.h264", report=seen.append).future.result(PATIENCE)
        two = segment(recipe, end=16, name="two.h264").future.result(PATIENCE)
        assert one.frames == 16
        assert seen == [4, 8, 12, 16]
        assert one.seconds_drawing > 0
        assert [frame for frame, _ in one.thumbs] == [0]
        assert sha(one.path) == sha(two.path)

    def test_a_process_killed_in_mid_segment_is_replaced_and_the_segment_is_the_same(self, segment, little, tmp_path):
        calm = segment(faulty(little), name="calm.h264").future.result(PATIENCE)
        orders = tmp_path / "orders"
        orders.write_text("die")
        killed = segment(faulty(little, orders=orders), name="killed.h264").future.result(PATIENCE)
        assert not orders.exists()
        assert sha(killed.path) == sha(calm.path)

    def test_a_process_that_dies_every_time_fails_the_segment_with_the_reason(self, segment, little, tmp_path):
        orders = tmp_path / "orders"
        orders.write_text("die always")
        task = segment(faulty(little, orders=orders), name="dead.h264")
        with pytest.raises(RenderError, match="The drawing process") as caught:
            task.future.result(PATIENCE)
        assert caught.value.kind == "crashed"
        assert caught.value.retry
        assert not (tmp_path / "dead.h264").exists()

    def test_a_hung_batch_ends_the_process_and_the_segment_is_begun_again(self, segment, little, tmp_path):
        orders = tmp_path / "orders"
        orders.write_text("hang")
        film = segment(faulty(little, orders=orders), name="hung.h264").future.result(PATIENCE)
        assert film.frames == 32

    def test_without_memory_the_segment_fails_as_that_and_the_device_goes_on(self, segment, little, tmp_path):
        orders = tmp_path / "orders"
        orders.write_text("full")
        with pytest.raises(RenderError, match="ran out of memory at 48 × 32") as caught:
            segment(faulty(little, orders=orders), name="full.h264").future.result(PATIENCE)
        assert caught.value.kind == "out_of_memory"
        assert segment(faulty(little, batch=1), name="after.h264").future.result(PATIENCE).frames == 32

    def test_a_stumbling_visualizer_fails_with_its_words(self, segment, little, tmp_path):
        orders = tmp_path / "orders"
        orders.write_text("stumble")
        with pytest.raises(RenderError, match="three legs"):
            segment(faulty(little, orders=orders), name="odd.h264").future.result(PATIENCE)

    def test_a_cancelled_segment_ends_between_batches_and_leaves_no_file(self, segment, little, tmp_path):
        seen: list[int] = []
        task = segment(faulty(little, seconds=0.2), name="stop.h264", report=seen.append)
        wait_for(lambda: len(seen) > 1)
        began = time.monotonic()
        task.cancel()
        with pytest.raises(Cancelled):
            task.future.result(PATIENCE)
        assert time.monotonic() - began < 5
        assert not (tmp_path / "stop.h264").exists()

    def test_a_segment_cancelled_before_it_began_never_begins(self, segment, little, tmp_path):
        busy = segment(faulty(little, seconds=0.1), name="busy.h264")
        waiting = segment(faulty(little), name="waiting.h264")
        waiting.cancel()
        with pytest.raises(Cancelled):
            waiting.future.result(PATIENCE)
        assert busy.future.result(PATIENCE).frames == 32

    def test_previews_go_first_and_the_film_keeps_its_share(self, executor, segment, little, little_order):
        executor.prepare(little_order, report=quiet).result(PATIENCE)
        frames_at: list[tuple[str, float]] = []
        task = segment(faulty(little, seconds=0.02), name="film.h264", report=lambda _n: note(frames_at, "film"))
        wait_for(lambda: len(frames_at) > 0)
        pictures: list[Future[Any]] = []
        for frame in range(24):
            asked = executor.draw("little", [frame], jpeg_quality=60)
            asked.add_done_callback(lambda _done: note(frames_at, "preview"))
            pictures.append(asked)
        for picture in pictures:
            picture.result(PATIENCE)
        task.future.result(PATIENCE)
        names = [name for name, _ in frames_at]
        last = len(names) - names[::-1].index("preview")
        among = names[names.index("preview") : last]
        assert among.count("preview") == 24
        assert 3 <= among.count("film") <= 8

    def test_it_tells_when_previews_and_films_need_a_device(self, executor, segment, little, little_order):
        executor.prepare(little_order, report=quiet).result(PATIENCE)
        wait_for(lambda: not executor.is_drawing())
        executor.draw(little_order.key, [0], jpeg_quality=80).result(PATIENCE)
        assert executor.is_drawing()  # the next picture of a preview comes in a moment
        wait_for(lambda: not executor.is_drawing())
        task = segment(faulty(little, seconds=0.05))
        wait_for(executor.is_drawing)
        task.future.result(PATIENCE)
        wait_for(lambda: not executor.is_drawing())

    def test_a_pattern_network_is_made_as_a_chore(self, executor, tmp_path):
        folder = tmp_path / "pattern"
        folder.mkdir()
        order = ChoreOrder("make_pattern", {"species": "mandala", "seed": 4}, folder)
        made = executor.chore(order, report=quiet).future.result(PATIENCE)["snapshots"]
        assert [snapshot["order"] for snapshot in made] == [0, 1, 2, 3, 4, 5]
        assert all((folder / snapshot["file"]).is_file() for snapshot in made)
        assert all((folder / snapshot["thumbnail"]).read_bytes()[:2] == b"\xff\xd8" for snapshot in made)

    def test_directions_are_found_as_a_chore(self, executor, little_snapshots, tmp_path):
        path = little_snapshots[0]
        values = {
            "order": {"method": "ganspace", "count": 2, "samples": 100},
            "snapshots": [{"sha256": "a" * 64, "name": "net", "path": str(path)}],
        }
        order = ChoreOrder("find_directions", values, tmp_path)
        made = executor.chore(order, report=quiet).future.result(PATIENCE)
        assert (tmp_path / made["files"]["directions"]).is_file()
        assert (made["facts"]["count"], made["facts"]["w_dim"]) == (2, 16)

    def test_a_file_that_is_no_snapshot_is_refused_with_its_name(self, executor, tmp_path):
        path = tmp_path / "1234"
        path.write_bytes(b"no weights here")
        order = ChoreOrder("import_snapshot", {"path": str(path), "name": "net.pkl"}, tmp_path)
        with pytest.raises(RenderError, match=r"net\.pkl"):
            executor.chore(order, report=quiet).future.result(PATIENCE)

    def test_after_a_hostile_file_the_next_one_loads(self, executor, little, tmp_path):
        canary, path = tmp_path / "canary", tmp_path / "1234"
        path.write_bytes(pickled(call("os", "system", text(f"touch {canary}"))))
        refused = ChoreOrder("import_snapshot", {"path": str(path), "name": "net.pkl"}, tmp_path)
        with pytest.raises(RenderError, match=r"asks to run a program while it is read.*os\.system"):
            executor.chore(refused, report=quiet).future.result(PATIENCE)
        assert not canary.exists()
        good = ChoreOrder("import_snapshot", {"path": str(little.snapshots[0]), "name": "ours.safetensors"}, tmp_path)
        assert executor.chore(good, report=quiet).future.result(PATIENCE)["snapshots"][0]["kind"] == "cppn"

    def test_a_stage_prepared_as_a_chore_is_the_stage_that_draw_reads(self, executor, little, tmp_path):
        from gpu_service.visualizers.noise_blend import NoiseBlend
        from gpu_service.visualizers.stages import SceneFacts

        scene = little.scene()
        key = NoiseBlend.keys(SceneFacts(scene, 512))["spectrum"]
        values = {
            "scene": scene.model_dump(mode="json"),
            "stage": "spectrum",
            "key": key,
            "vector_length": 512,
            "paths": {sha256: str(path) for sha256, path in little.files.items()},
        }
        made = executor.chore(ChoreOrder("prepare_stage", values, tmp_path), report=quiet).future.result(PATIENCE)
        assert made["file"] == str(tmp_path / f"{key}.npz")
        with np.load(made["file"]) as stored:
            assert stored["bins"].shape == (30, 512)

    def test_a_cancelled_chore_ends(self, executor, tmp_path):
        task = executor.chore(ChoreOrder("make_pattern", {"species": "smoke", "seed": 4}, tmp_path), report=quiet)
        task.cancel()
        with pytest.raises(Cancelled):
            task.future.result(10)


def note(names: list[tuple[str, float]], name: str) -> None:
    names.append((name, time.monotonic()))


def wait_for(is_so: Callable[[], bool], *, seconds: float = PATIENCE) -> None:
    """Wait until it is so, or fail."""
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "It did not come to pass."
        time.sleep(0.01)
