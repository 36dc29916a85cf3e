"""The beats of a part of a track alone: what the detector says when it hears nothing else.

The part is cut out of the playback copy, whose samples can be reached without unpacking two hours before them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import ffmpeg
import numpy as np

from gpu_service.music.beats import find_beats
from gpu_service.music.errors import MusicError
from gpu_service.music.features import find_features
from gpu_service.music.ffmpeg import running
from gpu_service.music.meter import guess_meter
from gpu_service.music.no_beats import why_no_beats
from gpu_service.music.onset_strength import RATE
from gpu_service.music.sound import Sound
from gpu_service.music.tempo import TempoMarker, find_tempo, tempo_markers
from gpu_service.music.unsure import Unsure, unsure_stretches

SHORTEST_SECONDS, LONGEST_SECONDS = 4.0, 1_800.0
# So much earlier the reading begins, whatever a seek in a compressed file lands on.
LEAD_SECONDS = 1.0
READ_BYTES = 1 << 20


@dataclass(frozen=True)
class FoundPart:
    """Tempo markers and the doubtful stretches, on the whole track's clock; or the sentence why there are none."""

    tempo: list[TempoMarker]
    unsure: list[Unsure]
    no_beats: str | None


def find_part(
    proxy: Path, *, start: float, end: float, pcm_path: Path, progress: Callable[[float], None] = lambda share: None
) -> FoundPart:
    """Hear `start` to `end` seconds of the playback copy. `pcm_path` is scratch. Raises MusicError."""
    sound = _cut_out(proxy, start=start, end=end, pcm_path=pcm_path)
    features = find_features(sound, progress=lambda share: progress(0.9 * share))
    tempo = find_tempo(features.onset)
    pulse = find_beats(features, tempo)
    reason = why_no_beats(sound, features, tempo, pulse)
    if reason is not None:
        return FoundPart([], [], reason)
    meter = guess_meter(features, pulse.beats)
    beats = pulse.beats + start
    markers = tempo_markers(beats, beats_per_bar=meter.beats_per_bar, first_downbeat=meter.first_downbeat)
    return FoundPart(markers, unsure_stretches(beats, pulse.trust), None)


def _cut_out(proxy: Path, *, start: float, end: float, pcm_path: Path) -> Sound:
    """That part at the detector's own rate, one channel."""
    # A seek to the very beginning would bring the encoder's priming along, which is no sound of the track.
    lead = LEAD_SECONDS if start > 2 * LEAD_SECONDS else start
    seek = {"ss": start - lead} if lead < start else {}
    source = ffmpeg.input(f"file:{proxy.resolve()}", format="mov", protocol_whitelist="file", threads=1, **seek)
    heard = source.audio.filter("atrim", start=lead, end=lead + end - start)
    output = heard.output("pipe:1", format="f32le", acodec="pcm_f32le", ac=1, ar=RATE)
    peak, count = 0.0, 0
    with pcm_path.open("wb") as out, running(output, limit_seconds=120 + (end - start) / 4) as child:
        while data := child.stdout.read(READ_BYTES):
            samples = np.frombuffer(data[: len(data) // 4 * 4], "<f4")
            out.write(samples.tobytes())
            peak, count = max(peak, float(np.abs(samples).max(initial=0.0))), count + len(samples)
    if count == 0:
        raise MusicError("This part of the track could not be read. Analyse the track again, then try once more.")
    return Sound(pcm_path, RATE, 1, count, peak, codec="aac", container="M4A")
