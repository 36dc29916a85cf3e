"""One run in several processes: the same numbers as in one, to rounding; a process that dies is not the end."""

import importlib.util
import os
import signal
import time
from pathlib import Path

import pytest

from tests.gpu_service.training.runs import command, little_config, newest, single_thread, start, ticks_of, trained
from tests.gpu_service.training.sets import little_set

SECONDS = 280.0


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return little_set(tmp_path_factory.mktemp("pictures"))


def test_two_processes_train_what_one_would(tmp_path, pictures):
    config = little_config(kimg=0.032, tick_kimg=0.008)
    process = start(command(tmp_path / "two", pictures, config, "--devices", "2"))
    said, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, errors
    assert said.count("2 processes") == 1  # of all, the first alone speaks
    with single_thread():
        trained(tmp_path / "one", pictures, config=config)
    together, alone = ticks_of(tmp_path / "two"), ticks_of(tmp_path / "one")
    assert together[-1].step == alone[-1].step == 8
    # The first step is the same but for rounding, which Adam then makes grow.
    assert together[0].loss_g == pytest.approx(alone[0].loss_g, rel=1e-2)
    assert together[0].loss_d == pytest.approx(alone[0].loss_d, rel=1e-2)
    assert newest(tmp_path / "two").keys() == newest(tmp_path / "one").keys()
    names = [sorted(path.name for path in (tmp_path / run / "snapshots").iterdir()) for run in ("one", "two")]
    assert names[0] == names[1]


@pytest.mark.soak
def test_when_one_of_two_dies_both_go_on_from_the_checkpoint(tmp_path, pictures):
    out = tmp_path / "run"
    config = little_config(kimg=0.8, snapshot_kimg=0.2)
    process = start(command(out, pictures, config, "--devices", "2", "--checkpoint-seconds", "0"))
    began = time.monotonic()
    while not (pids := workers(out)) or not list((out / "checkpoints").glob("*0[1-9]??.safetensors")):
        assert time.monotonic() - began < SECONDS
        time.sleep(0.05)
    os.kill(pids[-1], signal.SIGKILL)
    said, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, errors
    assert "The run goes on at" in said
    assert ticks_of(out)[-1].kimg == 0.8


def workers(out: Path) -> list[int]:
    """Processes of that run that torchrun started."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().decode().split("\0") if entry.name.isdigit() else []
            place = (entry / "environ").read_bytes() if str(out) in words else b""
        except OSError:
            continue
        if b"LOCAL_RANK=" in place:
            found.append(int(entry.name))
    return sorted(found)


needs_ray = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason="Ray is not installed (extra “cluster”)."
)


@needs_ray
def test_two_workers_of_a_ray_cluster_train_what_one_would(tmp_path, pictures):
    config = little_config(kimg=0.032, tick_kimg=0.008)
    process = start(command(tmp_path / "two", pictures, config, "--cluster", "2", "--device", "cpu"))
    _, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, errors
    with single_thread():
        trained(tmp_path / "one", pictures, config=config)
    together, alone = ticks_of(tmp_path / "two"), ticks_of(tmp_path / "one")
    assert together[-1].step == alone[-1].step == 8
    assert together[0].loss_g == pytest.approx(alone[0].loss_g, rel=1e-2)
    assert together[0].loss_d == pytest.approx(alone[0].loss_d, rel=1e-2)
    assert "2 processes" in (tmp_path / "two" / "stats.jsonl").read_text()


@needs_ray
def test_what_a_cluster_is_asked_in_vain_is_one_sentence(tmp_path, pictures):
    words = command(tmp_path / "run", pictures, little_config(batch=6), "--cluster", "2", "--device", "cpu")
    process = start(words)
    _, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == 2
    assert errors.strip().endswith("A batch of 6 does not divide among 2 processes in groups of 2.")
    assert not list((tmp_path / "run").glob("refusal*"))
