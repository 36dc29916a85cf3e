"""Cameras that need no camera: what they show follows from the settings, and what fails says why."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from capture_agent.cameras import CAMERAS, camera_kind, found_cameras, open_camera
from capture_agent.cameras.base import Photo, live_size
from capture_agent.cameras.fake import FakeCamera
from capture_agent.cameras.folder import FolderCamera
from capture_agent.errors import CameraError
from capture_agent.faces import face_finder
from capture_agent.measure import look
from capture_agent.protocol import CaptureSettings

SMALL = CaptureSettings(resolution=(480, 400))


def pixels(photo: Photo) -> np.ndarray:
    """[H, W, 3], linear light 0 to 1"""
    return (np.asarray(Image.open(io.BytesIO(photo.jpeg)).convert("RGB"), np.float64) / 255) ** 2.2


def shoot(settings: CaptureSettings, *, place: str = "", seconds: float = 1.0) -> Photo:
    camera = FakeCamera(place, clock=lambda: seconds)
    camera.configure(settings)
    return camera.photograph()


def middle(photo: Photo) -> np.ndarray:
    """The mean of the wall beside the head. [3]"""
    return pixels(photo)[80:200, 10:90].mean(axis=(0, 1))


def test_every_camera_of_the_registry_is_there():
    assert all(camera_kind(name) for name in CAMERAS)
    with pytest.raises(CameraError, match="Use auto, picamera2, v4l2, folder, fake"):
        open_camera("polaroid")


def test_a_machine_without_a_camera_says_what_it_looked_for():
    if any(places for name, places, _ in found_cameras() if name in ("picamera2", "v4l2")):
        pytest.skip("This machine has a camera.")
    with pytest.raises(CameraError, match=r"picamera2.*/dev/video.*--camera fake"):
        open_camera("auto")


@pytest.mark.parametrize(
    ("resolution", "expected"),
    [((2000, 2000), (640, 640)), ((4056, 3040), (640, 480)), ((1520, 3040), (320, 640)), ((320, 200), (320, 200))],
)
def test_the_live_view_has_the_shape_of_the_photograph(resolution: tuple[int, int], expected: tuple[int, int]):
    assert live_size(resolution) == expected
    camera = open_camera("fake")
    camera.configure(CaptureSettings(resolution=resolution))
    assert Image.open(io.BytesIO(camera.live().jpeg)).size == expected


def test_half_the_exposure_is_half_the_light():
    full, half = (middle(shoot(SMALL.changed({"iso": 400, "shutter_us": us}))) for us in (1000, 500))
    assert half / full == pytest.approx(0.5, rel=0.06)


def test_iso_counts_like_exposure_and_automatic_finds_the_right_light():
    right = middle(shoot(SMALL.changed({"iso": 400, "shutter_us": 1000})))
    assert middle(shoot(SMALL.changed({"iso": 200, "shutter_us": 2000}))) == pytest.approx(right, rel=0.03)
    assert middle(shoot(SMALL.changed({"iso": 0, "shutter_us": 0}))) == pytest.approx(right, rel=0.03)
    automatic = shoot(SMALL.changed({"iso": 0, "shutter_us": 4000})).effective
    assert (automatic.exposure_us, automatic.analogue_gain) == (4000, 1.0)


def test_a_colour_gain_moves_its_colour_alone():
    plain = middle(shoot(SMALL))
    redder = middle(shoot(SMALL.changed({"red_gain": 3.125 * 1.5})))
    assert redder / plain == pytest.approx([1.5, 1.0, 1.0], rel=0.07)


def test_the_sitter_moves_and_the_finder_sees_a_face():
    finder = face_finder()
    assert shoot(SMALL, seconds=1.0).jpeg != shoot(SMALL, seconds=1.2).jpeg
    assert finder is not None
    large = CaptureSettings(resolution=(1000, 1000))
    assert [look(shoot(large, place=str(n)).jpeg, finder=finder).measures.faces for n in range(3)] == [1, 1, 1]
    assert look(shoot(large, place="nobody").jpeg, finder=finder).measures.faces == 0


def test_a_folder_is_shown_round_and_round_and_no_file_twice(tmp_path: Path):
    for number, colour in enumerate(("red", "green", "blue")):
        Image.new("RGB", (300, 200), colour).save(tmp_path / f"{number}.png")
        Image.effect_noise((40, 40), 60).save(tmp_path / "notes.txt", "PNG")
    Image.effect_noise((300, 200), 60).convert("RGB").save(tmp_path / "3.jpg")
    camera = open_camera(f"folder:{tmp_path}")
    camera.configure(CaptureSettings(resolution=(100, 120)))
    photos = [camera.photograph() for _ in range(8)]
    assert [pixels(photo).mean(axis=(0, 1)).argmax() for photo in photos[:3]] == [0, 1, 2]
    assert {Image.open(io.BytesIO(photo.jpeg)).size for photo in photos} == {(100, 120)}
    assert photos[3].jpeg != photos[7].jpeg
    assert photos[0].taken_at.tzinfo is not None


def test_the_folder_turns_pictures_upright(tmp_path: Path):
    picture = Image.new("RGB", (200, 100), "black")
    picture.paste("white", (0, 0, 100, 100))
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held on its side: shown, the left half is the upper half
    picture.save(tmp_path / "turned.jpg", exif=exif)
    camera = FolderCamera(str(tmp_path))
    camera.configure(CaptureSettings(resolution=(100, 200)))
    shown = pixels(camera.photograph())
    assert shown[:80].mean() > 0.9
    assert shown[120:].mean() < 0.1


def test_a_folder_without_pictures_and_a_broken_picture_say_so(tmp_path: Path):
    with pytest.raises(CameraError, match="folder:PATH"):
        open_camera("folder")
    with pytest.raises(CameraError, match="no pictures"):
        open_camera(f"folder:{tmp_path}")
    (tmp_path / "1.jpg").write_bytes(b"no picture")
    Image.new("RGB", (90, 90)).save(tmp_path / "2.png")
    camera = open_camera(f"folder:{tmp_path}")
    with pytest.raises(CameraError, match=r"1\.jpg could not be read"):
        camera.photograph()
    assert camera.photograph().jpeg


def test_no_two_photographs_of_a_fake_sitter_who_holds_still_are_the_same_file():
    camera = FakeCamera(clock=lambda: 1.745)
    camera.configure(CaptureSettings(resolution=(320, 320)))
    assert len({camera.photograph().jpeg for _ in range(6)}) == 6
