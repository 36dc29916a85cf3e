"""What hostile and broken files may do: nothing (F29, F30). One process reads them all and stays small and well."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gpu_service.snapshots.errors import SnapshotError
from gpu_service.snapshots.isolation import read_in_child
from gpu_service.snapshots.reader import read_network
from gpu_service.snapshots.store import import_snapshot, read_facts
from tests.conftest import REPOSITORY
from tests.gpu_service.snapshots.hostile import GIBIBYTE, hostile_files

NAMES = sorted(hostile_files("canary"))


@pytest.fixture(scope="module")
def fates(tmp_path_factory, sample_data):
    """Name -> what the reader said, and the tensors of the good file read after it; and the memory it all took."""
    folder, canary = tmp_path_factory.mktemp("hostile"), tmp_path_factory.mktemp("cage") / "canary"
    for name, data in hostile_files(str(canary)).items():
        (folder / name).write_bytes(data)
    good = sample_data / "snapshots" / "rosinality-64-converted.pt"
    program = [sys.executable, "-m", "tests.gpu_service.snapshots.hostile", folder, good]
    surroundings = {"OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(
        program, cwd=folder.parent, env=surroundings, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert not canary.exists()
    return json.loads(done.stdout)


def test_there_are_enough_of_them():
    assert len(NAMES) >= 60


@pytest.mark.parametrize("name", NAMES)
def test_it_is_refused_with_a_sentence_and_the_next_file_loads(fates, name):
    sentence, next_tensors = fates["fates"][name]
    assert sentence.startswith(f"“{name}” ")
    assert sentence.endswith(".")
    assert next_tensors == 106
    if name.startswith("run-"):
        assert "asks to run a program while it is read, so it was refused. Nothing was run or kept." in sentence


def test_reading_them_all_takes_less_than_a_gibibyte(fates):
    assert fates["most_bytes"] < GIBIBYTE // 2


@pytest.mark.parametrize("name", ["run-getattr-chain", "bomb-text-encoded-often", "zip-squeezed"])
def test_the_product_refuses_them_in_a_process_of_their_own(tmp_path, sample_data, name):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_bytes(hostile_files(str(tmp_path / "canary"))[name])
    with pytest.raises(SnapshotError):
        import_snapshot(tmp_path / "in" / name, to=tmp_path / "out.safetensors")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
    good = sample_data / "snapshots" / "sg2ada-64.pkl"
    assert import_snapshot(good, to=tmp_path / "out.safetensors").tensors == 94


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("zip-no-torch", "is a zip file without a network"),
        ("network-discriminator", "holds a discriminator only, without the generator that draws"),
        ("claim-bytes", "ends early"),
        ("zip-path", "a storage has an impossible name"),
        ("tensor-billion", "a tensor reaches beyond its storage"),
        ("storage-evil", "It asked for os.system"),
        ("bomb-memo", "it keeps more than 200,000 objects"),
        ("network-of-two-to-the-40", "nests more modules than any network does"),
    ],
)
def test_the_sentence_says_what_is_wrong(fates, name, sentence):
    assert sentence in fates["fates"][name][0]


@pytest.mark.parametrize("name", ["sg2ada-64.pkl", "sg3r-64.pkl", "rosinality-64-training.pt"])
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_file_cut_anywhere_is_refused(sample_data, tmp_path, name, share):
    data = (sample_data / "snapshots" / name).read_bytes()
    path = tmp_path / name
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(SnapshotError, match=r"ends early|is empty|is no network snapshot"):
        read_network(path)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(places=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=6), from_end=st.booleans())
def test_whatever_is_broken_in_a_zip_the_answer_is_a_network_or_a_sentence(sample_data, tmp_path, places, from_end):
    data = bytearray((sample_data / "snapshots" / "rosinality-64-converted.pt").read_bytes())
    for share, value in places:  # the list of tensors at the beginning, the list of members at the end
        place = int(share * 12_000)
        data[-1 - place if from_end else place] = value
    path = tmp_path / "net.pt"
    path.write_bytes(data)
    try:
        answer = read_network(path).kind
    except SnapshotError as error:
        answer = str(error)
    assert answer == "stylegan2" or answer.startswith("“net.pt” ")


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0, 1, exclude_max=True))
def test_our_own_file_cut_anywhere_is_refused(kept, tmp_path, share):
    (tmp_path / "cut.safetensors").write_bytes(kept[: int(share * len(kept))])
    with pytest.raises(SnapshotError, match=r"ends early|does not begin as a safetensors file does"):
        read_facts(tmp_path / "cut.safetensors")


@pytest.fixture(scope="module")
def kept(tmp_path_factory, sample_data) -> bytes:
    """A snapshot of ours."""
    path = tmp_path_factory.mktemp("kept") / "net.safetensors"
    import_snapshot(sample_data / "snapshots" / "sg2ada-64.pkl", to=path)
    return path.read_bytes()


def test_a_name_with_odd_signs_reaches_nothing(tmp_path, sample_data):
    odd = "../\0‮\n$(touch x);'\"/etc/passwd"
    answer = read_in_child(sample_data / "snapshots" / "sg2ada-64.pkl", to=tmp_path / "net.safetensors", name=odd)
    assert answer["kind"] == "stylegan2"
    assert [path.name for path in Path(tmp_path).iterdir()] == ["net.safetensors"]
