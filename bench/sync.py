"""How far a picture's pulse is from its click, from the first click of an hour to the last.

    python bench/sync.py [--minutes 60] [--fps 24,30000/1001,30,60] [--every 150] [--json]

A click track is written as sound, at a tempo that no frame rate divides, and goes the way of every film: decoded, heard
or analysed, planned, drawn. Two routes drive ψ of noise-blend, so that the picture leaves the network's average one:

- beats of the grid that the analysis finds: a swell whose middle is the pulse, told more finely than in whole frames.
- onsets as they are heard: the pulse is the first frame that shows one, and the nearest frame is the best there is.

Gate of issue 6, for both: none is further than half a frame from its click.
Both of every click by the driven parameter, and of the first, the last and every so many-th in the pictures themselves.
The leap that `paced` makes at a hit, by its clock: under the same gate where it is told to leap in the nearest frame;
without a gate as it is by itself, which is as specified: in the frame after the hit was heard.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from _clicks import Clicks, beginning_of, centre_of, pulse_frames, write_clicks
from _figures import Figure, tell

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

# As the drawing process has it, before torch is loaded.
os.environ["OMP_WAIT_POLICY"] = "PASSIVE"

import torch

from gpu_service.cli_beats import find_markers
from gpu_service.executors.snapshot_chores import make_pattern
from gpu_service.file_hash import file_sha256
from gpu_service.music.decode import decode
from gpu_service.protocol import MarkerSpec, SceneSpec, SnapshotRef, TrackRef
from gpu_service.protocol.routes import CurveSource, LfoSource, RouteSpec
from gpu_service.visualizers.base import Plan
from gpu_service.visualizers.materials import NetworkShelf, SceneMaterials, SoundShelf
from gpu_service.visualizers.noise_blend import NoiseBlend
from gpu_service.visualizers.stage_cache import StageCache

Moment = Callable[[np.ndarray, np.ndarray], float]
BPM, SIDE, GATE = 123.45654, 32, 0.5
# ψ from 0, the network's average picture, to 1.
STILL: dict[str, object] = {"music": False, "truncation": 0.0}
MOMENTS: dict[str, Moment] = {"beats": centre_of, "onsets": beginning_of}
ROUTES = {
    "beats": RouteSpec(
        id="pulse", parameter="truncation", source=LfoSource(period=1, unit="beats", phase=0.5), amount=0.5, bend=1.0
    ),
    "onsets": RouteSpec(id="pulse", parameter="truncation", source=CurveSource(kind="onset"), amount=0.5),
}


@dataclass(frozen=True)
class Hour:
    """A click track, its grid, a pattern network, and what was heard of it so far."""

    clicks: Clicks
    markers: list[MarkerSpec]
    snapshot: Path
    cache: StageCache
    networks: NetworkShelf
    sounds: SoundShelf

    def plan(self, fps: str, parameters: dict[str, object], routes: list[RouteSpec]) -> Plan:
        """A film of the whole track."""
        files = {file_sha256(path): path for path in (self.clicks.path, self.snapshot)}
        seconds = self.clicks.duration_seconds
        scene = SceneSpec(
            visualizer="noise-blend",
            parameters=parameters,
            tracks=[TrackRef(sha256=file_sha256(self.clicks.path), name="clicks", duration_seconds=seconds)],
            snapshots=[SnapshotRef(sha256=file_sha256(self.snapshot), name=self.snapshot.name)],
            markers=self.markers,
            routes=routes,
            width=SIDE,
            height=SIDE,
            fps=fps,
            duration_seconds=seconds,
        )
        materials = SceneMaterials(scene, files, networks=self.networks, sounds=self.sounds)
        return NoiseBlend().prepare(scene, materials, cache=self.cache, report=lambda _title, _share: None)


def make_hour(folder: Path, minutes: float) -> Hour:
    """Write the clicks and find their beats as the studio does."""
    clicks = write_clicks(folder / "clicks.wav", minutes=minutes, bpm=BPM)
    markers = find_markers(decode(clicks.path, pcm_path=folder / "track.pcm"))
    made = make_pattern("smoke", seed=1, folder=folder).snapshots
    networks = NetworkShelf(device=torch.device("cpu"), budget_bytes=1 << 30)
    return Hour(clicks, markers, folder / made[0].file, StageCache(None), networks, SoundShelf())


def by_curve(plan: Plan, clicks: Clicks, moment: Moment) -> np.ndarray:
    """How far each click's pulse of ψ is behind it, in frames. [clicks]"""
    fps, levels = plan.scene.frame_rate, plan.value("truncation", range(plan.scene.frames))
    found = []
    for second in clicks.seconds:
        frames = pulse_frames(second, fps, frames=plan.scene.frames)
        found.append(moment(frames, levels[frames]) - second * float(fps))
    return np.array(found)


def by_picture(plan: Plan, clicks: Clicks, moment: Moment, every: int) -> np.ndarray:
    """The same of some clicks, seen: how far the pictures around it are from the average one. [clicks // every]"""
    fps, draw = plan.scene.frame_rate, NoiseBlend().draw
    chosen = sorted({0, len(clicks.seconds) - 1, *range(0, len(clicks.seconds), every)})
    found = []
    for number in chosen:
        frames = pulse_frames(clicks.seconds[number], fps, frames=plan.scene.frames)
        pictures = draw(plan, frames.tolist()).float()
        calm = pictures[int(plan.value("truncation", frames.tolist()).argmin())]
        apart = (pictures - calm).abs().mean(dim=(1, 2, 3)).double().numpy()
        found.append(moment(frames, apart) - clicks.seconds[number] * float(fps))
    return np.array(found)


def leaps(plan: Plan, clicks: Clicks) -> np.ndarray:
    """How far behind each click the frame is in which `paced` leaps. [clicks]"""
    fps, steps = plan.scene.frame_rate, np.diff(plan.stages["clock"]["phase"], prepend=0.0)
    jumps = np.diff(steps, prepend=0.0)
    found = []
    for second in clicks.seconds:
        frames = pulse_frames(second, fps, frames=plan.scene.frames)
        found.append(frames[jumps[frames].argmax()] - second * float(fps))
    return np.array(found)


def figures_of(hour: Hour, fps: str, every: int) -> list[Figure]:
    """Worst offsets at one frame rate."""
    found, shown = [], fps if "/" not in fps else f"{float(Fraction(fps)):.2f}"
    for name, route in ROUTES.items():
        plan = hour.plan(fps, STILL, [route])
        moment = MOMENTS[name]
        curve, seen = by_curve(plan, hour.clicks, moment), by_picture(plan, hour.clicks, moment, every)
        drift = float(curve[-100:].mean() - curve[:100].mean())
        front = f"{shown} frames/s, {name}"
        found += [
            Figure(f"{front}: furthest of {len(curve)} clicks", worst(curve), "frames", at_most=GATE),
            Figure(f"{front}: furthest of {len(seen)} clicks, in pictures", worst(seen), "frames", at_most=GATE),
            Figure(f"{front}: last hundred clicks against the first", drift, "frames", digits=3),
        ]
        print(f"{front}: curve {spread(curve)}, pictures {spread(seen)}", file=sys.stderr, flush=True)
    return [*found, *leaps_of(hour, fps, shown)]


def leaps_of(hour: Hour, fps: str, shown: str) -> list[Figure]:
    """How far from their clicks the leaps are at that rate."""
    nearest, heard = (leaps(hour.plan(fps, {"leap": leap}, []), hour.clicks) for leap in ("nearest", "heard"))
    front = f"{shown} frames/s, paced"
    return [
        Figure(f"{front}, nearest: furthest of {len(nearest)} leaps", worst(nearest), "frames", at_most=GATE),
        Figure(f"{front}, as heard: earliest", float(heard.min()), "frames"),
        Figure(f"{front}, as heard: latest", float(heard.max()), "frames"),
    ]


def worst(offsets: np.ndarray) -> float:
    """A click without a pulse counts as infinitely far."""
    return float(np.nan_to_num(np.abs(offsets), nan=np.inf).max())


def spread(offsets: np.ndarray) -> str:
    return f"{offsets.min():+.3f} … {offsets.max():+.3f}, mean {offsets.mean():+.3f}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--fps", type=rates, default=("24", "30000/1001", "30", "60"), help="with commas")
    parser.add_argument("--every", type=int, default=150, help="every so many-th click is drawn")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="phosphene-sync-") as name:
        hour = make_hour(Path(name), options.minutes)
        grid = ", ".join(f"{marker.seconds:.3f} s {marker.bpm} bpm" for marker in hour.markers[:4])
        print(f"{len(hour.clicks.seconds)} clicks, {len(hour.markers)} markers: {grid}", file=sys.stderr, flush=True)
        found = [figure for fps in options.fps for figure in figures_of(hour, fps, options.every)]
    return tell(f"Clicks of {options.minutes:g} minutes at {BPM} bpm", found, as_json=options.json)


def rates(words: str) -> Sequence[str]:
    """ "24,30000/1001" """
    return tuple(words.split(","))


if __name__ == "__main__":
    sys.exit(main())
