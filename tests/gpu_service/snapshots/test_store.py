"""Our own form of a snapshot: exact, checked, never half written."""

import hashlib
import json
import re
import struct

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from gpu_service.cli_words import usual_size
from gpu_service.networks.base import Network
from gpu_service.networks.cppn import make_cppn
from gpu_service.networks.stylegan2 import StyleGan2
from gpu_service.snapshots import store
from gpu_service.snapshots.errors import SnapshotError
from tests.gpu_service.snapshots.forge import SMALL, random_tensors, snapshot_bytes


@pytest.fixture(scope="module")
def pattern() -> Network:
    """A small pattern network."""
    return make_cppn("contour", seed=2, complexity=0.65)


@pytest.fixture
def kept(pattern, tmp_path):
    """That network, written."""
    store.write(pattern, tmp_path / "pattern.safetensors", kimg=3)
    return tmp_path / "pattern.safetensors"


def test_a_network_comes_back_bit_by_bit(pattern, kept):
    loaded = store.load_network(kept)
    assert loaded.to_json() == pattern.to_json()
    assert all(torch.equal(loaded.tensors()[name], tensor) for name, tensor in pattern.tensors().items())
    w = pattern.mapping(torch.randn(2, 512))
    assert torch.equal(loaded.synthesis(w, size=(40, 56)), pattern.synthesis(w, size=(40, 56)))


def test_the_same_weights_are_the_same_file(pattern, tmp_path):
    for name in "ab":
        store.write(pattern, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_facts_are_read_without_torch_or_numbers(kept):
    facts = store.read_facts(kept)
    assert (facts.kind, facts.z_dim, facts.num_ws, facts.native_size) == ("cppn", 512, 1, (512, 512))
    assert (facts.config["species"], facts.kimg) == ("contour", 3)
    assert json.loads(json.dumps(facts.to_json()))["w_dim"] == 16


def test_an_import_keeps_the_fingerprints_of_the_original(nvidia_modules, tmp_path):
    (tmp_path / "network-snapshot-005200.pkl").write_bytes(snapshot_bytes())
    facts = store.import_snapshot(tmp_path / "network-snapshot-005200.pkl", to=tmp_path / "net.safetensors")
    data = (tmp_path / "network-snapshot-005200.pkl").read_bytes()
    assert facts.original_md5 == hashlib.md5(data).hexdigest()
    assert facts.original_sha256 == hashlib.sha256(data).hexdigest()
    assert (facts.original_bytes, facts.original_name) == (len(data), "network-snapshot-005200.pkl")
    assert (facts.kind, facts.native_size, facts.num_ws, facts.kimg) == ("stylegan2", (16, 16), 6, 5200)
    network = store.load_network(tmp_path / "net.safetensors")
    assert isinstance(network, StyleGan2)
    for name, tensor in random_tensors().items():
        assert torch.equal(network.tensors()[name], tensor), name


def test_importing_our_own_file_keeps_what_it_says_of_its_origin(nvidia_modules, tmp_path):
    (tmp_path / "net.pkl").write_bytes(snapshot_bytes())
    first = store.import_snapshot(tmp_path / "net.pkl", to=tmp_path / "a.safetensors", name="ines-5200.pkl")
    again = store.import_snapshot(tmp_path / "a.safetensors", to=tmp_path / "b.safetensors")
    assert first == again
    assert (tmp_path / "a.safetensors").read_bytes() == (tmp_path / "b.safetensors").read_bytes()


def test_a_refused_import_leaves_nothing_behind(tmp_path):
    source, target = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    target.mkdir()
    (source / "net.pkl").write_bytes(b"\x80\x04cos\nsystem\n.")
    with pytest.raises(SnapshotError, match="Nothing was run or kept"):
        store.import_snapshot(source / "net.pkl", to=target / "net.safetensors")
    assert list(target.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "kimg"),
    [
        ("network-snapshot-005200.pkl", 5200),
        ("ines-5200.pkl", 5200),
        ("snapshot-000800.pkl", 800),
        ("faces_12000kimg.pkl", 12000),
        ("sg2ada-256.pkl", None),
        ("ffhq-1024.pkl", None),
        ("faces-000000.pkl", 0),
        ("faces-000512.pkl", 512),
        ("ffhq.pkl", None),
    ],
)
def test_training_age_is_read_from_the_name(name, kimg):
    assert store.guess_kimg(name) == kimg


@pytest.mark.parametrize("share", [0.0, 0.001, 0.1, 0.5, 0.9, 0.9999])
def test_cut_files_are_refused(kept, share):
    data = kept.read_bytes()
    kept.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(SnapshotError, match=r"ends early|does not begin as a safetensors"):
        store.load_network(kept)


def rewrite_header(path, change):
    """Let `change` alter the JSON header, numbers untouched."""
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    change(header)
    raw = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(raw)) + raw + data[8 + length :])


def lie(name, **entry):
    """Change what the header says of one tensor."""

    def change(header):
        header[name] |= entry

    return change


def retell(**facts):
    """Change what the header says of the network."""

    def change(header):
        stored = json.loads(header["__metadata__"]["phosphene"])
        stored["config"] |= facts.pop("config", {})
        header["__metadata__"]["phosphene"] = json.dumps(stored | facts)

    return change


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lie("out_bias", shape=[2, 2]), "says that out_bias is 2 × 2 where its architecture has 4"),
        (lie("out_bias", shape=[4_000_000_000]), "its tensors do not fit its header"),
        (lie("out_bias", dtype="I32"), "holds whole numbers"),
        (lie("out_bias", data_offsets=[0, 1 << 50]), "ends early"),
        (lie("out_bias", data_offsets=[0, 4]), "its tensors do not fit its header"),
        (lie("out_bias", data_offsets="here"), "its header is no list of tensors"),
        (lambda header: header.pop("style"), "damaged"),
        (lambda header: header.update(more=header.pop("style")), "holds tensors that its architecture has not: more"),
        (lambda header: header.pop("__metadata__"), "that Phosphene did not write"),
        (retell(kind="stylegan9"), "that Phosphene did not write"),
        (retell(form=99), "that Phosphene did not write"),
        (retell(original_bytes="many"), "that Phosphene did not write"),
        (retell(kind="stylegan2"), "describes a network that cannot be"),
        (retell(config={"species": "fog"}), "There is no species named 'fog'"),
        (
            retell(config={"species": "dream"}),
            "says that hidden_weight is 3 × 24 × 24 where",
        ),
        (retell(config={"fold": 400}), "folds 3, 4, 5, 6 or 8 times"),
        (retell(config={"angle": "x"}), "angle"),
        (retell(config={"angle": float("nan")}), "angle"),
        (retell(config={"palette": "mud"}), "There is no palette named 'mud'"),
        (retell(config={"complexity": 7}), "complexity"),
        (retell(config={"mood": 1}), "is described by"),
    ],
)
def test_files_that_lie_are_refused(kept, change, sentence):
    rewrite_header(kept, change)
    with pytest.raises(SnapshotError, match=re.escape(sentence)):
        store.load_network(kept)


def test_a_header_that_claims_gigabytes_is_refused_without_reading_them(tmp_path):
    (tmp_path / "net.safetensors").write_bytes(struct.pack("<Q", 1 << 40) + b"{" + b" " * 100)
    with pytest.raises(SnapshotError, match="does not begin as a safetensors file does"):
        store.read_facts(tmp_path / "net.safetensors")


def test_safetensors_of_other_programs_are_refused(tmp_path):
    save_file({"lora_up.weight": torch.zeros(4, 4)}, tmp_path / "net.safetensors")
    for read in (store.read_facts, store.load_network):
        with pytest.raises(SnapshotError, match="a safetensors file that Phosphene did not write"):
            read(tmp_path / "net.safetensors")
    with pytest.raises(SnapshotError, match="did not write"):
        store.import_snapshot(tmp_path / "net.safetensors", to=tmp_path / "out")


def test_a_network_whose_training_broke_down_is_kept_with_a_warning(nvidia_modules, tmp_path):
    tensors = random_tensors()
    tensors["synthesis.b8.conv1.weight"][0, 0, 1, 1] = torch.nan
    tensors["mapping.fc1.bias"][2] = torch.inf
    (tmp_path / "net.pkl").write_bytes(snapshot_bytes(tensors))
    facts = store.import_snapshot(tmp_path / "net.pkl", to=tmp_path / "net.safetensors")
    assert facts.warnings == [
        "It holds numbers that are not finite, so its training broke down: mapping.fc1.bias, synthesis.b8.conv1.weight."
    ]
    assert store.read_facts(tmp_path / "net.safetensors") == facts
    loaded = store.load_network(tmp_path / "net.safetensors").tensors()
    assert torch.equal(loaded["mapping.fc1.bias"], tensors["mapping.fc1.bias"])
    assert loaded["synthesis.b8.conv1.weight"].isnan().sum() == 1


def test_layout_and_module_agree():
    network = StyleGan2(SMALL)
    assert {name: tuple(t.shape) for name, t in network.tensors().items()} == store.LAYOUTS["stylegan2"](
        SMALL.to_json()
    )


@pytest.mark.parametrize("name", ["sg2ada-64", "sg2ada-128-labels", "sg2ada-256", "sg2-from-sg3-repo-64"])
def test_stylegan2_draws_what_nvidias_code_draws(sample_data, tmp_path, name):
    store.import_snapshot(sample_data / "snapshots" / f"{name}.pkl", to=tmp_path / "net.safetensors")
    network = store.load_network(tmp_path / "net.safetensors")
    wanted = {key: torch.from_numpy(value) for key, value in np.load(sample_data / "snapshots" / f"{name}.npz").items()}
    labels = wanted["c"].float() if network.num_classes else None
    with torch.inference_mode():
        whole = network.mapping(wanted["z"].float(), labels=labels)
        w = network.mapping(wanted["z"].float(), labels=labels, truncation=0.7)
        mixed = w.clone()
        mixed[:, network.num_ws // 2 :] = w.flip(0)[:, network.num_ws // 2 :]
        pictures, mixtures = network.synthesis(w), network.synthesis(mixed)
    spread = wanted["image_psi07"].std()
    assert network.num_ws == wanted["num_ws"]
    for found, key, scale in [
        (whole[:, :1], "w_psi1", wanted["w_psi1"].std()),
        (w[:, :1], "w_psi07", wanted["w_psi07"].std()),
        (pictures, "image_psi07", spread),
        (mixtures, "image_mixed", spread),
    ]:
        assert (found - wanted[key]).abs().max() < 1e-3 * scale, key


def test_the_shape_that_padding_hid_stays_with_the_file(pattern, kept, tmp_path):
    assert store.read_facts(kept).aspect is None
    assert b"aspect" not in kept.read_bytes()
    padded = tmp_path / "padded.safetensors"
    assert store.write(pattern, padded, aspect=0.75).aspect == 0.75
    assert store.import_snapshot(padded, to=tmp_path / "again.safetensors").aspect == 0.75
    for wrong in ("wide", 3, 0.0001):
        store.write(pattern, padded, aspect=0.75)
        told = json.dumps(wrong).replace('"', '\\"').encode()
        content = padded.read_bytes().replace(b'\\"aspect\\": 0.75', (b'\\"aspect\\": ' + told))
        length = len(content) - len(padded.read_bytes())
        (header,) = struct.unpack("<Q", content[:8])
        padded.write_bytes(struct.pack("<Q", header + length) + content[8:])
        with pytest.raises(SnapshotError, match="did not write"):
            store.read_facts(padded)


@pytest.mark.parametrize(
    ("aspects", "size"),
    [([], (512, 512)), ([None], (512, 512)), ([0.75], (384, 512)), ([1.5, 1.5], (512, 342)), ([1.5, 0.5], (512, 512))],
)
def test_a_film_without_a_size_has_the_shape_that_was_photographed(pattern, tmp_path, aspects, size):
    files = [tmp_path / f"{number}.safetensors" for number in range(len(aspects))]
    for file, aspect in zip(files, aspects, strict=True):
        store.write(pattern, file, aspect=aspect)
    assert usual_size(files) == size
