"""Large JPEGs come out of the decoder at nearly the size that is needed: the same picture, upright, in its colours."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.datasets import jpeg, pictures, thumbs


def waves(width: int, height: int) -> Image.Image:
    y, x = np.mgrid[0:height, 0:width]
    levels = [128 + 90 * np.sin(x / 160), 128 + 90 * np.cos(y / 110), x / width * 200]
    return Image.fromarray(np.stack(levels, axis=2).astype(np.uint8))


@pytest.mark.parametrize(("side", "decoded"), [(2000, 1500), (4000, 1500), (6000, 1500), (1500, 1500), (900, 900)])
def test_the_long_side_is_the_smallest_eighth_that_is_enough(tmp_path, side, decoded):
    path = tmp_path / "large.jpg"
    waves(side, side // 2).save(path, "JPEG", quality=90)
    found = pictures.decode(path)
    assert found.image.size == (decoded, decoded // 2)
    assert (found.width_px, found.height_px) == (side, side // 2)


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_it_is_the_picture_that_pillow_decodes(tmp_path, mode, orientation):
    path, exif = tmp_path / "large.jpg", Image.Exif()
    exif[0x0112] = orientation
    waves(2400, 1600).convert(mode).save(path, "JPEG", quality=95, exif=exif)
    whole = pictures.decode(path, at_least_px=None).image
    small = pictures.decode(path).image
    assert small.mode == "RGB"
    assert max(small.size) == (2400 if mode == "CMYK" else 1500)
    assert (small.width > small.height) == (whole.width > whole.height)
    wanted = np.asarray(whole.resize(small.size, Image.Resampling.BOX), int)
    assert np.abs(np.asarray(small, int) - wanted).mean() < 2


def test_a_truncated_file_is_damaged_and_a_strange_tail_is_not(tmp_path):
    path = tmp_path / "large.jpg"
    waves(2000, 1500).save(path, "JPEG", quality=90)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(pictures.PictureRefused, match="damaged"):
        pictures.decode(path)
    path.write_bytes(whole + b"what a camera leaves behind" * 9)
    assert pictures.decode(path).image.width == 1500


def test_the_loupes_copy_is_the_decoded_one_when_it_is_near_enough():
    def view_width(width: int) -> int:
        return Image.open(io.BytesIO(thumbs.make(waves(width, 400)).view)).width

    assert [view_width(width) for width in (900, 1500, 1728, 1800, 3000)] == [900, 1500, 1728, 1440, 1440]


def test_other_files_are_left_to_pillow(tmp_path):
    path: Path = tmp_path / "large.png"
    waves(2000, 1000).save(path)
    with Image.open(path) as image:
        assert jpeg.scaled(path, image, 1440) is None
    assert pictures.decode(path).image.size == (2000, 1000)
