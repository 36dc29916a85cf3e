"""TensorFlow's StyleGAN2, read from files that were made here from the description of its form."""

import numpy as np
import pytest

from gpu_service.networks.discriminator_layout import DiscriminatorConfig
from gpu_service.networks.stylegan2_layout import StyleGan2Config
from gpu_service.snapshots.errors import SnapshotError
from gpu_service.snapshots.reader import read_network
from gpu_service.snapshots.training_file import read_training_parts
from tests.gpu_service.snapshots import tensorflow_forge

NET = StyleGan2Config(
    z_dim=6, w_dim=6, c_dim=0, resolution=32, mapping_layers=3, channel_base=128, channel_max=8, conv_clamp=None
)
JUDGE = DiscriminatorConfig(resolution=32, channel_base=128, channel_max=8, conv_clamp=None, num_fp16_res=0)


@pytest.fixture
def forged(nvidia_modules, tmp_path):
    """Write a file; answers its path and the tensors in it."""

    def write(**options):
        data, drawn, judge = tensorflow_forge.snapshot_bytes(
            options.pop("net", NET), JUDGE, canary=str(tmp_path / "canary"), **options
        )
        (tmp_path / "stylegan2-faces-config-f.pkl").write_bytes(data)
        return tmp_path / "stylegan2-faces-config-f.pkl", drawn, judge

    return write


@pytest.mark.parametrize("protocol", [2, 4])
def test_every_number_is_read_in_nvidias_later_names(forged, tmp_path, protocol):
    path, drawn, _ = forged(protocol=protocol)
    network = read_network(path)
    assert (network.kind, network.config) == ("stylegan2", NET.to_json())
    assert set(network.tensors) == set(drawn)
    for name, tensor in drawn.items():
        assert np.array_equal(network.tensors[name], tensor), name
    assert not (tmp_path / "canary").exists()


def test_the_rules_that_are_easily_missed(forged):
    path, drawn, _ = forged()
    theirs, ours = tensorflow_forge.generator_variables(drawn), read_network(path).tensors
    up, plain = theirs["synthesis/8x8/Conv0_up/weight"], theirs["synthesis/8x8/Conv1/weight"]  # row, column, in, out
    assert all(up[0, 2, 5, n] == ours["synthesis.b8.conv0.weight"][n, 5, 2, 0] for n in range(8))
    assert all(plain[0, 2, 5, n] == ours["synthesis.b8.conv1.weight"][n, 5, 0, 2] for n in range(8))
    assert np.array_equal(ours["synthesis.b16.torgb.affine.bias"], theirs["synthesis/16x16/ToRGB/mod_bias"] + 1)
    for number, name in ((0, "b4.conv1"), (1, "b8.conv0"), (2, "b8.conv1"), (5, "b32.conv0"), (6, "b32.conv1")):
        assert np.array_equal(ours[f"synthesis.{name}.noise_const"], theirs[f"synthesis/noise{number}"][0, 0])
    assert np.array_equal(ours["mapping.fc2.weight"].T, theirs["mapping/Dense2/weight"])


def test_what_training_goes_on_from_is_read_too(forged):
    path, drawn, judge = forged()
    parts = read_training_parts(path)
    assert set(parts) == {"G_ema", "G", "D"}
    assert parts["D"].config == JUDGE.to_json()
    assert all(np.array_equal(parts["D"].tensors[name], tensor) for name, tensor in judge.items())
    assert all(np.array_equal(parts["G"].tensors[name], tensor) for name, tensor in drawn.items())


def test_classes_are_read(forged):
    net = StyleGan2Config(**{**NET.to_json(), "c_dim": 3})
    path, drawn, _ = forged(net=net)
    network = read_network(path)
    assert network.config["c_dim"] == 3
    assert np.array_equal(network.tensors["mapping.embed.weight"], drawn["mapping.embed.weight"])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"version": 3}, "is a StyleGAN1 network. Phosphene reads StyleGAN2 and StyleGAN3"),
        ({"version": 2}, "is a StyleGAN1 network"),
        ({"version": "4"}, "of no known version"),
        ({"settings": {"architecture": "orig"}}, "architecture = 'orig'"),
        ({"settings": {"nonlinearity": "relu"}}, "nonlinearity = 'relu'"),
        ({"settings": {"mapping_lrmul": 0.1}}, "mapping_lrmul = 0.1"),
        ({"settings": {"resample_kernel": [1, 2, 1]}}, "not four numbers long"),
    ],
)
def test_other_networks_are_named(forged, tmp_path, options, sentence):
    path, _, _ = forged(**options)
    with pytest.raises(SnapshotError, match=sentence):
        read_network(path)
    assert not (tmp_path / "canary").exists()
