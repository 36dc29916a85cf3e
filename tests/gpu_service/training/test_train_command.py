"""`train` as a program: killed at any moment it goes on to the bit, asked to end it keeps what it has."""

import json
import random
import signal
import time
from dataclasses import fields
from pathlib import Path

import pytest

from gpu_service.cli_train import TrainCall, config_of
from gpu_service.protocol import TrainingConfig, Wish
from gpu_service.protocol.training_presets import resolve
from gpu_service.snapshots.store import import_snapshot, read_facts
from gpu_service.training.run_folder import PicturesFacts, RunFacts, RunFolder
from tests.gpu_service.training.runs import (
    CHECKPOINT_NAME,
    command,
    differing,
    little_config,
    newest,
    single_thread,
    start,
    ticks_of,
    trained,
)
from tests.gpu_service.training.sets import little_set

STEPS_SECONDS = 250.0
NOTHING = {each.name: None for each in fields(TrainCall)}
LONG = little_config(kimg=0.16, snapshot_kimg=0.08)
LONGER = little_config(kimg=1.6, snapshot_kimg=0.4)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return little_set(tmp_path_factory.mktemp("pictures"))


def undisturbed(out: Path, pictures: Path, config: TrainingConfig) -> Path:
    """The run that another must equal, in this process."""
    with single_thread():
        assert trained(out, pictures, config=config) == "done"
    return out


def finished(words: list[str]) -> tuple[str, str, int]:
    """-> what it said, its errors, its exit code"""
    process = start(words)
    said, errors = process.communicate(timeout=STEPS_SECONDS)
    return said, errors, process.returncode


def reached(out: Path) -> int:
    """Pictures of the newest checkpoint, by its name; 0 without one."""
    names = sorted(path.name for path in (out / "checkpoints").glob("checkpoint-*.safetensors"))
    return int(names[-1][11:23]) if names else 0


def wait_beyond(out: Path, pictures: int) -> None:
    began = time.monotonic()
    while reached(out) <= pictures:
        assert time.monotonic() - began < STEPS_SECONDS, "It makes no progress."
        time.sleep(0.01)


def killed_often(out: Path, pictures: Path, config: TrainingConfig, *, times: int, seed: int) -> None:
    """Train with a checkpoint as often as may be, kill it so many times, then let it finish."""
    chance = random.Random(seed)
    words = command(out, pictures, config, "--checkpoint-seconds", "0")
    for _ in range(times):
        process = start(words)
        wait_beyond(out, reached(out))
        time.sleep(chance.uniform(0, 0.4))
        process.kill()
        process.communicate()
    said, errors, code = finished(words)
    assert code == 0, errors
    assert "The run goes on at" in said


def check_same(out: Path, whole: Path, *, pictures: int) -> None:
    """Numbers, curves and files."""
    assert differing(newest(out), newest(whole)) == []
    assert reached(out) == reached(whole) == pictures
    ours, theirs = (ticks_of(folder) for folder in (out, whole))
    assert [tick.kimg for tick in ours] == sorted({tick.kimg for tick in ours})
    assert ours[-1].kimg == theirs[-1].kimg
    names = sorted(path.name for path in (whole / "snapshots").iterdir())
    assert sorted(path.name for path in (out / "snapshots").iterdir() if not path.name.startswith(".")) == names
    for name in names:
        assert (out / "snapshots" / name).read_bytes() == (whole / "snapshots" / name).read_bytes(), name


def test_killed_and_started_again_it_is_the_same_run_to_the_bit(tmp_path, pictures):
    killed_often(tmp_path / "run", pictures, LONG, times=2, seed=1)
    check_same(tmp_path / "run", undisturbed(tmp_path / "whole", pictures, LONG), pictures=160)


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_killed_ten_times_it_is_the_same_run_to_the_bit(tmp_path, pictures):
    killed_often(tmp_path / "run", pictures, LONGER, times=10, seed=2)
    check_same(tmp_path / "run", undisturbed(tmp_path / "whole", pictures, LONGER), pictures=1600)


def test_wishes_on_standard_input_and_an_end_by_signal(tmp_path, pictures):
    """One start hears a wish for a pause, the next ends by SIGTERM: both leave a checkpoint of that moment."""
    out = tmp_path / "run"
    words = command(out, pictures, little_config(kimg=1000, snapshot_kimg=1000), "--json")
    process = start(words, stdin=-1)
    assert process.stdin is not None
    assert process.stdout is not None
    reports = iter(process.stdout)
    while json.loads(next(reports)).get("kind") != "tick":
        pass
    process.stdin.write(Wish(wanted="pause").model_dump_json() + "\n")
    process.stdin.flush()
    *_, last = map(json.loads, reports)
    assert process.wait(STEPS_SECONDS) == 0
    assert last == {"kind": "phase", "phase": "paused", "kimg": reached(out) / 1000}
    before = reached(out)

    process = start([word for word in words if word != "--json"])
    assert process.stdout is not None
    while "kimg  " not in next(process.stdout):
        pass
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=STEPS_SECONDS)
    assert process.returncode == 130
    assert "same command goes on" in errors
    assert reached(out) > before
    assert (out / "checkpoints" / CHECKPOINT_NAME.format(reached(out))).exists()


def test_what_cannot_be_is_said_in_a_sentence(tmp_path, pictures):
    out = tmp_path / "run"
    for words, sentence in (
        ([str(pictures), "--size", "16", "--out", str(out), "--preset", "tiny"], "There is no preset named “tiny”."),
        ([str(pictures), "--size", "16", "--out", str(out), "--set", "gama=1"], "Did you mean gamma?"),
        ([str(pictures), "--out", str(out)], "Name the size of the pictures"),
        (["--resume", str(out)], "There is no run in"),
        ([str(pictures), "--size", "24", "--out", str(out)], "24 is no power of two"),
        ([str(pictures), "--size", "64", "--out", str(out), "--preset", "small"], "img00000000.png is 16×16 pixels"),
    ):
        _, errors, code = in_process(words)
        assert code == 2
        assert sentence in errors
        assert len(errors.strip().splitlines()) == 1


def test_another_preset_is_refused_with_the_difference_and_asks_for_no_size(tmp_path, pictures):
    run = RunFolder(tmp_path / "run")
    run.make()
    begun = resolve("small", size=16)
    shown = PicturesFacts(path=str(pictures), count=24, fingerprint="")
    run.write_facts(RunFacts(name="run", config=begun, pictures=shown))
    _, errors, code = in_process(["--resume", str(run.path), "--preset", "stylegan2"])
    assert code == 2
    assert "Preset small then, stylegan2 now" in errors
    assert "Size" not in errors


@pytest.mark.parametrize(
    ("file", "preset", "sentence"),
    [
        ("sg3r-64.pkl", "small", "The preset small trains stylegan2, the start is a stylegan3-r: leave out --preset."),
        ("sg2ada-64.pkl", "stylegan3-t", "trains stylegan3-t, the start is a stylegan2: choose auto."),
    ],
)
def test_a_preset_for_another_architecture_than_the_start_is_refused(
    tmp_path, pictures, sample_data, file, preset, sentence
):
    start = sample_data / "snapshots" / file
    _, errors, code = in_process(
        [str(pictures), "--start", str(start), "--preset", preset, "--out", str(tmp_path / "run")]
    )
    assert code == 2
    assert sentence in errors


def test_a_stylegan3_is_fine_tuned_by_its_own_preset_unless_another_is_named(sample_data):
    start = sample_data / "snapshots" / "sg3r-64.pkl"
    config = config_of(TrainCall(**NOTHING | {"start": start, "settings": [], "devices": 1}), None)
    assert (config.preset, config.family, config.size) == ("stylegan3-r", "stylegan3-r", 64)
    assert (config.path_weight, config.mixing, config.blur_sigma, config.ada_kimg) == (0, 0, 0, 100)


def test_a_stylegan3_without_a_discriminator_gets_one_of_the_presets_own_widths(sample_data, tmp_path):
    start = tmp_path / "generator.safetensors"
    import_snapshot(sample_data / "snapshots" / "sg3r-64.pkl", to=start)
    held = read_facts(start).config
    config = config_of(TrainCall(**NOTHING | {"start": start, "settings": [], "devices": 1}), None)
    plain = resolve("stylegan3-r", size=64)
    assert (config.channel_base, config.channel_max) == (held["channel_base"], held["channel_max"])
    assert (config.d_channel_base, config.d_channel_max) == (plain.d_channel_base, plain.d_channel_max)
    wished = TrainCall(**NOTHING | {"start": start, "settings": ["d_channel_max=64"], "devices": 1})
    assert config_of(wished, None).d_channel_max == 64


def in_process(words: list[str]) -> tuple[str, str, int]:
    """The command without a process of its own, which takes seconds to start."""
    import contextlib
    import io
    import sys
    from unittest import mock

    from gpu_service.cli import main

    out, errors = io.StringIO(), io.StringIO()
    with (
        mock.patch.object(sys, "argv", ["gpu_service", "train", *words]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(errors),
        pytest.raises(SystemExit) as ended,
    ):
        main()
    return out.getvalue(), errors.getvalue(), int(ended.value.code or 0)
