"""Prepare a track for the studio: waveform first, then the playback proxy, then the analysis.

    sound = decode_and_peaks(source, out_dir)     track.pcm, peaks.bin     within seconds
    make_proxy(sound, out_dir)                    proxy.m4a
    analysis = analyse_prepared(sound, out_dir)   analysis.npz, lanes.bin
    facts_of(analysis, out_dir)                   what the track's row in the database holds

`track.pcm` is scratch (8 bytes per stereo sample): delete it when done. `prepare_track` does all of it.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gpu_service.music.analysis import Analysis, analyse
from gpu_service.music.decode import MAX_SECONDS, decode
from gpu_service.music.lanes import save_lanes
from gpu_service.music.peaks import find_peaks, save_peaks
from gpu_service.music.proxy import write_proxy
from gpu_service.music.sound import Sound
from gpu_service.whole_files import write_whole

PCM, PEAKS, PROXY, ANALYSIS, LANES = "track.pcm", "peaks.bin", "proxy.m4a", "analysis.npz", "lanes.bin"
# stage, share of the stage
Progress = Callable[[str, float], None]


def quiet(stage: str, share: float) -> None:
    """Progress that nobody listens to."""


@dataclass(frozen=True)
class PreparedTrack:
    """Paths of what was written and the facts that a list of tracks shows."""

    peaks: Path
    proxy: Path
    analysis: Path
    lanes: Path
    duration_seconds: float
    sample_rate: int
    channels: int
    codec: str
    container: str
    lufs: float | None
    bpm: float | None
    key: str | None
    no_beats: str | None
    warnings: tuple[str, ...]


def prepare_track(
    source: Path, out_dir: Path, *, progress: Progress = quiet, max_seconds: float = MAX_SECONDS
) -> PreparedTrack:
    """All stages, one after the other. Raises MusicError with a sentence when the file holds no sound we take."""
    sound = decode_and_peaks(source, out_dir, progress=progress, max_seconds=max_seconds)
    try:
        make_proxy(sound, out_dir, progress=progress)
        analysis = analyse_prepared(sound, out_dir, progress=progress)
    finally:
        sound.pcm_path.unlink(missing_ok=True)
    return facts_of(analysis, out_dir)


def decode_and_peaks(
    source: Path, out_dir: Path, *, progress: Progress = quiet, max_seconds: float = MAX_SECONDS
) -> Sound:
    """Decode to `track.pcm` and write `peaks.bin`: the waveform can be drawn."""
    progress("decode", 0.0)
    sound = decode(
        source, pcm_path=out_dir / PCM, max_seconds=max_seconds, progress=lambda share: progress("decode", share)
    )
    progress("decode", 1.0)
    save_peaks(find_peaks(sound), out_dir / PEAKS)
    progress("peaks", 1.0)
    return sound


def make_proxy(sound: Sound, out_dir: Path, *, progress: Progress = quiet) -> Path:
    """Write `proxy.m4a`: the track can be heard."""
    progress("proxy", 0.0)
    write_proxy(sound, out_dir / PROXY, progress=lambda share: progress("proxy", share))
    progress("proxy", 1.0)
    return out_dir / PROXY


def analyse_prepared(sound: Sound, out_dir: Path, *, progress: Progress = quiet) -> Analysis:
    """Write `analysis.npz` and `lanes.bin`: beats and curves can be seen."""
    analysis = analyse(sound, progress=lambda share: progress("analyse", share))
    analysis.save(out_dir / ANALYSIS)
    save_lanes(analysis, out_dir / LANES)
    return analysis


def facts_of(analysis: Analysis, out_dir: Path) -> PreparedTrack:
    facts = analysis.facts
    return PreparedTrack(
        peaks=out_dir / PEAKS,
        proxy=out_dir / PROXY,
        analysis=out_dir / ANALYSIS,
        lanes=out_dir / LANES,
        duration_seconds=facts.duration_seconds,
        sample_rate=facts.sample_rate,
        channels=facts.channels,
        codec=facts.codec,
        container=facts.container,
        lufs=facts.lufs,
        bpm=facts.bpm,
        key=facts.key,
        no_beats=facts.no_beats,
        warnings=facts.warnings,
    )


def write_analysis_json(path_in: Path, path_out: Path, *, progress: Progress = quiet) -> Analysis:
    """The command `analyse`: decode, analyse and write the summary. Scratch lies beside the output for a while."""
    scratch = path_out.with_name(path_out.name + ".pcm")
    try:
        progress("decode", 0.0)
        sound = decode(path_in, pcm_path=scratch)
        analysis = analyse(sound, progress=lambda share: progress("analyse", share))
    finally:
        scratch.unlink(missing_ok=True)
    write_whole(path_out, json.dumps(analysis.to_json(), ensure_ascii=False, indent=1, allow_nan=False) + "\n")
    return analysis
