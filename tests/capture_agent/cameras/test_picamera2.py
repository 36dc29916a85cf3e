"""The Raspberry Pi's camera, without one: every call is bound to the signature of the real picamera2 0.3.38.

A stand-in plays the camera: frames with metadata, settings that show two frames late, memory that runs out. What it
cannot tell is whether a real sensor does the same.
"""

import ast
import contextlib
import errno
import inspect
import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from capture_agent.cameras import picamera2_camera
from capture_agent.cameras.picamera2_camera import Picamera2Camera, controls_for
from capture_agent.errors import CameraError, CameraLost
from capture_agent.protocol import CaptureSettings
from tests.capture_agent.cameras.real_picamera2 import real_picamera2
from tests.conftest import missing

SETTINGS = CaptureSettings(iso=400)
ADVERTISED = ("ExposureTime", "AnalogueGain", "AwbEnable", "ColourGains", "FrameDurationLimits", "Brightness")


@pytest.fixture(scope="module")
def library() -> Iterator[ModuleType]:
    try:
        with real_picamera2() as found:
            yield found
    except ImportError:
        missing("picamera2 is not installed: `make install` brings it without what it needs.")


class Request:
    def __init__(self, camera: "StandIn") -> None:
        self.camera = camera

    def get_metadata(self) -> dict[str, Any]:
        return self.camera.metadata()

    def save(self, *args: Any, **more: Any) -> None:
        call = self.camera.bound(self.camera.real_request.save, self, *args, **more)
        assert isinstance(call["file_output"], io.BytesIO)
        assert call["format"] == "jpeg"
        Image.new("RGB", self.camera.configured[call["name"]]["size"]).save(call["file_output"], "JPEG")

    def release(self) -> None:
        self.camera.held -= 1


class StandIn:
    """Plays one picamera2.Picamera2. Each call is bound to the real signature first: a wrong one is a TypeError."""

    real: Any = None
    real_request: Any = None
    failing: "dict[str, BaseException]" = {}

    def __init__(self, *args: Any, **more: Any) -> None:
        self.bound(self.real.__init__, self, *args, **more)
        self.fail("__init__")
        self.calls: list[str] = []
        self.options: dict[str, Any] = {}
        self.camera_controls = dict.fromkeys(ADVERTISED, (0, 1, 0))
        self.camera_properties = {"Model": "imx477", "ColorFilterArrangement": 0}
        self.sensor_resolution = (4056, 3040)
        self.configured: dict[str, Any] = {}
        self.set: dict[str, Any] = {}
        self.shown: list[dict[str, Any]] = [{}, {}, {}]
        self.held, self.most_held, self.is_running, self.flushed = 0, 0, False, []

    @staticmethod
    def bound(method: Callable[..., Any], *args: Any, **more: Any) -> dict[str, Any]:
        call = inspect.signature(method).bind(*args, **more)
        call.apply_defaults()
        return dict(call.arguments)

    def fail(self, name: str) -> None:
        if name in self.failing:
            raise self.failing[name]

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self.real, name)  # AttributeError for what the real one does not have

        def call(*args: Any, **more: Any) -> Any:
            self.calls.append(name)
            arguments = self.bound(method, self, *args, **more)
            self.fail(name)
            return getattr(self, f"play_{name}")(arguments)

        return call

    def play_create_still_configuration(self, call: dict[str, Any]) -> dict[str, Any]:
        """By the real method, which refuses unknown keys of a stream."""
        real = object.__new__(self.real)
        real._reset_flags()
        real._preview, real.is_open = None, False
        real.camera, real.camera_properties_ = object(), self.camera_properties
        real.sensor_resolution, real.sensor_format = self.sensor_resolution, "SRGGB12_CSI2P"
        del call["self"]
        return real.create_still_configuration(**call)  # type: ignore[no-any-return]

    def play_configure(self, call: dict[str, Any]) -> None:
        assert not self.is_running
        self.configured = call["camera_config"]
        self.set = dict(self.configured["controls"])

    def play_start(self, call: dict[str, Any]) -> None:
        assert call["show_preview"] is False
        self.is_running = True

    def play_stop(self, call: dict[str, Any]) -> None:
        self.is_running = False

    def play_close(self, call: dict[str, Any]) -> None: ...

    def play_set_controls(self, call: dict[str, Any]) -> None:
        assert set(call["controls"]) <= set(ADVERTISED)
        self.set |= call["controls"]

    def play_stream_configuration(self, call: dict[str, Any]) -> dict[str, Any]:
        return self.configured[call["name"]]  # type: ignore[no-any-return]

    def play_capture_metadata(self, call: dict[str, Any]) -> dict[str, Any]:
        assert call["wait"] >= 10
        return self.metadata()

    def play_captured_request(self, call: dict[str, Any]) -> Any:
        assert call["wait"] >= 10
        assert self.is_running

        @contextlib.contextmanager
        def held() -> Iterator[Request]:
            self.held += 1
            self.flushed.append(call["flush"])
            self.most_held = max(self.most_held, self.held)
            request = Request(self)
            try:
                yield request
            finally:
                request.release()

        return held()

    def metadata(self) -> dict[str, Any]:
        """Settings show two frames after they were made; exposure and gain a little beside what was wished."""
        self.shown = [*self.shown[1:], dict(self.set)]
        old = self.shown[0]
        return {
            "ExposureTime": round(old.get("ExposureTime", 20_000) * 0.99),
            "AnalogueGain": old.get("AnalogueGain", 1.0) * 1.01,
            "DigitalGain": 1.0,
            "ColourGains": old.get("ColourGains", (1.5, 1.5)),
            "ColourTemperature": 4200,
            "Lux": 320.5,
            "SensorTimestamp": 1,
        }


@pytest.fixture
def played(library: ModuleType, monkeypatch: pytest.MonkeyPatch) -> type[StandIn]:
    """The class that our code takes for picamera2.Picamera2."""
    from picamera2.request import CompletedRequest  # the real one: `library` is loaded

    kind = type("Played", (StandIn,), {"real": library.Picamera2, "real_request": CompletedRequest, "failing": {}})
    monkeypatch.setattr(
        kind, "global_camera_info", staticmethod(lambda: [{"Model": "imx477", "Num": 0}]), raising=False
    )
    monkeypatch.setattr(picamera2_camera, "_library", lambda: SimpleNamespace(Picamera2=kind))
    return kind


@pytest.fixture
def camera(played: type[StandIn]) -> Picamera2Camera:
    camera = Picamera2Camera("0")
    camera.configure(SETTINGS)
    return camera


def stand_in(camera: Picamera2Camera) -> StandIn:
    return camera._camera  # type: ignore[no-any-return]


def test_everything_our_code_asks_of_the_camera_is_there_in_the_real_package(library: ModuleType):
    tree = ast.parse(Path(picamera2_camera.__file__).read_text())
    asked = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("self._camera", "_library().Picamera2")
    }
    assert {"captured_request", "configure", "set_controls", "stream_configuration"} <= asked
    source = ast.parse(inspect.getsource(library.Picamera2))
    assigned = {
        node.attr for node in ast.walk(source) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    }
    assert {name for name in asked if not hasattr(library.Picamera2, name)} <= assigned


def test_one_configuration_serves_live_view_and_photographs(camera: Picamera2Camera):
    for _ in range(5):
        assert Image.open(io.BytesIO(camera.live().jpeg)).size == (640, 640)
        assert Image.open(io.BytesIO(camera.photograph().jpeg)).size == (2000, 2000)
    played = stand_in(camera)
    assert played.calls.count("configure") == 1
    assert not [name for name in played.calls if "switch" in name]
    assert played.configured["buffer_count"] == 2
    assert (played.configured["main"]["format"], played.configured["lores"]["format"]) == ("YUV420", "YUV420")
    assert (played.held, played.most_held) == (0, 1)
    assert played.flushed == [None, True] * 5
    assert played.options["quality"] == 93
    camera.close()
    assert played.calls[-2:] == ["stop", "close"]


def test_new_light_is_set_without_a_new_configuration_and_waited_for(camera: Picamera2Camera):
    camera.configure(SETTINGS.changed({"shutter_us": 8000, "iso": 200}))
    photo = camera.photograph()
    assert stand_in(camera).calls.count("configure") == 1
    assert (photo.effective.exposure_us, photo.effective.analogue_gain) == (7920, pytest.approx(2.02))
    assert (photo.effective.red_gain, photo.effective.blue_gain) == (3.125, 1.96)
    assert (photo.effective.colour_temperature, photo.effective.lux) == (4200, 320.5)
    camera.configure(SETTINGS.changed({"resolution": [1000, 800]}))
    assert stand_in(camera).calls.count("configure") == 2
    assert camera.photograph().effective.resolution == (1000, 800)


def test_the_wishes_in_libcameras_words():
    assert controls_for(SETTINGS) == {
        "ExposureTime": 1000,
        "AnalogueGain": 4.0,
        "FrameDurationLimits": (100, 100_000),
        "AwbEnable": False,
        "ColourGains": (3.125, 1.96),
    }
    long = controls_for(SETTINGS.changed({"shutter_us": 1_000_000, "iso": 0, "red_gain": 0}))
    assert long["FrameDurationLimits"][1] >= 1_000_000
    assert (long["AnalogueGain"], long["AwbEnable"]) == (0.0, True)
    assert "ColourGains" not in long


def test_a_mono_camera_is_not_asked_for_colours(played: type[StandIn], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys.modules[__name__], "ADVERTISED", ("ExposureTime", "AnalogueGain", "FrameDurationLimits"))
    camera = Picamera2Camera("0")
    camera.configure(SETTINGS)
    camera.configure(SETTINGS.changed({"iso": 200}))
    assert set(stand_in(camera).set) == {"ExposureTime", "AnalogueGain", "FrameDurationLimits"} | {
        name for name in stand_in(camera).set if name in ("NoiseReductionMode",)
    }


@pytest.mark.parametrize(
    ("method", "error", "kind"),
    [
        ("configure", OSError(errno.ENOMEM, "Cannot allocate memory"), CameraLost),
        ("configure", RuntimeError("failed to allocate capture buffers for stream 0"), CameraLost),
        ("captured_request", TimeoutError(), CameraLost),
        ("captured_request", RuntimeError("Camera frontend has timed out"), CameraError),
        ("__init__", RuntimeError("Camera __init__ sequence did not complete."), CameraError),
    ],
)
def test_what_goes_wrong_is_a_sentence_and_lost_memory_ends_the_program(
    played: type[StandIn], monkeypatch: pytest.MonkeyPatch, method: str, error: BaseException, kind: type[CameraError]
):
    monkeypatch.setattr(played, "failing", {method: error})

    def use() -> None:
        camera = Picamera2Camera("0")
        camera.configure(SETTINGS)
        camera.photograph()

    with pytest.raises(CameraError) as caught:
        use()
    assert type(caught.value) is kind
    assert str(caught.value).startswith("The camera")


def test_the_real_package_makes_a_jpeg_of_padded_yuv(library: ModuleType, monkeypatch: pytest.MonkeyPatch):
    """The ISP pads lines to 64 bytes; picamera2's own save must still give our size and our colours."""
    pytest.importorskip("simplejpeg")
    width, height, stride = 200, 120, 256
    planes = np.zeros((height * 3 // 2, stride), np.uint8)
    planes[:height] = 81
    chroma = planes[height:].reshape(height, stride // 2)
    chroma[: height // 2], chroma[height // 2 :] = 90, 240  # Cb, Cr

    @contextlib.contextmanager
    def mapped(*_: Any, **__: Any) -> Iterator[Any]:
        yield SimpleNamespace(array=planes)

    from picamera2 import request as real

    monkeypatch.setattr(real, "MappedArray", mapped)
    made = object.__new__(real.CompletedRequest)
    made.config = {"main": {"format": "YUV420", "size": (width, height)}}
    made.request = SimpleNamespace(metadata={})
    made.picam2 = SimpleNamespace(options={"quality": 93}, helpers=real.Helpers(None))
    file = io.BytesIO()
    made.save("main", file, format="jpeg")
    picture = np.asarray(Image.open(file).convert("RGB"), np.int16)
    assert picture.shape == (height, width, 3)
    red, green, blue = 81 + 1.402 * 112, 81 + 0.344 * 38 - 0.714 * 112, 81 - 1.772 * 38  # JFIF
    assert picture.reshape(-1, 3).mean(axis=0) == pytest.approx([red, green, blue], abs=2)
