"""Clicks on beats: how far from the grid's times they sound, in the page's own code and in a real browser.

    python bench/click_times.py [--json] [--out FOLDER]

Offline: the code that plans clicks while a track plays runs in an OfflineAudioContext, asked as irregularly as a busy
page asks (every 20 to 160 ms) and with clocks that step as those of media elements do; each click of the recording is
compared with the beat that it stands for. Rates 0.5, 1 and 2, a grid whose tempo changes, and a loop.

Live: the page's player plays a track whose own clicks lie on the grid, with its metronome on; both are recorded from
one graph and compared. `--out` keeps the recordings.

Stems and short loops: two parts in place of the track, recorded and compared with each other and with the track; a loop
of an eighth of a second over a steady tone, which must never fall silent nor step.
"""

import argparse
import base64
import random
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import scipy.signal
import soundfile
from _figures import Figure, tell
from _studio import REPOSITORY, chromium
from playwright.sync_api import Page

from gpu_service.music.decode import decode
from gpu_service.music.proxy import write_proxy
from studio.tracks.grid import Marker, beats_of

RATE = 48_000
GATE_MILLISECONDS = 2.0
TRACK_SECONDS = 60.0
MARKERS = (Marker(0.4, 117.3), Marker(20.4, 131.7, downbeat=11), Marker(41.0, 88.0, 3, 22))
LOUD = 0.02
SILENT_SECONDS = 0.025
STEM_SECONDS, LAG_SECONDS = 10, 0.1
# Whole waves of the tone, so that a seam that is none cannot be seen.
TONE_HERTZ, LOOP_SECONDS = 331.0, 5
TONE_LOOP = (5.0, 5.0 + 41 / TONE_HERTZ)
TO_URL = """([text, type]) => URL.createObjectURL(
    new Blob([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], { type }),
)"""


@dataclass(frozen=True)
class Case:
    """One run: where the track begins, how fast, round which loop, and by how much clocks step."""

    name: str
    from_seconds: float
    rate: float = 1.0
    loop: tuple[float, float] | None = None
    media_step: float = 0.0
    clock_step: float = 0.0
    seconds: float = 12.0
    steps: list[float] = field(default_factory=list)


CASES = (
    Case("exact clocks", 15.0),
    Case("half speed", 18.0, rate=0.5),
    Case("double speed", 15.0, rate=2.0),
    Case("round a loop", 19.0, loop=(19.7, 22.15)),
    Case("double speed round a loop", 40.0, rate=2.0, loop=(39.9, 43.3)),
    Case("clocks that step by 2.7 ms", 15.0, media_step=128 / RATE, clock_step=128 / RATE),
    Case("round a loop, clocks that step", 19.0, loop=(19.7, 22.15), media_step=128 / RATE, clock_step=128 / RATE),
)


def expected(case: Case) -> np.ndarray:
    """When beats enter the graph, seconds of the recording; from the studio's own grid, not from the page's."""
    beats = np.array(beats_of(MARKERS, duration_seconds=TRACK_SECONDS)[0])
    times, at, position = [], 0.0, case.from_seconds
    while at < case.seconds:
        end = case.loop[1] if case.loop and position < case.loop[1] else TRACK_SECONDS
        here = beats[(beats >= position - 1e-9) & (beats < end - 1e-9)]
        times += list(at + (here - position) / case.rate)
        if case.loop is None:
            break
        at, position = at + (end - position) / case.rate, case.loop[0]
    return np.array([time for time in times if time < case.seconds - 0.05])


def onsets(samples: np.ndarray, rate: int) -> np.ndarray:
    """When sound begins after silence, seconds."""
    loud = np.flatnonzero(np.abs(samples) > LOUD)
    if len(loud) == 0:
        return np.zeros(0)
    first = np.concatenate([[True], np.diff(loud) > SILENT_SECONDS * rate])
    return loud[first] / rate


def unpacked(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4")


def offline(page: Page, case: Case, keep: Path | None) -> float:
    """The furthest click from its beat, milliseconds. Raises when one is missing or too many."""
    random_ = random.Random(case.name)
    steps, at = [], 0.0
    while (at := at + random_.uniform(0.02, 0.16)) < case.seconds - 0.2:
        steps.append(round(at * RATE / 128) * 128 / RATE)
    order = {
        "markers": [marker.as_json() for marker in MARKERS],
        "durationSeconds": TRACK_SECONDS,
        "fromSeconds": case.from_seconds,
        "rate": case.rate,
        "loop": case.loop and {"from": case.loop[0], "to": case.loop[1]},
        "seconds": case.seconds,
        "steps": steps,
        "mediaStep": case.media_step,
        "clockStep": case.clock_step,
    }
    samples = unpacked(page.evaluate("(order) => bench.offline(order)", order))
    if keep:
        soundfile.write(keep / f"offline {case.name}.wav", samples, RATE)
    heard = onsets(samples, RATE)
    heard, wanted = heard[heard < case.seconds - 0.3], expected(case)
    wanted = wanted[wanted < case.seconds - 0.3]
    if len(heard) != len(wanted):
        raise SystemExit(f"{case.name}: {len(heard)} clicks were heard, {len(wanted)} beats lie there.")
    return float(np.abs(heard - wanted).max() * 1000)


def write_track(path: Path) -> None:
    """A sound whose own clicks begin on the beats, to the sample."""
    samples = np.zeros(round(TRACK_SECONDS * RATE), np.float32)
    burst = np.sin(np.arange(480) * 0.4).astype(np.float32) * np.linspace(1, 0, 480, dtype=np.float32)
    for beat in beats_of(MARKERS, duration_seconds=TRACK_SECONDS)[0]:
        start = round(beat * RATE)
        samples[start : start + 480] += burst[: len(samples) - start]
    soundfile.write(path, samples, RATE, subtype="PCM_16")


def live(page: Page, source: str, case: Case, keep: Path | None) -> dict[str, Any]:
    """Distances between the track's own clicks and the metronome's, milliseconds, positive = the metronome is late."""
    beats, downbeats = beats_of(MARKERS, duration_seconds=TRACK_SECONDS)
    order = {
        "grid": {"beats": beats, "downbeats": downbeats},
        "fromSeconds": case.from_seconds,
        "rate": case.rate,
        "loop": case.loop and {"from": case.loop[0], "to": case.loop[1]},
        "seconds": case.seconds,
    }
    made = page.evaluate("([source, order]) => bench.live(source, order)", [source, order])
    rate = int(made["sampleRate"])
    track, clicks = unpacked(made["track"]), unpacked(made["clicks"])
    if keep:
        soundfile.write(keep / f"live {case.name}.wav", np.stack([track, clicks], axis=1), rate)
    own, ours = onsets(track, rate), onsets(clicks, rate)
    nearest = [own[np.abs(own - time).argmin()] for time in ours] if len(own) else []
    late = (ours - np.array(nearest)) * 1000
    late = late[np.abs(late) < 150]
    return {
        "clicks": len(ours),
        "matched": len(late),
        "median": float(np.median(late)),
        "worst": float(np.abs(late).max()),
        "seams": made["seams"],
    }


def as_playback(path: Path) -> Path:
    """The playback copy that the studio would make of a sound."""
    made = path.with_suffix(".m4a")
    write_proxy(decode(path, pcm_path=path.with_suffix(".pcm")), made)
    return made


def address(page: Page, path: Path) -> str:
    kind = "audio/wav" if path.suffix == ".wav" else "audio/mp4"
    return str(page.evaluate(TO_URL, [base64.b64encode(path.read_bytes()).decode(), kind]))


def stems(page: Page, source: str) -> tuple[float, float]:
    """How far two parts ever are from each other, and one of them from the track at most, milliseconds."""
    made = page.evaluate("([source, seconds]) => bench.stems(source, seconds)", [source, STEM_SECONDS])
    rate = int(made["sampleRate"])
    together, beside = ([unpacked(channel) for channel in made[name]] for name in ("together", "beside"))
    return _furthest(*together, rate), _furthest(*beside, rate)


def _furthest(one: np.ndarray, other: np.ndarray, rate: int) -> float:
    """The largest distance of two recordings of the same sound, half a second at a time, milliseconds."""
    step, reach = rate // 2, round(LAG_SECONDS * rate)
    lags = []
    for start in range(step, min(len(one), len(other)) - 2 * step, step):
        a, b = one[start : start + step], other[start : start + step]
        if min(a.std(), b.std()) < 1e-4:
            continue
        likeness = scipy.signal.correlate(a, b)[step - 1 - reach : step + reach]
        lags.append((likeness.argmax() - reach) / rate * 1000)
    # Once around the jump both are on their way.
    return float(np.sort(np.abs(lags))[:-2].max())


def short_loop(page: Page, folder: Path) -> tuple[float, float]:
    """Of a tone in a loop: its quietest 6 ms against the middle, and its largest step against the tone's own."""
    samples = 0.4 * np.sin(2 * np.pi * TONE_HERTZ * np.arange(20 * RATE) / RATE)
    soundfile.write(folder / "tone.wav", samples, RATE, subtype="PCM_16")
    source = address(page, as_playback(folder / "tone.wav"))
    loop = {"from": TONE_LOOP[0], "to": TONE_LOOP[1]}
    made = page.evaluate("([a, b, c]) => bench.shortLoop(a, b, c)", [source, loop, LOOP_SECONDS])
    rate, heard = int(made["sampleRate"]), unpacked(made["heard"][0])
    heard = heard[np.flatnonzero(np.abs(heard) > 0.2)[0] + round(2.0 * rate) :][: (LOOP_SECONDS - 1) * rate]
    width = round(0.006 * rate)
    level = np.sqrt(np.square(heard[: len(heard) // width * width].reshape(-1, width)).mean(axis=1))
    natural = 0.4 * 2 * np.pi * TONE_HERTZ / rate
    return float(level.min() / np.median(level)), float(np.abs(np.diff(heard)).max() / natural)


def page_code() -> str:
    """The page's modules as one script, made by the bundler that the front end's tests come with."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "bench.js"
        command = ["npx", "rolldown", "../bench/pages/click_times.ts", "-f", "iife", "-o", str(out)]
        subprocess.run(command, cwd=REPOSITORY / "frontend", check=True, capture_output=True)
        return out.read_text(encoding="utf-8")


LIVE = (
    Case("played", 15.0, seconds=10.0),
    Case("played at half speed", 18.0, rate=0.5, seconds=10.0),
    Case("played round a loop", 19.0, loop=(19.7, 22.15), seconds=10.0),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--out", type=Path, help="keep the recordings here")
    options = parser.parse_args()
    with chromium() as browser, tempfile.TemporaryDirectory() as folder:
        # A page of one's own that counts as secure: recording needs that.
        page = browser.new_page()
        page.route(
            "http://localhost/", lambda route: route.fulfill(body="<title>Bench</title>", content_type="text/html")
        )
        page.goto("http://localhost/")
        page.evaluate(page_code())
        page.mouse.click(10, 10)
        worst = {case.name: offline(page, case, options.out) for case in CASES}
        write_track(Path(folder) / "track.wav")
        source = address(page, Path(folder) / "track.wav")
        played = {case.name: live(page, source, case, options.out) for case in LIVE}
        apart, beside = stems(page, address(page, as_playback(Path(folder) / "track.wav")))
        quietest, step = short_loop(page, Path(folder))
    figures = [
        Figure(f"click, {name}: furthest from its beat in the offline render", value, "ms", at_most=GATE_MILLISECONDS)
        for name, value in worst.items()
    ]
    for name, found in played.items():
        figures.append(Figure(f"click, {name}: middle distance from the track's own", found["median"], "ms"))
    figures.append(Figure("stems: two at once, furthest from each other", apart, "ms", at_most=0.03))
    figures.append(Figure("stems: furthest from the track", beside, "ms", at_most=10))
    figures.append(Figure("a loop of 124 ms: quietest 6 ms of a steady tone", quietest, "of its level", at_least=0.7))
    figures.append(Figure("a loop of 124 ms: largest step from sample to sample", step, "of the tone's", at_most=2))
    return tell("Clicks on beats", figures, as_json=options.json, live=played)


if __name__ == "__main__":
    sys.exit(main())
