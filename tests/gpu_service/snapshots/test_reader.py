"""NVIDIA's files: read exactly, or refused with the reason."""

import io
import pickle
import re
import struct

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file

from gpu_service.snapshots.errors import SnapshotError
from gpu_service.snapshots.isolation import read_in_child
from gpu_service.snapshots.reader import read_network
from tests.gpu_service.snapshots.forge import SMALL, random_tensors, snapshot_bytes, text


@pytest.fixture
def read(tmp_path):
    """Read bytes as net.pkl."""

    def read_bytes(data, **options):
        path = tmp_path / "net.pkl"
        path.write_bytes(data)
        return read_network(path, **options)

    return read_bytes


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_a_snapshot_is_read_number_by_number(nvidia_modules, read, protocol):
    tensors = random_tensors()
    network = read(snapshot_bytes(tensors, protocol=protocol))
    assert network.config == SMALL.to_json()
    assert set(network.tensors) == set(tensors)
    for name, tensor in tensors.items():
        assert np.array_equal(network.tensors[name], tensor.numpy()), name


def test_views_of_a_storage_are_read_as_views(nvidia_modules, read):
    tensors = random_tensors()
    turned = tensors["mapping.fc1.weight"].T.contiguous().T  # other strides, same numbers
    assert not turned.is_contiguous()
    assert np.array_equal(
        read(snapshot_bytes({**tensors, "mapping.fc1.weight": turned})).tensors["mapping.fc1.weight"],
        tensors["mapping.fc1.weight"].numpy(),
    )


def test_half_precision_becomes_single(nvidia_modules, read):
    tensors = {name: tensor.half() for name, tensor in random_tensors().items()}
    found = read(snapshot_bytes(tensors)).tensors["synthesis.b4.const"]
    assert found.dtype == np.float32
    assert np.array_equal(found, tensors["synthesis.b4.const"].float().numpy())


def test_settings_are_read_in_both_spellings(nvidia_modules, read):
    flat = {"channel_base": 64, "channel_max": 8, "mapping_kwargs": {}}
    assert read(snapshot_bytes(settings=flat)).config["conv_clamp"] == 256
    nested = {"synthesis_kwargs": {"channel_base": np.int64(64), "channel_max": 8}}
    assert read(snapshot_bytes(settings=nested)).config["conv_clamp"] is None


@pytest.mark.parametrize("share", [0.001, 0.02, 0.3, 0.5, 0.9, 0.999])
def test_a_cut_file_is_said_to_end_in_the_middle(nvidia_modules, read, share):
    data = snapshot_bytes()
    with pytest.raises(SnapshotError, match=r"itself ends early, after 0\.0 MB: it was cut before it came here"):
        read(data[: int(len(data) * share)])


def test_a_cut_file_tells_how_much_is_there(nvidia_modules, read):
    data = snapshot_bytes()[:-20]
    with pytest.raises(SnapshotError, match=r"ends early, 0\.0 of 280 MB"):
        read(data, expected_bytes=280_000_000)


def changed(**changes):
    """Tensors of which some are exchanged; None leaves one out."""
    tensors = {**random_tensors(), **{name.replace("__", "."): value for name, value in changes.items()}}
    return {name: tensor for name, tensor in tensors.items() if tensor is not None}


@pytest.mark.parametrize(
    ("tensors", "options", "sentence"),
    [
        (changed(synthesis__b8__conv1__extra=torch.ones(2)), {}, "holds tensors that its architecture has not"),
        (changed(synthesis__b8__conv1__bias=None), {}, "lacks tensors of its architecture: synthesis.b8.conv1.bias"),
        (changed(synthesis__b8__conv1__bias=torch.ones(9)), {}, "says that synthesis.b8.conv1.bias is 9 where"),
        (changed(synthesis__b4__const=None), {}, "holds a generator that is neither StyleGAN2 nor StyleGAN3"),
        (changed(mapping__fc0__weight=torch.ones(())), {}, "lacks mapping.fc0.weight, or has it in an unknown form"),
        (random_tensors(), {"settings": {"synthesis_kwargs": {"architecture": "orig"}}}, "of the architecture 'orig'"),
        (random_tensors(), {"settings": {"synthesis_kwargs": {"channel_base": 1 << 40}}}, "channel_base is"),
        (random_tensors(), {"settings": {"synthesis_kwargs": {"conv_clamp": "x"}}}, "conv_clamp is 'x'"),
        (random_tensors(), {"bias_gain": 0.5}, "was trained with the rate multiplier 0.5"),
    ],
)
def test_networks_that_lie_about_themselves_are_refused(nvidia_modules, read, tensors, options, sentence):
    with pytest.raises(SnapshotError, match=re.escape(sentence)):
        read(snapshot_bytes(tensors, **options))


def test_files_that_are_no_snapshots_are_named(read):
    for data, sentence in [
        (b"", "is empty"),
        (b"these are notes", "is no network snapshot"),
        (b"PK\x03\x04 and no more", "ends early"),
        (pickle.dumps({"a": 1}), "holds no generator that Phosphene knows"),
        (b"\x80\x09N.", "damaged"),
        (b"\x80\x04\xff.", "damaged"),
        (b"\x80\x040.", "damaged"),
    ]:
        with pytest.raises(SnapshotError, match=sentence):
            read(data)


class Rebuilt:
    """Pickles as a call of that function."""

    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


class StorageKeeper(pickle.Pickler):
    """Writes the word "here" as torch writes a storage."""

    def __init__(self, stream, count):
        super().__init__(stream, protocol=2)
        self.count = count

    def persistent_id(self, value):
        return ("storage", torch.FloatStorage, "0", "cpu", self.count, None) if value == "here" else None


def tensor_pickle(numbers: bytes, *, count: int, offset: int, shape: list[int], stride: list[int]) -> bytes:
    """One tensor with a storage written by hand."""
    stream = io.BytesIO()
    for part in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}):
        stream.write(pickle.dumps(part, protocol=2))
    StorageKeeper(stream, count).dump("here")
    stream.write(pickle.dumps(["0"], protocol=2) + struct.pack("<q", count) + numbers)
    storage = Rebuilt(torch.storage._load_from_bytes, stream.getvalue())
    view = (offset, tuple(shape), tuple(stride), False, None)
    return pickle.dumps(Rebuilt(torch._utils._rebuild_tensor_v2, storage, *view), protocol=4)


def test_a_tensor_written_by_hand_is_sound_so_that_the_next_test_means_something(read):
    with pytest.raises(SnapshotError, match="holds no generator"):
        read(tensor_pickle(b"\0" * 16, count=4, offset=0, shape=[2, 2], stride=[2, 1]))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"count": 5}, "fewer numbers than it says"),
        ({"count": -1}, "fewer numbers than it says"),
        ({"count": 1 << 60}, "fewer numbers than it says"),
        ({"offset": 1}, "reaches beyond its storage"),
        ({"offset": -1}, "no row of whole numbers"),
        ({"shape": [3, 2]}, "reaches beyond its storage"),
        ({"stride": [1 << 62, 1]}, "reaches beyond its storage"),
        ({"shape": [1 << 40, 1], "stride": [0, 0]}, "reaches beyond its storage"),
        ({"shape": [-1, 2]}, "no row of whole numbers"),
        ({"shape": [2]}, "no row of whole numbers"),
        ({"shape": [2.5, 2]}, "no row of whole numbers"),
    ],
)
def test_tensors_that_reach_beyond_their_numbers_are_refused(read, change, sentence):
    whole = {"count": 4, "offset": 0, "shape": [2, 2], "stride": [2, 1]}
    with pytest.raises(SnapshotError, match=sentence):
        read(tensor_pickle(b"\0" * 16, **{**whole, **change}))


def test_modules_that_hold_themselves_are_refused(read):
    modules = b"}q\x000"  # an empty dictionary, remembered
    state = b"}(" + text("class_name") + text("Generator") + text("state") + b"}" + text("_modules") + b"h\x00su"
    record = b"ctorch_utils.persistence\n_reconstruct_persistent_obj\n" + state + b"\x85Rq\x01"
    itself = b"h\x00" + text("again") + b"h\x01s0"  # modules["again"] = record
    with pytest.raises(SnapshotError, match="nests more modules"):
        read(b"\x80\x02" + modules + record + itself + b".")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), value=st.integers(0, 255), cut=st.floats(0.5, 1))
def test_whatever_is_broken_the_answer_is_a_network_or_a_sentence(nvidia_modules, tmp_path, place, value, cut):
    data = bytearray(snapshot_bytes())
    data[int(place * len(data))] = value
    path = tmp_path / "net.pkl"
    path.write_bytes(data[: int(cut * len(data))])
    try:
        answer = read_network(path).kind
    except SnapshotError as error:
        answer = str(error)
    assert answer == "stylegan2" or answer.startswith("“net.pkl” ")


def test_the_child_writes_what_the_reader_reads(nvidia_modules, tmp_path):
    path, target = tmp_path / "net.pkl", tmp_path / "out.safetensors"
    path.write_bytes(snapshot_bytes())
    answer = read_in_child(path, to=target)
    assert answer == {"kind": "stylegan2", "config": SMALL.to_json(), "warnings": []}
    assert np.array_equal(load_file(target)["synthesis.b4.const"], read_network(path).tensors["synthesis.b4.const"])
