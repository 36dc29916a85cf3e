"""A version is a list that never changes, and its exports are the files that training reads."""

import base64
import io
import json
import struct
import tarfile
import zipfile
from typing import Any

import google_crc32c
import numpy as np
import pytest
from PIL import Image

from studio.blobs.store import open_blob, path_of, put_bytes
from studio.datasets import exports, versions
from studio.datasets.face_models import current_version
from studio.datasets.faces import load_finder
from studio.datasets.models import DatasetVersion, Portrait, PortraitFacts, VersionExport, VersionItem
from studio.datasets.scores import face_facts, score
from studio.datasets.thumbs import make
from studio.jobs import queue
from studio.jobs.handlers import JobCancelled, JobFailed
from studio.jobs.models import Job
from tests.studio.datasets.portraits import add_portrait, jpeg, make_dataset
from tests.studio.datasets.test_score_job import Context

pytestmark = pytest.mark.django_db
EVERYTHING = {"filter": {}}


@pytest.fixture(scope="module")
def looked_at(sample_data):
    """name -> (file, its columns, its faces, its view), as the scoring job finds them; one file is broken."""
    finder, found = load_finder(), {}
    names = ("obama_official.jpg", "two_people.jpg", "coffee_noface.png", "biden_standing.jpg", "astronaut.png")
    for name in names:
        content = jpeg(sample_data / "portraits" / name)
        picture = Image.open(io.BytesIO(content))
        size = {"width_px": picture.width, "height_px": picture.height}
        scores = score(picture, finder, **size)
        columns = {**scores.columns, **size, "state": "ready", "scored_by": current_version()}
        found[name] = (content, columns, [face_facts(face, **size) for face in scores.faces], make(picture).view)
    return {**found, "broken.jpg": (b"no picture", {"state": "broken", "scored_by": current_version()}, [], b"")}


@pytest.fixture
def dataset(project, looked_at):
    """Five scored portraits: three with one face, one with two, one with none; and one that is broken."""
    dataset = make_dataset(project)
    for number, (name, (content, columns, faces, view)) in enumerate(looked_at.items()):
        portrait = add_portrait(dataset, content, seconds=60 * number, name=name, view=put_bytes(view), **columns)
        PortraitFacts.objects.create(portrait=portrait, faces=faces)
    return dataset


def work(module: Any, **options: Any) -> dict[str, Any]:
    lease = queue.claim(runs_on="worker", kinds=[module.KIND], holder="test")
    assert lease is not None, "no job is waiting"
    result = module.handle(Context(lease.job, **options))
    queue.finish(lease, result=result)
    return result


@pytest.fixture
def client(owner, as_user):
    return as_user(owner)


def freeze(client, dataset, selection=EVERYTHING, **recipe: Any) -> dict[str, Any]:
    order = {"selection": selection, "name": "First", "recipe": {"crop": "centre", "size": 64, **recipe}}
    answer = client.call("POST", f"/datasets/{dataset.pk}/versions", order)
    assert answer.status_code == 201, answer.content
    return answer.json()


def export(client, version: dict[str, Any], kind: str) -> bytes:
    """Ask for it, let the worker make it, fetch it."""
    answer = client.call("POST", f"/versions/{version['id']}/exports", {"kind": kind})
    assert answer.status_code == 202, answer.content
    assert [one["url"] for one in answer.json()["exports"] if one["kind"] == kind] == [None]
    work(exports)
    (made,) = (one for one in client.call("GET", f"/versions/{version['id']}").json()["exports"] if one["kind"] == kind)
    answer = client.get(made["url"])
    content = b"".join(answer.streaming_content) if not answer.is_async else collect(answer)
    assert len(content) == made["bytes"] == int(answer["Content-Length"])
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    return content


def collect(answer) -> bytes:
    from asgiref.sync import async_to_sync

    async def gather() -> bytes:
        return b"".join([piece async for piece in answer.streaming_content])

    return async_to_sync(gather)()


def pictures_of(content: bytes) -> dict[str, np.ndarray]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if name.endswith(".png")]
        return {name: np.asarray(Image.open(io.BytesIO(archive.read(name)))) for name in names}


def test_a_version_keeps_its_list_whatever_is_decided_later(client, dataset):
    version = freeze(client, dataset, crop="face")
    assert (version["number"], version["count"], version["is_frozen"]) == (1, 4, True)
    assert version["left_out"] == [
        {"reason": "no face was found", "count": 1},
        {"reason": "the picture cannot be read", "count": 1},
    ]
    assert version["found_by"][0].startswith("dlib-hog")
    items = list(VersionItem.objects.values_list("position", "sha256", "corners"))
    client.call("POST", f"/datasets/{dataset.pk}/decide", {"selection": EVERYTHING, "verdict": -1})
    client.call("POST", f"/datasets/{dataset.pk}/bin", {"selection": EVERYTHING})
    assert list(VersionItem.objects.values_list("position", "sha256", "corners")) == items
    again = client.call("GET", f"/versions/{version['id']}").json()
    assert (again["fingerprint"], again["count"]) == (version["fingerprint"], 4)
    renamed = client.call("PATCH", f"/versions/{version['id']}", {"name": "Second thoughts"}).json()
    assert (renamed["name"], renamed["fingerprint"]) == ("Second thoughts", version["fingerprint"])
    with pytest.raises(ValueError, match="not written again"):
        versions.freeze(DatasetVersion.objects.get(), [])


def test_the_fingerprint_tells_list_and_recipe(client, dataset):
    first, same = freeze(client, dataset), freeze(client, dataset)
    larger, fewer = freeze(client, dataset, size=128), freeze(client, dataset, {"filter": {"faces": [1, 1]}})
    assert first["fingerprint"] == same["fingerprint"]
    assert len({one["fingerprint"] for one in (first, larger, fewer)}) == 3
    assert [one["number"] for one in (first, same, larger, fewer)] == [1, 2, 3, 4]
    listed = client.call("GET", f"/datasets/{dataset.pk}/versions").json()["items"]
    assert [one["number"] for one in listed] == [4, 3, 2, 1]


def test_a_large_version_is_frozen_by_a_job_as_it_was_seen(client, dataset, monkeypatch):
    monkeypatch.setattr(versions, "AT_ONCE", 2)
    version = freeze(client, dataset, {"filter": {"verdict": "unreviewed"}})
    assert (version["is_frozen"], version["job"]["state"]) == (False, "queued")
    refused = client.call("POST", f"/versions/{version['id']}/exports", {"kind": "zip"})
    assert refused.status_code == 409
    client.call("POST", f"/datasets/{dataset.pk}/decide", {"selection": EVERYTHING, "verdict": 1})
    assert work(versions)["count"] == 5
    assert client.call("GET", f"/versions/{version['id']}").json()["is_frozen"] is True


def test_a_freezing_that_is_stopped_is_not_closed_and_can_be_tried_again(client, dataset, monkeypatch):
    monkeypatch.setattr(versions, "AT_ONCE", 2)
    monkeypatch.setattr(versions, "CHUNK", 2)
    version = freeze(client, dataset)
    job = Job.objects.get(pk=version["job"]["id"])
    with pytest.raises(JobCancelled):
        versions.handle(Context(job, cancel_at=4))
    assert client.call("GET", f"/versions/{version['id']}").json()["is_frozen"] is False
    assert versions.handle(Context(job))["count"] == 5
    assert list(VersionItem.objects.values_list("position", flat=True)) == [0, 1, 2, 3, 4]


def test_nothing_to_freeze_is_said(client, dataset):
    order = {"selection": {"filter": {"faces": [0, 0]}}, "recipe": {"crop": "face"}}
    answer = client.call("POST", f"/datasets/{dataset.pk}/versions", order)
    assert answer.status_code == 422
    assert "no face was found (1)" in answer.json()["detail"]
    assert not DatasetVersion.objects.exists()
    none = client.call("POST", f"/datasets/{dataset.pk}/versions", {"selection": {"ids": []}})
    assert (none.status_code, none.json()["field"]) == (422, "selection")


def test_a_preview_shows_samples_and_keeps_nothing(client, dataset):
    order = {"selection": EVERYTHING, "recipe": {"crop": "face", "size": 512}, "seed": 4}
    said = client.call("POST", f"/datasets/{dataset.pk}/versions/preview", order).json()
    assert said["count"] == 4
    assert [one["count"] for one in said["left_out"]] == [1, 1]
    assert len(said["samples"]) == 4
    sizes = Portrait.objects.filter(faces__gte=1).values_list("face_px", "width_px", "height_px")
    assert said["enlarged"] == sum(min(face * 2.2, width, height) < 512 for face, width, height in sizes)
    head, _, data = said["samples"][0]["image"].partition(",")
    assert head == "data:image/jpeg;base64"
    assert Image.open(io.BytesIO(base64.b64decode(data))).size == (192, 192)
    assert client.call("POST", f"/datasets/{dataset.pk}/versions/preview", order).json() == said
    aligned = {**order, "recipe": {"crop": "ffhq"}}
    said = client.call("POST", f"/datasets/{dataset.pk}/versions/preview", aligned).json()
    assert (said["count"], said["left_out"][0]) == (0, {"reason": "the face has no points for its eyes", "count": 4})
    assert not DatasetVersion.objects.exists()


def test_the_difference_of_two_versions(client, dataset):
    old = freeze(client, dataset, {"filter": {"faces": [0, 1]}})
    new = freeze(client, dataset, {"filter": {"faces": [1, 2]}})
    said = client.call("GET", f"/versions/{old['id']}/diff/{new['id']}").json()
    assert {name: said[name] for name in ("added", "removed", "recut", "same")} == {
        "added": 1,
        "removed": 1,
        "recut": 0,
        "same": 3,
    }
    assert said["samples"]["added"][0]["name"] == "two_people.jpg"
    assert said["samples"]["removed"][0]["name"] == "coffee_noface.png"
    recut = freeze(client, dataset, {"filter": {"faces": [1, 2]}}, size=128)
    said = client.call("GET", f"/versions/{new['id']}/diff/{recut['id']}").json()
    assert (said["recut"], said["same"], len(said["samples"]["recut"])) == (4, 0, 4)


def test_the_standard_zip_is_what_training_reads(client, dataset, sample_data):
    version = freeze(client, dataset, size=128)
    content = export(client, version, "zip")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
        assert json.loads(archive.read("dataset.json")) == {"labels": None}
    found = pictures_of(content)
    assert list(found) == [f"00000/img0000000{n}.png" for n in range(5)]
    assert {(array.shape, array.dtype) for array in found.values()} == {((128, 128, 3), np.dtype("uint8"))}
    first = Image.open(io.BytesIO(jpeg(sample_data / "portraits" / "obama_official.jpg")))
    wanted = first.resize((128, 128), Image.Resampling.LANCZOS, box=(0, 113.5, 910, 1023.5))
    assert np.abs(np.asarray(wanted, int) - found["00000/img00000000.png"]).mean() < 3


@pytest.mark.parametrize("kind", ["zip", "folder", "tfrecord"])
def test_the_same_version_gives_the_same_bytes(client, dataset, kind):
    version = freeze(client, dataset)
    first = export(client, version, kind)
    VersionExport.objects.all().delete()
    assert export(client, version, kind) == first


def test_asking_again_while_it_is_made_and_after_makes_nothing_twice(client, dataset):
    version = freeze(client, dataset)
    for _ in range(2):
        client.call("POST", f"/versions/{version['id']}/exports", {"kind": "zip"})
    assert Job.objects.filter(kind=exports.KIND).count() == 1
    assert client.call("GET", f"/versions/{version['id']}/exports/zip/file").status_code == 404
    work(exports)
    client.call("POST", f"/versions/{version['id']}/exports", {"kind": "zip"})
    assert Job.objects.filter(kind=exports.KIND).count() == 1


def test_the_folder_says_where_each_picture_is_from(client, dataset):
    version = freeze(client, dataset, aspect="keep", size=100)
    content = export(client, version, "folder")
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        facts = json.load(archive.extractfile("version.json"))
        sizes = {n: Image.open(archive.extractfile(n)).size for n in archive.getnames() if n.endswith(".png")}
    assert [one["original"] for one in facts["pictures"]][:2] == ["obama_official.jpg", "two_people.jpg"]
    assert facts["fingerprint"] == version["fingerprint"]
    assert sizes["00000/img00000000.png"] == (80, 100)
    assert sizes["00000/img00000001.png"] == (100, 59)


def test_what_training_cannot_read_is_refused(client, dataset):
    kept, odd = freeze(client, dataset, aspect="keep"), freeze(client, dataset, size=96)
    for version, kind in ((kept, "zip"), (kept, "tfrecord"), (odd, "tfrecord")):
        answer = client.call("POST", f"/versions/{version['id']}/exports", {"kind": kind})
        assert (answer.status_code, answer.json()["field"]) == (422, "kind")


def test_the_tfrecords_are_read_back_by_the_formats_own_rules(client, dataset):
    version = freeze(client, dataset, size=64)
    content, zipped = export(client, version, "tfrecord"), pictures_of(export(client, version, "zip"))
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        series = {name: list(read_records(archive.extractfile(name).read())) for name in archive.getnames()}
    assert list(series) == [f"portraits/portraits-r0{step}.tfrecords" for step in (2, 3, 4, 5, 6)]
    for name, records in series.items():
        side = 2 ** int(name[-11:-10])
        assert [array.shape for array in records] == [(3, side, side)] * 5
    for position, whole in enumerate(zipped.values()):
        assert np.array_equal(series["portraits/portraits-r06.tfrecords"][position].transpose(1, 2, 0), whole)
        means = whole.reshape(16, 4, 16, 4, 3).astype(float).mean(axis=(1, 3))
        quarter = series["portraits/portraits-r04.tfrecords"][position].transpose(1, 2, 0)
        assert np.abs(quarter - means).max() <= 0.5


def read_records(content: bytes):
    """By the description of the format: length, its masked checksum, data, its masked checksum."""

    def is_good(data: bytes, masked: bytes) -> bool:
        (value,) = struct.unpack("<I", masked)
        turned = (value - 0xA282EAD8) % 2**32
        return ((turned >> 17) | (turned << 15)) % 2**32 == google_crc32c.value(data)

    at = 0
    while at < len(content):
        (length,) = struct.unpack_from("<Q", content, at)
        assert is_good(content[at : at + 8], content[at + 8 : at + 12])
        data = content[at + 12 : at + 12 + length]
        assert is_good(data, content[at + 12 + length : at + 16 + length])
        at += 16 + length
        yield parse_example(data)


def fields(data: bytes):
    """(number, content) of a message in protocol buffers whose fields are all length-delimited."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        assert key & 7 == 2
        length, at = varint(data, at)
        yield key >> 3, data[at : at + length]
        at += length


def varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if not data[at - 1] & 0x80:
            return value, at


def parse_example(data: bytes) -> np.ndarray:
    """Example.features.feature: a map of name to bytes_list (1) or int64_list (3)."""
    ((_, features),) = fields(data)
    found = {}
    for _, entry in fields(features):
        (_, name), (_, feature) = fields(entry)
        ((kind, listed),) = fields(feature)
        ((_, value),) = fields(listed)
        if kind == 3:
            numbers, at = [], 0
            while at < len(value):
                number, at = varint(value, at)
                numbers.append(number)
            found[name] = numbers
        else:
            found[name] = value
    return np.frombuffer(found[b"data"], np.uint8).reshape(found[b"shape"])


def test_an_original_that_is_gone_fails_the_export_and_names_the_portrait(client, dataset):
    version = freeze(client, dataset)
    path_of(Portrait.objects.get(name="biden_standing.jpg").sha256).unlink()
    client.call("POST", f"/versions/{version['id']}/exports", {"kind": "zip"})
    lease = queue.claim(runs_on="worker", kinds=[exports.KIND], holder="test")
    with pytest.raises(JobFailed, match="Portrait 3 of this version could not be read: its file is missing"):
        exports.handle(Context(lease.job))


def test_an_export_that_is_stopped_leaves_no_file(client, dataset, settings):
    version = freeze(client, dataset)
    client.call("POST", f"/versions/{version['id']}/exports", {"kind": "tfrecord"})
    lease = queue.claim(runs_on="worker", kinds=[exports.KIND], holder="test")
    with pytest.raises(JobCancelled):
        exports.handle(Context(lease.job, cancel_at=3))
    assert not [path for path in (settings.STUDIO_DATA / "tmp").iterdir() if path.name.startswith("export-")]
    queue.fail(lease, message="Stopped.")
    client.call("POST", f"/versions/{version['id']}/exports", {"kind": "tfrecord"})
    work(exports)
    assert client.call("GET", f"/versions/{version['id']}").json()["exports"][0]["bytes"] > 0


def test_an_export_that_was_killed_begins_again_says_so_and_leaves_nothing_behind(client, dataset, settings):
    version = freeze(client, dataset)
    client.call("POST", f"/versions/{version['id']}/exports", {"kind": "zip"})
    export = VersionExport.objects.get()
    left = settings.STUDIO_DATA / "tmp" / f"export-{export.pk}-killed"
    left.mkdir(parents=True)
    (left / "version").write_bytes(b"half a zip")
    Job.objects.filter(pk=export.job_id).update(attempts=1)  # as when the worker that had it was killed
    lease = queue.claim(runs_on="worker", kinds=[exports.KIND], holder="test")
    context = Context(lease.job)
    exports.handle(context)
    assert exports.AGAIN in context.words
    assert exports.CUTTING not in context.words
    assert not left.exists()


def test_a_full_disk_is_said_before_anything_is_made(client, dataset, settings):
    version = freeze(client, dataset)
    settings.FREE_BYTES_FLOOR = 2**60
    answer = client.call("POST", f"/versions/{version['id']}/exports", {"kind": "zip"})
    assert answer.status_code == 507
    assert not Job.objects.filter(kind=exports.KIND).exists()


def test_a_portrait_in_a_version_outlives_the_bin(client, dataset):
    from django.utils import timezone

    from studio.datasets.bin import KEPT, purge

    freeze(client, dataset, {"filter": {"faces": [2, 2]}})
    Portrait.objects.update(binned_at=timezone.now() - 2 * KEPT)
    assert purge() == 5
    assert Portrait.objects.get().name == "two_people.jpg"
    with open_blob(Portrait.objects.get().original) as file:
        assert Image.open(file).size == (1126, 661)


def test_versions_of_two_datasets_are_not_compared(client, dataset, project):
    other = make_dataset(project, "Others")
    ids = [freeze(client, dataset)["id"]]
    ids.append(str(DatasetVersion.objects.create(dataset=other, number=1, recipe={}).pk))
    assert client.call("GET", f"/versions/{ids[0]}/diff/{ids[1]}").status_code == 404
