import hashlib
import os
import time
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from studio.blobs import receive, store
from studio.blobs.models import Blob, Upload
from studio.blobs.sweep import sweep

pytestmark = pytest.mark.django_db
DATA = b"a second of silence"
SHA256 = hashlib.sha256(DATA).hexdigest()


def grow_old(blob):
    Blob.objects.filter(pk=blob.pk).update(touched_at=timezone.now() - timedelta(hours=25))


def referring(blob, project):
    return Upload.objects.create(project=project, kind="test", name="x", size=1, blob=blob, state=Upload.State.DONE)


def test_a_file_lies_under_its_own_hash(settings):
    blob = store.put_bytes(DATA)
    path = settings.STUDIO_DATA / "blobs" / SHA256[:2] / SHA256[2:4] / SHA256
    assert (blob.sha256, blob.size) == (SHA256, len(DATA))
    assert path.read_bytes() == DATA
    assert path.stat().st_mode & 0o222 == 0


def test_the_same_bytes_are_stored_once():
    store.put_bytes(DATA)
    store.put_bytes(DATA)
    assert Blob.objects.count() == 1


def test_a_moved_file_leaves_its_place_and_a_copied_one_stays(tmp_path):
    for name, moved in (("one", True), ("two", True), ("three", False)):
        path = tmp_path / name
        path.write_bytes(DATA)
        store.put_path(path, move=moved)
        assert path.exists() is not moved
    with store.local_path(Blob.objects.get()) as path:
        assert path.read_bytes() == DATA


def test_no_temporary_file_is_left_behind(settings):
    store.put_bytes(DATA)
    assert not list((settings.STUDIO_DATA / "tmp").iterdir())


def test_scratch_of_a_killed_job_goes_after_a_day_and_not_while_it_grows(settings):
    long_ago = time.time() - 2 * 86_400
    for name in ("left", "growing"):
        folder = settings.STUDIO_DATA / "tmp" / f"export-{name}"
        folder.mkdir(parents=True)
        (folder / "version").write_bytes(DATA)
        if name == "left":
            os.utime(folder / "version", (long_ago, long_ago))
        os.utime(folder, (long_ago, long_ago))
    sweep()
    assert [path.name for path in (settings.STUDIO_DATA / "tmp").iterdir()] == ["export-growing"]


def test_what_nobody_needs_goes_after_a_day_and_not_before(project):
    young, old, needed = (store.put_bytes(DATA + letter) for letter in (b"1", b"2", b"3"))
    grow_old(old)
    grow_old(needed)
    referring(needed, project)
    assert sweep() == 1
    assert {young.pk, needed.pk} == set(Blob.objects.values_list("pk", flat=True))
    assert not store.has_file(old.pk)
    assert store.has_file(needed.pk)


def test_bytes_that_come_again_start_a_new_day():
    blob = store.put_bytes(DATA)
    grow_old(blob)
    store.put_bytes(DATA)
    assert sweep() == 0


def test_every_table_that_points_at_a_blob_keeps_it():
    tables = {model._meta.label for model, _ in store.references()}
    assert {"blobs.Upload", "tracks.Track", "networks.Snapshot", "renders.RenderInput", "renders.SegmentFilm"} <= tables


def test_a_blob_is_forgotten_only_when_nothing_needs_it(project):
    blob = store.put_bytes(DATA)
    row = referring(blob, project)
    assert store.forget(blob) is False
    row.delete()
    assert store.forget(blob) is True
    assert not store.has_file(SHA256)


def test_an_upload_that_stopped_a_day_ago_is_swept(project, owner):
    upload = receive.begin(project=project, user=owner, kind="test", name="x", size=10)
    Upload.objects.update(updated_at=timezone.now() - timedelta(hours=25))
    sweep()
    assert not Upload.objects.exists()
    assert not receive.path_of(upload.pk).exists()


def test_verify_store_names_what_is_wrong_and_what_needs_it(project, capsys):
    whole, changed, gone = (store.put_bytes(DATA + letter) for letter in (b"1", b"2", b"3"))
    row = referring(changed, project)
    path = store.path_of(changed.pk)
    path.chmod(0o644)
    path.write_bytes(DATA + b"!")
    store.path_of(gone.pk).unlink()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_store")
    said = capsys.readouterr().out
    assert ended.value.code == 1
    assert f"{changed.pk}: The content has changed. Needed by blobs.Upload {row.pk}." in said
    assert f"{gone.pk}: The file is missing or cannot be read. Nothing needs it." in said
    assert whole.pk not in said
    assert "3 files read, 2 wrong, 0 unknown." in said


def test_verify_store_is_content_with_a_whole_store(capsys):
    store.put_bytes(DATA)
    call_command("verify_store")
    assert "1 files read, 0 wrong, 0 unknown." in capsys.readouterr().out


@pytest.fixture
def bucket(settings):
    """A bucket, as S3 would be one: names and bytes, no paths."""
    settings.STORAGES = {**settings.STORAGES, "blobs": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}


def test_a_bucket_holds_the_same_blobs_under_the_same_names(bucket, settings, capsys):
    blob = store.put_bytes(DATA)
    assert store.has_file(SHA256)
    assert not (settings.STUDIO_DATA / "blobs").exists()
    with store.open_blob(blob) as file:
        assert file.read() == DATA
    with store.local_path(blob) as path:
        assert path.read_bytes() == DATA
    assert not path.exists()
    call_command("verify_store")
    assert "1 files read, 0 wrong" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_a_bucket_is_swept_too(bucket):
    grow_old(store.put_bytes(DATA))
    assert sweep() == 1
    assert not store.has_file(SHA256)
