"""A zip of pictures is looked at before it is kept: what training cannot read is refused in a sentence."""

import io
import struct
import subprocess
import sys
import zipfile
from ast import literal_eval

import numpy as np
import pytest

from studio.blobs.models import Upload
from studio.blobs.sweep import sweep
from studio.training import pictures as zips
from studio.training.models import TrainingUpload
from studio.training.purge import purge
from tests.studio.training.parts import picture, pictures, png, start, upload, zipped

pytestmark = pytest.mark.django_db


def refusal(client, project, data: bytes) -> str:
    answer = upload(client, project, data)
    assert answer.status_code == 422, answer.content
    assert not TrainingUpload.objects.exists()
    return answer.json()["detail"]


def test_a_zip_in_the_standard_form_is_kept_and_trained_on(client, project, service):
    files = pictures(12)
    labels = [[name, number % 3] for number, name in enumerate(files)]
    answer = upload(client, project, zipped(files, labels=labels))
    assert answer.status_code == 204, answer.content
    (told,) = client.call("GET", f"/projects/{project.pk}/training/uploads").json()["items"]
    assert told["id"] == str(Upload.objects.get().pk)
    assert (told["name"], told["count"], told["width"], told["height"]) == ("faces.zip", 12, 64, 64)
    assert (told["num_classes"], told["is_mixed"], told["runs"]) == (3, False, 0)
    assert start(client, project, {"upload_id": told["id"]}).status_code == 201
    claim = service.claim("train")
    (file,) = claim["inputs"]
    assert (file["role"], file["sha256"]) == ("pictures", TrainingUpload.objects.get().blob_id)
    assert service.call("GET", f"/inputs/{file['sha256']}").status_code == 200
    (told,) = client.call("GET", f"/projects/{project.pk}/training/uploads").json()["items"]
    assert told["runs"] == 1


def test_no_labels_and_vectors_are_labels_too(client, project):
    files = pictures(8)
    for given, classes in ((None, 0), ([[name, [0.0, 1.0]] for name in files], 2)):
        assert upload(client, project, zipped(files, labels=given)).status_code == 204
        assert TrainingUpload.objects.last().num_classes == classes
    assert upload(client, project, zipped(files)).status_code == 204


def test_grey_pictures_and_such_with_alpha_are_taken(client, project):
    files = {f"{mode}{n}.png": png(picture(n, mode=mode)) for mode in ("L", "RGBA") for n in range(4)}
    assert upload(client, project, zipped(files)).status_code == 204


def test_pictures_of_several_sizes_are_told_to_be_so(client, project):
    files = pictures(9) | {"large.png": png(picture(1, size=(128, 96)))}
    upload(client, project, zipped(files))
    kept = TrainingUpload.objects.get()
    assert (kept.width_px, kept.height_px, kept.facts) == (64, 64, {"mixed": True})


def test_labels_that_are_missing_are_named(client, project):
    files = pictures(10)
    labels = [[name, 0] for name in list(files)[:8]]
    assert refusal(client, project, zipped(files, labels=labels)) == (
        "dataset.json in “faces.zip” names no class for 2 of the 10 pictures, such as “00000/img00000008.png”."
    )


@pytest.mark.parametrize("labels", [[["a", 0], ["b"]], "all of them", [["a", -1]], [["a", [1]], ["b", [1, 2]]]])
def test_labels_that_are_none_are_refused(client, project, labels):
    files = {name: png(picture(0)) for name in "abcdefgh"}
    files = {f"{name}.png": data for name, data in files.items()}
    if isinstance(labels, list):
        given = [[f"{name}.png", 0] for name in "abcdefgh"]
        labels = given[2:] + [[f"{row[0]}.png", *row[1:]] for row in labels]
        labels += [] if len({row[0] for row in labels}) == 8 else [["b.png", 0]]
    said = refusal(client, project, zipped(files, labels=labels))
    assert said.startswith("dataset.json in “faces.zip” is not what training reads: ")


def test_what_is_no_zip_of_pictures_is_refused(client, project):
    assert refusal(client, project, b"no zip at all").startswith("“faces.zip” is no zip archive")
    assert refusal(client, project, zipped({"readme.txt": b"hello"})) == (
        "“faces.zip” holds no pictures. Training reads a zip of PNG or JPEG files."
    )
    assert refusal(client, project, zipped(pictures(3))) == (
        "“faces.zip” holds 3 pictures, and training needs at least 8."
    )
    for side in (1, 15):
        assert refusal(client, project, zipped(pictures(8, size=(side, side)))) == (
            f"“00000/img00000000.png” in “faces.zip” is {side} × {side}: "
            "training needs pictures of at least 16 pixels a side."
        )
    broken = dict.fromkeys(pictures(8), b"not a picture")
    assert refusal(client, project, zipped(broken)) == (
        "“00000/img00000000.png” in “faces.zip” cannot be read as a picture. Pack the pictures again."
    )
    torn = zipped(pictures(9))
    assert refusal(client, project, torn[: len(torn) // 2]).startswith("“faces.zip” is no zip archive")


def test_an_archive_of_more_pictures_than_memory_allows_is_refused(client, project, monkeypatch):
    monkeypatch.setattr(zips, "MOST_PICTURES", 20)
    assert refusal(client, project, zipped(pictures(21))).startswith("“faces.zip” holds more than 20 pictures.")
    assert upload(client, project, zipped(pictures(20))).status_code == 204


@pytest.mark.parametrize("count", [450_000, pytest.param(1_400_000, marks=pytest.mark.soak)])
def test_very_many_pictures_are_looked_at_in_little_memory(tmp_path, count):
    path = tmp_path / "many.zip"
    path.write_bytes(of_many(count))
    limit = "import resource; resource.setrlimit(resource.RLIMIT_AS, (1_600_000_000,) * 2)"
    look = f"""{limit}
import django; django.setup()
from pathlib import Path
from types import SimpleNamespace
from studio.training.pictures import looks
print(looks(SimpleNamespace(name="many.zip"), Path({str(path)!r})))
"""
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert literal_eval(done.stdout) == {"count": count, "width": 16, "height": 16, "mixed": False, "classes": 0}


def of_many(count: int) -> bytes:
    """So many names for the same stored picture, their directory as ZIP64 has it."""
    whole = zipped({"00000.png": png(picture(0, size=(16, 16)))})
    end = whole.rindex(b"PK\5\6")
    start = whole.index(b"PK\1\2")
    lines = np.tile(np.frombuffer(whole[start:end], np.uint8), (count, 1))
    digits = np.arange(count)[:, None] // 36 ** np.arange(4, -1, -1) % 36
    signs = np.frombuffer(b"0123456789abcdefghijklmnopqrstuvwxyz", np.uint8)
    lines[:, 46:51] = signs[digits]
    size = lines.size
    wide = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, start)
    wide += struct.pack("<4sLQL", b"PK\6\7", 0, start + size, 1)
    return (
        whole[:start] + lines.tobytes() + wide + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 65535, 65535, size, start, 0)
    )


def test_what_operating_systems_leave_behind_is_no_picture(client, project):
    files = pictures(8) | {"__MACOSX/._img.png": b"x", "a/._b.png": b"y"}
    assert upload(client, project, zipped(files)).status_code == 204
    assert TrainingUpload.objects.get().count == 8


def test_a_locked_zip_is_refused(client, project):
    buffer = io.BytesIO(zipped(pictures(8)))
    data = bytearray(buffer.getvalue())
    at = 0
    while (at := data.find(b"PK\x01\x02", at)) >= 0:  # the flag that says: encrypted
        data[at + 8] |= 1
        at += 4
    assert zipfile.is_zipfile(io.BytesIO(bytes(data)))
    said = "“00000/img00000000.png” in “faces.zip” is encrypted. Pack the pictures again."
    assert refusal(client, project, bytes(data)) == said


def test_a_zip_in_the_bin_is_kept_as_long_as_a_run_is_made_from_it(client, project):
    upload(client, project, zipped(pictures(8)))
    kept = TrainingUpload.objects.get()
    start(client, project, {"upload_id": str(kept.pk)})
    assert client.call("DELETE", f"/training/uploads/{kept.pk}").json()["is_binned"]
    assert client.call("GET", f"/projects/{project.pk}/training/uploads").json()["items"] == []
    (binned,) = client.call("GET", f"/projects/{project.pk}/training/uploads?binned=true").json()["items"]
    assert binned["id"] == str(kept.pk)
    answer = start(client, project, {"upload_id": str(kept.pk)})
    assert answer.json()["detail"] == "There is no such zip in this project. Choose another, or send it again."
    TrainingUpload.objects.update(binned_at="2020-01-01T00:00:00Z")
    purge()
    sweep()
    assert TrainingUpload.objects.get().blob_id
    assert not client.call("POST", f"/training/uploads/{kept.pk}/restore").json()["is_binned"]


def test_viewers_look_and_strangers_find_nothing(client, project, member, person, as_user):
    upload(client, project, zipped(pictures(8)))
    kept = TrainingUpload.objects.get()
    viewer, stranger = as_user(member("viewer")), as_user(person("Stranger"))
    assert len(viewer.call("GET", f"/projects/{project.pk}/training/uploads").json()["items"]) == 1
    assert viewer.call("DELETE", f"/training/uploads/{kept.pk}").status_code == 403
    assert start(viewer, project, {"upload_id": str(kept.pk)}).status_code == 403
    assert upload(viewer, project, zipped(pictures(8))).status_code == 403
    assert stranger.call("DELETE", f"/training/uploads/{kept.pk}").status_code == 404
    assert stranger.call("GET", f"/projects/{project.pk}/training/uploads").status_code == 404
