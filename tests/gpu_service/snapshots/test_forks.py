"""Forks: the same networks under other module names, extra buffers, only some of the parts."""

import numpy as np
import pytest
import torch

from gpu_service.snapshots.errors import SnapshotError
from gpu_service.snapshots.fork_names import nvidia_name
from gpu_service.snapshots.reader import read_network
from tests.gpu_service.snapshots.forge import random_tensors, snapshot_bytes


def renamed(name: str) -> str:
    """Names such as a fork's."""
    for ours, theirs in [
        ("synthesis.b", "synth.block_"),
        (".conv0.", ".conv_up."),
        (".torgb.", ".to_rgb."),
        ("mapping.fc", "mapping.layers."),
        ("mapping.w_avg", "mapping.latent_avg"),
    ]:
        name = name.replace(ours, theirs)
    return name


@pytest.fixture
def read(nvidia_modules, tmp_path):
    """Read tensors that were written under those names."""

    def read_tensors(tensors, **options):
        (tmp_path / "net.pkl").write_bytes(snapshot_bytes(tensors, **options))
        return read_network(tmp_path / "net.pkl")

    return read_tensors


def test_other_module_names_are_read_by_their_pattern(read):
    tensors = random_tensors()
    network = read({renamed(name): tensor for name, tensor in tensors.items()})
    assert set(network.tensors) == set(tensors)
    assert all(np.array_equal(network.tensors[name], tensor.numpy()) for name, tensor in tensors.items())
    assert "names of their own" in network.warnings[0]


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("module.synthesis.b4.const", "synthesis.b4.const"),
        ("synthesis.16x16.ToRGB.mod.weight", "synthesis.b16.torgb.affine.weight"),
        ("mapping.dense3.bias", "mapping.fc3.bias"),
        ("w_avg", "mapping.w_avg"),
        ("synthesis.b8.conv1.noise_const", "synthesis.b8.conv1.noise_const"),
        ("something.else", "something.else"),
    ],
)
def test_names_follow_their_patterns(theirs, ours):
    assert nvidia_name(theirs) == ours


def test_a_buffer_too_many_is_left_out_and_named(read):
    tensors = random_tensors()
    network = read({**tensors, "synthesis.b8.noise_const": torch.ones(3)})
    assert set(network.tensors) == set(tensors)
    assert network.warnings == [
        "It holds tensors that its architecture has not and that were left out: synthesis.b8.noise_const."
    ]


def test_trained_numbers_too_many_are_refused_by_name(read):
    with pytest.raises(SnapshotError, match=r"has not: synthesis\.b8\.extra\."):
        read({**random_tensors(), "synthesis.b8.extra": torch.ones(3)})
