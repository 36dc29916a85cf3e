"""`snapshot import|info|check|export` on real files and on bad ones."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file


@pytest.fixture
def files(sample_data):
    """The reference files."""
    return sample_data / "snapshots"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("sg2ada-128-labels.pkl", {"kind": "stylegan2", "resolution": 128, "classes": 5, "mapping_layers": 8}),
        ("sg3t-64.pkl", {"kind": "stylegan3", "resolution": 64, "classes": 0, "tensor_count": 114}),
        ("rosinality-64-training.pt", {"kind": "stylegan2", "mapping_layers": 8, "has_average": False}),
    ],
)
def test_info_tells_what_a_file_is(run, files, name, told):
    code, out, err = run("snapshot", "info", "--json", files / name)
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert told.items() <= found.items()
    assert (found["z"], found["w"], found["kimg"]) == (128, 128, None)


def test_info_of_several_is_a_list_and_without_json_lines_to_read(run, files):
    two = (files / "sg2ada-64.pkl", files / "sg2ada-256.pkl")
    assert [told["resolution"] for told in json.loads(run("snapshot", "info", "--json", *two)[1])] == [64, 256]
    lines = run("snapshot", "info", *two)[1].splitlines()
    assert lines[1] == (
        "sg2ada-256.pkl  stylegan2, 256 × 256, z 128, w 128, 2 mapping layers, 132 tensors, 0.2 M parameters"
    )


def test_a_folder_is_numbered_in_the_order_of_its_training_and_nothing_twice(run, files, tmp_path):
    source, out = tmp_path / "run", tmp_path / "out"
    source.mkdir()
    for kimg, name in ((1000, "sg2ada-64.pkl"), (200, "sg2-from-sg3-repo-64.pkl")):
        shutil.copy(files / name, source / f"network-snapshot-{kimg:06}.pkl")
    (source / "submit_config.pkl").write_bytes(b"\x80\x04N.")
    (source / "broken.pkl").write_bytes((files / "sg2ada-64.pkl").read_bytes()[:5000])
    code, printed, err = run("snapshot", "import", source, "--out", out)
    assert code == 2
    assert err.splitlines() == ["“broken.pkl” ends early, after 0.0 MB. Copy it again."]
    assert [Path(line).name for line in printed.splitlines()] == [
        "000_run_network-snapshot-000200.safetensors",
        "001_run_network-snapshot-001000.safetensors",
    ]
    (source / "broken.pkl").unlink()
    shutil.copy(files / "sg2ada-64.pkl", source / "the-same-again.pkl")
    shutil.copy(files / "sg3r-64.pkl", source / "network-snapshot-002000.pkl")
    code, printed, err = run("snapshot", "import", source, "--out", out)
    assert code == 0
    assert [Path(line).name for line in printed.splitlines()] == ["002_run_network-snapshot-002000.safetensors"]
    assert err.count("is there already") == 3


def test_what_training_goes_on_from_is_kept_when_asked(run, files, tmp_path):
    assert run("snapshot", "import", files / "sg2ada-64.pkl", "--out", tmp_path / "a")[0] == 0
    assert not list((tmp_path / "a").glob("*.training.safetensors"))
    assert run("snapshot", "import", "--with-training", files / "sg2ada-64.pkl", "--out", tmp_path / "b")[0] == 0
    kept = load_file(tmp_path / "b" / "sg2ada-64.training.safetensors")
    assert {name.partition(".")[0] for name in kept} == {"G", "D", "augment_pipe"}
    code, _, err = run("snapshot", "info", tmp_path / "b" / "sg2ada-64.training.safetensors")
    assert (code, err.count("is what training goes on from")) == (2, 1)


def test_check_draws_and_names_what_is_refused(run, files, tmp_path):
    (tmp_path / "evil.pkl").write_bytes(b"\x80\x04cos\nsystem\nX\x02\x00\x00\x00ls\x85R.")
    code, out, err = run("snapshot", "check", files / "sg2ada-64.pkl", tmp_path / "evil.pkl", files / "sg3t-64.pkl")
    assert code == 2
    assert [line.partition("  ")[0] for line in out.splitlines()] == ["sg2ada-64.pkl", "sg3t-64.pkl"]
    assert all(line.endswith(": drawn") for line in out.splitlines())
    assert err == (
        "“evil.pkl” asks to run a program while it is read, so it was refused. Nothing was run or kept. "
        "It asked for os.system.\n"
    )


def test_check_tells_of_a_network_whose_training_broke_down(run, files, tmp_path):
    run("snapshot", "export", files / "sg2ada-64.pkl", "--form", "state_dict", "--out", tmp_path)
    state = torch.load(tmp_path / "sg2ada-64-state_dict.pt", weights_only=True)
    state["synthesis.b16.conv0.weight"][:] = torch.nan
    torch.save(state, tmp_path / "broken.pt")
    code, out, err = run("snapshot", "check", tmp_path / "broken.pt")
    assert code == 0
    assert out.endswith(": read, but its picture is no picture\n")
    assert "not finite, so its training broke down: synthesis.b16.conv0.weight" in err


@pytest.mark.parametrize("command", ["import", "check", "info", "export"])
def test_a_folder_without_networks_is_refused(run, tmp_path, command):
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "notes.txt").write_text("no network")
    code, out, err = run("snapshot", command, folder)
    assert (code, out, err) == (2, "", "“papers” holds no file of weights (.pkl, .pt, .pth, .safetensors).\n")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["info", "absent.pkl"], "absent.pkl: No such file or directory."),
        (["export", "--form", "pkl"], "There is no form named “pkl”. There are: safetensors, state_dict, rosinality."),
        (["export", "--form", "rosinality"], "“sg3t-64.pkl” is a StyleGAN3 network."),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_code_2(run, files, tmp_path, words, sentence):
    where = [] if "absent.pkl" in words else [files / "sg3t-64.pkl", "--out", tmp_path]
    code, out, err = run("snapshot", *words, *where)
    assert (code, out) == (2, "")
    assert err.startswith(sentence)
    assert err.count("\n") == 1
