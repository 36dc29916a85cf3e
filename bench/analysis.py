"""How long a 3-minute track takes, against its own length, warm, at most 2 cores (DESIGN.md §7: ≤ 1/20; gate: ≤ 1/12).

    python bench/analysis.py [track] [--json]

Without a track it makes one: the demo track, over and over for three minutes. Each stage is run three times after a
first, cold one; the median counts.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile
from _figures import Figure, tell

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from gpu_service.music.demo_track import RATE, compose
from gpu_service.music.prepare import analyse_prepared, decode_and_peaks, make_proxy

SECONDS = 180
ROUNDS = 3
GATE, GOAL = 12, 20


def three_minutes(path: Path) -> Path:
    once = compose()
    rounds = -(-SECONDS * RATE // len(once))
    soundfile.write(path, np.tile(once, (rounds, 1))[: SECONDS * RATE], RATE, subtype="PCM_16")
    return path


def measure(source: Path, folder: Path) -> dict[str, float]:
    """Seconds of each stage, and the track's own."""
    marks = [time.perf_counter()]
    sound = decode_and_peaks(source, folder)
    marks.append(time.perf_counter())
    make_proxy(sound, folder)
    marks.append(time.perf_counter())
    analyse_prepared(sound, folder)
    marks.append(time.perf_counter())
    decode, proxy, analyse = np.diff(marks).tolist()
    return {"track": sound.duration_seconds, "waveform": decode, "proxy": proxy, "analysis": analyse}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("track", type=Path, nargs="?")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = options.track or three_minutes(folder / "three_minutes.flac")
        cold, *warm = [measure(source, folder) for _ in range(1 + ROUNDS)]
    seconds = {stage: statistics.median(round_[stage] for round_ in warm) for stage in cold}
    whole = seconds["waveform"] + seconds["proxy"] + seconds["analysis"]
    ratios = {"analysis": seconds["track"] / seconds["analysis"], "everything": seconds["track"] / whole}
    figures = [
        Figure("analysis, 3-minute track, warm: track's length ÷ time", ratios["analysis"], at_least=GATE, digits=1),
        Figure("analysis with decoding, waveform and playback proxy", ratios["everything"], digits=1),
        *(Figure(f"analysis: {stage}, warm", seconds[stage], "s") for stage in ("waveform", "proxy", "analysis")),
        *(Figure(f"analysis: {stage}, cold", cold[stage], "s") for stage in ("waveform", "proxy", "analysis")),
    ]
    title = f"A track of {seconds['track']:.0f} s; goal 1/{GOAL} of its length"
    return tell(title, figures, as_json=options.json, cold=cold, warm=seconds, ratios=ratios, goal=GOAL)


if __name__ == "__main__":
    sys.exit(main())
