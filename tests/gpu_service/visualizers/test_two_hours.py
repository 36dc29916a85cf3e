"""A plan of a two-hour track: ready within a stated memory, for every visualizer. Each in a process of its own."""

import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import REPOSITORY

RATE = 22_050
# One vector of 512 a frame takes 0.44 GB at 30 frames a second; a plan keeps up to three, and works one more out.
MOST_GIB = 4.0
CHILD = """
import sys, threading, time
from pathlib import Path
from tests.gpu_service.little import write_snapshots
from tests.gpu_service.visualizers.projected import Projected, write_found, write_networks
from gpu_service.visualizers import load

def held():
    return int(Path("/proc/self/status").read_text().partition("RssAnon:")[2].split()[0]) / 2**20

name, song, folder, seconds = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), float(sys.argv[4])
networks = write_networks(folder)
projection = write_found(folder / "talk.hdf5", network=networks[0])
if name != "projection-blend":
    networks = write_snapshots(folder)[:1]
made = Projected(song, networks, projection, seconds=seconds)
before, peaks = held(), [0.0]

def watch():
    while True:
        peaks.append(held())
        time.sleep(0.2)

threading.Thread(target=watch, daemon=True).start()
plan = made.plan(visualizer=name, fps="30")
pictures = load(name)().draw(plan, [0, plan.scene.frames - 1])
print(plan.scene.frames, float(pictures.float().std()), max(peaks) - before)
"""


def long_song(path: Path, *, hours: float) -> Path:
    """Eight seconds of hits over a tone that swells, again and again."""
    times = np.arange(8 * RATE) / RATE
    hits = np.random.default_rng(1).standard_normal(len(times)) * np.exp(-(times % 0.5) / 0.03)
    sound = 0.3 * np.sin(2 * np.pi * 220 * times) * times / 8 + 0.4 * hits
    piece = (np.clip(sound, -1, 1) * 32_000).astype("<i2").tobytes()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        for _ in range(round(hours * 450)):
            file.writeframesraw(piece)
    return path


def plan_in_child(name: str, folder: Path, *, hours: float) -> tuple[int, float, float]:
    """-> frames, spread of two pictures, GiB that it took beyond its imports"""
    song = long_song(folder / "song.wav", hours=hours)
    command = [sys.executable, "-c", CHILD, name, str(song), str(folder), str(hours * 3600)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=1700, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    frames, spread, gibibytes = done.stdout.split()
    return int(frames), float(spread), float(gibibytes)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", ["noise-blend", "projection-blend", "raw-audio", "audio-reactive"])
def test_two_hours_are_planned_and_drawn_within_the_stated_memory(tmp_path: Path, name: str):
    frames, spread, gibibytes = plan_in_child(name, tmp_path, hours=2)
    assert frames == 2 * 3600 * 30
    assert spread > 1
    assert gibibytes < MOST_GIB
