"""How well beats are found: F-measure (mir_eval, ± 35 ms) on twenty drummed tracks, and what real music gives.

    python bench/beats.py [--music FOLDER] [--json]

Beside ours stands librosa's own tracker, as it comes. A pace of 60 or 174 is ambiguous by an octave: ours takes the one
nearer to 118 bpm, which costs both a third of their F-measure (keys halve and double a grid). With a folder of music
(the sample data's `music`), its tempi are told, and that speech is refused.
"""

import argparse
import sys
import tempfile
import warnings
from pathlib import Path

import librosa
import mir_eval
import numpy as np
import soundfile
from _beat_tracks import RATE, BeatTrack, beat_tracks
from _figures import Figure, tell

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from gpu_service.music.analysis import Analysis, analyse
from gpu_service.music.decode import decode

WITHIN_SECONDS = 0.035
LEAST_MEAN = 0.95


def f_measure(truth: np.ndarray, found: np.ndarray) -> float:
    """Every beat counts, the first seconds as well (mir_eval's evaluate() would trim 5 s)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where no beats are found
        return float(mir_eval.beat.f_measure(truth, found, f_measure_threshold=WITHIN_SECONDS))


def ours(path: Path, folder: Path) -> Analysis:
    return analyse(decode(path, pcm_path=folder / "track.pcm"))


def librosas(samples: np.ndarray) -> np.ndarray:
    return np.asarray(librosa.beat.beat_track(y=samples, sr=RATE, units="time")[1])


def compare(track: BeatTrack, folder: Path) -> tuple[float, float, Analysis]:
    """-> ours, librosa's, and what ours found."""
    samples = track.samples()
    path = folder / "track.flac"
    soundfile.write(path, samples, RATE, subtype="PCM_16")
    found = ours(path, folder)
    return f_measure(track.beats, found.beats), f_measure(track.beats, librosas(samples)), found


def music(folder: Path, work: Path) -> list[Figure]:
    trumpet = ours(folder / "solo_trumpet_90bpm.ogg", work).facts
    strings = ours(folder / "hungarian_dance_5.ogg", work)
    speech = ours(folder / "speech_no_beat.ogg", work).facts
    return [
        Figure("a lone trumpet in 90 bpm: tempo found", trumpet.bpm or 0.0, "bpm", at_least=88.2, at_most=91.8),
        Figure("rubato strings: tempo markers", len(strings.tempo), at_least=5, digits=0),
        Figure("speech: beats invented", 0 if speech.no_beats else 1, at_most=0, digits=0),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--music", type=Path, help="folder of the sample data's music")
    parser.add_argument("--only", help="tracks whose name holds these words")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    figures, scores = [], []
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        for track in beat_tracks():
            if options.only and options.only not in track.name:
                continue
            mine, plain, found = compare(track, work)
            scores.append((mine, plain))
            bpm = "none" if found.facts.bpm is None else f"{found.facts.bpm:.1f} bpm"
            what = f"{track.name}: {bpm}, {len(found.beats)} of {len(track.beats)}; librosa {plain:.2f}"
            figures.append(Figure(what, mine))
        mean = np.mean(scores, axis=0)
        figures.append(Figure(f"mean of {len(scores)}", float(mean[0]), at_least=LEAST_MEAN, digits=3))
        figures.append(Figure("mean of librosa's tracker", float(mean[1]), digits=3))
        if options.music:
            figures += music(options.music, work)
    return tell(f"Beats within ± {WITHIN_SECONDS * 1000:.0f} ms, F-measure", figures, as_json=options.json)


if __name__ == "__main__":
    sys.exit(main())
