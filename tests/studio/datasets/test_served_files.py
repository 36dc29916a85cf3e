"""What leaves the studio holds the picture, bit by bit, and nothing of place, person or script (F24)."""

import io
import zipfile
from datetime import timedelta

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from studio.blobs.store import open_blob, put_bytes
from studio.datasets import pictures, serve, strip, thumbs
from studio.datasets.models import CaptureSession, Portrait
from studio.datasets.serve import clean_original
from tests.studio.datasets.conftest import picture

pytestmark = pytest.mark.django_db
NOISE = np.random.default_rng(5).integers(0, 255, (48, 64, 3), np.uint8)
SECRETS = (b"secret place", b"GPS", b"secret comment", b"http://ns.adobe.com")
LATITUDE = (53.0, 33.0, 1.0)


def placed(orientation: int = 1) -> Image.Exif:
    """EXIF as a phone writes it."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E], exif[0x0110] = orientation, "secret place", "HQ camera"
    exif.get_ifd(0x8825).update({1: "N", 2: LATITUDE, 3: "E", 4: (9.0, 59.0, 36.0)})
    return exif


def encoded(kind: str, image: Image.Image | None = None, **options) -> bytes:
    pictures.prepare()
    buffer = io.BytesIO()
    (image or Image.fromarray(NOISE)).save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.fixture
def stored(dataset):
    """Makes a portrait of these bytes, as an upload would."""
    session = CaptureSession.objects.create(dataset=dataset, source="upload")

    def make(data: bytes, kind: str, name: str = "one.jpg") -> Portrait:
        blob = put_bytes(data)
        return Portrait.objects.create(
            dataset=dataset,
            session=session,
            original=blob,
            sha256=blob.pk,
            name=name,
            taken_at=session.started_at + timedelta(seconds=1),
            bytes=len(data),
            format=kind,
        )

    return make


def clean(portrait: Portrait) -> bytes:
    found = clean_original(portrait)
    data = b"".join(found.pieces(1000))
    assert len(data) == found.size
    return data


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_an_original_is_handed_out_without_its_place(stored, kind, orientation):
    options = {"exif": placed(orientation), "xmp": b"<x xmlns='http://ns.adobe.com/'>secret place</x>"}
    if kind == "JPEG":
        options["comment"] = b"secret comment"
    if kind == "WEBP":
        options |= {"lossless": True, "exif": placed(orientation).tobytes()}
    data = encoded(kind, **options)
    assert b"secret place" in data
    portrait = stored(data, kind)
    served = clean(portrait)
    for secret in SECRETS:
        assert secret not in served, secret
    before, after = Image.open(io.BytesIO(data)), Image.open(io.BytesIO(served))
    assert np.array_equal(np.asarray(before), np.asarray(after))
    assert dict(after.getexif().get_ifd(0x8825)) == {}
    assert after.getexif().get(0x0112, 1) == before.getexif().get(0x0112, 1)
    assert open_blob(portrait.original).read() == data  # the stored one stays as it came


@pytest.mark.parametrize("orientation", [1, 6])
def test_an_avif_is_handed_out_without_its_place(stored, orientation):
    """Where its block of metadata is not found as it was read, the picture is written anew, upright."""
    data = encoded("AVIF", exif=placed(orientation))
    assert b"secret place" in data
    served = clean(stored(data, "AVIF"))
    after = Image.open(io.BytesIO(served))
    assert b"secret place" not in served
    assert after.format == ("AVIF" if orientation == 1 else "PNG")
    assert after.size == ((64, 48) if orientation == 1 else (48, 64))


def test_colour_profile_and_progressive_scans_stay(stored):
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encoded("JPEG", exif=placed(), icc_profile=profile, progressive=True, quality=95)
    after = Image.open(io.BytesIO(clean(stored(data, "JPEG"))))
    assert after.info["icc_profile"] == profile
    assert np.array_equal(np.asarray(after), np.asarray(Image.open(io.BytesIO(data))))


def test_ink_keeps_its_transform(stored):
    data = encoded("JPEG", Image.fromarray(NOISE).convert("CMYK"), exif=placed())
    after = Image.open(io.BytesIO(clean(stored(data, "JPEG"))))
    assert (after.mode, after.info.get("adobe_transform")) == (
        "CMYK",
        Image.open(io.BytesIO(data)).info["adobe_transform"],
    )


def test_text_in_a_png_goes(stored):
    notes = PngInfo()
    notes.add_text("Comment", "secret comment")
    notes.add_itxt("XML:com.adobe.xmp", "secret place")
    data = encoded("PNG", pnginfo=notes, exif=placed(6), dpi=(300, 300))
    after = Image.open(io.BytesIO(clean(stored(data, "PNG"))))
    assert after.text == {}
    assert after.getexif()[0x0112] == 6


def test_what_cannot_be_cut_is_written_anew(stored):
    """TIFF keeps its tags among its pixels."""
    grey = Image.fromarray(np.linspace(0, 65535, 64 * 48).astype(np.uint16).reshape(48, 64))
    for image, mode in ((Image.fromarray(NOISE), "RGB"), (grey, "I;16")):
        data = encoded("TIFF", image, exif=placed(6))
        found = clean_original(portrait := stored(data, "TIFF", "scan.tif"))
        after = Image.open(io.BytesIO(clean(portrait)))
        assert (found.name, found.content_type, after.format, after.mode) == ("scan.png", "image/png", "PNG", mode)
        assert np.array_equal(np.asarray(after), np.rot90(np.asarray(image), -1))
        assert dict(after.getexif()) == {}
        portrait.delete()


def test_a_large_scan_is_not_written_anew_by_a_request(tus, stored, monkeypatch):
    """It would take the studio's memory; the view is there all the same."""
    monkeypatch.setattr(serve, "MOST_ANEW_PIXELS", 64 * 48 - 1)
    portrait = stored(encoded("TIFF"), "TIFF", "scan.tif")
    answer = tus.client.get(f"/api/v1/portraits/{portrait.pk}/files/original")
    assert (answer.status_code, "too large" in answer.json()["detail"]) == (409, True)


def test_a_second_picture_behind_the_first_goes(stored):
    """Phones hang a preview behind the picture, with a place of its own; polyglots hang anything."""
    data = encoded("JPEG", exif=placed()) + encoded("JPEG", exif=placed())
    page = io.BytesIO(data + b"<script>alert(1)</script>")
    with zipfile.ZipFile(page, "a") as archive:
        archive.writestr("x.html", "<script>alert(2)</script>")
    served = clean(stored(page.getvalue(), "JPEG"))
    assert served.endswith(b"\xff\xd9")
    assert b"script" not in served
    assert b"secret place" not in served
    assert not zipfile.is_zipfile(io.BytesIO(served))


def test_a_polyglot_runs_nothing(tus, project, dataset):
    """F24: a JPEG that is a web page too. It goes out as a download that no browser interprets."""
    page = b"<html><body><script>document.title='run'</script></body></html>"
    data = encoded("JPEG", comment=page) + page
    said = {"kind": "portrait", "dataset": str(dataset.pk), "filename": "page.html"}
    assert tus.send(project, data, **said).status_code == 204
    portrait = Portrait.objects.get()
    answer = tus.client.get(f"/api/v1/portraits/{portrait.pk}/files/original")
    body = b"".join(stream_of(answer))
    assert page not in body
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"] == 'attachment; filename="page.jpg"'
    assert "sandbox" in answer["Content-Security-Policy"]


def test_files_are_answered_by_range_and_kept_for_ever(tus, project, dataset, stored):
    portrait = stored(encoded("JPEG", exif=placed(6)), "JPEG")
    made = thumbs.make(Image.fromarray(NOISE))
    portrait.thumb, portrait.view = put_bytes(made.thumb), put_bytes(made.view)
    portrait.save()
    whole = clean(portrait)
    for which, data, kind in (
        ("thumb", made.thumb, "image/webp"),
        ("view", made.view, "image/jpeg"),
        ("original", whole, "image/jpeg"),
    ):
        address = f"/api/v1/portraits/{portrait.pk}/files/{which}"
        answer = tus.client.get(address)
        assert b"".join(stream_of(answer)) == data
        assert (answer["Content-Type"], answer["Cache-Control"]) == (kind, "private, max-age=31536000, immutable")
        part = tus.client.get(address, headers={"Range": "bytes=10-49"})
        assert (part.status_code, b"".join(stream_of(part))) == (206, data[10:50])
        tail = tus.client.get(address, headers={"Range": "bytes=-7"})
        assert b"".join(stream_of(tail)) == data[-7:]
        assert tus.client.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_an_original_that_is_cut_off_is_handed_out_as_far_as_it_goes(stored):
    data = picture(1, size=(200, 200), quality=95)
    served = clean(stored(data[:-500], "JPEG"))
    assert served[:2] == b"\xff\xd8"
    assert len(served) <= len(data) - 500


def test_a_picture_without_thumbnail_is_not_found_yet(tus, stored):
    portrait = stored(encoded("JPEG"), "JPEG")
    assert tus.client.get(f"/api/v1/portraits/{portrait.pk}/files/thumb").status_code == 404


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_no_cut_of_a_file_makes_the_cleaner_fail_otherwise_than_by_saying_so(kind):
    data = encoded(kind, exif=placed(6))
    for end in [*range(min(len(data), 300)), *range(300, len(data), 97)]:
        try:
            parts = strip.clean_parts(data[:end], format=kind, orientation=6)
        except strip.CannotStrip:
            continue
        assert all(isinstance(part, bytes) or 0 <= part[0] < part[1] <= end for part in parts)


def stream_of(answer):
    from asgiref.sync import async_to_sync

    async def collect():
        return [piece async for piece in answer.streaming_content]

    return async_to_sync(collect)()
