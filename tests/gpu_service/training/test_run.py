"""A run in one process: what it keeps and says, what it survives, what it refuses."""

import contextlib
import dataclasses
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from gpu_service.networks.base import Network
from gpu_service.protocol import Said, Wish
from gpu_service.snapshots.store import load_network, read_facts
from gpu_service.snapshots.training_file import read_training_parts
from gpu_service.training import beginning, run
from gpu_service.training.checkpoints import NoRoom
from gpu_service.training.errors import Diverged, TrainingError
from gpu_service.training.run_folder import RunFolder
from gpu_service.training.wishes import Wishes
from tests.conftest import missing
from tests.gpu_service.training.runs import (
    CHECKPOINT_NAME,
    Heard,
    begun,
    differing,
    little_config,
    newest,
    single_thread,
    ticks_of,
    trained,
)
from tests.gpu_service.training.sets import files, little_set, picture, png, write_zip


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    with single_thread():
        yield


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return little_set(tmp_path_factory.mktemp("pictures"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, pictures: Path) -> tuple[Path, Heard]:
    """A run of sixteen steps that nothing disturbed; a copy of nobody's."""
    out, heard = tmp_path_factory.mktemp("whole"), Heard()
    with single_thread():
        assert trained(out, pictures, config=little_config(), heard=heard) == "done"
    return out, heard


def test_a_run_keeps_snapshots_that_are_networks_with_pictures_of_them(whole):
    out, heard = whole
    assert [made.kimg for made in heard.made()] == [0.0, 0.032, 0.064]
    for made in heard.made():
        network: Network = load_network(out / made.file)
        assert network.native_size == (16, 16)
        assert read_training_parts(out / made.file).keys() >= {"G_ema", "G", "D"}
        with Image.open(out / made.sheet) as sheet, Image.open(out / made.grid) as grid:
            assert sheet.size == (8 * 160, 160)
            assert grid.width % 16 == grid.height % 16 == 0
        assert (out / made.thumbnail).stat().st_size > 0
    first, last = (load_network(out / heard.made()[place].file).tensors() for place in (0, -1))
    assert differing(first, last)
    assert read_facts(out / heard.made()[-1].file).kind == "stylegan2"


def test_snapshots_of_padded_pictures_know_the_shape_that_was_photographed(tmp_path):
    tall = {f"{number}.png": png(picture(number, side=32)[:, :24]) for number in range(8)}
    trained(
        tmp_path / "run",
        write_zip(tmp_path / "tall.zip", tall),
        config=little_config(kimg=0.004, metrics=[]),
        fit="pad",
    )
    found = sorted((tmp_path / "run" / "snapshots").glob("*snapshot-??????.safetensors"))
    assert found
    assert all(read_facts(file).aspect == 0.75 for file in found)


def test_a_run_writes_down_what_it_said(whole):
    out, heard = whole
    lines = [json.loads(line) for line in (out / "stats.jsonl").read_text().splitlines()]
    assert len(lines) == len(heard.reports)
    ticks = ticks_of(out)
    assert [tick.kimg for tick in ticks][-1] == 0.064
    assert [tick.step for tick in ticks] == sorted({tick.step for tick in ticks})
    assert all(tick.loss_d > 0 and tick.seconds > 0 and tick.pictures_per_second > 0 for tick in ticks)
    assert any(tick.r1 is not None for tick in ticks)
    assert heard.phases()[-1] == "done"


def test_paused_and_gone_on_with_it_is_the_same_run_to_the_bit(tmp_path, pictures, whole):
    before, wishes = Heard(), Wishes()
    with begun(tmp_path, pictures, config=little_config(), heard=before, wishes=wishes) as first:
        after(first, 7, lambda: wishes.say(Wish(wanted="pause")))
        assert first.train() == "paused"
    assert newest(tmp_path).keys() == newest(whole[0]).keys()
    assert differing(newest(tmp_path), newest(whole[0]))
    heard = Heard()
    assert trained(tmp_path, heard=heard) == "done"  # settings and pictures are those of run.json
    assert heard.sentences()[0] == "The run goes on at 0.028 kimg, from its newest checkpoint."
    assert heard.ticks()[0].seconds > before.ticks()[-1].seconds > 0  # the run's own clock goes on, too
    assert differing(newest(tmp_path), newest(whole[0])) == []


def test_a_checkpoint_alone_is_enough_to_go_on(tmp_path, pictures, whole):
    kept = tmp_path / "checkpoints"
    kept.mkdir()
    source = whole[0] / "checkpoints" / CHECKPOINT_NAME.format(32)
    (kept / source.name).write_bytes(source.read_bytes())
    with pytest.raises(TrainingError, match="Batch 4 then, 8 now"):
        trained(tmp_path, pictures, config=little_config(batch=8))
    assert trained(tmp_path, pictures, config=little_config()) == "done"
    assert differing(newest(tmp_path), newest(whole[0])) == []


def test_a_damaged_newest_checkpoint_gives_way_and_the_run_is_the_same(tmp_path, pictures, whole):
    assert trained(tmp_path, pictures, config=little_config(kimg=0.048)) == "done"
    broken = tmp_path / "checkpoints" / CHECKPOINT_NAME.format(48)
    broken.write_bytes(broken.read_bytes()[:-5])
    heard = Heard()
    assert trained(tmp_path, config=little_config(), heard=heard) == "done"
    assert "is damaged" in heard.sentences()[0]
    assert "goes on at 0.032 kimg" in heard.sentences()[1]
    assert differing(newest(tmp_path), newest(whole[0])) == []


def test_another_preset_is_refused_with_the_difference(tmp_path, pictures, whole):
    asked = {"preset": "auto", "seed": 2, "mirror": True, "z_dim": 4, "w_dim": 16, "ada_target": 0.5, "freeze_d": 1}
    with pytest.raises(TrainingError, match=r"other settings: Preset small then, auto now;.* and 1 more"):
        trained(whole[0], pictures, config=little_config().model_copy(update=asked))
    with pytest.raises(TrainingError, match="Mirrored too no then, yes now"):
        trained(whole[0], pictures, config=little_config(mirror=True))


def test_other_pictures_are_refused_and_the_same_ones_elsewhere_are_not(tmp_path, pictures):
    out = tmp_path / "run"
    config = little_config(kimg=0.016)
    trained(out, pictures, config=config)
    with pytest.raises(TrainingError, match=r"not the pictures.*12 then, 11 now"):
        trained(out, write_zip(tmp_path / "fewer.zip", files(11)), config=config)
    others = dict(zip(files(12), files(13).values(), strict=False)) | {"00000/img00000003.png": files(13).popitem()[1]}
    with pytest.raises(TrainingError, match="12, but not the same"):
        trained(out, write_zip(tmp_path / "others.zip", others), config=config)
    moved = write_zip(tmp_path / "moved.zip", dict(reversed(files(12).items())), method=8)
    assert trained(out, moved, config=config) == "done"


def test_a_second_trainer_of_one_run_is_refused(tmp_path, pictures):
    with (
        begun(tmp_path, pictures, config=little_config()),
        pytest.raises(TrainingError, match="Another trainer is at work"),
        begun(tmp_path, pictures, config=little_config()),
    ):
        pass


def test_when_losses_are_no_numbers_the_run_stops_and_what_it_had_is_kept(tmp_path, pictures):
    assert trained(tmp_path, pictures, config=little_config(kimg=0.032)) == "done"
    before = newest(tmp_path)
    with pytest.raises(Diverged, match=r"rates.*fp32"):
        trained(tmp_path, config=little_config(g_rate=1e19, d_rate=1e19))
    assert differing(newest(tmp_path), before) == []
    assert trained(tmp_path, config=little_config(g_rate=0.001, gamma=1, kimg=0.048)) == "done"


def test_a_full_disk_keeps_the_checkpoint_before_and_the_run_goes_on_when_there_is_room(tmp_path, pictures, whole):
    heard, wishes = Heard(), Wishes()
    out = tmp_path / "run"
    with begun(out, pictures, config=little_config(), heard=heard, wishes=wishes, patience_seconds=60) as first:
        free = iter([10**9, 0, 0, 0, 0])
        first.checkpoints.room = lambda _folder: next(free, 10**9)
        wishes.wait = lambda _seconds: None
        assert first.train() == "done"
    assert "is full" in heard.sentences()[0]
    assert "There is room on the disk again. The run goes on." in heard.sentences()
    assert differing(newest(out), newest(whole[0])) == []


def test_on_a_disk_that_really_is_full_nothing_is_lost(tmp_path, pictures, whole):
    """A small tmpfs, filled by somebody else in the middle of the run, and emptied when the run has said so."""
    heard, wishes = Heard(), Wishes()
    with small_disk(tmp_path / "disk", megabytes=16) as disk:
        filler = disk / "filler"
        with begun(disk / "run", pictures, config=little_config(), heard=heard, wishes=wishes) as first:
            first.given = dataclasses.replace(first.given, patience_seconds=60)
            after(first, 6, lambda: fill(filler))
            wishes.wait = lambda _seconds: filler.unlink(missing_ok=True)
            assert first.train() == "done"
        assert any("is full" in sentence for sentence in heard.sentences())
        assert "There is room on the disk again. The run goes on." in heard.sentences()
        assert differing(newest(disk / "run"), newest(whole[0])) == []
        lines = [json.loads(line) for line in (disk / "run" / "stats.jsonl").read_text().splitlines()]
        assert [line["kind"] for line in lines] == [report.kind for report in heard.reports]


@contextmanager
def small_disk(folder: Path, *, megabytes: int) -> Iterator[Path]:
    if os.geteuid() != 0:
        missing("A small disk can only be mounted by root.")
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        missing(f"This machine mounts no tmpfs ({done.stderr.strip()}).")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def fill(filler: Path) -> None:
    """Not a byte is left."""
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass


def test_half_a_line_that_a_kill_left_spoils_no_other(tmp_path):
    folder = RunFolder(tmp_path)
    folder.append(Said(sentence="one"))
    with folder.stats_path.open("ab") as file:
        file.write(b'{"kind": "said", "sen')
    RunFolder(tmp_path).append(Said(sentence="two"))
    lines = folder.stats_path.read_text().splitlines()
    assert [json.loads(lines[place])["sentence"] for place in (0, 2)] == ["one", "two"]


def test_a_disk_that_stays_full_ends_the_run_with_the_sentence(tmp_path, pictures, whole):
    with begun(tmp_path, pictures, config=little_config()) as first:
        first.checkpoints.room = lambda _folder: 0 if first.trainer.pictures else 10**9
        with pytest.raises(NoRoom, match=r"Free space there.*The last checkpoint is as it was"):
            first.train()
    assert trained(tmp_path) == "done"
    assert differing(newest(tmp_path), newest(whole[0])) == []


def test_room_is_asked_for_before_anything_begins(tmp_path, pictures, monkeypatch):
    monkeypatch.setattr(beginning, "free_bytes", lambda _folder: 1000)
    with pytest.raises(NoRoom, match=r"this run needs \d+ MB to begin"):
        trained(tmp_path, pictures, config=little_config())


def test_people_may_ask_for_a_snapshot_for_more_and_for_an_end(tmp_path, pictures):
    heard, wishes = Heard(), Wishes()
    with begun(tmp_path, pictures, config=little_config(), heard=heard, wishes=wishes) as first:
        after(first, 3, lambda: wishes.say(Wish(snapshot_now=1, kimg=0.5, snapshot_kimg=0.02)))
        after(first, 18, lambda: wishes.say(Wish(wanted="stop", snapshot_now=1, kimg=0.5, snapshot_kimg=0.02)))
        assert first.train() == "stopped"
    assert [made.kimg for made in heard.made()] == [0.0, 0.012, 0.02, 0.04, 0.06, 0.072]
    assert heard.phases()[-1] == "stopped"


def test_a_snapshot_asked_for_before_is_not_made_again_by_a_run_that_goes_on(tmp_path, pictures):
    config, ask, heard, wishes = little_config(snapshot_kimg=10), Wish(snapshot_now=1), Heard(), Wishes()
    with begun(tmp_path, pictures, config=config, heard=heard, wishes=wishes) as first:
        after(first, 2, lambda: wishes.say(ask))
        after(first, 4, lambda: wishes.say(ask.model_copy(update={"wanted": "pause"})))
        assert first.train() == "paused"
    assert [made.kimg for made in heard.made()] == [0.0, 0.008]
    heard, wishes = Heard(), Wishes()
    with begun(tmp_path, pictures, config=config, heard=heard, wishes=wishes) as second:
        after(second, 2, lambda: wishes.say(ask))  # heard only when some steps are done
        after(second, 5, lambda: wishes.say(ask.model_copy(update={"wanted": "pause"})))
        assert second.train() == "paused"
    assert heard.made() == []


def test_while_others_draw_a_run_keeps_a_step_now_and_then(tmp_path, pictures, monkeypatch):
    monkeypatch.setattr(run, "LONGEST_YIELD_SECONDS", 0.05)
    heard, wishes = Heard(), Wishes()
    wishes.say(Wish(yields=True))
    with begun(tmp_path, pictures, config=little_config(kimg=0.016), heard=heard, wishes=wishes) as first:
        after(first, 3, lambda: wishes.say(Wish()))
        assert first.train() == "done"
    yielding, training = heard.phases().index("yielding"), heard.phases()[::-1].index("training")
    assert yielding < len(heard.phases()) - training
    assert heard.ticks()[-1].seconds < 60


def after(first: run.Run, steps: int, then: object) -> None:
    """Call it behind that many steps of this start."""
    step, begun_at = first.trainer.step, first.trainer.step_index

    def counted(*given: object) -> object:
        told = step(*given)
        if first.trainer.step_index - begun_at == steps:
            then()  # type: ignore[operator]
        return told

    first.trainer.step = counted  # type: ignore[method-assign]
