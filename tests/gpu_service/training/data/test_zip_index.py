"""Our reading of a zip's directory beside the standard library's, and what a hostile one may claim."""

import os
import struct
import tracemalloc
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu_service.training.data import sources
from gpu_service.training.data.errors import BadPicture, DataError
from gpu_service.training.data.sources import ZipSource
from gpu_service.training.data.zip_index import END, END64, END64_PLACE, ENTRY, entries
from tests.gpu_service.training.sets import files, write_zip

NAMES = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters="/\\\0"), min_size=1, max_size=20), unique=True
)


def ours(path):
    file = os.open(path, os.O_RDONLY)
    try:
        return [(entry.name, entry.start, entry.packed, entry.size, entry.crc) for entry in entries(file, shown="it")]
    finally:
        os.close(file)


def theirs(path):
    with zipfile.ZipFile(path) as archive:
        return [
            (info.filename, info.header_offset, info.compress_size, info.file_size, info.CRC)
            for info in archive.infolist()
        ]


@settings(max_examples=30, deadline=None)
@given(names=NAMES, front=st.binary(max_size=40), comment=st.binary(max_size=200), packed=st.booleans())
def test_we_find_what_the_standard_library_finds(tmp_path_factory, names, front, comment, packed):
    path = tmp_path_factory.mktemp("zips") / "a.zip"
    method = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    path.write_bytes(front)
    with zipfile.ZipFile(path, "a", method) as archive:
        for name in names:
            archive.writestr(name, name * 3)
        archive.comment = comment
    assert [name for name, *_ in ours(path)] == names
    if b"PK\5\6" not in comment:  # in which the standard library looks for the directory
        assert ours(path) == theirs(path)


def test_a_comment_that_looks_like_a_directory_is_a_comment(tmp_path):
    path = write_zip(tmp_path / "a.zip", files(3))
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = END.pack(b"PK\5\6", 0, 0, 7, 7, 99, 99, 0)[:-1] + b"\1" + b"PK\5\6"
    assert len(ours(path)) == 4


def test_what_was_added_behind_an_archive_is_passed_over(tmp_path):
    path = write_zip(tmp_path / "a.zip", files(3))
    with path.open("ab") as file:
        file.write(b"\0" * 30)
    assert len(ours(path)) == 4


def test_zip64_is_read_with_bytes_in_front(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(b"in front")
    with zipfile.ZipFile(path, "a") as archive:
        for name, content in files(3).items():
            with archive.open(name, "w", force_zip64=True) as file:
                file.write(content)
    wide = widened(path.read_bytes())
    path.write_bytes(wide)
    assert ours(path) == theirs(path)
    assert len(ours(path)) == 3


def widened(content):
    """The same archive with its directory's place told in 64 bits, as where it lies beyond 4 GB."""
    place = content.rindex(b"PK\5\6")
    _, _, _, _, count, size, start, _ = END.unpack_from(content, place)
    record = END64.pack(b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, start)
    pointer = END64_PLACE.pack(b"PK\6\7", 0, place, 1)
    last = END.pack(b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return content[:place] + record + pointer + last


def many(count):
    """A zip that says it holds so many pictures, without any of them."""
    entry = [
        ENTRY.pack(b"PK\1\2", 20, 20, 0, 0, 0, 33, n, 197_000, 197_000, 21, 0, 0, 0, 0, 0, n)
        + b"%05d/img%08d.png" % (n // 1000, n)
        for n in range(count)
    ]
    directory = b"".join(entry)
    return directory + END.pack(b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, len(directory), 0, 0)


def test_very_many_pictures_take_little_memory(tmp_path):
    count = 30_000
    path = tmp_path / "many.zip"
    content = many(count)
    record = END64.pack(b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(content) - END.size, 0)
    pointer = END64_PLACE.pack(b"PK\6\7", 0, len(content) - END.size, 1)
    path.write_bytes(content[: -END.size] + record + pointer + content[-END.size :])
    tracemalloc.start()
    source = ZipSource(path)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(source.names) == count
    assert source.names[29_999] == "00029/img00029999.png"
    assert source.nbytes < 80 * count
    assert held < 100 * count
    source.close()


CLAIMS = {
    "no end": (lambda whole: whole[: whole.rindex(b"PK\5\6")], "no whole zip"),
    "half": (lambda whole: whole[: len(whole) // 2], "no whole zip"),
    "more files than there are": (lambda whole: end_with(whole, count=9999), "makes no sense"),
    "a directory before the file": (lambda whole: end_with(whole, start=1 << 31), "makes no sense"),
    "a directory of gigabytes": (lambda whole: end_with(whole, size=(1 << 32) - 2), "makes no sense"),
    "a directory of noise": (lambda whole: whole.replace(b"PK\1\2", b"PK\1\3"), "ends at file 1"),
}


def end_with(whole, **changed):
    place = whole.rindex(b"PK\5\6")
    _, _, _, _, count, size, start, comment = END.unpack_from(whole, place)
    values = {"count": count, "size": size, "start": start} | changed
    return whole[:place] + END.pack(
        b"PK\5\6", 0, 0, values["count"], values["count"], values["size"], values["start"], comment
    )


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_directory_that_lies_is_refused_in_a_sentence(tmp_path, claim):
    change, words = CLAIMS[claim]
    path = write_zip(tmp_path / "a.zip", files(9))
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(DataError, match=words):
        ZipSource(path)


@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, 10**6), value=st.integers(0, 255), cut=st.integers(0, 40))
def test_no_byte_of_a_directory_can_do_worse_than_a_sentence(tmp_path_factory, place, value, cut):
    path = write_zip(tmp_path_factory.mktemp("zips") / "a.zip", files(9))
    whole = bytearray(path.read_bytes())
    first = whole.index(b"PK\1\2")
    whole[first + place % (len(whole) - first)] = value
    path.write_bytes(whole[: len(whole) - cut])
    try:
        source = ZipSource(path)
    except DataError:
        return
    for index in range(len(source.names)):
        try:
            source.read(index)
        except BadPicture:
            continue


def claiming(tmp_path, **changed):
    """A zip whose first picture's entry says something else. -> what reading it says"""
    path = write_zip(tmp_path / "a.zip", files(9), method=zipfile.ZIP_DEFLATED)
    whole = bytearray(path.read_bytes())
    place = whole.index(b"PK\1\2")
    fields = list(ENTRY.unpack_from(whole, place))
    for name, value in changed.items():
        fields[{"flags": 3, "method": 4, "crc": 7, "packed": 8, "size": 9, "start": 16}[name]] = value
    struct.pack_into(ENTRY.format, whole, place, *fields)
    path.write_bytes(whole)
    with pytest.raises(BadPicture) as said:
        ZipSource(path).read(0)
    return str(said.value)


def test_what_an_entry_may_claim(tmp_path):
    assert claiming(tmp_path, size=0xFFFFFFF0) == "claims to be 4,295 MB"
    assert claiming(tmp_path, size=1000) == "is damaged: its checksum is wrong"
    assert claiming(tmp_path, packed=100_000) == "is cut off"
    assert claiming(tmp_path, packed=10) == "is damaged: its checksum is wrong"
    assert claiming(tmp_path, flags=1) == "is encrypted"
    assert claiming(tmp_path, method=14) == "is packed by method 14, which is not read here"
    assert claiming(tmp_path, start=77) == "is not where the directory says"


def test_a_bomb_is_unpacked_no_further_than_it_says(tmp_path):
    path = write_zip(tmp_path / "a.zip", files(9) | {"00000/bomb.png": bytes(50_000_000)}, method=zipfile.ZIP_DEFLATED)
    whole = path.read_bytes()
    path.write_bytes(whole.replace(struct.pack("<L", 50_000_000), struct.pack("<L", 1000)))
    source = ZipSource(path)
    tracemalloc.start()
    with pytest.raises(BadPicture, match="checksum"):
        source.read(list(source.names).index("00000/bomb.png"))
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()
    assert sources.LARGEST_FILE > 50_000_000
