"""Archives of pictures: taken set by set, settled file by file, never opened further than pictures go (F25, F26)."""

import io
import os
import struct
import zipfile
from datetime import UTC, datetime

import pytest

from studio.blobs.models import Blob
from studio.datasets import archives, import_job
from studio.datasets.archives import ArchiveRefused
from studio.datasets.models import ArchivedFile, ArchiveImport, CaptureSession, Portrait
from studio.jobs import queue
from studio.jobs.context import Context
from studio.jobs.handlers import JobCancelled, JobFailed
from studio.jobs.models import Job
from tests.studio.datasets.conftest import picture

pytestmark = pytest.mark.django_db


def packed(files: dict[str, bytes], *, method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 3, 1, 12, 0, 0)), data, method)
    return buffer.getvalue()


def send(tus, project, dataset, data: bytes, name: str = "card.zip"):
    said = {"kind": "portraits_archive", "dataset": str(dataset.pk), "filename": name}
    begun = tus.begin(project, len(data), **said)
    assert begun.status_code == 201, begun.content
    piece = 4 * 1024 * 1024
    for start in range(0, len(data), piece):
        answer = tus.piece(begun["Location"], start, data[start : start + piece])
    return answer


def work(*, stop_after: int | None = None) -> dict:
    """What the worker does with the job that waits; `stop_after` so many steps somebody stops it."""
    lease = queue.claim(runs_on="worker", kinds=[import_job.KIND], holder="test")
    assert lease is not None
    context = Context(job_id=lease.id, fence=lease.fence, payload=lease.job.payload)
    if stop_after is not None:
        steps = iter(range(stop_after))

        def progress(done: int, total: int = 0, message: str = "") -> None:
            if next(steps, None) is None:
                raise JobCancelled

        context.progress = progress
    try:
        result = import_job.handle(context)
    except (JobFailed, JobCancelled) as error:
        queue.fail(lease, message=str(error))
        raise
    queue.finish(lease, result=result)
    return result


def fates() -> dict[str, tuple[str, str]]:
    return {row.name: (row.fate, row.reason) for row in ArchivedFile.objects.all()}


def test_a_memory_card_becomes_its_sets(tus, project, dataset):
    """Pitraiture's folders: the file names tell set and time; other folders are sessions of their own."""
    files = {
        "datasets/faces/faces_04-28-2021_11-50-12-752379.jpeg": picture(1),
        "datasets/faces/faces_04-28-2021_11-50-10-000000.jpeg": picture(2),
        "datasets/my_dog/my_dog_05-01-2021_09-00-00-000000.jpeg": picture(3),
        "datasets/loose/one.png": picture(4, kind="PNG"),
        "datasets/loose/.DS_Store": b"clutter",
        "__MACOSX/datasets/loose/._one.png": b"clutter",
    }
    assert send(tus, project, dataset, packed(files)).status_code == 204
    assert work() == {"taken": 4, "known": 0, "refused": 0}
    rows = Portrait.objects.order_by("taken_at").values_list("session__name", "name", "taken_at")
    assert list(rows) == [
        ("faces", "faces_04-28-2021_11-50-10-000000.jpeg", datetime(2021, 4, 28, 11, 50, 10, tzinfo=UTC)),
        ("faces", "faces_04-28-2021_11-50-12-752379.jpeg", datetime(2021, 4, 28, 11, 50, 12, 752379, tzinfo=UTC)),
        ("my_dog", "my_dog_05-01-2021_09-00-00-000000.jpeg", datetime(2021, 5, 1, 9, tzinfo=UTC)),
        ("loose", "one.png", datetime(2026, 3, 1, 12, tzinfo=UTC)),
    ]
    assert set(CaptureSession.objects.values_list("source", flat=True)) == {"archive"}


def test_each_file_s_fate_is_told(tus, project, dataset):
    tus.send(project, picture(1), kind="portrait", dataset=str(dataset.pk), filename="before.jpg")
    inner = packed({"x.jpg": picture(9)})
    files = {
        "known.jpg": picture(1),
        "new.jpg": picture(2),
        "notes.txt": b"hello",
        "inner.zip": inner,
        "bad.jpg": b"\xff",
    }
    send(tus, project, dataset, packed(files))
    assert work() == {"taken": 1, "known": 1, "refused": 3}
    found = fates()
    assert (found["known.jpg"][0], found["new.jpg"][0]) == ("known", "taken")
    assert found["inner.zip"] == ("refused", archives.NESTED)
    assert "no picture" in found["notes.txt"][1]
    import_id = tus.client.call("GET", f"/datasets/{dataset.pk}/imports").json()["items"][0]["id"]
    told = tus.client.call("GET", f"/imports/{import_id}").json()
    assert (told["files"], told["position"], told["refused"]) == (5, 5, 3)
    refused = tus.client.call("GET", f"/imports/{import_id}/files?fate=refused").json()
    assert [row["name"] for row in refused["items"]] == ["notes.txt", "inner.zip", "bad.jpg"]
    assert refused["next"] is None


def test_an_import_that_was_stopped_goes_on_where_it_was(tus, project, dataset):
    files = {f"{number}.jpg": picture(number) for number in range(60)}
    send(tus, project, dataset, packed(files))
    with pytest.raises(JobCancelled):
        work(stop_after=2)
    assert Portrait.objects.count() == 2 * import_job.PER_WRITE
    queue.retry(Job.objects.get(kind=import_job.KIND))
    assert work() == {"taken": 60, "known": 0, "refused": 0}
    assert ArchivedFile.objects.count() == Portrait.objects.count() == 60
    coming = ArchiveImport.objects.get()
    assert coming.archive is None
    assert coming.finished_at is not None


def test_a_disk_that_fills_up_keeps_what_was_taken(tus, project, dataset, monkeypatch):
    from studio.blobs.store import StoreFull

    files = {f"{number}.jpg": picture(number) for number in range(30)}
    send(tus, project, dataset, packed(files))
    put, count = import_job.put_path, iter(range(1000))

    def full_at_last(*arguments, **options):
        if next(count) >= 27:
            raise StoreFull(10**6)
        return put(*arguments, **options)

    monkeypatch.setattr(import_job, "put_path", full_at_last)
    with pytest.raises(JobFailed, match="disk of the studio is full"):
        work()
    assert Portrait.objects.count() == 25
    monkeypatch.setattr(import_job, "put_path", put)
    queue.retry(Job.objects.get(kind=import_job.KIND))
    assert work()["taken"] == 30


@pytest.mark.parametrize(
    "name",
    ["../../../outside.jpg", "/outside.jpg", "C:\\outside.jpg", "..\\..\\outside.jpg", "a\u202egpj.exe", "n" * 3000],
)
def test_names_of_an_archive_are_text(tus, project, dataset, settings, name):
    """F25: zip-slip. Nothing is written by a name that the archive chose."""
    send(tus, project, dataset, packed({name: picture(1)}))
    assert work()["taken"] == 1
    outside = list(settings.STUDIO_DATA.parent.rglob("*outside*"))
    assert outside == []
    portrait = Portrait.objects.get()
    assert not set("/\\") & set(portrait.name)
    assert portrait.name.isprintable()
    assert portrait.session.name.strip(". "), "no session is called “..”"


def test_a_file_that_unpacks_to_far_more_than_its_size_is_not_opened(tus, project, dataset):
    """F26: 300 MB of zeros in 300 kB, and one whose header lies about it."""
    bomb = packed({"zeros.jpg": b"\x00" * 300_000_000, "real.jpg": picture(1)}, method=zipfile.ZIP_DEFLATED)
    assert len(bomb) < 1_000_000
    send(tus, project, dataset, bomb)
    assert work() == {"taken": 1, "known": 0, "refused": 1}
    assert fates()["zeros.jpg"][1] == archives.SQUEEZED


def test_a_file_that_lies_about_its_size_is_stopped(tmp_path):
    data = bytearray(packed({"zeros.jpg": b"\x00" * 50_000_000}, method=zipfile.ZIP_DEFLATED))
    for signature, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.find(signature)
        data[at + place : at + place + 4] = struct.pack("<I", 1000)
    path = tmp_path / "lie.zip"
    path.write_bytes(data)
    with archives.opened(path) as (archive, entries):
        target = io.BytesIO()
        with pytest.raises(archives.FileRefused):
            archives.unpack(archive, entries[0], target, limit=10**9)
        assert len(target.getvalue()) <= 2_000_000


def test_many_files_over_the_same_bytes_are_stopped(tus, project, dataset, monkeypatch):
    """F26: a bomb of overlapping files stays under every limit of one file; the sum is limited too."""
    monkeypatch.setattr(archives, "MIN_TOTAL_BYTES", 100_000)
    files = {f"{number}.bin": os.urandom(10) + b"\x00" * 900_000 for number in range(40)}
    send(tus, project, dataset, packed(files, method=zipfile.ZIP_DEFLATED))
    with pytest.raises(JobFailed, match="far more than pictures do"):
        work()


def test_a_million_files_are_refused_before_their_list_is_read(tus, project, dataset, tmp_path):
    """F26: by the last bytes of the archive. The list itself would fill 500 MB."""
    entry = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    listing = entry * 1_000_000
    record = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1_000_000, 1_000_000, len(listing), 0)
    place = struct.pack("<4sIQI", b"PK\x06\x07", 0, len(listing), 1)
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    path = tmp_path / "million.zip"
    path.write_bytes(listing + record + place + end)
    assert zipfile.is_zipfile(path)
    with pytest.raises(ArchiveRefused, match="more than 100,000 files"):
        archives.count_files(path)
    liar = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(listing), 0, 0)
    path.write_bytes(listing + liar)
    with pytest.raises(ArchiveRefused, match="more than 100,000 files"):
        archives.count_files(path)


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x05\x06", os.urandom(5000), b"PK\x05\x06" + b"\xff" * 18])
def test_what_is_no_archive_is_not_taken(tmp_path, data):
    path = tmp_path / "no.zip"
    path.write_bytes(data)
    with pytest.raises(ArchiveRefused), archives.opened(path):
        pass


def test_no_archive_is_refused_at_the_end_of_its_upload(tus, project, dataset):
    answer = send(tus, project, dataset, b"no archive")
    assert answer.status_code == 422
    assert "no zip archive" in answer.json()["detail"]
    assert not Blob.objects.exists()


def test_a_locked_and_a_torn_file_are_said_and_the_others_taken(tus, project, dataset):
    data = bytearray(packed({"locked.jpg": picture(1), "torn.jpg": picture(2), "good.jpg": picture(3)}))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(signature) + place] |= 1
    torn = data.find(picture(2)[-100:-20])
    data[torn + 10] ^= 0xFF
    send(tus, project, dataset, bytes(data))
    assert work() == {"taken": 1, "known": 0, "refused": 2}
    assert fates()["locked.jpg"][1] == archives.LOCKED
    assert fates()["torn.jpg"][1] == archives.TORN


def test_a_device_sends_no_archives(camera, project, dataset):
    said = {"kind": "portraits_archive", "dataset": str(dataset.pk), "filename": "x.zip"}
    assert camera.begin(project, 10, **said).status_code == 404
