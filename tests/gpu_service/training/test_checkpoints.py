"""Checkpoints: whole or not there, the last two kept, damage noticed to the bit, a full disk survived."""

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor

from gpu_service.training.checkpoint_file import DamagedCheckpoint, read_checkpoint, size_bytes, write_checkpoint
from gpu_service.training.checkpoints import Checkpoints, NoRoom
from gpu_service.training.errors import TrainingError

FACTS = {"seconds": 1.5, "trainer": {"step": 3, "list": [1, 2]}}


def numbers(seed: int = 0) -> dict[str, Tensor]:
    """Of every kind that a trainer keeps, laid out in odd ways too."""
    chance = torch.Generator().manual_seed(seed)
    return {
        "weights": torch.randn(3, 5, generator=chance),
        "last.channels": torch.randn(2, 3, 4, 4, generator=chance).to(memory_format=torch.channels_last),
        "step": torch.tensor(seed),
        "odd": torch.arange(7, dtype=torch.uint8),
        "double": torch.randn(3, generator=chance, dtype=torch.float64),
        "half": torch.randn(5, generator=chance).bfloat16(),
        "flags": torch.tensor([True, False, True]),
        "none": torch.zeros(0),
        "not.finite": torch.tensor([float("nan"), float("inf"), -0.0]),
    }


def same(first: dict[str, Tensor], second: dict[str, Tensor]) -> bool:
    """To the bit."""

    def bits(tensor: Tensor) -> bytes:
        return tensor.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()

    return first.keys() == second.keys() and all(
        (first[name].dtype, first[name].shape, bits(first[name]))
        == (second[name].dtype, second[name].shape, bits(second[name]))
        for name in first
    )


def test_what_was_written_is_read_to_the_bit(tmp_path):
    path = tmp_path / "checkpoint.safetensors"
    write_checkpoint(path, numbers(), FACTS)
    tensors, facts = read_checkpoint(path)
    assert same(tensors, numbers())
    assert facts == FACTS
    assert path.stat().st_size == size_bytes(numbers(), FACTS)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_bit_that_flips_is_noticed(tmp_path, data):
    path = tmp_path / "checkpoint.safetensors"
    write_checkpoint(path, numbers(), FACTS)
    raw = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(raw)
    with pytest.raises(DamagedCheckpoint, match="damaged"):
        read_checkpoint(path)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(0, 0.999))
def test_a_file_that_was_cut_is_noticed(tmp_path, share):
    path = tmp_path / "checkpoint.safetensors"
    write_checkpoint(path, numbers(), FACTS)
    os.truncate(path, int(path.stat().st_size * share))
    with pytest.raises(DamagedCheckpoint):
        read_checkpoint(path)


def test_the_last_two_are_kept_and_that_of_a_snapshot(tmp_path):
    kept = Checkpoints(tmp_path)
    snapshot = kept.save(0, numbers(), FACTS, keep=set())
    for pictures in (8, 16, 24):
        kept.save(pictures, numbers(pictures), FACTS, keep={snapshot})
    assert [path.name[11:23] for path in kept.all()] == ["000000000000", "000000000016", "000000000024"]
    found = kept.newest_whole()
    assert found is not None
    assert same(found.tensors, numbers(24))


def test_a_damaged_newest_gives_way_to_the_one_before_and_is_named(tmp_path):
    kept = Checkpoints(tmp_path)
    kept.save(8, numbers(8), FACTS, keep=set())
    newest = kept.save(16, numbers(16), FACTS, keep=set())
    newest.write_bytes(newest.read_bytes()[:-1] + b"?")
    found = kept.newest_whole()
    assert found is not None
    assert same(found.tensors, numbers(8))
    assert found.damaged == [f"The checkpoint {newest.name} is damaged: its contents do not fit its checksum."]
    kept.save(16, numbers(16), FACTS, keep=set())
    assert not list(tmp_path.glob("*.damaged"))


def test_without_a_whole_one_the_run_does_not_begin_anew_in_silence(tmp_path):
    kept = Checkpoints(tmp_path)
    assert kept.newest_whole() is None
    kept.save(8, numbers(), FACTS, keep=set()).write_bytes(b"no")
    with pytest.raises(TrainingError, match="There is no other"):
        kept.newest_whole()


def test_room_is_looked_for_ahead_and_the_older_of_two_gives_it(tmp_path):
    free = [10**9]
    kept = Checkpoints(tmp_path, room=lambda _folder: free[0])
    for pictures in (8, 16):
        kept.save(pictures, numbers(), FACTS, keep=set())
    free[0] = 1000
    with pytest.raises(NoRoom, match="Free space there"):
        kept.save(24, numbers(), FACTS, keep=set())
    assert [path.name[11:23] for path in kept.all()] == ["000000000016"]


def test_a_disk_that_fills_while_writing_leaves_the_one_before(tmp_path):
    """A limit on the length of files refuses a write half way, as a full disk does."""
    kept = Checkpoints(tmp_path)
    kept.save(8, numbers(), FACTS, keep=set())
    large = {"weights": torch.zeros(1 << 20)}
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
    try:
        with pytest.raises(NoRoom):
            kept.save(16, large, FACTS, keep=set())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint-000000000008.safetensors"]
    assert kept.newest_whole() is not None


WRITER = """
import sys
from pathlib import Path
import torch
from gpu_service.training.checkpoints import Checkpoints
kept = Checkpoints(Path(sys.argv[1]))
pictures = 0
while True:
    pictures += 8
    kept.save(pictures, {"all": torch.full((1 << 19,), float(pictures))}, {"pictures": pictures}, keep=set())
"""


def test_a_writer_that_is_killed_leaves_whole_checkpoints_alone(tmp_path):
    for seconds in (0.003, 0.023):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)]) as writer:
            while not list(tmp_path.glob("checkpoint-*.safetensors")):
                time.sleep(0.01)
            time.sleep(seconds)
            writer.kill()
        found = Checkpoints(tmp_path).newest_whole()
        assert found is not None
        assert found.damaged == []
        assert (found.tensors["all"] == found.facts["pictures"]).all()
        assert found.path.name == f"checkpoint-{found.facts['pictures']:012d}.safetensors"
        for path in Path(tmp_path).glob("checkpoint-*"):
            path.unlink()
