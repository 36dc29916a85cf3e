"""A webcam or any other camera that Linux shows as /dev/video*, read by ffmpeg: one stream, its newest frame.

Pictures are what the camera gives, at the size next to the wished one that it knows. Its exposure is set by v4l2-ctl
where that is installed (`apt install v4l-utils`); gains are left to the camera.
"""

import io
import re
import shutil
import subprocess
from importlib import import_module
from pathlib import Path

from PIL import Image

from capture_agent.cameras.base import Photo, live_size
from capture_agent.cameras.mjpeg import MjpegStream
from capture_agent.errors import CameraError
from capture_agent.protocol import CameraInfo, CaptureSettings, EffectiveSettings

LIVE_QUALITY = 75
EXPOSURE = "exposure_time_absolute"  # in units of 100 µs
MANUAL, AUTOMATIC = 1, 3  # of auto_exposure
TOOL_SECONDS = 5.0


class V4l2Camera:
    """`place` is the device, such as /dev/video0."""

    def __init__(self, place: str = "") -> None:
        self._device = place or self.places()[0]
        if not Path(self._device).exists():
            raise CameraError(f"There is no camera at {self._device}. `phosphene-capture cameras` lists what is here.")
        self._ffmpeg = find_ffmpeg()
        self._tool = shutil.which("v4l2-ctl")
        self.info = CameraInfo(
            name=_name(self._device),
            kind="v4l2",
            controls=("resolution", "shutter_us") if self._tool else ("resolution",),
        )
        self._settings = CaptureSettings()
        self._stream: MjpegStream | None = None

    @classmethod
    def places(cls) -> list[str]:
        found = sorted(str(path) for path in Path("/dev").glob("video*"))
        if not found:
            raise CameraError("There is no webcam: no /dev/video* on this machine.")
        return found

    def configure(self, settings: CaptureSettings) -> None:
        if self._stream is None or settings.resolution != self._settings.resolution:
            self.close()
            self._stream = self._open(settings.resolution)
        self._settings = settings
        self._set_exposure(settings.shutter_us)

    def live(self) -> Photo:
        photo = self._opened().newest()
        with Image.open(io.BytesIO(photo.jpeg)) as picture:
            size = live_size(picture.size)
            picture.draft("RGB", size)
            small = io.BytesIO()
            picture.convert("RGB").resize(size, Image.Resampling.BILINEAR).save(small, "JPEG", quality=LIVE_QUALITY)
        return Photo(small.getvalue(), photo.taken_at, photo.effective)

    def photograph(self) -> Photo:
        photo = self._opened().next()
        effective = EffectiveSettings(resolution=photo.effective.resolution, exposure_us=self._exposure())
        return Photo(photo.jpeg, photo.taken_at, effective)

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _opened(self) -> MjpegStream:
        if self._stream is None:
            raise CameraError("The camera has no settings yet.")
        return self._stream

    def _open(self, resolution: tuple[int, int]) -> MjpegStream:
        """The camera's own JPEGs where it makes any, else its raw pictures as JPEGs of high quality."""
        size = "{}x{}".format(*resolution)
        own = ["-f", "v4l2", "-input_format", "mjpeg", "-video_size", size, "-i", self._device, "-c:v", "copy"]
        try:
            return MjpegStream([self._ffmpeg, *own])
        except CameraError:
            raw = ["-f", "v4l2", "-video_size", size, "-i", self._device, "-c:v", "mjpeg", "-q:v", "2"]
            return MjpegStream([self._ffmpeg, *raw])

    def _set_exposure(self, shutter_us: int) -> None:
        if not self._tool:
            return
        wished = f"auto_exposure={MANUAL if shutter_us else AUTOMATIC}"
        self._control("--set-ctrl", wished)
        if shutter_us:
            self._control("--set-ctrl", f"{EXPOSURE}={max(1, round(shutter_us / 100))}")

    def _exposure(self) -> int | None:
        said = self._control("--get-ctrl", EXPOSURE) if self._tool else ""
        found = re.search(rf"{EXPOSURE}:\s*(\d+)", said)
        return int(found[1]) * 100 if found else None

    def _control(self, *arguments: str) -> str:
        """What v4l2-ctl answers; nothing when this camera does not know the control."""
        command = [str(self._tool), "-d", self._device, *arguments]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=TOOL_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return ""
        return done.stdout if done.returncode == 0 else ""


def find_ffmpeg() -> str:
    """The system's ffmpeg, or that of imageio-ffmpeg."""
    found = shutil.which("ffmpeg")
    if found:
        return found
    try:
        return str(import_module("imageio_ffmpeg").get_ffmpeg_exe())
    except (ImportError, RuntimeError) as error:
        raise CameraError("A webcam is read by ffmpeg, which is not here: `sudo apt install ffmpeg`.") from error


def _name(device: str) -> str:
    """The camera's own name, as the kernel knows it."""
    try:
        text = (Path("/sys/class/video4linux") / Path(device).name / "name").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return device
    return "".join(letter for letter in text.strip() if letter.isprintable())[:100] or device
