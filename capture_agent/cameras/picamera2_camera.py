"""The Raspberry Pi's camera, by picamera2, which comes with Raspberry Pi OS.

One configuration serves the whole sitting: `main` at the wished size for photographs, `lores` at 640 px for the live
view, two buffers of YUV each. Modes are never switched: hundreds of switches break up the camera's memory until none
is left. When memory does run out, the process ends and systemd starts it anew.
"""

import errno
import io
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from capture_agent.cameras.base import EXPOSURE_CONTROLS, Photo, live_size, local_now
from capture_agent.errors import CameraError, CameraLost
from capture_agent.protocol import CameraInfo, CaptureSettings, EffectiveSettings
from capture_agent.settings import quiet_camera_library

BUFFERS = 2
QUALITY = 93
SHORTEST_FRAME_US = 100
LONGEST_AUTOMATIC_US = 100_000
SETTLE_SECONDS = 1.0
PATIENCE_SECONDS = 10.0


class Picamera2Camera:
    """`place` is the camera's number, 0 when not said."""

    def __init__(self, place: str = "") -> None:
        library = _library()
        number = int(place) if place.isdigit() else 0
        with _sentences("could not be opened"):
            self._camera: Any = library.Picamera2(number)
        self._camera.options["quality"] = QUALITY
        self._supported = set(self._camera.camera_controls)
        width, height = self._camera.sensor_resolution
        model = str(self._camera.camera_properties.get("Model", "camera"))
        self.info = CameraInfo(
            name=model[:100],
            kind="picamera2",
            max_resolution=(width, height),
            controls=("resolution", *EXPOSURE_CONTROLS),
        )
        self._resolution: tuple[int, int] | None = None
        self._settings = CaptureSettings()

    @classmethod
    def places(cls) -> list[str]:
        found = _library().Picamera2.global_camera_info()
        if not found:
            raise CameraError("picamera2 finds no camera: check the flat cable at both ends, then restart the Pi.")
        return [str(number) for number in range(len(found))]

    def configure(self, settings: CaptureSettings) -> None:
        controls = {name: value for name, value in controls_for(settings).items() if name in self._supported}
        with _sentences("did not take the settings"):
            if settings.resolution != self._resolution:
                self._configure_streams(settings.resolution, controls)
            else:
                self._camera.set_controls(controls)
            self._settings = settings
            self._settle()

    def live(self) -> Photo:
        return self._capture("lores", is_fresh=False)

    def photograph(self) -> Photo:
        return self._capture("main", is_fresh=True)

    def close(self) -> None:
        self._camera.stop()
        self._camera.close()

    def _configure_streams(self, resolution: tuple[int, int], controls: Mapping[str, Any]) -> None:
        """Only here is the camera stopped: at the start, and when a person wishes another size."""
        self._camera.stop()
        self._resolution = None
        wanted = self._camera.create_still_configuration(
            main={"size": resolution, "format": "YUV420"},
            lores={"size": live_size(resolution), "format": "YUV420"},
            buffer_count=BUFFERS,
            controls=dict(controls),
        )
        self._camera.configure(wanted)
        self._camera.start()
        self._resolution = resolution

    def _settle(self) -> None:
        """Wait until frames show the new settings; automatic ones get the whole second."""
        end = time.monotonic() + SETTLE_SECONDS + 4 * self._settings.shutter_us / 1e6
        while time.monotonic() < end:
            if is_settled(self._camera.capture_metadata(wait=self._patience()), self._settings):
                return

    def _capture(self, stream: str, *, is_fresh: bool) -> Photo:
        """`is_fresh`: only a frame whose exposure begins from now on."""
        if self._resolution is None:
            raise CameraError("The camera has no settings yet.")
        file = io.BytesIO()
        with (
            _sentences("gave no picture"),
            self._camera.captured_request(wait=self._patience(), flush=True if is_fresh else None) as request,
        ):
            taken_at = local_now()
            effective = effective_settings(request.get_metadata(), self._size_of(stream))
            request.save(stream, file, format="jpeg")
        return Photo(file.getvalue(), taken_at, effective)

    def _size_of(self, stream: str) -> tuple[int, int]:
        """What libcamera made of the wished size."""
        width, height = self._camera.stream_configuration(stream)["size"]
        return width, height

    def _patience(self) -> float:
        return PATIENCE_SECONDS + 4 * self._settings.shutter_us / 1e6


def controls_for(settings: CaptureSettings) -> dict[str, Any]:
    """libcamera's controls. 0 leaves exposure or gain to the camera; so does a colour gain of 0 for the white balance.

    FrameDurationLimits bounds the exposure: without it, 30 frames per second would cut every longer shutter to 1/30 s.
    """
    longest_us = max(LONGEST_AUTOMATIC_US, settings.shutter_us + 20_000)
    is_balanced_by_hand = settings.red_gain > 0 and settings.blue_gain > 0
    controls: dict[str, Any] = {
        "ExposureTime": settings.shutter_us,
        "AnalogueGain": settings.iso / 100,
        "FrameDurationLimits": (SHORTEST_FRAME_US, longest_us),
        "AwbEnable": not is_balanced_by_hand,
    }
    if is_balanced_by_hand:
        controls["ColourGains"] = (settings.red_gain, settings.blue_gain)
    return controls


def is_settled(metadata: Mapping[str, Any], wished: CaptureSettings) -> bool:
    """Whether a frame shows the wished fixed values, within what a sensor rounds."""
    wanted = (("ExposureTime", float(wished.shutter_us)), ("AnalogueGain", wished.iso / 100))
    if not all(value for _, value in wanted):
        return False
    return all(abs(float(metadata.get(name, 0)) - value) <= 0.05 * value for name, value in wanted)


def effective_settings(metadata: Mapping[str, Any], size: tuple[int, int]) -> EffectiveSettings:
    """What the sensor and the picture pipeline really did, from a frame's metadata."""
    red, blue = metadata.get("ColourGains", (None, None))
    return EffectiveSettings(
        resolution=size,
        exposure_us=_maybe(metadata, "ExposureTime", round),
        analogue_gain=_maybe(metadata, "AnalogueGain", float),
        digital_gain=_maybe(metadata, "DigitalGain", float),
        red_gain=red,
        blue_gain=blue,
        colour_temperature=_maybe(metadata, "ColourTemperature", round),
        lux=_maybe(metadata, "Lux", float),
    )


def _maybe(metadata: Mapping[str, Any], name: str, kind: Callable[[Any], Any]) -> Any:
    return kind(metadata[name]) if name in metadata else None


def _library() -> Any:
    quiet_camera_library()
    try:
        return import_module("picamera2")
    except ImportError as error:
        raise CameraError(
            "picamera2 is not here: on Raspberry Pi OS, `sudo apt install python3-picamera2`, and make the virtual "
            "environment with --system-site-packages."
        ) from error


@contextmanager
def _sentences(what: str) -> Iterator[None]:
    """Errors of the library as sentences; CameraLost for those that only a new process survives."""
    try:
        yield
    except TimeoutError as error:
        raise CameraLost("The camera stopped giving pictures: check its cable.") from error
    except (OSError, RuntimeError, MemoryError) as error:
        is_memory = isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM
        if is_memory or "allocate" in str(error):
            raise CameraLost("The camera's memory ran out.") from error
        busy = " Another program may be using it." if "opened" in what else ""
        raise CameraError(f"The camera {what}: {error}.{busy}") from error
