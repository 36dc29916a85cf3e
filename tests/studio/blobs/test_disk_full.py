"""A disk that really is full: a small tmpfs as the data folder."""

import json
import os

import pytest

from studio.blobs import receive, store
from studio.blobs.models import Blob, Upload

pytestmark = pytest.mark.django_db
MEGABYTE = 1024 * 1024


def test_an_upload_waits_for_space_and_then_goes_on(tus, project, small_disk):
    data = os.urandom(2 * MEGABYTE)
    address = tus.begin(project, len(data))["Location"]
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * (3 * MEGABYTE))
    answer = tus.piece(address, 0, data)
    assert answer.status_code == 507
    assert "Nothing was half stored" in answer.json()["detail"]
    assert tus.offset(address) == 0
    assert receive.path_of(Upload.objects.get().pk).stat().st_size == 0
    filler.unlink()
    assert tus.piece(address, 0, data).status_code == 204
    assert store.open_blob(Blob.objects.get()).read() == data


def test_a_full_disk_is_refused_before_anything_is_sent(tus, project, small_disk):
    answer = tus.begin(project, 5 * MEGABYTE)
    assert answer.status_code == 507
    assert not Upload.objects.exists()


def test_a_full_store_keeps_no_half_file(small_disk, tmp_path):
    large = tmp_path / "large"
    large.write_bytes(b"x" * (5 * MEGABYTE))
    with pytest.raises(store.StoreFull):
        store.put_path(large)
    assert not Blob.objects.exists()
    assert not [path for path in small_disk.rglob("*") if path.is_file()]


def test_readyz_is_red_when_space_runs_out(client, small_disk, settings):
    settings.FREE_BYTES_FLOOR = 8 * MEGABYTE
    answer = client.get("/readyz")
    assert answer.status_code == 503
    red = [check["sentence"] for check in json.loads(answer.content)["checks"] if not check["ok"]]
    assert red == ["Only 4.2 MB are free. Free some space on the studio's disk."]
