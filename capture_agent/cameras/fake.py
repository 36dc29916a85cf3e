"""A camera that is none: it draws a sitter who sways and blinks, lit and coloured as the settings say.

The scene is right at 1/1000 s, gain 4 and Pitraiture's two colour gains; twice the exposure is twice the light.
"""

import io
import math
import time
from collections.abc import Callable

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from capture_agent.cameras.base import EXPOSURE_CONTROLS, Photo, live_size, local_now
from capture_agent.protocol import LARGEST, CameraInfo, CaptureSettings, EffectiveSettings

RIGHT_EXPOSURE_US, RIGHT_GAIN = 1000, 4.0
RIGHT_RED, RIGHT_BLUE = CaptureSettings().red_gain, CaptureSettings().blue_gain
LOWEST_GAIN, HIGHEST_GAIN = 1.0, 16.0
LONGEST_AUTOMATIC_US = 33_333
QUALITY, LIVE_QUALITY = 92, 75
DRAWN_PX = 1200  # the scene is drawn no larger and then enlarged
GRAIN = 2.0  # levels of 255: as with a real sensor, no two photographs are the same file


class FakeCamera:
    """`place` may name a look for the sitter, such as `fake:3`; `fake:nobody` is an empty chair."""

    def __init__(self, place: str = "", *, clock: Callable[[], float] = time.monotonic) -> None:
        self.info = CameraInfo(
            name=f"Fake camera {place}".strip(),
            kind="fake",
            max_resolution=LARGEST,
            controls=("resolution", *EXPOSURE_CONTROLS),
        )
        self._is_empty = place == "nobody"
        self._look = int(place) if place.isdigit() else 0
        self._clock = clock
        self._settings = CaptureSettings()

    @classmethod
    def places(cls) -> list[str]:
        return [""]

    def configure(self, settings: CaptureSettings) -> None:
        self._settings = settings

    def live(self) -> Photo:
        return self._photo(live_size(self._settings.resolution), LIVE_QUALITY)

    def photograph(self) -> Photo:
        return self._photo(self._settings.resolution, QUALITY)

    def close(self) -> None:
        """Nothing is held open."""

    def _photo(self, size: tuple[int, int], quality: int) -> Photo:
        effective = effective_settings(self._settings)
        scale = min(1.0, DRAWN_PX / max(size))
        drawn = (max(1, round(size[0] * scale)), max(1, round(size[1] * scale)))
        scene = draw_scene(drawn, seconds=self._clock(), look=self._look, is_empty=self._is_empty)
        grain = Image.effect_noise(drawn, GRAIN)  # around 128
        lit = ImageChops.add(scene.point(_light_table(effective)), Image.merge("RGB", (grain,) * 3), offset=-128)
        picture = lit.resize(size, Image.Resampling.BICUBIC)
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=quality)
        return Photo(file.getvalue(), local_now(), effective)


def effective_settings(wished: CaptureSettings) -> EffectiveSettings:
    """What a camera would do with these wishes: automatic values aim at the right light, within what a sensor can."""
    wanted_light = RIGHT_EXPOSURE_US * RIGHT_GAIN
    gain = wished.iso / 100
    exposure_us = float(wished.shutter_us)
    if not exposure_us:
        exposure_us = min(wanted_light / (gain or 2.0), LONGEST_AUTOMATIC_US)
    if not gain:
        gain = wanted_light / exposure_us
    return EffectiveSettings(
        resolution=wished.resolution,
        exposure_us=round(exposure_us),
        analogue_gain=min(max(gain, LOWEST_GAIN), HIGHEST_GAIN),
        digital_gain=1.0,
        red_gain=wished.red_gain,
        blue_gain=wished.blue_gain,
    )


def draw_scene(size: tuple[int, int], *, seconds: float, look: int = 0, is_empty: bool = False) -> Image.Image:
    """The sitter at that moment in the right light, RGB."""
    width, height = size
    short = min(size)
    picture = Image.linear_gradient("L").resize(size).point(lambda level: 70 + level // 5).convert("RGB")
    pen = ImageDraw.Draw(picture)
    for stripe in range(8):  # a test pattern at the foot, which shows colour and clipping
        left = round(width * stripe / 8)
        pen.rectangle((left, height - short // 24, round(width * (stripe + 1) / 8), height), fill=_PATTERN[stripe])
    if not is_empty:
        sway, nod = math.sin(seconds * 0.9) * 0.02, math.sin(seconds * 1.7) * 0.01
        centre = (width / 2 + sway * short, height * 0.46 + nod * short)
        _draw_sitter(picture, centre, short * 0.2, look=look, is_blinking=seconds % 4 > 3.85)
    return picture


def _draw_sitter(
    picture: Image.Image, centre: tuple[float, float], side: float, *, look: int, is_blinking: bool
) -> None:
    """Head and shoulders; `side` is half the width of the face in pixels."""
    skin, hair, cloth = _LOOKS[look % len(_LOOKS)]
    pen = ImageDraw.Draw(picture)
    x, y = centre

    def oval(dx: float, dy: float, rx: float, ry: float, fill: tuple[int, int, int]) -> None:
        pen.ellipse((x + (dx - rx) * side, y + (dy - ry) * side, x + (dx + rx) * side, y + (dy + ry) * side), fill=fill)

    oval(0, 3.2, 2.3, 1.7, cloth)
    oval(0, 1.4, 0.42, 0.6, _times(skin, 0.75))
    oval(0, -0.35, 1.08, 1.2, hair)
    oval(0, 0.1, 0.86, 1.18, skin)
    oval(0, -0.78, 0.8, 0.34, hair)
    for eye in (-1, 1):
        oval(eye * 0.36, -0.14, 0.25, 0.15, _times(skin, 0.62))
        oval(eye * 0.36, -0.34, 0.27, 0.06, _times(hair, 0.8))
        oval(eye * 0.36, -0.12, 0.19, 0.03 if is_blinking else 0.09, (60, 45, 40) if is_blinking else (225, 222, 216))
        if not is_blinking:
            oval(eye * 0.36, -0.12, 0.085, 0.09, (35, 28, 26))
    oval(-0.1, 0.22, 0.06, 0.3, _times(skin, 1.12))
    oval(0.1, 0.22, 0.07, 0.3, _times(skin, 0.86))
    oval(0, 0.46, 0.2, 0.08, _times(skin, 0.66))
    oval(0, 0.74, 0.34, 0.1, (132, 62, 60))
    oval(0, 0.735, 0.3, 0.025, (70, 30, 32))
    oval(0, 0.98, 0.24, 0.04, _times(skin, 0.8))
    box = (
        max(0, round(x - side * 1.2)),
        max(0, round(y - side * 1.6)),
        min(picture.width, round(x + side * 1.2)),
        min(picture.height, round(y + side * 1.4)),
    )
    picture.paste(picture.crop(box).filter(ImageFilter.GaussianBlur(side / 60)), box[:2])
    for strand in range(24):
        at = x + (strand / 23 - 0.5) * 1.5 * side
        pen.line((at, y - 1.45 * side, at + side * 0.06, y - 0.8 * side), fill=_times(hair, 1.5), width=1)


def _light_table(effective: EffectiveSettings) -> list[int]:
    """Levels after light and colour, which multiply linear light: so by gamma 2.2 and back. 3 × 256 values."""
    light = (effective.exposure_us or 0) * (effective.analogue_gain or 0) / (RIGHT_EXPOSURE_US * RIGHT_GAIN)
    colours = ((effective.red_gain or 0) / RIGHT_RED, 1.0, (effective.blue_gain or 0) / RIGHT_BLUE)
    return [
        min(255, round(255 * ((level / 255) ** 2.2 * light * colour) ** (1 / 2.2)))
        for colour in colours
        for level in range(256)
    ]


def _times(colour: tuple[int, int, int], factor: float) -> tuple[int, int, int]:
    red, green, blue = (min(255, round(part * factor)) for part in colour)
    return red, green, blue


_PATTERN = [
    (250, 250, 250),
    (220, 210, 40),
    (40, 200, 210),
    (50, 180, 60),
    (190, 60, 180),
    (190, 50, 45),
    (50, 70, 190),
    (12, 12, 12),
]
_LOOKS = [
    ((214, 170, 142), (58, 40, 30), (45, 60, 84)),
    ((150, 100, 74), (24, 20, 20), (96, 52, 48)),
    ((232, 194, 172), (150, 110, 62), (52, 80, 66)),
]
