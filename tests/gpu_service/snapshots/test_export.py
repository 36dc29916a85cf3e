"""Snapshots written for other programs, and read back to equal numbers."""

import pytest
import torch
from safetensors.torch import load_file

from gpu_service.networks.cppn import make_cppn
from gpu_service.snapshots import store
from gpu_service.snapshots.errors import SnapshotError
from gpu_service.snapshots.export import export

FILES = {
    "sg2ada-64.pkl": ("safetensors", "state_dict", "rosinality"),
    "sg2ada-128-labels.pkl": ("safetensors", "state_dict"),
    "sg2ada-256.pkl": ("state_dict",),
    "sg2-from-sg3-repo-64.pkl": ("rosinality",),
    "sg3t-64-moved.pkl": ("safetensors", "state_dict"),
    "sg3r-64-moved.pkl": ("state_dict",),
    "rosinality-64-training.pt": ("state_dict", "rosinality"),
    "rosinality-64-converted.pt": ("rosinality",),
}


@pytest.fixture(scope="module")
def imported(sample_data, tmp_path_factory):
    """Each reference file in our form, read once."""
    folder, facts = tmp_path_factory.mktemp("imported"), {}

    def find(file):
        if file not in facts:
            facts[file] = store.import_snapshot(sample_data / "snapshots" / file, to=folder / f"{file}.safetensors")
        return folder / f"{file}.safetensors", facts[file]

    return find


@pytest.mark.parametrize(("file", "form"), [(file, form) for file, forms in FILES.items() for form in forms])
def test_what_is_exported_reads_back_to_equal_numbers_and_settings(imported, tmp_path, file, form):
    kept, facts = imported(file)
    export(kept, form, tmp_path / "out.bin")
    read_back = store.import_snapshot(tmp_path / "out.bin", to=tmp_path / "again.safetensors")
    before, after = load_file(kept), load_file(tmp_path / "again.safetensors")
    assert set(before) == set(after)
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert (read_back.kind, read_back.config) == (facts.kind, facts.config)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again.safetensors", "out.bin"]


@pytest.mark.parametrize(("file", "count"), [("sg2ada-256.pkl", 132), ("sg3t-64.pkl", 114), ("sg3r-64.pkl", 114)])
def test_torch_itself_reads_the_state_dictionary(imported, tmp_path, file, count):
    kept, _ = imported(file)
    export(kept, "state_dict", tmp_path / "net.pt")
    state = torch.load(tmp_path / "net.pt", weights_only=True)
    assert len(state) == count
    assert all(torch.equal(tensor, state[name]) for name, tensor in load_file(kept).items())


def test_a_foreign_file_is_exported_too(sample_data, imported, tmp_path):
    export(sample_data / "snapshots" / "sg2ada-64.pkl", "safetensors", tmp_path / "net.safetensors")
    assert (tmp_path / "net.safetensors").read_bytes() == imported("sg2ada-64.pkl")[0].read_bytes()


def test_torch_itself_reads_rosinalitys_form_as_rosinality_wrote_it(sample_data, tmp_path):
    original = sample_data / "snapshots" / "rosinality-64-converted.pt"
    export(original, "rosinality", tmp_path / "net.pt")
    wanted, found = torch.load(original, weights_only=True), torch.load(tmp_path / "net.pt", weights_only=True)
    assert torch.equal(wanted["latent_avg"].flatten(), found["latent_avg"])
    assert set(wanted["g_ema"]) == set(found["g_ema"])
    for name, tensor in wanted["g_ema"].items():
        assert torch.equal(tensor, found["g_ema"][name]), name


def test_without_our_note_the_settings_are_told_from_the_shapes(imported, tmp_path):
    for file in ("sg2ada-128-labels.pkl", "sg3r-64.pkl", "sg3t-64.pkl"):
        kept, facts = imported(file)
        torch.save(load_file(kept), tmp_path / "net.pt")
        read_back = store.import_snapshot(tmp_path / "net.pt", to=tmp_path / "again.safetensors")
        assert read_back.architecture == facts.architecture
        # Another base may give the same widths; everything else must be found out.
        assert {**read_back.config, "channel_base": 0} == {**facts.config, "channel_base": 0}
        assert "holds no settings" in read_back.warnings[0]


@pytest.mark.parametrize(
    ("file", "form", "sentence"),
    [
        ("sg2ada-128-labels.pkl", "rosinality", "has classes, for which rosinality's form has no place"),
        ("sg3t-64.pkl", "rosinality", "is a StyleGAN3 network. Rosinality's form holds StyleGAN2 alone"),
        ("sg2ada-64.pkl", "pickle", "There is no form named “pickle”"),
    ],
)
def test_what_a_form_cannot_hold_is_said(imported, tmp_path, file, form, sentence):
    kept, _ = imported(file)
    with pytest.raises(SnapshotError, match=sentence):
        export(kept, form, tmp_path / "out.pt")
    assert list(tmp_path.iterdir()) == []


def test_pattern_networks_have_our_own_form_only(tmp_path):
    store.write(make_cppn("contour", seed=2, complexity=0.3), tmp_path / "p.safetensors")
    export(tmp_path / "p.safetensors", "safetensors", tmp_path / "q.safetensors")
    assert (tmp_path / "p.safetensors").read_bytes() == (tmp_path / "q.safetensors").read_bytes()
    with pytest.raises(SnapshotError, match="pattern network"):
        export(tmp_path / "p.safetensors", "state_dict", tmp_path / "p.pt")
