"""Analysis: a track's numbers, found once and kept in `analysis.npz`.

Keys of the file (load with `Analysis.load`, or with numpy alone). Seconds count from the first sample; T curve points
lie `1 / frame_rate` apart, the first at 0; C chroma points `1 / chroma_rate` apart; S loudness points 0.1 s apart.

    facts            str       JSON: everything of `Facts` below
    beats            f64 [n]   seconds, ascending; empty with a reason in facts.no_beats
    downbeats        f64 [m]   those beats that start a bar (a guess)
    trust            f32 [n]   0…1: how many of the beats around each have an attack of their own
    tempo            f64 [k, 4] per marker: seconds, bpm, beats per bar, second of the first downbeat
    onset_times      f64 [o]   seconds, ascending
    onset_strengths  f32 [o]   1 = a strong hit of this track
    onset            f32 [T]   onset strength curve, 1 = a strong hit
    loudness         f32 [T]   rms in dB below full scale, −100 at the least
    short_term       f32 [S]   LUFS of the 3 s around, −70 at the least
    bands            f32 [T, 5] dB below full scale: bass, low_mid, mid, high_mid, high (hertz in bands.py)
    brightness       f32 [T]   spectral centroid in Hz, 0 in silence
    chroma           f32 [C, 12] C, C♯ … B, strongest note of each point 1, silence 0
    segment_edges    f64 [s+1] seconds; section i lies between edge i and i + 1
    segment_labels   str [s]   one letter a section, same letter = sounds alike
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from gpu_service.music.bands import BANDS, to_decibels
from gpu_service.music.beats import find_beats
from gpu_service.music.chroma import guess_key, normalised
from gpu_service.music.features import CHROMA_RATE, FRAME_RATE, Features, find_features
from gpu_service.music.loudness import LoudnessMeter
from gpu_service.music.meter import guess_meter
from gpu_service.music.no_beats import why_no_beats
from gpu_service.music.onsets import find_onsets, usual_strength
from gpu_service.music.segments import Segment, find_segments
from gpu_service.music.sound import Sound
from gpu_service.music.tempo import TempoMarker, find_tempo, tempo_markers
from gpu_service.music.unsure import unsure_stretches
from gpu_service.whole_files import replacing

VERSION = 2
FEATURES_SHARE, LOUDNESS_SHARE = 0.6, 0.2


@dataclass(frozen=True)
class Facts:
    """What fits on one line about a track. `no_beats` is the sentence that stands where beats would."""

    version: int
    duration_seconds: float
    sample_rate: int
    channels: int
    codec: str
    container: str
    lufs: float | None
    bpm: float | None
    key: str | None
    steadiness: float
    no_beats: str | None
    warnings: tuple[str, ...]
    frame_rate: float = FRAME_RATE
    chroma_rate: float = CHROMA_RATE


@dataclass(frozen=True)
class Analysis:
    """See the head of this file for shapes and units."""

    facts: Facts
    beats: np.ndarray
    downbeats: np.ndarray
    trust: np.ndarray
    tempo: list[TempoMarker]
    onset_times: np.ndarray
    onset_strengths: np.ndarray
    onset: np.ndarray
    loudness: np.ndarray
    short_term: np.ndarray
    bands: np.ndarray
    brightness: np.ndarray
    chroma: np.ndarray
    segments: list[Segment]

    def save(self, path: Path) -> None:
        """Write `analysis.npz` through a temporary name."""
        arrays: dict[str, Any] = {name: getattr(self, name) for name in ARRAYS}
        markers = [[m.seconds, m.bpm, m.beats_per_bar, m.downbeat] for m in self.tempo]
        arrays["tempo"] = np.array(markers, np.float64).reshape(-1, 4)
        arrays["segment_edges"] = np.array([*(s.start for s in self.segments), *(s.end for s in self.segments[-1:])])
        arrays["segment_labels"] = np.array([s.label for s in self.segments], dtype="U4")
        arrays["facts"] = np.array(json.dumps(asdict(self.facts), ensure_ascii=False))
        with replacing(path) as part, part.open("wb") as file:
            np.savez_compressed(file, **arrays)

    @classmethod
    def load(cls, path: Path) -> "Analysis":
        with np.load(path, allow_pickle=False) as kept:
            facts = json.loads(str(kept["facts"]))
            facts["warnings"] = tuple(facts["warnings"])
            edges, labels = kept["segment_edges"], kept["segment_labels"]
            segments = [
                Segment(float(a), float(b), str(c)) for a, b, c in zip(edges[:-1], edges[1:], labels, strict=True)
            ]
            tempo = [TempoMarker(float(s), float(bpm), int(beats), float(d)) for s, bpm, beats, d in kept["tempo"]]
            arrays = {name: kept[name] for name in ARRAYS if name in kept}
            arrays.setdefault("trust", np.ones(len(arrays["beats"]), np.float32))  # a file of version 1
            return cls(facts=Facts(**facts), tempo=tempo, segments=segments, **arrays)

    def to_json(self) -> dict[str, Any]:
        """Everything but the curves, rounded to a tenth of a millisecond."""
        return {
            **asdict(self.facts),
            "beats": _rounded(self.beats),
            "downbeats": _rounded(self.downbeats),
            "tempo": [marker.to_json() for marker in self.tempo],
            "onsets": [[t, s] for t, s in zip(_rounded(self.onset_times), _rounded(self.onset_strengths), strict=True)],
            "unsure": [stretch.to_json() for stretch in unsure_stretches(self.beats, self.trust)],
            "segments": [segment.to_json() for segment in self.segments],
            "bands_hertz": BANDS,
        }


ARRAYS = (
    *("beats", "downbeats", "trust", "onset_times", "onset_strengths"),
    *("onset", "loudness", "short_term", "bands", "brightness", "chroma"),
)


def analyse(sound: Sound, *, progress: Callable[[float], None] = lambda share: None) -> Analysis:
    """Find everything. `progress` hears shares, 0…1. Every number is finite, whatever the sound."""
    features = find_features(sound, progress=lambda share: progress(FEATURES_SHARE * share))
    meter = _loudness(sound, progress=lambda share: progress(FEATURES_SHARE + LOUDNESS_SHARE * share))
    curves = _curves(sound, features, meter)
    found = _with_beats(replace(curves, facts=replace(curves.facts, lufs=meter.integrated())), sound, features)
    segments = find_segments(features, duration_seconds=sound.duration_seconds, downbeats=found.downbeats)
    progress(1.0)
    return replace(found, segments=segments)


def _loudness(sound: Sound, *, progress: Callable[[float], None]) -> LoudnessMeter:
    meter, done = LoudnessMeter(sound.sample_rate, sound.channels), 0
    for block in sound.blocks():
        meter.feed(block)
        done += len(block)
        progress(done / sound.frame_count)
    return meter


def _curves(sound: Sound, features: Features, meter: LoudnessMeter) -> Analysis:
    nothing = np.zeros(0)
    silent = sound.is_silent
    onset_times, strengths = (nothing, nothing.astype(np.float32)) if silent else find_onsets(features)
    return Analysis(
        facts=_facts(sound, key=None if silent else guess_key(features.chroma)),
        beats=nothing,
        downbeats=nothing,
        trust=nothing.astype(np.float32),
        tempo=[],
        onset_times=onset_times,
        onset_strengths=strengths,
        onset=(features.onset / usual_strength(features.onset)).astype(np.float32) * (not silent),
        loudness=to_decibels(np.square(features.rms)),
        short_term=meter.short_term(),
        bands=to_decibels(features.bands),
        brightness=features.brightness * (not silent),
        chroma=normalised(features.chroma) * (not silent),
        segments=[],
    )


def _facts(sound: Sound, *, key: str | None) -> Facts:
    return Facts(
        version=VERSION,
        duration_seconds=sound.duration_seconds,
        sample_rate=sound.sample_rate,
        channels=sound.channels,
        codec=sound.codec,
        container=sound.container,
        lufs=None,
        bpm=None,
        key=key,
        steadiness=0.0,
        no_beats=None,
        warnings=sound.warnings,
    )


def _with_beats(curves: Analysis, sound: Sound, features: Features) -> Analysis:
    """Add beats, downbeats, tempo markers and the bpm, or the reason why there are none."""
    tempo = find_tempo(features.onset)
    pulse = find_beats(features, tempo)
    reason = why_no_beats(sound, features, tempo, pulse)
    if reason is not None:
        return replace(curves, facts=replace(curves.facts, no_beats=reason, steadiness=pulse.steadiness))
    meter = guess_meter(features, pulse.beats)
    markers = tempo_markers(pulse.beats, beats_per_bar=meter.beats_per_bar, first_downbeat=meter.first_downbeat)
    bpm = round(60 / float(np.median(np.diff(pulse.beats))), 2)
    return replace(
        curves,
        facts=replace(curves.facts, bpm=bpm, steadiness=pulse.steadiness),
        beats=pulse.beats,
        downbeats=pulse.beats[meter.first_downbeat :: meter.beats_per_bar],
        trust=pulse.trust.astype(np.float32),
        tempo=markers,
    )


def _rounded(values: np.ndarray) -> list[float]:
    return [round(float(value), 4) for value in values]
