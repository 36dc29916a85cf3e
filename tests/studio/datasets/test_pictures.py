"""Pictures of every kind open as they look; bombs and strangers are refused by their header (F23)."""

import io
import json
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from studio.datasets import pictures, thumbs, vips
from studio.datasets.pictures import PictureRefused, decode, inspect
from tests.conftest import REPOSITORY

LEFT_RED = np.zeros((40, 60, 3), np.uint8)
LEFT_RED[:, :30] = (200, 30, 30)
LEFT_RED[:, 30:] = (30, 30, 200)


def saved(image: Image.Image, path, kind: str, **options):
    image.save(path, kind, **options)
    return path


def near(image: Image.Image, place: tuple[int, int], colour: tuple[int, int, int], tolerance: int = 12) -> bool:
    return max(abs(a - b) for a, b in zip(image.getpixel(place), colour, strict=True)) <= tolerance


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_picture_is_seen_upright(tmp_path, kind, orientation):
    """The red half lies where the camera's orientation says."""
    pictures.prepare()
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(Image.fromarray(LEFT_RED), tmp_path / "picture", kind, exif=exif)
    header, decoded = inspect(path), decode(path)
    size = (40, 60) if orientation in (6, 8) else (60, 40)
    assert (header.width_px, header.height_px) == (decoded.width_px, decoded.height_px) == decoded.image.size == size
    red = {1: (5, 20), 3: (54, 20), 6: (20, 5), 8: (20, 54)}[orientation]
    assert near(decoded.image, red, (200, 30, 30)), decoded.image.getpixel(red)
    assert header.format == kind


def test_heic_opens(tmp_path):
    """How an HEIF lies is said by its container, which libheif obeys; what EXIF says beside it does not count."""
    pictures.prepare()
    exif = Image.Exif()
    exif[0x0112] = 6
    path = saved(Image.fromarray(LEFT_RED), tmp_path / "phone.heic", "HEIF", exif=exif)
    header, decoded = inspect(path), decode(path)
    assert (header.format, header.width_px, header.height_px, decoded.image.size) == ("HEIF", 60, 40, (60, 40))
    assert near(decoded.image, (5, 20), (200, 30, 30))


def test_sixteen_bits_of_grey_are_scaled_and_not_clipped(tmp_path):
    ramp = np.tile(np.linspace(0, 65535, 256).astype(np.uint16), (16, 1))
    path = saved(Image.fromarray(ramp), tmp_path / "ramp.png", "PNG")
    row = np.asarray(decode(path, at_least_px=None).image)[8, :, 0].astype(int)
    assert np.abs(row - np.arange(256)).max() <= 1


def test_sixteen_bits_of_colour_are_scaled(tmp_path):
    """Pillow writes none, so this one is put together by hand."""
    rows = b"".join(b"\x00" + struct.pack(">6H", 65535, 0, 32768, 0, 65535, 257) for _ in range(2))
    path = tmp_path / "deep.png"
    path.write_bytes(png(struct.pack(">IIBBBBB", 2, 2, 16, 2, 0, 0, 0), zlib.compress(rows)))
    image = decode(path).image
    assert near(image, (0, 0), (255, 0, 128), 1)
    assert near(image, (1, 1), (0, 255, 1), 1)


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_four_colours_of_ink_become_three_of_light(tmp_path, kind):
    path = saved(Image.fromarray(LEFT_RED).convert("CMYK"), tmp_path / "ink", kind)
    assert near(decode(path).image, (5, 20), (200, 30, 30), 20)


@pytest.mark.parametrize(("mode", "colour"), [("RGBA", (100, 0, 0)), ("LA", (100, 100, 100)), ("PA", None)])
def test_what_is_see_through_lies_on_black(tmp_path, mode, colour):
    if mode == "PA":
        image = Image.new("P", (8, 8), 1)
        image.putpalette([0, 0, 0, 200, 0, 0])
        path = saved(image, tmp_path / "palette.png", "PNG", transparency=1)
        assert near(decode(path).image, (4, 4), (0, 0, 0), 0)
        return
    image = Image.new("RGBA", (8, 8), (200, 0, 0, 128)) if mode == "RGBA" else Image.new("LA", (8, 8), (200, 128))
    assert near(decode(saved(image, tmp_path / "glass.png", "PNG")).image, (4, 4), colour, 1)


@pytest.mark.parametrize("mode", ["1", "L", "P"])
def test_grey_and_palettes_become_colour(tmp_path, mode):
    path = saved(Image.fromarray(LEFT_RED).convert(mode), tmp_path / "few.png", "PNG")
    assert decode(path).image.mode == "RGB"


def test_srgb_stays_and_a_broken_profile_is_ignored(tmp_path):
    """Of the profiles only those that are not sRGB change anything; one that cannot be read is ignored."""
    same = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    plain = saved(Image.fromarray(LEFT_RED), tmp_path / "srgb.png", "PNG", icc_profile=same.tobytes())
    assert near(decode(plain).image, (5, 20), (200, 30, 30), 0)
    broken = saved(Image.fromarray(LEFT_RED), tmp_path / "broken.png", "PNG", icc_profile=b"no profile at all")
    assert near(decode(broken).image, (5, 20), (200, 30, 30), 0)


def test_a_large_jpeg_is_decoded_at_the_smallest_scale_that_is_enough(tmp_path):
    path = saved(Image.new("RGB", (4000, 3000), (90, 90, 90)), tmp_path / "large.jpg", "JPEG")
    decoded = decode(path, at_least_px=900)
    assert (decoded.width_px, decoded.height_px, decoded.image.size) == (4000, 3000, (1000, 750))
    assert decode(path, at_least_px=None).image.size == (4000, 3000)


def test_the_camera_s_facts_are_kept_without_the_place(tmp_path):
    exif = Image.Exif()
    exif[0x0110] = "HQ camera\x00"
    exif.get_ifd(0x8769)[0x829A] = 0.004
    exif.get_ifd(0x8825)[2] = (53.0, 33.0, 1.0)
    path = saved(Image.fromarray(LEFT_RED), tmp_path / "placed.jpg", "JPEG", exif=exif)
    assert inspect(path).exif == {"Model": "HQ camera", "ExposureTime": 0.004}


def test_the_small_pictures_are_small_and_know_nothing(tmp_path):
    exif = Image.Exif()
    exif.get_ifd(0x8825)[2] = (53.0, 33.0, 1.0)
    path = saved(Image.new("RGB", (3000, 2000), (90, 90, 90)), tmp_path / "x.jpg", "JPEG", exif=exif, comment=b"secret")
    made = thumbs.make(decode(path).image)
    small, view = Image.open(io.BytesIO(made.thumb)), Image.open(io.BytesIO(made.view))
    assert (small.format, small.size) == ("WEBP", (256, 171))
    assert (view.format, view.size) == ("JPEG", (1500, 1000))  # the next eighth above 1440
    for image, data in ((small, made.thumb), (view, made.view)):
        assert dict(image.getexif()) == {}
        assert b"secret" not in data


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.95])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_picture_that_ends_too_early_is_said_to_be_damaged(tmp_path, kind, cut):
    pictures.prepare()
    noise = np.random.default_rng(0).integers(0, 255, (300, 300, 3), np.uint8)
    path = saved(Image.fromarray(noise), tmp_path / "whole", kind)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * cut)])
    with pytest.raises(PictureRefused, match=r"\.$"):
        decode(path)


def deep(width: int, height: int) -> bytes:
    """A PNG of 16 bits per colour: red falls, green rises from left to right, blue from top to bottom."""
    across, down = np.meshgrid(np.linspace(0, 65535, width), np.linspace(0, 65535, height))
    values = np.stack([65535 - across, across, down], 2).astype(">u2")
    rows = b"".join(b"\x00" + row.tobytes() for row in values)
    return png(struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0), zlib.compress(rows, 1))


def large(tmp_path, kind: str):
    """A picture of 6 megapixels that lies on its side."""
    across, down = np.meshgrid(np.linspace(0, 255, 3000), np.linspace(0, 255, 2000))
    values = np.stack([255 - across, across, down], 2).astype(np.uint8)
    if kind == "deep":
        (tmp_path / "large").write_bytes(deep(3000, 2000))
        return tmp_path / "large"
    exif = Image.Exif()
    exif[0x0112] = 6
    image = Image.fromarray(values) if kind != "glass" else Image.fromarray(np.dstack([values, values[:, :, 2]]))
    options = {"lossless": True} if kind == "WEBP" else {}
    return saved(image, tmp_path / "large", "PNG" if kind == "glass" else kind, exif=exif, **options)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP", "deep", "glass"])
def test_libvips_and_pillow_see_the_same(tmp_path, kind, monkeypatch):
    """With pyvips a large picture is read row by row, at some eighths; without it by Pillow, in full."""
    path = large(tmp_path, kind)
    by_vips = decode(path, at_least_px=900)
    monkeypatch.setattr(vips, "load", lambda: None)
    by_pillow = decode(path, at_least_px=900)
    assert (by_vips.scale, by_pillow.scale) == (3 / 8, 1.0)
    assert (by_vips.width_px, by_vips.height_px) == (by_pillow.width_px, by_pillow.height_px)
    assert by_vips.image.size == ((1125, 750) if kind == "deep" else (750, 1125))
    same_size = by_pillow.image.resize(by_vips.image.size, Image.Resampling.LANCZOS)
    apart = np.abs(np.asarray(by_vips.image, np.int16) - np.asarray(same_size, np.int16))
    assert apart.mean() < 1
    assert apart.max() <= 6


def test_libvips_says_that_a_large_picture_is_damaged(tmp_path):
    path = large(tmp_path, "PNG")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 7 // 10])
    with pytest.raises(PictureRefused, match="damaged"):
        decode(path, at_least_px=900)


def png(header: bytes, data: bytes) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def zeros(width: int, height: int) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(b"\x00" * (width + 1)) for _ in range(height)) + packer.flush()


def hostile() -> dict[str, bytes]:
    """Files that nobody should decode, by the name that they come under."""
    grey = struct.pack(">IIBBBBB", 10_000, 10_000, 8, 0, 0, 0, 0)
    jpeg = io.BytesIO()
    Image.new("L", (16, 16)).save(jpeg, "JPEG")
    frame = jpeg.getvalue().find(b"\xff\xc0")
    huge_jpeg = bytearray(jpeg.getvalue())
    huge_jpeg[frame + 5 : frame + 9] = struct.pack(">HH", 60_000, 60_000)
    fits = b"SIMPLE  =                    T".ljust(80) + b"BITPIX  =                    8".ljust(80) + b"END".ljust(80)
    return {
        "sixty-thousand.png": png(struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0), zlib.compress(b"")),
        "sixty-thousand.jpg": bytes(huge_jpeg),
        "zeros.png": png(grey, zeros(10_000, 10_000)),
        "zeros.jpg": zeros(10_000, 10_000),
        "fits.jpg": fits.ljust(2880),
        "eps.jpg": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nshowpage\n",
        "svg.jpg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        "gif.jpg": b"GIF89a" + b"\x01\x00" * 20,
        "nothing.jpg": b"\xff\xd8\xff",
    }


def test_nothing_hostile_is_decoded(tmp_path):
    """F23: each refused by its header, in a process of its own that counts memory and time of the processor."""
    for name, data in hostile().items():
        (tmp_path / name).write_bytes(data)
    assert (tmp_path / "zeros.png").stat().st_size < 150_000
    script = f"""
import json, pathlib, time
from studio.datasets import pictures
from tests.memory import peak_bytes
pictures.prepare()
said = {{}}
before = peak_bytes()
for path in sorted(pathlib.Path({str(tmp_path)!r}).iterdir()):
    began = time.process_time()
    for look in (pictures.inspect, pictures.decode):
        try:
            look(path)
            sentence = ""
        except pictures.PictureRefused as refusal:
            sentence = str(refusal)
        said.setdefault(path.name, []).append(sentence)
    said[path.name].append(time.process_time() - began)
grown = peak_bytes() - before
print(json.dumps({{"said": said, "bytes": grown}}))
"""
    command = [sys.executable, "-c", "import django; django.setup()\n" + script]
    environment = {"DJANGO_SETTINGS_MODULE": "studio.settings.test", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["bytes"] < 200_000_000
    for name, (by_header, by_decoding, seconds) in found["said"].items():
        assert by_header.endswith("."), f"{name} was not refused"
        assert by_decoding.endswith("."), f"{name} was decoded"
        assert seconds < 1, name
    assert "128 million" in found["said"]["sixty-thousand.jpg"][0]
    assert "would unpack" in found["said"]["zeros.png"][0]
    assert "no picture" in found["said"]["svg.jpg"][0]


def test_a_black_frame_of_a_real_camera_is_no_bomb(tmp_path):
    path = saved(Image.new("RGB", (4056, 3040)), tmp_path / "lens_cap.jpg", "JPEG", quality=93)
    assert inspect(path).width_px == 4056
    small = saved(Image.new("RGB", (2000, 2000)), tmp_path / "black.png", "PNG")
    assert inspect(small).width_px == 2000
