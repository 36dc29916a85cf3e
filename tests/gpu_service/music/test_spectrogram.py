"""The spectrogram's tiles: what sounds stands at its second and at its pitch, on every level, in little memory."""

import io
import tracemalloc
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.signal import chirp

from gpu_service.music.sample_store import read_samples, write_samples
from gpu_service.music.spectrogram import ROWS, TILE_COLUMNS, SpectrogramFacts, row_hertz, write_spectrogram
from gpu_service.music.tile_index import tile_span
from tests.gpu_service.music.signals import as_sound

RATE = 44_100


@dataclass
class Read:
    """A spectrogram read back: `level(k)` is uint8 [rows, columns], the lowest row first."""

    facts: SpectrogramFacts
    path: Path

    def level(self, number: int) -> np.ndarray:
        level = self.facts.levels[number]
        tiles = [self._tile(level.first + place) for place in range(level.tiles)]
        return np.concatenate(tiles, axis=1)[::-1]

    def _tile(self, place: int) -> np.ndarray:
        with self.path.open("rb") as file:
            start, end = tile_span(file, self.facts.index_at, place)
            file.seek(start)
            return np.asarray(Image.open(io.BytesIO(file.read(end - start))).convert("L"))


def drawn(samples: np.ndarray, folder: Path, *, rate: int = RATE) -> Read:
    path = folder / "tiles"
    return Read(write_spectrogram(as_sound(samples, folder, rate=rate), path), path)


def row_of(hertz: float) -> int:
    return int(np.abs(np.log(row_hertz() / hertz)).argmin())


@pytest.mark.parametrize("rate", [44_100, 48_000, 22_050])
def test_the_ridge_of_a_sweep_lies_where_its_formula_says(rate: int, tmp_path: Path):
    seconds = 16.0
    t = np.arange(round(seconds * rate)) / rate
    found = drawn(0.7 * chirp(t, 100.0, seconds, 6400.0, method="logarithmic"), tmp_path, rate=rate)
    for number, level in enumerate(found.facts.levels):
        picture = found.level(number)
        assert picture.shape == (ROWS, level.columns)
        # A column of level k stands for 4ᵏ hops; the first and the last reach beyond the sound.
        width = found.facts.hop * 4**number / rate
        middles = (np.arange(level.columns) + 0.5) * width
        inside = (middles > 0.5) & (middles < seconds - 0.5)
        expected = np.array([row_of(100.0 * 64 ** (second / seconds)) for second in middles[inside]])
        # While a coarse column passes, the sweep climbs this many rows.
        climb = width * 6 / seconds * ROWS / np.log2(20_000 / 27.5)
        assert np.abs(picture[:, inside].argmax(axis=0) - expected).max() <= 2 + climb, number


def test_a_hit_stands_in_the_column_that_holds_its_sample(tmp_path: Path):
    at = round(3.21 * RATE)
    samples = np.zeros(6 * RATE)
    samples[at] = 0.9
    found = drawn(samples, tmp_path)
    for number in range(len(found.facts.levels)):
        treble = found.level(number)[row_of(4000) :].astype(float).mean(axis=0)
        bright = np.flatnonzero(treble > treble.max() - 1)
        column = at / (found.facts.hop * 4**number)
        assert abs(bright.mean() + 0.5 - column) <= 1.0, number


@pytest.mark.parametrize(("hertz", "level_db"), [(55.0, 0.0), (440.0, -20.0), (1000.0, -40.0), (8000.0, -60.0)])
def test_a_sine_is_as_bright_as_it_is_loud(hertz: float, level_db: float, tmp_path: Path):
    """Beside a full-scale click that settles what loud means."""
    t = np.arange(4 * RATE) / RATE
    samples = 10 ** (level_db / 20) * np.sin(2 * np.pi * hertz * t)
    samples[100] = 1.0
    picture = drawn(samples, tmp_path).level(0)[:, 300:-30]
    # Bass bins lie 10.8 Hz apart: the pitch is known to half of that.
    half_a_bin = 5.4 / (hertz * (row_hertz()[1] / row_hertz()[0] - 1))
    assert abs(int(np.median(picture.argmax(axis=0))) - row_of(hertz)) <= 1 + half_a_bin
    # 84 dB are 255 steps; a row takes up to 1.8 dB more than the tallest bin of a sine.
    assert np.median(picture.max(axis=0)) == pytest.approx(255 * (1 + level_db / 84), abs=7)


@pytest.mark.parametrize("count", [0, 1, 255, 4410, TILE_COLUMNS * 256, TILE_COLUMNS * 256 + 1])
def test_tracks_of_a_moment_have_all_their_columns(count: int, tmp_path: Path):
    found = drawn(np.full((count, 2), 0.3), tmp_path)
    assert found.facts.columns == max(1, -(-count // 256))
    for number, level in enumerate(found.facts.levels):
        assert found.level(number).shape == (ROWS, level.columns)
    assert found.facts.levels[-1].tiles == 1


def test_silence_is_dark(tmp_path: Path):
    assert drawn(np.zeros(RATE), tmp_path).level(0).max() == 0


def test_a_long_track_takes_no_more_memory_than_a_short_one(tmp_path: Path):
    def most(seconds: int) -> int:
        t = np.arange(seconds * 8000) / 8000
        sound = as_sound(np.sin(2000 * t), tmp_path, rate=8000)
        del t
        tracemalloc.start()
        write_spectrogram(sound, tmp_path / "tiles")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    most(5)
    assert most(360) < 1.15 * most(90)


def test_what_progress_raises_leaves_no_file(tmp_path: Path):
    def stop(share: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        write_spectrogram(as_sound(np.zeros(RATE), tmp_path), tmp_path / "tiles", progress=stop)
    assert not (tmp_path / "tiles").exists()


@pytest.mark.parametrize("channels", [1, 2])
def test_samples_are_read_to_the_sample(channels: int, tmp_path: Path):
    samples = np.random.default_rng(2).uniform(-1.2, 1.2, (70_001, channels)).astype(np.float32)
    write_samples(as_sound(samples, tmp_path, rate=8000), tmp_path / "samples")
    whole = np.round(np.clip(samples, -1, 1) * 32_767).astype(np.int16)
    for first, count in ((0, 1), (0, 70_001), (4095, 3), (33_333, 20_000), (70_000, 50), (70_001, 5), (10**9, 5)):
        with (tmp_path / "samples").open("rb") as file:
            assert np.array_equal(read_samples(file, first, count), whole[first : first + count]), first
