"""A track is prepared in stages, waveform first; and its length does not fill the memory."""

import json
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from gpu_service.music.analysis import Analysis
from gpu_service.music.decode import decode
from gpu_service.music.demo_instruments import BAR
from gpu_service.music.errors import MusicError
from gpu_service.music.prepare import analyse_prepared, decode_and_peaks, make_proxy, prepare_track, write_analysis_json
from tests.conftest import REPOSITORY
from tests.gpu_service.music.signals import click_track, encode

STAGES = """
import sys
from pathlib import Path
from gpu_service.music import prepare
from tests.memory import peak_bytes
def take(source, folder):
    folder.mkdir(exist_ok=True)
    sound = prepare.decode_and_peaks(source, folder)
    if sys.argv[3] == "all":
        prepare.make_proxy(sound, folder)
        prepare.analyse_prepared(sound, folder)
    return sound

source, short, folder = (Path(text) for text in (sys.argv[1], sys.argv[4], sys.argv[2]))
take(short, folder / "short")  # what is imported when first needed is none of the track's memory
before = peak_bytes()
sound = take(source, folder)
print(sound.duration_seconds, (peak_bytes() - before) / 2**20)
"""


def long_wav(path: Path, *, hours: float, rate: int) -> Path:
    """Bars of noise bursts, 8 bits, so that three hours are a file of megabytes."""
    bar = click_track(bpm=60 * 4 / BAR, seconds=BAR * 16, first=0, rate=rate)
    data = (np.clip(bar, -1, 1) * 120 + 128).astype(np.uint8).tobytes()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(rate)
        for _ in range(round(hours * 3600 / (16 * BAR))):
            file.writeframesraw(data)
    return path


def in_child(source: Path, folder: Path, stages: str) -> tuple[float, float]:
    """Prepare in a process of its own. -> the track's seconds, MiB of memory that it took beyond its imports"""
    short = encode(click_track(bpm=120, seconds=8)[:, None], folder / "short.wav", [])
    command = [sys.executable, "-c", STAGES, str(source), str(folder), stages, str(short)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=850, check=True)
    seconds, mebibytes = done.stdout.split()
    return float(seconds), float(mebibytes)


def test_all_stages_leave_four_files_and_the_facts(tmp_path: Path):
    source = encode(click_track(bpm=120, seconds=8)[:, None], tmp_path / "song.flac", [])
    out = tmp_path / "out"
    out.mkdir()
    heard: list[tuple[str, float]] = []
    made = prepare_track(source, out, progress=lambda stage, share: heard.append((stage, share)))
    assert sorted(path.name for path in out.iterdir()) == ["analysis.npz", "lanes.bin", "peaks.bin", "proxy.m4a"]
    assert made.duration_seconds == pytest.approx(8)
    assert (made.sample_rate, made.channels, made.codec, made.container) == (44_100, 1, "flac", "FLAC")
    assert made.bpm == pytest.approx(120, rel=0.001)
    assert made.warnings == ()
    order = list(dict.fromkeys(stage for stage, _ in heard))
    assert order == ["decode", "peaks", "proxy", "analyse"]
    shares = [share for stage, share in heard if stage == "analyse"]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_the_waveform_is_there_before_anything_else(tmp_path: Path):
    source = encode(click_track(bpm=120, seconds=4)[:, None], tmp_path / "song.wav", [])
    sound = decode_and_peaks(source, tmp_path)
    assert (tmp_path / "peaks.bin").exists()
    assert not (tmp_path / "proxy.m4a").exists()
    make_proxy(sound, tmp_path)
    assert not (tmp_path / "analysis.npz").exists()
    analyse_prepared(sound, tmp_path)
    assert len(Analysis.load(tmp_path / "analysis.npz").beats) == 8


def test_the_proxy_starts_to_play_before_it_is_loaded(tmp_path: Path):
    source = encode(click_track(bpm=120, seconds=4)[:, None], tmp_path / "song.wav", [])
    data = make_proxy(decode(source, pcm_path=tmp_path / "a.pcm"), tmp_path).read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")


def test_a_refused_file_leaves_nothing_behind(tmp_path: Path):
    source, out = tmp_path / "notes.mp3", tmp_path / "out"
    source.write_text("only words")
    out.mkdir()
    with pytest.raises(MusicError, match="is text, not sound"):
        prepare_track(source, out)
    assert list(out.iterdir()) == []


def test_the_summary_for_the_command_line_is_written_whole(tmp_path: Path):
    source = encode(click_track(bpm=100, seconds=8)[:, None], tmp_path / "song.wav", [])
    write_analysis_json(source, tmp_path / "analysis.json")
    read = json.loads((tmp_path / "analysis.json").read_text())
    assert read["bpm"] == pytest.approx(100, rel=0.001)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["analysis.json", "song.wav"]


def test_three_hours_are_decoded_and_drawn_in_little_memory(tmp_path: Path):
    source = long_wav(tmp_path / "long.wav", hours=3, rate=4000)
    seconds, mebibytes = in_child(source, tmp_path, "waveform")
    assert seconds == pytest.approx(3 * 3600, abs=20)
    assert mebibytes < 100


def test_a_quarter_of_an_hour_is_analysed_within_the_stated_memory(tmp_path: Path):
    source = long_wav(tmp_path / "long.wav", hours=0.25, rate=4000)
    seconds, mebibytes = in_child(source, tmp_path, "all")
    assert seconds == pytest.approx(900, abs=20)
    assert mebibytes < 160


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_three_hours_are_analysed_within_the_stated_memory(tmp_path: Path):
    source = long_wav(tmp_path / "long.wav", hours=3, rate=44_100)
    seconds, mebibytes = in_child(source, tmp_path, "all")
    assert seconds == pytest.approx(3 * 3600, abs=20)
    assert mebibytes < 450
    assert Analysis.load(tmp_path / "analysis.npz").facts.bpm == pytest.approx(123, rel=0.001)
