"""`snapshot draw`: the numbers of the reference, sheets, and one sentence for what cannot be drawn."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gpu_service.cli_draw import parse_seeds
from gpu_service.errors import RenderError
from gpu_service.networks.fresh import random_stylegan2
from gpu_service.networks.stylegan2_layout import StyleGan2Config
from gpu_service.snapshots import store

TINY = StyleGan2Config(
    z_dim=6, w_dim=5, c_dim=2, resolution=16, mapping_layers=2, channel_base=64, channel_max=8, conv_clamp=None
)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of 16 × 16 pixels and two classes."""
    path = tmp_path_factory.mktemp("tiny") / "tiny.safetensors"
    store.write(random_stylegan2(TINY, 1), path)
    return path


def numbers(path: Path, values: Any) -> Path:
    np.save(path, np.asarray(values))
    return path


def test_the_pictures_of_a_foreign_file_are_those_of_its_own_program(run, sample_data, tmp_path):
    reference = np.load(sample_data / "snapshots" / "sg2ada-128-labels.npz")
    z, classes = numbers(tmp_path / "z.npy", reference["z"]), numbers(tmp_path / "c.npy", reference["c"])
    out, file = tmp_path / "pictures.npy", sample_data / "snapshots" / "sg2ada-128-labels.pkl"
    words = ["snapshot", "draw", file, "--z", z, "--classes", classes, "--truncation", "0.7", "--noise", "const"]
    assert run(*words, "--precision", "fp32", "--out", out) == (0, "", "")
    pictures, wanted = np.load(out), reference["image_psi07"]
    assert (pictures.dtype, pictures.shape) == (np.float32, wanted.shape)
    assert abs(pictures - wanted).max() < 1e-3 * wanted.std()


def test_rows_of_w_are_drawn_as_they_are(run, tiny, tmp_path):
    network = store.load_network(tiny)
    w = np.random.RandomState(0).randn(2, network.num_ws, 5).astype(np.float32)
    drawn = {}
    for name, rows in {"whole": w, "first": w[:, 0], "first again": w[:, :1]}.items():
        out = tmp_path / f"{name}.npy"
        assert run("snapshot", "draw", tiny, "--w", numbers(tmp_path / "w.npy", rows), "--out", out)[0] == 0
        drawn[name] = np.load(out)
    assert np.array_equal(drawn["first"], drawn["first again"])
    assert not np.array_equal(drawn["first"], drawn["whole"])


def test_seeds_are_nvidias_and_classes_may_be_numbers(run, tiny, tmp_path):
    z = np.concatenate([np.random.RandomState(seed).randn(1, 6) for seed in (3, 4, 9)])
    by_seed, by_vector = tmp_path / "a.npy", tmp_path / "b.npy"
    one_hot, named = numbers(tmp_path / "c.npy", np.eye(2)[[1, 0, 1]]), numbers(tmp_path / "n.npy", [1, 0, 1])
    assert run("snapshot", "draw", tiny, "--seeds", "3-4,9", "--classes", named, "--out", by_seed)[0] == 0
    words = ["snapshot", "draw", tiny, "--z", numbers(tmp_path / "z.npy", z), "--classes", one_hot]
    assert run(*words, "--out", by_vector)[0] == 0
    assert np.array_equal(np.load(by_seed), np.load(by_vector))


def test_small_numbers_are_drawn_where_they_are_asked_for(run, tiny, tmp_path):
    drawn = {}
    for precision in ("fp32", "bf16"):
        out = tmp_path / f"{precision}.npy"
        assert run("snapshot", "draw", tiny, "--seeds", "1", "--precision", precision, "--out", out)[0] == 0
        drawn[precision] = np.load(out)
    assert 0 < abs(drawn["bf16"] - drawn["fp32"]).max() < 0.1 * drawn["fp32"].std()


def test_a_sheet_has_every_picture_at_its_place(run, tiny, tmp_path):
    sheet, single = tmp_path / "sheet.png", tmp_path / "single.npy"
    assert run("snapshot", "draw", tiny, "--seeds", "0-4", "--out", sheet)[:2] == (0, "")
    run("snapshot", "draw", tiny, "--seeds", "4", "--out", single)
    pixels = np.asarray(Image.open(sheet))
    assert pixels.shape == (32, 48, 3)
    last = (np.load(single)[0] * 127.5 + 128).clip(0, 255).astype(np.uint8).transpose(1, 2, 0)
    assert np.array_equal(pixels[16:, 16:32], last)
    assert not pixels[16:, 32:].any()


def test_a_file_without_an_average_gets_one_and_says_so(run, tmp_path):
    network = random_stylegan2(TINY, 1)
    network._mapping.register_buffer("w_avg", None)
    store.write(network, tmp_path / "none.safetensors")
    words = ["snapshot", "draw", tmp_path / "none.safetensors", "--seeds", "1", "--out", tmp_path / "p.npy"]
    assert "no average w: the mean of 10,000 samples is used" in run(*words)[2]
    assert "average" not in run(*words, "--truncation", "1")[2]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--z", [[1.0, 2]]], "--z z.npy is 1 × 2; this network takes N × 6."),
        (["--z", [[1.0, 2, 3, 4, 5, float("nan")]]], "--z z.npy holds numbers that are not finite."),
        (["--w", [[1.0, 2, 3, 4, float("inf")]]], "--w w.npy holds numbers that are not finite."),
        (["--w", [[1.0, 2]]], "--w is 1 × 2; this network takes N × 5, or N × 6 × 5."),
        (["--seeds", "0-1", "--classes", [0.0, 2]], "whole numbers from 0 to 1"),
        (["--seeds", "0-1", "--classes", [[1.0, 0]]], "--classes is 1 × 2; wanted are 2 × 2, or 2 whole numbers."),
        (["--seeds", "7-3"], "--seeds 7-3: write whole numbers"),
        (["--z", ["a"]], "is no .npy file of numbers"),
        ([], "one of --z, --w and --seeds"),
        (["--seeds", "1", "--noise", "loud"], "--noise loud: use one of const, none, random."),
        (["--seeds", "1", "--precision", "fp8"], "--precision fp8: use one of auto, bf16, fp16, fp32."),
        (["--seeds", "1", "--out", "x.gif"], "as .npy"),
    ],
)
def test_what_cannot_be_drawn_is_one_sentence(run, tiny, tmp_path, monkeypatch, words, sentence):
    monkeypatch.chdir(tmp_path)
    stems = {"--z": "z.npy", "--w": "w.npy", "--classes": "c.npy"}
    for place, word in enumerate(words):
        if isinstance(word, list):
            words[place] = numbers(tmp_path / stems[words[place - 1]], word)
    code, out, err = run("snapshot", "draw", tiny, *words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert sentence in err


def test_too_many_seeds_are_refused_before_they_are_listed():
    assert parse_seeds("0-2, 7") == [0, 1, 2, 7]
    with pytest.raises(RenderError, match="--seeds"):
        parse_seeds("0-4000000000")
