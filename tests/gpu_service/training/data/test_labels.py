"""Labels as StyleGAN's dataset.json holds them."""

import json

import numpy as np
import pytest

from gpu_service.training.data.errors import DataError
from gpu_service.training.data.pictures import open_pictures
from tests.gpu_service.training.sets import files, write_folder, write_zip

NAMES = list(files(12))


def opened(tmp_path, labels):
    return open_pictures(write_zip(tmp_path / "a.zip", files(12), labels=labels), size=16, labels=True)


def test_classes_become_one_hot_rows(tmp_path):
    pictures = opened(tmp_path, {name: number % 5 for number, name in enumerate(NAMES)})
    assert pictures.num_classes == 5
    rows = pictures.label_rows([0, 6, 11])
    assert rows.dtype == np.float32
    assert np.array_equal(rows, np.eye(5)[[0, 1, 1]])


def test_vectors_stay_as_they_are(tmp_path):
    vectors = np.random.default_rng(0).standard_normal((12, 3)).astype(np.float32)
    pictures = opened(tmp_path, {name: vectors[number].tolist() for number, name in enumerate(NAMES)})
    assert pictures.num_classes == 3
    assert np.array_equal(pictures.label_rows(np.arange(12)), vectors)


def test_without_being_asked_for_labels_are_not_read(tmp_path):
    path = write_zip(tmp_path / "a.zip", files(12), labels={NAMES[0]: "nonsense"})
    pictures = open_pictures(path, size=16)
    assert (pictures.num_classes, pictures.label_rows([0])) == (0, None)


def test_labels_lie_beside_the_pictures_of_a_folder_or_of_a_zipped_folder(tmp_path):
    folder = write_folder(tmp_path / "set", files(12))
    text = json.dumps({"labels": [[name, number] for number, name in enumerate(NAMES)]})
    (folder / "dataset.json").write_text(text)
    inside = {f"my set/{name}": content for name, content in files(12).items()}
    zipped = write_zip(tmp_path / "a.zip", inside | {"my set/dataset.json": text.encode()})
    for path, classes in ((folder, 12), (tmp_path / "b.zip", 12)):
        if path.suffix:
            zipped = without_root_labels(zipped, path)
        assert open_pictures(path, size=16, labels=True).num_classes == classes


def without_root_labels(path, out):
    import zipfile

    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            if name != "dataset.json":
                new.writestr(name, old.read(name))
    return out


WRONG = {
    "none at all": (None, r"a.zip has no labels in a dataset.json. Add them or train without labels."),
    "some missing": (
        dict.fromkeys(NAMES[2:], 0),
        r"has no label for 2 of 12 pictures \(00000/img00000000.png\). Add them or train without labels.",
    ),
    "a word": (dict.fromkeys(NAMES, "cat"), r"00000/img00000000.png is not a class from 0 to 4095"),
    "below 0": (dict.fromkeys(NAMES, -1), "is not a class from 0 to 4095"),
    "a billion classes": (dict.fromkeys(NAMES, 10**9), "is not a class from 0 to 4095"),
    "rows of other lengths": (
        {name: [0.5] * (1 + n) for n, name in enumerate(NAMES)},
        "is not 1 numbers like the first",
    ),
    "not a number": ({name: [float("nan")] for name in NAMES}, "is not 1 numbers"),
    "another form": ([1, 2, 3], "cannot be read"),
}


@pytest.mark.parametrize("fault", WRONG)
def test_labels_that_do_not_fit_are_refused_in_a_sentence(tmp_path, fault):
    labels, words = WRONG[fault]
    with pytest.raises(DataError, match=words):
        opened(tmp_path, labels)


def test_a_damaged_file_of_labels_is_refused(tmp_path):
    folder = write_folder(tmp_path / "set", files(12) | {"dataset.json": b"{ labels"})
    with pytest.raises(DataError, match=r"dataset.json in set cannot be read"):
        open_pictures(folder, size=16, labels=True)
