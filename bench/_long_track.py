"""A track of any length for benches: its sound is made while it is read, so that two hours take no room on the disk.

Its waveform is that of the sound; its curves, beats and cues are written down as an analysis would have found them.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

from gpu_service.music.analysis import Analysis, Facts
from gpu_service.music.features import CHROMA_RATE, FRAME_RATE
from gpu_service.music.lanes import save_lanes
from gpu_service.music.peaks import find_peaks, save_peaks
from gpu_service.music.segments import Segment
from gpu_service.music.sound import BLOCK_FRAMES, Sound
from gpu_service.music.tempo import TempoMarker

RATE = 44_100
BEAT_SECONDS = 0.72
BEATS_IN_LOOP = 16
SECTION_SECONDS = 90.0
HUES = ("red", "orange", "yellow", "green", "blue", "violet", "pink", "grey")


@dataclass(frozen=True)
class LoopedSound(Sound):
    """The same sixteen beats again and again, louder and softer by sections."""

    def blocks(self, *, frames: int = BLOCK_FRAMES) -> Iterator[np.ndarray]:
        loop = _loop()
        for start in range(0, self.frame_count, frames):
            at = np.arange(start, min(start + frames, self.frame_count))
            swell = 0.65 + 0.35 * np.cos(2 * np.pi * at / (SECTION_SECONDS * RATE))
            yield (loop[at % len(loop)] * swell[:, None]).astype(np.float32)


def long_sound(seconds: float) -> Sound:
    return LoopedSound(Path("/dev/null"), RATE, 2, round(seconds * RATE), 1.0, "pcm", "WAV")


def fill(project: Any, *, seconds: float, cues: int, name: str = "Two hours") -> Any:
    """Give a project the track with its files, its grid and its cues. -> the Track"""
    from studio.blobs.store import put_path
    from studio.tracks.models import BeatGrid, Cue, Track

    sound = long_sound(seconds)
    analysis = _analysis(sound)
    with tempfile.TemporaryDirectory() as folder:
        save_peaks(find_peaks(sound), Path(folder) / "peaks")
        save_lanes(analysis, Path(folder) / "lanes")
        track = Track.objects.create(
            project=project,
            name=name,
            original_name=f"{name}.wav",
            state=Track.State.READY,
            peaks=put_path(Path(folder) / "peaks"),
            lanes=put_path(Path(folder) / "lanes"),
            overview=[0.5] * 400,
            duration_seconds=sound.duration_seconds,
            sample_rate=RATE,
            channels=2,
            codec="WAV",
            facts={"segments": [segment.to_json() for segment in analysis.segments]},
        )
    BeatGrid.objects.create(
        track=track,
        markers=[{"id": str(uuid4()), "seconds": 0.0, "bpm": 60 / BEAT_SECONDS, "beats_per_bar": 4, "downbeat": 1}],
        beats=analysis.beats.tolist(),
        downbeats=analysis.downbeats.tolist(),
        onsets=analysis.onset_times.tolist(),
    )
    Cue.objects.bulk_create(_cue(track, number, cues, seconds) for number in range(cues))
    return track


def fill_spectrogram(track: Any) -> None:
    """Give the track its spectrogram as the worker would have made it."""
    from gpu_service.music.spectrogram import write_spectrogram
    from studio.blobs.store import put_path
    from studio.closeups.models import CloseUp

    with tempfile.TemporaryDirectory() as folder:
        facts = write_spectrogram(long_sound(track.duration_seconds), Path(folder) / "tiles")
        CloseUp.objects.create(
            track=track,
            kind=CloseUp.Kind.SPECTROGRAM,
            blob=put_path(Path(folder) / "tiles"),
            facts=facts.to_json(),
        )


def _cue(track: Any, number: int, count: int, seconds: float) -> Any:
    from studio.tracks.models import Cue

    at = number * seconds / count
    is_span = number % 9 == 0
    return Cue(
        track=track,
        seconds=at,
        end_seconds=at + 0.6 * seconds / count if is_span else None,
        kind=Cue.Kind.SPAN if is_span else Cue.Kind.MOMENT,
        label=f"cue {number + 1}",
        colour=HUES[number % len(HUES)],
    )


def _loop() -> np.ndarray:
    """Kick, hats, a bass and a pad. float32 [frames, 2]"""
    chance = np.random.default_rng(7)
    beat = round(BEAT_SECONDS * RATE)
    t = np.arange(BEATS_IN_LOOP * beat) / RATE
    since_beat, since_half = t % BEAT_SECONDS, t % (BEAT_SECONDS / 2)
    kick = np.sin(2 * np.pi * (45 * since_beat - 6 * np.exp(-30 * since_beat))) * np.exp(-9 * since_beat)
    hat = chance.standard_normal(len(t)) * np.exp(-60 * since_half) * 0.25
    root = np.repeat([55.0, 65.4, 49.0, 73.4], len(t) // 4)
    bass = 0.3 * np.sign(np.sin(2 * np.pi * root * t)) * np.minimum(1, since_beat * 8)
    pad = sum(0.07 * np.sin(2 * np.pi * root * ratio * t) for ratio in (4, 4.75, 6, 8.02))
    left, right = kick * 0.6 + hat + bass * 0.4 + pad, kick * 0.6 + 0.7 * hat + bass * 0.4 + np.roll(pad, 300)
    loop = np.stack([left, right], axis=1)
    return (0.9 * loop / np.abs(loop).max()).astype(np.float32)


def _analysis(sound: Sound) -> Analysis:
    """What lanes draw of it: curves that move with the beats and the sections."""
    seconds = sound.duration_seconds
    t = np.arange(int(seconds * FRAME_RATE)) / FRAME_RATE
    hit, swell = np.exp(-6 * (t % BEAT_SECONDS)), 0.65 + 0.35 * np.cos(2 * np.pi * t / SECTION_SECONDS)
    level = 20 * np.log10(np.maximum(swell * (0.25 + 0.75 * hit), 1e-4))
    bands = level[:, None] - np.array([6.0, 12, 16, 22, 30]) + 8 * hit[:, None] * np.array([1, 0.4, 0.2, 0.5, 1])
    beats = np.arange(0, seconds, BEAT_SECONDS)
    notes = np.zeros((int(seconds * CHROMA_RATE), 12), np.float32)
    turn = (np.arange(len(notes)) / CHROMA_RATE / (4 * BEAT_SECONDS)).astype(int)
    for offset, strength in ((0, 1.0), (4, 0.6), (7, 0.8)):
        notes[np.arange(len(notes)), (turn * 5 + offset) % 12] = strength
    edges = [*np.arange(0, seconds, SECTION_SECONDS), seconds]
    facts = Facts(
        1, seconds, sound.sample_rate, 2, "pcm", "WAV", -14.0, 60 / BEAT_SECONDS, "A minor", 1.0, None, warnings=()
    )
    return Analysis(
        facts=facts,
        beats=beats,
        downbeats=beats[::4],
        tempo=[TempoMarker(0.0, 60 / BEAT_SECONDS, 4, 0.0)],
        onset_times=np.arange(0, seconds, BEAT_SECONDS / 2),
        onset_strengths=np.ones(2 * len(beats), np.float32),
        trust=np.ones(len(beats), np.float32),
        onset=hit.astype(np.float32),
        loudness=level.astype(np.float32),
        short_term=np.full(int(seconds * 10), -14, np.float32),
        bands=bands.astype(np.float32),
        brightness=(1500 + 3000 * hit).astype(np.float32),
        chroma=notes,
        segments=[
            Segment(float(start), float(end), "ABCDAB"[number % 6])
            for number, (start, end) in enumerate(pairwise(edges))
        ],
    )
