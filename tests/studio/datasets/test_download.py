"""A selection as a zip: whole, without what the camera wrote, in pieces however large it is."""

import io
import zipfile

import pytest
from PIL import ExifTags, Image

from studio.blobs.store import path_of, put_bytes
from studio.datasets.download import PIECE
from studio.datasets.models import Portrait
from tests.studio.datasets.library import make_dataset, make_portraits, make_session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def dataset(project):
    return make_dataset(project)


@pytest.fixture
def client(owner, as_user):
    return as_user(owner)


def photo(colour, *, side=64):
    """A JPEG that says where it was taken."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Raspberry Pi"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    buffer = io.BytesIO()
    Image.effect_noise((side, side), 80).convert("RGB").point(lambda level: level ^ colour).save(
        buffer, "JPEG", quality=95, exif=exif
    )
    return buffer.getvalue()


def give(portrait, content, name):
    blob = put_bytes(content)
    Portrait.objects.filter(pk=portrait.pk).update(original=blob, format="JPEG", name=name)


def order(client, dataset, selection, which="original"):
    answer = client.call("POST", f"/datasets/{dataset.pk}/downloads", {"selection": selection, "which": which})
    assert answer.status_code == 201, answer.content
    return client.get(answer.json()["url"])


async def collected(answer):
    return [piece async for piece in answer.streaming_content]


def fetch(answer):
    from asgiref.sync import async_to_sync

    assert answer.status_code == 200
    return async_to_sync(collected)(answer)


def test_the_zip_holds_every_picture_of_the_selection_without_its_place(dataset, client):
    portraits = make_portraits(make_session(dataset, name="a/b: ..\\c"), 4)
    for number, portrait in enumerate(portraits):
        give(portrait, photo(number), "../same.jpg")
    selection = {"filter": {}, "except_ids": [portraits[0].pk]}
    answer = order(client, dataset, selection)
    assert answer["Content-Disposition"] == 'attachment; filename="ines.zip"'
    packed = zipfile.ZipFile(io.BytesIO(b"".join(fetch(answer))))
    assert packed.testzip() is None
    folder = "2026-08-03 17.00 a_b_ .._c"
    assert packed.namelist() == [f"{folder}/{name}.jpg" for name in ("_same", "_same 2", "_same 3")]
    for name, portrait in zip(packed.namelist(), portraits[1:], strict=True):
        assert packed.getinfo(name).compress_type == zipfile.ZIP_STORED
        content = packed.read(name)
        assert b"Raspberry" not in content
        with Image.open(io.BytesIO(content)) as found, Image.open(path_of(portrait_blob(portrait))) as kept:
            assert dict(found.getexif()) == {}
            assert kept.getexif().get_ifd(ExifTags.IFD.GPSInfo)
            assert found.tobytes() == kept.tobytes()


def portrait_blob(portrait):
    return Portrait.objects.values_list("original_id", flat=True).get(pk=portrait.pk)


def test_what_cannot_be_handed_out_is_named_and_the_rest_is_there(dataset, client):
    portraits = make_portraits(make_session(dataset), 2)
    give(portraits[0], photo(1), "one.jpg")
    Portrait.objects.filter(pk=portraits[1].pk).update(view=None)
    Portrait.objects.filter(pk=portraits[0].pk).update(view=put_bytes(b"view of one"))
    packed = zipfile.ZipFile(io.BytesIO(b"".join(fetch(order(client, dataset, {"filter": {}}, "view")))))
    assert packed.read(packed.namelist()[0]) == b"view of one"
    assert packed.read("left out.txt").decode() == "face_00001.jpeg: There is no smaller picture of it.\n"


def test_a_large_picture_leaves_in_pieces(dataset, client):
    [portrait] = make_portraits(make_session(dataset), 1)
    give(portrait, photo(3, side=2400), "large.jpg")
    pieces = fetch(order(client, dataset, {"ids": [portrait.pk]}))
    assert len(pieces) > 8
    assert max(map(len, pieces)) < PIECE + 1000
    assert zipfile.ZipFile(io.BytesIO(b"".join(pieces))).testzip() is None


def test_nothing_selected_is_said(dataset, client):
    answer = client.call("POST", f"/datasets/{dataset.pk}/downloads", {"selection": {"filter": {}}})
    assert (answer.status_code, answer.json()["detail"]) == (422, "The selection holds no portrait.")
