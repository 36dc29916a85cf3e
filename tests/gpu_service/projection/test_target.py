"""What is projected: frames of a film at their own times, thinned and never resampled; pictures and portraits."""

import io
import subprocess
import zipfile
from fractions import Fraction
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gpu_service.errors import RenderError
from gpu_service.music.ffmpeg import find_ffmpeg
from gpu_service.projection.target import Choice, TargetInfo, choose, look_at, open_target

SIDE = 16


def film(path: Path, *words: str, frames: int = 24, size: tuple[int, int] = (64, 48), fps: str = "25") -> Path:
    """A lossless film whose n-th frame is a grey of 10·n, left half darker by 4; `words` go before the output."""
    pictures = []
    for number in range(frames):
        picture = np.full((size[1], size[0], 3), 10 * number % 250, np.uint8)
        picture[:, : size[0] // 2] //= 2
        pictures.append(picture.tobytes())
    command = [find_ffmpeg(), "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24"]
    command += ["-s", f"{size[0]}x{size[1]}", "-r", fps, "-i", "pipe:0", *words, str(path)]
    subprocess.run(command, input=b"".join(pictures), check=True)
    return path


LOSSLESS = ("-c:v", "libx264rgb", "-crf", "0", "-preset", "ultrafast")


def greys(path: Path, choice: Choice, *, start: int = 0) -> list[int]:
    """Which frames came, by the grey at their right edge."""
    pictures = open_target(path).frames(shape=(SIDE, SIDE), fit="crop", choice=choice, start=start)
    return [int(picture[SIDE // 2, -1, 0]) // 10 for picture in pictures]


def test_a_film_is_thinned_by_leaving_frames_out(tmp_path: Path):
    path = film(tmp_path / "f.mp4", *LOSSLESS)
    info = open_target(path).info
    assert (info.kind, info.fps, info.frames, info.width, info.height) == ("video", 25, 24, 64, 48)

    choice = choose(info, fps=Fraction(25, 4), frames=None)

    assert choice == Choice(0, 4, 6, Fraction(25, 4))
    assert greys(path, choice) == [0, 4, 8, 12, 16, 20]
    assert greys(path, choice, start=4) == [16, 20]
    assert greys(path, choose(info, fps=None, frames=3)) == [0, 1, 2]
    assert greys(path, choose(info, fps=None, frames=2, first_seconds=0.4)) == [10, 11]


@pytest.mark.parametrize("wanted", [Fraction(10), Fraction(15), Fraction(50), Fraction(24)])
def test_a_rate_that_does_not_divide_is_refused_with_those_that_do(wanted: Fraction):
    info = TargetInfo("video", Fraction(25), 100, 64, 64)
    with pytest.raises(RenderError, match=r"cannot be projected at .* 12\.5") as refusal:
        choose(info, fps=wanted, frames=None)
    assert refusal.value.field == "fps"


def test_television_rates_divide_as_fractions():
    info = TargetInfo("video", Fraction(30000, 1001), 100, 64, 64)
    assert choose(info, fps=Fraction(15000, 1001), frames=None).every == 2


def test_a_target_that_ends_earlier_is_said():
    with pytest.raises(RenderError, match="ends before 9 s"):
        choose(TargetInfo("video", Fraction(25), 100, 64, 64), fps=None, frames=None, first_seconds=9)


def test_odd_sizes_are_read_whole(tmp_path: Path):
    path = film(tmp_path / "odd.avi", "-c:v", "ffv1", size=(33, 27), frames=3)
    target = open_target(path)
    assert (target.info.width, target.info.height) == (33, 27)
    choice = choose(target.info, fps=None, frames=None)
    assert [picture.shape for picture in target.frames(shape=(8, 8), fit="crop", choice=choice)] == [(8, 8, 3)] * 3


def test_a_film_filmed_upright_stands_upright(tmp_path: Path):
    lying = film(tmp_path / "lying.mp4", *LOSSLESS, frames=3)
    command = [find_ffmpeg(), "-loglevel", "error", "-y", "-display_rotation", "90", "-i", str(lying), "-c", "copy"]
    subprocess.run([*command, str(tmp_path / "turned.mp4")], check=True)

    target = open_target(tmp_path / "turned.mp4")
    assert (target.info.width, target.info.height) == (48, 64)
    picture = list(target.frames(shape=(SIDE, SIDE), fit="crop", choice=choose(target.info, fps=None, frames=None)))[2]
    # Turned to the left by a quarter, the dark left half lies below.
    assert picture[0, :, 0] == pytest.approx(20, abs=1)
    assert picture[-1, :, 0] == pytest.approx(10, abs=1)


def test_a_varying_rate_becomes_steady_and_every_frame_keeps_its_time(tmp_path: Path):
    chosen = "select='not(mod(n,3))+not(mod(n,5))'"  # frames 0 3 5 6 9 10 12 15 18 20 21 of 24
    path = film(tmp_path / "vfr.mp4", "-vf", chosen, "-fps_mode", "vfr", *LOSSLESS)
    target = open_target(path)

    assert target.info.fps == 25
    assert "varies" in target.info.notes[0]
    shown = greys(path, choose(target.info, fps=None, frames=None))
    assert shown[:21] == [0, 0, 0, 3, 3, 5, 6, 6, 6, 9, 10, 10, 12, 12, 12, 15, 15, 15, 18, 18, 20]


def test_the_middle_square_is_taken_or_the_whole_kept(tmp_path: Path):
    wide = np.zeros((20, 60, 3), np.uint8)
    wide[:, 20:40] = 200
    Image.fromarray(wide).save(tmp_path / "wide.png")
    target = open_target(tmp_path / "wide.png")
    choice = choose(target.info, fps=None, frames=None)

    cut = next(target.frames(shape=(20, 20), fit="crop", choice=choice))
    whole = next(target.frames(shape=(60, 60), fit="pad", choice=choice))

    assert (cut == 200).all()
    assert (whole[30] == wide[10]).all()


def test_a_zip_of_portraits_comes_in_the_order_of_names(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "people.zip", "w") as file:
        for name, grey in (("b.png", 20), ("a.png", 10), ("c/d.png", 30)):
            held = io.BytesIO()
            Image.fromarray(np.full((32, 32, 3), grey, np.uint8)).save(held, "PNG")
            file.writestr(name, held.getvalue())
        file.writestr("readme.txt", "no picture")
    target = open_target(tmp_path / "people.zip")
    choice = choose(target.info, fps=Fraction(2), frames=None)

    assert (target.info.kind, choice.count, choice.fps) == ("portraits", 3, 2)
    assert [p[0, 0, 0] for p in target.frames(shape=(4, 4), fit="crop", choice=choice)] == [10, 20, 30]
    assert [p[0, 0, 0] for p in target.frames(shape=(4, 4), fit="crop", choice=choice, start=2)] == [30]


def test_a_playlist_in_disguise_reaches_nothing(tmp_path: Path):
    secret = film(tmp_path / "secret.mp4", *LOSSLESS, frames=2)
    for name, text in (
        ("list.mp4", f"#EXTM3U\n#EXTINF:1,\n{secret}\n"),
        ("concat.mp4", f"ffconcat version 1.0\nfile '{secret}'\n"),
        ("bom.mov", f"\ufeff  [playlist]\nFile1={secret}\n"),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
        with pytest.raises(RenderError, match="is a playlist"):
            open_target(tmp_path / name)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"hello", "no film"),
        (b"\0\0\0\x18ftypisom" + b"\0" * 100, "damaged"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "is no picture"),
        (b"PK\3\4" + b"\0" * 50, "zip"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, content: bytes, said: str):
    (tmp_path / "t.mp4").write_bytes(content)
    with pytest.raises(RenderError, match=said) as refusal:
        open_target(tmp_path / "t.mp4")
    assert refusal.value.kind == "bad_input"


def test_a_film_without_frames_and_sound_alone_are_refused(tmp_path: Path):
    whole = film(tmp_path / "f.avi", "-c:v", "ffv1", frames=2)
    head = whole.read_bytes()
    (tmp_path / "none.avi").write_bytes(head[: head.index(b"movi") + 4])
    with pytest.raises(RenderError, match=r"no frame|damaged"):
        open_target(tmp_path / "none.avi")

    command = [find_ffmpeg(), "-loglevel", "error", "-f", "lavfi", "-i", "sine=d=0.2", str(tmp_path / "sound.mp4")]
    subprocess.run(command, check=True)
    with pytest.raises(RenderError, match="sound and no pictures"):
        open_target(tmp_path / "sound.mp4")


def test_the_sample_clip_is_known_before_it_is_decoded(sample_data: Path):
    path = sample_data / "clips" / "talking_head_a.mp4"
    info = look_at(path)
    assert (info.fps, info.frames, info.width, info.height) == (25, 200, 512, 512)
    target = open_target(path, most=5)
    assert target.info.frames == 5
    frames = list(islice(target.frames(shape=(64, 64), fit="crop", choice=choose(info, fps=None, frames=2)), 3))
    assert len(frames) == 2
    assert np.abs(frames[1].astype(int) - frames[0]).mean() < 10
