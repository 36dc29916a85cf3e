"""What counts as a picture, to which set it belongs, and when it was taken: names, EXIF, then the file's own time."""

import io
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from capture_agent.errors import CaptureError
from capture_agent.find_pictures import find_pictures
from tests.capture_agent.studios import photograph


def with_exif(taken: str, offset: str = "", fraction: str = "") -> bytes:
    exif = Image.Exif()
    exif.get_ifd(0x8769).update({36867: taken, **({36881: offset} if offset else {}), 37521: fraction})
    written = io.BytesIO()
    Image.new("RGB", (16, 16), "gray").save(written, "JPEG", exif=exif)
    return written.getvalue()


def put(path: Path, data: bytes = b"x", *, at: datetime | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    if at is not None:
        os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def test_pitraitures_names_tell_set_and_time_and_sort_across_years(tmp_path: Path):
    names = [
        "a_b_12-31-2020_23-59-59-999999.jpeg",
        "a_b_01-01-2021_00-00-00-000001.jpeg",
        "z_03-01-2019_10-00-00-5.jpeg",
    ]
    for name in names:
        put(tmp_path / "any" / name)
    found = find_pictures(tmp_path)
    assert [(one.set_name, one.name) for one in found] == [("z", names[2]), ("a_b", names[0]), ("a_b", names[1])]
    assert found[1].taken_at == datetime(2020, 12, 31, 23, 59, 59, 999999).astimezone()


def test_other_pictures_go_by_exif_and_then_by_their_files_time(tmp_path: Path):
    at = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
    put(tmp_path / "IMG_1.jpg", with_exif("2021:04:28 11:50:12", "+02:00", "25"))
    put(tmp_path / "IMG_2.jpg", with_exif("2021:04:28 11:50:12"))
    put(tmp_path / "IMG_3.jpg", with_exif("0000:00:00 00:00:00"), at=at)
    put(tmp_path / "IMG_4.png", b"no picture at all", at=at)
    found = find_pictures(tmp_path)
    taken = {one.name: one.taken_at for one in found}
    assert {one.name for one in found if one.is_said} == {"IMG_1.jpg", "IMG_2.jpg"}, "only these are told as the truth"
    assert taken["IMG_1.jpg"] == datetime(2021, 4, 28, 9, 50, 12, 250_000, tzinfo=UTC)
    assert taken["IMG_2.jpg"] == datetime(2021, 4, 28, 11, 50, 12).astimezone()
    assert taken["IMG_3.jpg"] == taken["IMG_4.png"] == at


def test_a_memory_card_is_its_dcim_and_nothing_else_counts(tmp_path: Path):
    put(tmp_path / "DCIM" / "100CANON" / "IMG_0001.JPG")
    put(tmp_path / "DCIM" / "101CANON" / "IMG_0002.HEIC")
    for other in ("MISC/preview.jpg", "DCIM/.Trash/x.jpg", "DCIM/100CANON/._IMG_0001.JPG", "DCIM/100CANON/MVI_1.MP4"):
        put(tmp_path / other)
    found = find_pictures(tmp_path)
    assert [(one.place, one.set_name) for one in found] == [
        ("DCIM/100CANON/IMG_0001.JPG", "100CANON"),
        ("DCIM/101CANON/IMG_0002.HEIC", "101CANON"),
    ]


def test_a_zip_is_read_in_place(tmp_path: Path):
    pictures = {
        "set/one.jpg": photograph(30),
        "set/faces_04-28-2021_11-50-12-752379.jpeg": with_exif("2001:01:01 01:01:01"),
    }
    path = tmp_path / "card.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, data in pictures.items():
            archive.writestr(place, data)
        archive.writestr("__MACOSX/set/._one.jpg", b"shadow")
        archive.writestr("read me.txt", b"words")
    found = {one.place: one for one in find_pictures(path)}
    assert set(found) == set(pictures)
    assert found["set/faces_04-28-2021_11-50-12-752379.jpeg"].set_name == "faces"
    for place, data in pictures.items():
        pieces = [found[place].read(offset, 700) for offset in range(0, len(data) + 700, 700)]
        assert b"".join(pieces) == data
    assert [one.name for one in tmp_path.iterdir()] == ["card.zip"]


def test_a_damaged_member_is_a_sentence_not_a_crash(tmp_path: Path):
    path = tmp_path / "card.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("one.jpg", photograph(20))
    data = bytearray(path.read_bytes())
    data[5000] ^= 255
    path.write_bytes(data)
    (found,) = find_pictures(path)
    with pytest.raises(OSError, match=r"one\.jpg could not be unpacked"):
        found.read(0, 10)


@pytest.mark.parametrize("name", ["missing", "notes.txt"])
def test_what_is_no_place_of_pictures_is_a_sentence(tmp_path: Path, name: str):
    put(tmp_path / "notes.txt")
    with pytest.raises(CaptureError, match=name):
        find_pictures(tmp_path / name)
