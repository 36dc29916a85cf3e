"""Plots of signals as pictures, a page of frames at a time: everything but the cursor is drawn once per page."""

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from gpu_service.visualizers.signals import Signal

BACK, PANEL, GRID, TEXT, CURSOR = (16, 17, 20), (24, 26, 31), (52, 56, 64), (214, 218, 226), (255, 255, 255)
COLOURS = {"signal": (88, 166, 255), "route": (126, 211, 112), "value": (255, 184, 77), "clamped": (255, 99, 99)}
GAP, LEAST_PANEL, WIDEST = 4, 56, 4096
# A row of numbers is shown along the page and, at the right, as it is in this frame.
NOW_SHARE = 0.3
ALIKE = {"♯": "#", "♭": "b", "×": "x", "–": "-", "—": "-", "ß": "ss"}


@dataclass(frozen=True)
class Grid:
    """How panels lie: `columns` of `rows` each, `panel` (width, height) in pixels, the whole `width`."""

    columns: int
    rows: int
    panel: tuple[int, int]

    @property
    def width(self) -> int:
        return self.columns * (self.panel[0] + GAP)


def grid_of(count: int, *, height: int, room: int) -> Grid:
    """Panels for so many signals in a picture of that height; columns are as wide as it is high, `room` at most."""
    rows = max(1, height // LEAST_PANEL)
    columns = max(1, min(math.ceil(count / rows), room // (height + GAP)))
    rows = max(1, math.ceil(count / columns))
    wide = min(height, max(64, room // columns - GAP))
    return Grid(columns, rows, (wide, max(8, height // rows - GAP)))


class Plots:
    """All signals of a film, to be drawn for each of its frames in turn."""

    def __init__(self, signals: Sequence[Signal], *, window: int, height: int, room: int) -> None:
        self.signals, self.window, self.height = list(signals), window, height
        self.grid = grid_of(len(signals), height=height, room=room)
        self._page: tuple[int, Image.Image] | None = None

    def at(self, frame: int) -> Image.Image:
        """The plots with the cursor at that frame, RGB, grid.width × height."""
        number = frame // self.window
        if self._page is None or self._page[0] != number:
            self._page = (number, self._draw_page(number))
        picture = self._page[1].copy()
        draw = ImageDraw.Draw(picture)
        for place, signal in enumerate(self.signals):
            self._draw_now(draw, place, signal, frame)
        return picture

    def _box(self, place: int) -> tuple[int, int, int, int]:
        """left, top, right, bottom of a panel; what is right and below is outside."""
        column, row = divmod(place, self.grid.rows)
        wide, high = self.grid.panel
        left, top = column * (wide + GAP) + GAP, row * (high + GAP)
        return left, top, left + wide, top + high

    def _plot(self, place: int, signal: Signal) -> tuple[int, int, int, int]:
        """The part of a panel whose width is the page's time."""
        left, top, right, bottom = self._box(place)
        if signal.values.ndim == 2:
            right = round(right - NOW_SHARE * (right - left))
        return left, top, right, bottom

    def _draw_page(self, number: int) -> Image.Image:
        picture = Image.new("RGB", (self.grid.width, self.height), BACK)
        draw = ImageDraw.Draw(picture)
        frames = slice(number * self.window, (number + 1) * self.window)
        for place, signal in enumerate(self.signals):
            draw.rectangle(_inside(self._box(place)), fill=PANEL)
            left, top, right, bottom = self._plot(place, signal)
            shown = _share(signal, signal.values[frames])
            width = max(1, round((right - left) * len(shown) / self.window))
            if signal.values.ndim == 2:
                picture.paste(heat(shown, signal.kind).resize((width, bottom - top)), (left, top))
            else:
                points = _points(shown, (left, top, left + width, bottom))
                draw.line(points, fill=COLOURS[signal.kind], width=1)
            font = _font(self.grid.panel[1])
            draw.text((left + 3, top + 1), readable(signal.title, font), fill=TEXT, font=font)
        return picture

    def _draw_now(self, draw: ImageDraw.ImageDraw, place: int, signal: Signal, frame: int) -> None:
        left, top, right, bottom = self._plot(place, signal)
        x = left + (frame % self.window + 0.5) / self.window * (right - left)
        draw.line([(x, top), (x, bottom - 1)], fill=CURSOR, width=1)
        value, edge = signal.values[frame], self._box(place)[2]
        if signal.values.ndim == 2:
            draw.line([(right, top), (right, bottom - 1)], fill=GRID)
            draw.line(_points(_share(signal, value), (right + 2, top, edge, bottom)), fill=COLOURS[signal.kind])
        else:
            text, font = f"{float(value):.3g}", _font(self.grid.panel[1])
            draw.text((edge - 3 - draw.textlength(text, font=font), top + 1), text, fill=TEXT, font=font)


def heat(shares: np.ndarray, kind: str) -> Image.Image:
    """Rows of numbers 0…1 as a picture, time to the right, the first number at the bottom. [n, m] -> n × m pixels"""
    colour = np.array(COLOURS[kind]) / 255
    lit = shares.T[::-1, :, None].astype(np.float32)
    # Dark, then the colour, then white: brighter is always more.
    rgb = np.where(lit < 0.7, colour * lit / 0.7, colour + (1 - colour) * (lit - 0.7) / 0.3)
    return Image.fromarray((rgb * 255).clip(0, 255).astype(np.uint8), "RGB")


def _share(signal: Signal, values: np.ndarray) -> np.ndarray:
    """0 at the signal's low, 1 at its high."""
    return np.clip(np.nan_to_num((values - signal.low) / max(signal.high - signal.low, 1e-12)), 0, 1)


def _points(shares: np.ndarray, box: tuple[int, int, int, int]) -> list[tuple[float, float]]:
    left, top, right, bottom = box
    if len(shares) == 1:
        shares = np.repeat(shares, 2)
    across = np.linspace(left, right - 1, len(shares))
    up = bottom - 2 - shares * (bottom - top - 3)
    return list(zip(across.tolist(), up.tolist(), strict=True))


def _inside(box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    return box[0], box[1], box[2] - 1, box[3] - 1


Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def readable(text: str, font: Font) -> str:
    """The text without signs that the font lacks and would draw as empty boxes: ψ becomes psi, é becomes e."""
    return "".join(sign if _has(font, sign) else _plain(sign) for sign in text)


def _plain(sign: str) -> str:
    if sign in ALIKE:
        return ALIKE[sign]
    name = unicodedata.name(sign, "")
    if name.startswith("GREEK"):
        return name.split()[-1].lower()
    return "".join(part for part in unicodedata.normalize("NFKD", sign) if part.isascii()) or "?"


def _has(font: Font, sign: str) -> bool:
    return sign.isascii() or bytes(font.getmask(sign)) != bytes(font.getmask("\uffff"))


@lru_cache(maxsize=8)
def _font(panel_height: int) -> Font:
    return ImageFont.load_default(max(8, min(13, panel_height // 4)))
