"""The reference files: every number of every network in them, against what torch itself makes of the same file."""

import argparse
import io
import pickle
import re
from typing import Any

import numpy as np
import pytest
import torch

from gpu_service.snapshots.errors import SnapshotError
from gpu_service.snapshots.facts import training_run_key
from gpu_service.snapshots.reader import read_network
from gpu_service.snapshots.store import import_snapshot, read_facts
from gpu_service.snapshots.training_file import read_training_parts

PICKLES = [
    *("sg2ada-64", "sg2ada-128-labels", "sg2ada-256", "sg2-from-sg3-repo-64"),
    *("sg3t-64", "sg3r-64", "sg3t-64-moved", "sg3r-64-moved"),
]
COUNTS = {"sg2ada-256": 132, "sg3t-64": 114, "sg3r-64": 114, "sg3t-64-moved": 114, "sg3r-64-moved": 114}


class Trusting(pickle.Unpickler):
    """The ordinary loader for files that are known to be harmless, their source text left alone."""

    def find_class(self, module: str, name: str) -> Any:
        """Modules become their meta dictionary."""
        if module == "torch_utils.persistence":
            return dict
        return dict if name == "EasyDict" else super().find_class(module, name)


def tensors_of(module: dict[str, Any], path: str = "") -> dict[str, np.ndarray]:
    """Parameters and buffers by their dotted names."""
    state = module["state"]
    found = {
        f"{path}{name}": tensor.detach().float().numpy()
        for group in ("_parameters", "_buffers")
        for name, tensor in state[group].items()
        if tensor is not None
    }
    for name, child in state["_modules"].items():
        found |= tensors_of(child, f"{path}{name}.")
    return found


@pytest.mark.parametrize("name", PICKLES)
def test_all_four_networks_are_read_number_by_number(sample_data, name):
    path = sample_data / "snapshots" / f"{name}.pkl"
    wanted = Trusting(io.BytesIO(path.read_bytes())).load()
    parts = read_training_parts(path)
    assert set(parts) == {key for key in ("G", "D", "G_ema", "augment_pipe") if wanted.get(key) is not None}
    for key, part in parts.items():
        expected = tensors_of(wanted[key])
        assert set(part.tensors) == set(expected), key
        assert all(np.array_equal(part.tensors[tensor], numbers) for tensor, numbers in expected.items()), key
    assert len(parts["G_ema"].tensors) == COUNTS.get(name, len(parts["G_ema"].tensors))


@pytest.mark.parametrize(("name", "moved"), [("sg3t-64", False), ("sg3r-64-moved", True)])
def test_stylegan3s_settings_come_from_the_file(sample_data, name, moved):
    config = read_network(sample_data / "snapshots" / f"{name}.pkl").config
    assert config["use_radial_filters"] is (name[3] == "r")
    assert config["conv_kernel"] == (1 if name[3] == "r" else 3)
    assert config["conv_clamp"] == (0.8 if moved else 256)
    assert (config["channel_base"], config["channel_max"]) == (2048 if name[3] == "r" else 1024, 32)


def test_the_augmentation_and_the_discriminator_keep_their_settings(sample_data):
    parts = read_training_parts(sample_data / "snapshots" / "sg2ada-128-labels.pkl")
    assert parts["augment_pipe"].config["xflip"] == 1.0
    assert parts["augment_pipe"].tensors["Hz_fbank"].shape == (4, 43)
    judge = parts["D"].config
    assert (judge["c_dim"], judge["cmap_dim"], judge["mapping_layers"], judge["mbstd_group"]) == (5, 48, 8, 4)


@pytest.mark.parametrize("form", ["training", "converted"])
def test_rosinalitys_numbers_are_read_in_nvidias_names(sample_data, form):
    path = sample_data / "snapshots" / f"rosinality-64-{form}.pt"
    with torch.serialization.safe_globals([argparse.Namespace]):
        wanted = torch.load(path, weights_only=True)
    network = read_network(path)
    found, theirs = network.tensors, {key: value.numpy() for key, value in wanted["g_ema"].items()}
    assert network.config["mapping_layers"] == 8
    assert ("mapping.w_avg" in found) is (form == "converted")
    pairs = {
        "mapping.fc7.weight": theirs["style.8.weight"],
        "synthesis.b4.const": theirs["input.input"][0],
        "synthesis.b4.conv1.weight": theirs["conv1.conv.weight"][0],
        "synthesis.b4.torgb.bias": theirs["to_rgb1.bias"].ravel(),
        "synthesis.b16.conv0.weight": theirs["convs.2.conv.weight"][0],
        "synthesis.b16.conv0.resample_filter": theirs["convs.2.conv.blur.kernel"] / 4,
        "synthesis.b16.conv1.affine.bias": theirs["convs.3.conv.modulation.bias"],
        "synthesis.b64.torgb.weight": theirs["to_rgbs.3.conv.weight"][0],
        "synthesis.b8.conv0.noise_const": theirs["noises.noise_1"][0, 0],
        "synthesis.b64.conv1.noise_const": theirs["noises.noise_8"][0, 0],
        "synthesis.b64.conv1.noise_strength": theirs["convs.7.noise.weight"][0],
    }
    for name, numbers in pairs.items():
        assert np.array_equal(found[name], numbers), name
    assert sum(array.size for name, array in found.items() if not name.endswith(("filter", "w_avg"))) == sum(
        array.size for name, array in theirs.items() if not name.endswith("kernel")
    )


def test_rosinalitys_discriminator_is_read_in_nvidias_names(sample_data):
    path = sample_data / "snapshots" / "rosinality-64-training.pt"
    with torch.serialization.safe_globals([argparse.Namespace]):
        theirs = {key: value.numpy() for key, value in torch.load(path, weights_only=True)["d"].items()}
    found = read_training_parts(path)["D"].tensors
    assert np.array_equal(found["b64.fromrgb.weight"], theirs["convs.0.0.weight"])
    assert np.array_equal(found["b64.conv0.bias"], theirs["convs.1.conv1.1.bias"])
    assert np.array_equal(found["b8.skip.weight"], theirs["convs.4.skip.1.weight"])
    assert np.array_equal(found["b4.fc.weight"], theirs["final_linear.0.weight"])
    assert np.array_equal(found["b4.out.bias"], theirs["final_linear.1.bias"])


def test_rosinalitys_age_is_its_step_times_its_batch(sample_data, tmp_path):
    with torch.serialization.safe_globals([argparse.Namespace]):
        content = torch.load(sample_data / "snapshots" / "rosinality-64-training.pt", weights_only=True)
    content["args"].batch = 16
    torch.save(content, tmp_path / "550000.pt")
    assert import_snapshot(tmp_path / "550000.pt", to=tmp_path / "net.safetensors").kimg == 8800


@pytest.mark.parametrize("name", ["rosinality-64-training.pt", "rosinality-64-converted.pt"])
def test_files_from_before_torch_1_6_are_read_too(sample_data, tmp_path, name):
    path = sample_data / "snapshots" / name
    with torch.serialization.safe_globals([argparse.Namespace]):
        torch.save(torch.load(path, weights_only=True), tmp_path / name, _use_new_zipfile_serialization=False)
    wanted, found = read_network(path), read_network(tmp_path / name)
    assert found.config == wanted.config
    assert all(np.array_equal(found.tensors[key], numbers) for key, numbers in wanted.tensors.items())


def test_snapshots_of_one_run_share_a_key_and_other_networks_do_not(sample_data, tmp_path):
    facts = {}
    for source, name in [
        ("sg2ada-64.pkl", "network-snapshot-000200.pkl"),
        ("sg2-from-sg3-repo-64.pkl", "network-snapshot-005200.pkl"),
        ("sg2ada-256.pkl", "network-snapshot-000400.pkl"),
    ]:
        facts[name] = import_snapshot(sample_data / "snapshots" / source, to=tmp_path / "net.safetensors", name=name)
        assert read_facts(tmp_path / "net.safetensors").training_run == facts[name].training_run
    first, later, other = facts.values()
    assert first.training_run == later.training_run == f"{first.architecture}/network-snapshot"
    assert other.architecture != first.architecture
    assert re.fullmatch(r"[0-9a-f]{12}", other.architecture)


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("network-snapshot-005200.pkl", "network-snapshot"),
        ("ines-5200.pkl", "ines"),
        ("Ines_12000kimg.pt", "ines"),
        ("sg2ada-64.pkl", "sg2ada-64"),
        ("sg2ada-256.pkl", "sg2ada-256"),
        ("faces-1024-network-snapshot-000040.pkl", "faces-1024-network-snapshot"),
    ],
)
def test_the_key_of_a_run_leaves_out_the_age_alone(name, stem):
    assert training_run_key("0123", name) == f"0123/{stem}"


def test_a_snapshot_kept_with_its_training_is_read_as_the_original_was(sample_data, tmp_path):
    path, kept = sample_data / "snapshots" / "sg3r-64-moved.pkl", tmp_path / "net.safetensors"
    import_snapshot(path, to=kept, with_training=True)
    wanted, found = read_training_parts(path), read_training_parts(kept)
    assert set(found) == {"G", "D", "G_ema", "augment_pipe"}
    for name, part in wanted.items():
        assert (found[name].kind, found[name].config) == (part.kind, part.config)
        assert all(np.array_equal(found[name].tensors[key], numbers) for key, numbers in part.tensors.items()), name


def test_a_training_file_that_lies_is_refused(sample_data, tmp_path):
    kept, beside = tmp_path / "net.safetensors", tmp_path / "net.training.safetensors"
    import_snapshot(sample_data / "snapshots" / "sg2ada-64.pkl", to=kept, with_training=True)
    data = beside.read_bytes()
    for broken in (data[: len(data) // 2], data.replace(b"b32.conv0", b"b32.conv9"), b"{}"):
        beside.write_bytes(broken)
        with pytest.raises(SnapshotError, match=r"“net\.training\.safetensors” "):
            read_training_parts(kept)
