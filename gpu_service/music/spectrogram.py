"""The spectrogram of a track as small pictures: time to the right, pitch upwards, brightness is decibels.

Column i of level 0 covers samples i · hop … (i + 1) · hop − 1 and its window is centred on them; a column of each
further level is the mean power of four. Rows lie at equal musical distances from 27.5 Hz to 20 kHz, the lowest at the
foot of the picture. Byte 255 is a sine as loud as the track's loudest sample, 0 is 84 dB below.

The file holds the tiles, grey WebP of up to 512 columns, and then an index, in the order of levels: where each tile
begins and ends, two uint64, little endian. Facts say where the index stands.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

import numpy as np
from PIL import Image
from scipy.fft import rfft
from scipy.sparse import csr_array

from gpu_service.music.sound import Sound
from gpu_service.whole_files import replacing

ROWS = 192
LOW_HZ, HIGH_HZ = 27.5, 20_000.0
# Long windows tell bass notes apart, short ones keep hits sharp; at this pitch both are as wide as a row.
CROSSING_HZ = 600.0
FALL_DB = 84.0
TILE_COLUMNS = 512
STEP = 4
QUALITY = 82
# Of a full-scale sine a Hann window of n leaves (n/4)² in one bin.
HOP_AT_44100, WINDOW_HOPS, LONG_WINDOW_HOPS, LONG_STEP = 256, 8, 16, 4


@dataclass(frozen=True)
class Level:
    """`first` is the place of its first tile in the index."""

    columns: int
    tiles: int
    first: int


@dataclass(frozen=True)
class SpectrogramFacts:
    """What a page must know to put the tiles in their places."""

    sample_rate: int
    hop: int
    columns: int
    rows: int
    low_hz: float
    high_hz: float
    fall_db: float
    tile_columns: int
    index_at: int
    levels: tuple[Level, ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def hop_of(sample_rate: int) -> int:
    """About 6 ms, a power of two."""
    return max(8, int(HOP_AT_44100 * 2.0 ** round(np.log2(sample_rate / 44_100))))


def row_hertz() -> np.ndarray:
    """The pitch in the middle of each row, from the foot upwards. float64 [192]"""
    edges = np.geomspace(LOW_HZ, HIGH_HZ, ROWS + 1)
    return np.sqrt(edges[1:] * edges[:-1])


def write_spectrogram(
    sound: Sound, path: Path, *, progress: Callable[[float], None] = lambda share: None
) -> SpectrogramFacts:
    """Write the tiles of a track; memory does not grow with its length. What `progress` raises leaves no file."""
    hop = hop_of(sound.sample_rate)
    columns = max(1, -(-sound.frame_count // hop))
    levels = tuple(_levels(columns))
    with replacing(path) as part, part.open("wb") as file:
        pyramid = _Pyramid(file, levels, reference=max(sound.peak, 2 / 32768) ** 2)
        for number, power in enumerate(_powers(sound, hop)):
            pyramid.take(power)
            progress(min(1.0, (number + 1) * TILE_COLUMNS / columns))
        index_at = pyramid.finish()
    return SpectrogramFacts(
        sound.sample_rate, hop, columns, ROWS, LOW_HZ, HIGH_HZ, FALL_DB, TILE_COLUMNS, index_at, levels
    )


def _levels(columns: int) -> Iterator[Level]:
    first = 0
    while True:
        tiles = -(-columns // TILE_COLUMNS)
        yield Level(columns, tiles, first)
        if tiles == 1:
            return
        first, columns = first + tiles, -(-columns // STEP)


def _powers(sound: Sound, hop: int) -> Iterator[np.ndarray]:
    """Power of each row, a full-scale sine is 1. float32 [up to 512, 192], in the order of time"""
    long = LONG_WINDOW_HOPS * hop
    # Half of the long window before the first group of columns' middle.
    before = long // 2 - LONG_STEP * hop // 2
    span = TILE_COLUMNS * hop + long
    rest, left = np.zeros(before, np.float32), max(1, -(-sound.frame_count // hop))
    for block in _and_silence(sound, span):
        rest = np.concatenate([rest, block])
        while len(rest) >= span and left > 0:
            yield _columns(rest[:span], hop, sound.sample_rate)[: min(TILE_COLUMNS, left)]
            rest, left = rest[TILE_COLUMNS * hop :], left - TILE_COLUMNS


def _and_silence(sound: Sound, after: int) -> Iterator[np.ndarray]:
    yield from sound.mono_blocks(sample_rate=sound.sample_rate)
    yield np.zeros(2 * after, np.float32)


def _columns(samples: np.ndarray, hop: int, rate: int) -> np.ndarray:
    """float32 [512 · hop + 16 · hop] -> float32 [512, 192]"""
    short, long = WINDOW_HOPS * hop, LONG_WINDOW_HOPS * hop
    low = _spectra(samples, long, LONG_STEP * hop) @ _bank(long, rate, is_low=True)
    # A short window of the same middle begins later than the long one of its group.
    start = (long - LONG_STEP * hop) // 2 - (short - hop) // 2
    high = _spectra(samples[start:], short, hop) @ _bank(short, rate, is_low=False)
    return high[:TILE_COLUMNS] + np.repeat(low[: TILE_COLUMNS // LONG_STEP], LONG_STEP, axis=0)


def _spectra(samples: np.ndarray, length: int, hop: int) -> np.ndarray:
    """Power of every Hann window, a full-scale sine is 1. [n] -> float32 [windows, length // 2 + 1]"""
    windows = np.lib.stride_tricks.sliding_window_view(samples, length)[::hop]
    spectrum = rfft(windows * _hann(length), axis=1)
    return (spectrum.real**2 + spectrum.imag**2) * np.float32((4 / length) ** 2)


@lru_cache(maxsize=4)
def _hann(length: int) -> np.ndarray:
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)).astype(np.float32)


@lru_cache(maxsize=4)
def _bank(length: int, rate: int, *, is_low: bool) -> csr_array:
    """What each bin gives to each row: triangles as wide as the row, or as a bin where rows lie closer. [bins, rows]"""
    hertz = np.arange(length // 2 + 1)[:, None] * rate / length
    edges = np.geomspace(LOW_HZ, HIGH_HZ, ROWS + 1)
    middle, reach = row_hertz(), np.maximum(np.diff(edges), rate / length)
    weights = np.clip(1 - np.abs(hertz - middle) / reach, 0, None)
    heard = (middle < CROSSING_HZ) == is_low
    return csr_array((weights * (heard & (middle < rate / 2))).astype(np.float32))


class _Pyramid:
    """Takes the columns of level 0 as they come and writes every level's tiles as they become full."""

    def __init__(self, file: IO[bytes], levels: tuple[Level, ...], *, reference: float) -> None:
        self.file, self.levels, self.reference = file, levels, reference
        self.waiting = [np.zeros((0, ROWS), np.float32) for _ in levels]
        self.written = [0] * len(levels)
        self.places = np.zeros(sum(level.tiles for level in levels), np.uint64)
        self.ends = np.zeros(len(self.places), np.uint64)
        self.at = 0

    def take(self, power: np.ndarray, level: int = 0) -> None:
        rows = np.concatenate([self.waiting[level], power])
        while len(rows) >= TILE_COLUMNS:
            self._write(level, rows[:TILE_COLUMNS])
            rows = rows[TILE_COLUMNS:]
        self.waiting[level] = rows

    def finish(self) -> int:
        """Write what is left and the index. -> where the index begins"""
        for level in range(len(self.levels)):
            # A level's last columns come from the one before it.
            if len(self.waiting[level]):
                self._write(level, self.waiting[level])
        self._index()
        return self.at

    def _write(self, level: int, power: np.ndarray) -> None:
        tile = _encoded(power, self.reference)
        place = self.levels[level].first + self.written[level]
        self.file.write(tile)
        self.places[place], self.ends[place] = self.at, self.at + len(tile)
        self.at += len(tile)
        self.written[level] += 1
        if level + 1 < len(self.levels):
            self.take(_coarser(power), level + 1)

    def _index(self) -> None:
        pairs = np.stack([self.places, self.ends], axis=1)
        self.file.write(pairs.astype("<u8").tobytes())


def _coarser(power: np.ndarray) -> np.ndarray:
    """Four columns become one, their mean power. [n, rows] -> [ceil(n/4), rows]"""
    starts = np.arange(0, len(power), STEP)
    counts = np.diff([*starts, len(power)])[:, None].astype(np.float32)
    return np.asarray(np.add.reduceat(power, starts, axis=0) / counts)


def _encoded(power: np.ndarray, reference: float) -> bytes:
    """Power [columns, rows] as a picture, the lowest row at its foot."""
    decibels = 10 * np.log10(np.maximum(power / reference, 1e-12))
    grey = np.round(255 * np.clip(1 + decibels / FALL_DB, 0, 1)).astype(np.uint8)
    held = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(grey.T[::-1])).save(held, "WEBP", quality=QUALITY, method=2)
    return held.getvalue()
