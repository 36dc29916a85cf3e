"""What a run would cost: shares of the sorts of steps, scaling where a whole batch is too much, and a real trial."""

import time
from types import SimpleNamespace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gpu_service.executors.base import ChoreOrder
from gpu_service.executors.chores import CHORES
from gpu_service.protocol import Measured, training_bytes
from gpu_service.protocol.training_presets import resolve
from gpu_service.training import estimate
from gpu_service.training.errors import TrainingError
from gpu_service.training.estimate import measure_steps, sorts_of_steps

CPU = torch.device("cpu")
TINY = resolve(
    "small",
    size=16,
    batch=8,
    mbstd_group=2,
    path_every=4,
    augment="none",
    channel_base=256,
    channel_max=16,
    z_dim=16,
    w_dim=16,
)
EVERY = st.integers(1, 24)


@given(path=EVERY, r1=EVERY, weight=st.sampled_from([0, 2]), gamma=st.sampled_from([0.0, 5.0]))
def test_shares_are_those_of_a_long_run(path, r1, weight, gamma):
    config = TINY.model_copy(update={"path_every": path, "r1_every": r1, "path_weight": weight, "gamma": gamma})
    sorts = sorts_of_steps(config)
    count = path * r1
    seen = [(weight > 0 and index % path == 0, gamma > 0 and index % r1 == 0) for index in range(count)]
    assert {sort: pytest.approx(seen.count(sort) / count) for sort in set(seen)} == {
        sort: share for sort, (_, share) in sorts.items()
    }
    for sort, (first, _) in sorts.items():
        assert first > 0
        assert sort == (weight > 0 and first % path == 0, gamma > 0 and first % r1 == 0)


class Machine:
    """Trainers that take no time but a clock's: `seconds` a picture, twice with path length, three times with R1."""

    def __init__(self, *, memory: int, seconds: float) -> None:
        self.memory, self.seconds, self.clock = memory, seconds, 0.0
        self.held, self.most = 0, 0
        self.batches: list[int] = []

    def trainer(self, config, **_given):
        self.batches.append(config.batch)
        self.held = self.most = 1000
        made = SimpleNamespace(
            config=config,
            device=CPU,
            precision="fp32",
            micro_batch=min(config.micro_batch or config.batch, config.batch),
        )
        made.step = lambda real, labels: self.step(made)
        made.set_probability = lambda p: None
        made.tensors = lambda: {"a": torch.zeros(5)}
        made.generator = lambda: SimpleNamespace(tensors=lambda: {"a": torch.zeros(3)})
        return made

    def step(self, trainer):
        index, batch = trainer.step_index, trainer.config.batch
        self.clock += self.seconds * batch * (1 + (index % 4 == 0) + 2 * (index % 16 == 0))
        self.most = max(self.most, self.held + 100 * trainer.micro_batch)


@pytest.fixture
def machine(monkeypatch):
    def make(**given):
        made = Machine(**given)
        monkeypatch.setattr(estimate, "Trainer", made.trainer)
        monkeypatch.setattr(estimate, "memory_of", lambda: made.memory)
        monkeypatch.setattr(
            estimate, "Peak", lambda _device: SimpleNamespace(now=lambda: made.held, highest=lambda: made.most)
        )
        monkeypatch.setattr(time, "perf_counter", lambda: made.clock)
        return made

    return make


def test_a_step_costs_what_its_sorts_cost_by_their_shares(machine):
    made = machine(memory=10**6, seconds=0.01)
    found = measure_steps(TINY, CPU)
    assert found.seconds_per_kimg == pytest.approx(1000 * 0.01 * (12 * 1 + 3 * 2 + 1 * 4) / 16)
    assert (found.peak_bytes, found.micro_batch) == (1800, 8)
    assert (found.checkpoint_bytes, found.snapshot_bytes) == (20, 12)
    assert made.batches == [2, 8]


def test_where_a_whole_batch_takes_too_long_a_small_one_is_scaled(machine):
    made = machine(memory=10**6, seconds=20.0)
    found = measure_steps(TINY, CPU, patience_seconds=30)
    assert made.batches == [2]
    assert found.seconds_per_kimg == pytest.approx(1000 * 20 * 22 / 16)
    assert (found.peak_bytes, found.micro_batch) == (1800, 8)


def test_where_a_whole_batch_is_too_large_as_many_are_held_as_fit(machine):
    machine(memory=2200, seconds=0.01)  # 0.7 of it: the networks and 5 pictures
    found = measure_steps(TINY, CPU)
    assert (found.peak_bytes, found.micro_batch) == (1400, 4)


def test_where_nothing_fits_it_is_said(machine):
    machine(memory=1500, seconds=0.01)
    with pytest.raises(TrainingError, match="This machine has not enough memory for that"):
        measure_steps(TINY, CPU)


@pytest.fixture
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("labels", [False, True])
def test_a_trial_trains_and_weighs_a_real_network(one_thread, monkeypatch, tmp_path, labels):
    monkeypatch.setattr(estimate, "MOST_REPEATS", 1)
    config = TINY.model_copy(update={"labels": labels})
    told: list[float] = []
    order = ChoreOrder("try_training", {"config": config.model_dump(mode="json")}, tmp_path, device="cpu")
    found = Measured.model_validate(CHORES["try_training"](order, {}, lambda _words, share: told.append(share)))
    classes = estimate.CLASSES_TRIED if labels else 0
    assert found.device == "CPU, 1 core"
    assert 0 < found.seconds_per_kimg < 10_000
    assert found.checkpoint_bytes == pytest.approx(
        training_bytes.checkpoint_bytes(config, num_classes=classes), rel=0.05
    )
    assert found.snapshot_bytes == pytest.approx(training_bytes.snapshot_bytes(config, num_classes=classes), rel=0.05)
    assert found.peak_bytes > found.checkpoint_bytes
    assert told[0] == 0
    assert max(told) < 1
