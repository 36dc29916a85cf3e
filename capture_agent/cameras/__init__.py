"""The cameras: one file and one line each. What a camera needs is imported when it is asked for."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any, cast

from capture_agent.cameras.base import Camera, CameraKind
from capture_agent.errors import CameraError

CAMERAS = {
    "picamera2": "capture_agent.cameras.picamera2_camera:Picamera2Camera",
    "v4l2": "capture_agent.cameras.v4l2:V4l2Camera",
    "folder": "capture_agent.cameras.folder:FolderCamera",
    "fake": "capture_agent.cameras.fake:FakeCamera",
}
REAL = ("picamera2", "v4l2")  # what `auto` looks for, in this order


def camera_kind(name: str) -> CameraKind:
    if name not in CAMERAS:
        raise CameraError(f'There is no camera "{name}". Use auto, {", ".join(CAMERAS)}.')
    module, _, class_name = CAMERAS[name].partition(":")
    return cast(CameraKind, getattr(import_module(module), class_name))


def open_camera(wanted: str) -> Camera:
    """A camera by its kind, such as `picamera2`, `v4l2:/dev/video2`, `folder:/pictures`, `fake` or `auto`."""
    kind, _, place = wanted.partition(":")
    if kind != "auto":
        return camera_kind(kind)(place)
    for name, places, _reason in found_cameras():
        if name in REAL and places:
            return camera_kind(name)(places[0])
    reasons = " ".join(reason for name, _places, reason in found_cameras() if name in REAL)
    raise CameraError(f"{reasons} To try things out without one, use --camera fake or --camera folder:PICTURES.")


def found_cameras() -> Iterator[tuple[str, list[str], str]]:
    """Each kind with the places it can open here, or the reason why it can open none."""
    for name in CAMERAS:
        kind: Any = camera_kind(name)
        try:
            yield name, kind.places(), ""
        except CameraError as error:
            yield name, [], str(error)
