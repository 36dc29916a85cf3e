"""Portraits on a disk that really is full, a small tmpfs (F12)."""

import json
import shutil

import pytest

from studio.blobs.models import Blob, Upload
from studio.blobs.store import open_blob
from studio.datasets.models import Portrait
from tests.studio.datasets.conftest import picture, sha256_of

pytestmark = pytest.mark.django_db
MEGABYTE = 1024 * 1024
DATA = picture(1, size=(900, 600), quality=95)


@pytest.fixture
def said(dataset, sitting):
    place = {"dataset": str(dataset.pk), "session": str(sitting.pk)}
    return {"kind": "portrait", "filename": "one.jpg", "sha256": sha256_of(DATA), **place}


def fill(disk, *, leave: int):
    """A file that leaves so many bytes."""
    filler = disk / "filler"
    filler.write_bytes(b"x" * max(0, shutil.disk_usage(disk).free - leave))
    return filler


def test_a_picture_is_refused_before_anything_of_it_is_sent(camera, project, small_disk, said, client, settings):
    settings.FREE_BYTES_FLOOR = MEGABYTE
    filler = fill(small_disk, leave=MEGABYTE + len(DATA) // 2)
    refused = camera.begin(project, len(DATA), **said)
    assert refused.status_code == 507
    assert "disk of the studio is full" in refused.json()["detail"]
    assert not Upload.objects.exists()
    filler.unlink()
    fill(small_disk, leave=MEGABYTE // 2)
    assert client.get("/readyz").status_code == 503
    (small_disk / "filler").unlink()
    assert client.get("/readyz").status_code == 200
    assert camera.send(project, DATA, **said)["Phosphene-Receipt"].endswith(sha256_of(DATA))


def test_a_disk_that_fills_up_in_the_middle_corrupts_nothing(camera, project, small_disk, said):
    half = len(DATA) // 2
    address = camera.begin(project, len(DATA), **said)["Location"]
    assert camera.piece(address, 0, DATA[:half]).status_code == 204
    filler = fill(small_disk, leave=0)
    refused = camera.piece(address, half, DATA[half:])
    assert (refused.status_code, camera.offset(address)) == (507, half)
    assert not Portrait.objects.exists()
    assert not Blob.objects.exists()
    filler.unlink()
    receipt = camera.piece(address, half, DATA[half:])["Phosphene-Receipt"]
    portrait = Portrait.objects.get()
    assert receipt == f"{portrait.pk}:{sha256_of(DATA)}"
    assert open_blob(portrait.original).read() == DATA


def test_readyz_says_what_to_do(client, small_disk, settings):
    settings.FREE_BYTES_FLOOR = 8 * MEGABYTE
    red = [check for check in json.loads(client.get("/readyz").content)["checks"] if not check["ok"]]
    assert "Free some space" in red[0]["sentence"]
