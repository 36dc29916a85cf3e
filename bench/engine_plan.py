"""How long the plan of an audio-reactive film of a 4-minute track takes, on at most 2 cores (gate: ≤ 10 s warm).

    python bench/engine_plan.py [track] [--seconds 240] [--fps 30] [--signals july] [--json]

Without a track it takes the demo track, over and over. Cold: everything, the stems and the factorisation included.
Warm: those two are kept per track, all else is made anew, as when a drive hears another band. Known: another frame
rate, seed or shape, where nothing has to be heard again. Processor time tells of a busy machine.
"""

import argparse
import os
import sys
import time
from pathlib import Path

if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:2]))

import numpy as np
from _figures import Figure, tell

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from gpu_service.music.demo_track import RATE, compose
from gpu_service.protocol import SceneSpec, SnapshotRef, TrackRef
from gpu_service.protocol.signal_sets import SIGNAL_SETS
from gpu_service.visualizers.audio_reactive import AudioReactive
from gpu_service.visualizers.materials import decode_mono
from gpu_service.visualizers.stage_cache import StageCache
from gpu_service.visualizers.stages import SceneFacts

GATE_SECONDS = 10.0
KEPT = ("separation", "factors")


class Heard:
    """A sound in memory."""

    def __init__(self, samples: np.ndarray, rate: int) -> None:
        self.samples, self.rate = samples, rate

    def mono(self) -> tuple[np.ndarray, int]:
        return self.samples, self.rate

    def stem(self, sha256: str) -> tuple[np.ndarray, int]:
        raise KeyError(sha256)

    def file(self, sha256: str) -> Path:
        raise KeyError(sha256)


def sound_of(path: Path | None, seconds: float) -> Heard:
    """The track, over and over for so long."""
    samples, rate = decode_mono([path]) if path else (compose().mean(axis=1).astype(np.float32), RATE)
    return Heard(np.resize(samples, round(seconds * rate)), rate)


def facts_of(seconds: float, fps: str, signals: str, **parameters: object) -> SceneFacts:
    values = {"signals": SIGNAL_SETS[signals].model_dump(mode="json"), **parameters}
    scene = SceneSpec(
        visualizer=AudioReactive.name,
        parameters=values,
        tracks=[TrackRef(sha256="1" * 64, name="track", duration_seconds=seconds)],
        snapshots=[SnapshotRef(sha256="2" * 64, name="snapshot")],
        width=256,
        height=256,
        fps=fps,
        duration_seconds=seconds,
    )
    return SceneFacts(scene, 512)


def planned(facts: SceneFacts, sound: Heard, cache: StageCache) -> tuple[float, float]:
    """Seconds, and seconds of processor time, for all stages that the cache does not have."""
    began, busy = time.perf_counter(), time.process_time()
    AudioReactive.run_stages(facts, sound, cache=cache, report=lambda _title, _share: None)
    return time.perf_counter() - began, time.process_time() - busy


def only(cache: StageCache, facts: SceneFacts) -> StageCache:
    """What is kept per track, alone."""
    kept, keys = StageCache(None), AudioReactive.keys(facts)
    for name in KEPT:
        kept.put(keys[name], cache.get(keys[name]) or {}, to_disk=False)
    return kept


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("track", type=Path, nargs="?")
    parser.add_argument("--seconds", type=float, default=240.0)
    parser.add_argument("--fps", default="30")
    parser.add_argument("--signals", choices=SIGNAL_SETS, default="july")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    AudioReactive.warm_up()
    planned(facts_of(12.0, "24", options.signals), sound_of(None, 12.0), StageCache(None))  # librosa loads its parts
    sound = sound_of(options.track, options.seconds)
    cache, facts = StageCache(None), facts_of(options.seconds, options.fps, options.signals)
    cold = planned(facts, sound, cache)
    warm = [planned(facts, sound, only(cache, facts)) for _ in range(2)]
    known = planned(facts_of(options.seconds, "60", options.signals, seed=9), sound, cache)
    size = sum(array.nbytes for name in KEPT for array in (cache.get(AudioReactive.keys(facts)[name]) or {}).values())
    figures = [
        Figure("plan of an audio-reactive film, stems and factors kept", min(warm)[0], "s", at_most=GATE_SECONDS),
        Figure("the same, processor time", min(warm)[1], "s"),
        Figure("the same, everything anew", cold[0], "s"),
        Figure("the same, everything anew, processor time", cold[1], "s"),
        Figure("the same at 60 frames a second with another seed, everything heard", known[0], "s"),
        Figure("kept per track: stems and factors", size / 1e6, "MB"),
    ]
    title = f"A track of {options.seconds:g} s at {options.fps} frames a second, signals “{options.signals}”"
    return tell(title, figures, as_json=options.json, cold=cold, warm=warm, known=known)


if __name__ == "__main__":
    sys.exit(main())
