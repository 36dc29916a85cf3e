"""Pictures of every kind and every fault, from a zip and from a folder."""

import errno
import io
import os
import zipfile
from itertools import islice

import numpy as np
import pytest
from PIL import Image

from gpu_service.training.data.errors import DataError
from gpu_service.training.data.feed import Feed
from gpu_service.training.data.pictures import open_pictures
from tests.gpu_service.training.sets import files, little_set, picture, png, write_folder, write_zip


def levels(pictures, index):
    """[H, W, 3]"""
    came, read = pictures.read(index)
    assert came == index
    return read.transpose(1, 2, 0)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_zip_and_the_folder_it_was_made_of_are_the_same_set(tmp_path, method):
    content = files(12)
    backwards = dict(reversed(content.items()))
    zipped = open_pictures(write_zip(tmp_path / "a.zip", backwards, method=method), size=16)
    folder = open_pictures(write_folder(tmp_path / "a", backwards), size=16)
    assert [zipped.name(n) for n in range(12)] == [folder.name(n) for n in range(12)] == list(content)
    for number in range(12):
        assert np.array_equal(levels(zipped, number), picture(number))
        assert np.array_equal(levels(folder, number), picture(number))


def test_small_sets_are_decoded_once_and_large_ones_each_time(tmp_path):
    path = little_set(tmp_path)
    kept, passing = open_pictures(path, size=16), open_pictures(path, size=16, kept_bytes=100)
    for pictures in (kept, passing):
        assert np.array_equal(levels(pictures, 3), levels(pictures, 3))
    assert np.shares_memory(kept.read(3)[1], kept.read(3)[1])
    assert not np.shares_memory(passing.read(3)[1], passing.read(3)[1])


GREY = np.arange(256, dtype=np.uint8).reshape(16, 16)
COLOUR = picture(0)


def palette() -> Image.Image:
    made = Image.new("P", (16, 16))
    made.putpalette([value for level in range(256) for value in (level, 255 - level, 7)])
    made.putdata(list(range(256)))
    return made


KINDS = {
    "grey": (png(GREY), np.repeat(GREY[:, :, None], 3, 2)),
    "16 bits": (png(Image.fromarray(GREY.astype(np.uint16) * 257)), np.repeat(GREY[:, :, None], 3, 2)),
    "palette": (png(palette()), np.stack([GREY, 255 - GREY, np.full_like(GREY, 7)], 2)),
    "black and white": (png(Image.fromarray(GREY > 99)), np.repeat((GREY > 99)[:, :, None] * np.uint8(255), 3, 2)),
    "see-through": (png(np.dstack([COLOUR, GREY])), None),
    "grey see-through": (png(np.dstack([GREY, np.zeros_like(GREY)])), np.zeros((16, 16, 3), np.uint8)),
    "lossless WebP": (png(COLOUR, format="WEBP", lossless=True), COLOUR),
    "BMP": (png(COLOUR, format="BMP"), COLOUR),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_picture_becomes_rgb(tmp_path, kind):
    content, wanted = KINDS[kind]
    path = write_zip(tmp_path / "a.zip", {f"{n}.png": content for n in range(8)})
    if wanted is None:  # alpha over black, rounded as Pillow does
        wanted = (COLOUR * (GREY[:, :, None] / 255)).round()
    assert np.abs(levels(open_pictures(path, size=16), 0) - wanted.astype(float)).max() <= (kind == "see-through")


def test_a_camera_that_was_turned_gives_an_upright_picture(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90° clockwise to be looked at
    wide = picture(1, side=32)[:16]
    path = write_zip(tmp_path / "a.zip", {f"{n}.png": png(wide, exif=exif) for n in range(8)})
    upright = levels(open_pictures(path, size=32, fit="pad"), 0)
    assert open_pictures(path, size=32, fit="pad").aspect == pytest.approx(0.5)
    assert np.array_equal(upright[:, 8:24], np.rot90(wide, -1))


BROKEN = {
    "cut off": (png(picture(5))[:200], "is damaged"),
    "text": (b"I am no picture", "is no picture"),
    "empty": (b"", "is no picture"),
    "too large": (png(picture(5, side=32)), "is 32×32 pixels, not 16×16"),
    "bomb": (
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (60000).to_bytes(4, "big") * 2 + b"\x08\2\0\0\0" + b"\0" * 40,
        "is no picture",
    ),
}


@pytest.mark.parametrize("form", ["zip", "folder"])
@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_picture_is_named_once_and_the_next_one_stands_for_it(tmp_path, fault, form):
    content, reason = BROKEN[fault]
    # So many that this one is not looked at when the set is opened.
    many = files(200) | {"00000/img00000005.png": content}
    write = {"zip": write_zip, "folder": write_folder}[form]
    pictures = open_pictures(
        write(tmp_path / "set", many) if form == "folder" else write(tmp_path / "a.zip", many), size=16
    )
    with Feed(pictures, batch=50) as feed:
        for _ in range(12):
            next(feed)
    assert pictures.take_notices() == [f"00000/img00000005.png {reason}: skipped."]
    assert pictures.take_notices() == []
    came, read = pictures.read(5)
    assert came == 6
    assert np.array_equal(read.transpose(1, 2, 0), picture(6))


def test_two_broken_ones_in_a_row_and_the_last_of_all_are_replaced(tmp_path):
    content = files(12) | {f"00000/img{n:08d}.png": b"?" for n in (10, 11)}
    pictures = open_pictures(write_zip(tmp_path / "a.zip", content), size=16)
    assert [pictures.read(n)[0] for n in (9, 10, 11, 0)] == [9, 0, 0, 0]
    assert len(pictures.take_notices()) == 2


def test_labels_of_a_replaced_picture_are_those_of_the_one_that_stands_for_it(tmp_path):
    content = files(12) | {"00000/img00000004.png": b"?"}
    path = write_zip(tmp_path / "a.zip", content, labels={name: n for n, name in enumerate(content)})
    with Feed(open_pictures(path, size=16, labels=True), batch=12) as feed:
        classes = next(feed)[1].argmax(1).tolist()
    assert sorted(classes) == [0, 1, 2, 3, 5, 5, 6, 7, 8, 9, 10, 11]


def test_a_zip_whose_bytes_were_changed_names_the_picture(tmp_path):
    path = little_set(tmp_path)
    whole = bytearray(path.read_bytes())
    place = whole.index(b"img00000007.png") + 60
    whole[place] ^= 0xFF
    path.write_bytes(whole)
    pictures = open_pictures(path, size=16)
    assert pictures.read(7)[0] == 8
    assert pictures.take_notices() == ["00000/img00000007.png is damaged: its checksum is wrong: skipped."]


def test_a_picture_that_vanishes_from_a_folder_is_named(tmp_path):
    folder = write_folder(tmp_path / "set", files(12))
    pictures = open_pictures(folder, size=16)
    (folder / "00000/img00000002.png").unlink()
    assert pictures.read(2)[0] == 3
    assert pictures.take_notices() == ["00000/img00000002.png is gone: skipped."]


def test_a_pipe_among_the_pictures_holds_nobody_up(tmp_path):
    folder = write_folder(tmp_path / "set", files(12))
    os.mkfifo(folder / "00000/a.png")
    pictures = open_pictures(folder, size=16)
    assert (pictures.name(0), pictures.read(0)[0]) == ("00000/a.png", 1)
    assert pictures.take_notices() == ["00000/a.png is no file: skipped."]


def test_a_disk_that_fails_ends_the_run_and_blames_no_picture(tmp_path, monkeypatch):
    pictures = open_pictures(little_set(tmp_path), size=16)

    def fail(*_given):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "pread", fail)
    with pytest.raises(DataError, match=r"little.zip can no longer be read: Input/output error.") as said:
        pictures.read(0)
    assert said.value.retry
    assert pictures.take_notices() == []


def test_a_set_that_is_mostly_broken_stops_the_run(tmp_path):
    content = files(40) | {f"00000/img{n:08d}.png": b"?" for n in range(1, 12)}
    with (
        Feed(open_pictures(write_zip(tmp_path / "a.zip", content), size=16), batch=40) as feed,
        pytest.raises(DataError, match=r"11 of 40 pictures in a.zip cannot be used; the last, .* is no picture"),
    ):
        list(islice(feed, 4))  # the threads are up to three batches ahead


SIZES = {
    (16, 16): "00000.png is 16×16 pixels, this run is of 64. Choose size 16, or --fit crop to scale all.",
    (
        100,
        100,
    ): "00000.png is 100×100 pixels, no power of two, as 64 is. --fit crop scales its middle 100×100 to 64×64.",
    (64, 48): "00000.png is 64×48 pixels, not square. --fit crop scales its middle 48×48 to 64×64, --fit pad keeps all "
    "of it and notes its aspect of 1.333, which renders give back.",
    (1, 1): "00000.png is 1×1 pixels. Training needs at least 16 a side.",
}


@pytest.mark.parametrize("sides", SIZES, ids=str)
def test_sizes_that_do_not_fit_are_refused_with_what_would(tmp_path, sides):
    path = write_zip(tmp_path / "a.zip", {f"{n:05d}.png": png(Image.new("RGB", sides)) for n in range(9)})
    with pytest.raises(DataError) as refused:
        open_pictures(path, size=64)
    assert str(refused.value) == SIZES[sides]


def test_cropped_is_the_middle_and_padded_is_all_of_it(tmp_path):
    wide = np.zeros((24, 48, 3), np.uint8)
    wide[:, 12:36] = 200
    wide[:, :4] = 90
    path = write_zip(tmp_path / "a.zip", {f"{n}.png": png(wide) for n in range(8)})
    cropped, padded = (open_pictures(path, size=16, fit=fit) for fit in ("crop", "pad"))
    assert (cropped.aspect, padded.aspect) == (None, pytest.approx(2))
    middle = np.asarray(Image.fromarray(wide[:, 12:36]).resize((16, 16), Image.Resampling.LANCZOS), int)
    assert np.abs(levels(cropped, 0)[:, 3:-3] - middle[:, 3:-3]).max() <= 1
    whole = levels(padded, 0)[4:12]
    assert np.abs(whole - np.asarray(Image.fromarray(wide).resize((16, 8), Image.Resampling.LANCZOS), int)).max() == 0
    assert np.array_equal(levels(padded, 0)[:4], whole[:4][::-1])  # mirrored at the edge


def test_pictures_of_many_aspects_have_none_in_common(tmp_path):
    sides = [(32, 16 + number) for number in range(10)]
    path = write_zip(tmp_path / "a.zip", {f"{n}.png": png(Image.new("RGB", each)) for n, each in enumerate(sides)})
    assert open_pictures(path, size=32, fit="pad").aspect is None


@pytest.mark.parametrize(
    ("count", "words"), [(0, "holds no pictures"), (1, "holds 1 picture."), (3, "holds 3 pictures.")]
)
def test_too_few_pictures_are_refused(tmp_path, count, words):
    with pytest.raises(DataError, match=words):
        open_pictures(little_set(tmp_path, count), size=16)


def test_what_systems_leave_in_archives_is_no_picture(tmp_path):
    content = {"__MACOSX/00000/._img00000000.png": b"x", ".hidden.png": b"x", "notes.txt": b"x", "00000/": b""}
    assert len(open_pictures(write_zip(tmp_path / "a.zip", files(12) | content), size=16)) == 12


def test_names_that_lead_elsewhere_are_only_names(tmp_path):
    content = files(8) | {"../../../etc/passwd.png": png(picture(99)), "/root/\x1b[31m.png": b"?", "C:\\x.png": b"?"}
    before = sorted(tmp_path.rglob("*"))
    pictures = open_pictures(write_zip(tmp_path / "a.zip", content), size=16)
    with Feed(pictures, batch=11) as feed:
        next(feed)
    assert sorted(pictures.take_notices()) == [
        "/root/?[31m.png is no picture: skipped.",
        "C:/x.png is no picture: skipped.",
    ]
    assert sorted(set(tmp_path.rglob("*")) - set(before)) == [tmp_path / "a.zip"]


def test_what_is_neither_zip_nor_folder_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"There is nothing at .*none.zip"):
        open_pictures(tmp_path / "none.zip", size=16)
    (tmp_path / "tale.txt").write_text("once upon a time" * 9)
    with pytest.raises(DataError, match=r"tale.txt is no zip"):
        open_pictures(tmp_path / "tale.txt", size=16)


def test_noise_of_every_kind_is_no_reason_to_fall(tmp_path):
    """Whatever one byte of a real PNG becomes: another picture, or a picture that is named."""
    chance = np.random.default_rng(0)
    whole, content = png(picture(3)), files(300)
    for number in range(0, 300, 5):
        damaged = bytearray(whole)
        damaged[chance.integers(len(damaged))] = chance.integers(256)
        content[f"00000/img{number:08d}.png"] = bytes(damaged)
    pictures = open_pictures(write_zip(tmp_path / "a.zip", content), size=16)
    for number in range(300):
        assert pictures.read(number)[1].shape == (3, 16, 16)
    assert pictures.take_notices()


def test_a_jpeg_may_be_a_training_picture(tmp_path):
    content = png(Image.fromarray(COLOUR).resize((16, 16)), format="JPEG", quality=95)
    path = write_zip(tmp_path / "a.zip", {f"{n}.JPG": content for n in range(8)})
    assert np.array_equal(levels(open_pictures(path, size=16), 0), np.asarray(Image.open(io.BytesIO(content))))
