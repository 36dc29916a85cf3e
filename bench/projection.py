"""How many drawings a frame of a film costs, until our recipe is as near to it as the published one after 1000 steps.

    python bench/projection.py --snapshot NET.safetensors --features FEATURES.safetensors VIDEO
        [--cold 60,61] [--frames 80] [--cold-steps 1000] [--json]

The cold recipe (gpu_service/projection/reference.py): each frame by itself from the mean w, noise maps fitted, 1000
steps, on the frames named by --cold, neighbours of one another. Ours: all of the first --frames frames, noise fitted
too, with fewer and fewer steps. Both are measured the same way: squared distances of the features, plus 1e5 times the
pattern in the noise. A setting counts when none of the cold frames is nearer by the cold recipe. Gates: ≥ 20 × fewer
drawings, neighbours' w nearer to each other. Beside it, without a gate: the same distance as scenes draw the frames,
with the snapshot's own noise, where ours searches with that noise.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from _figures import Figure, tell
from torch import Tensor

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from gpu_service.film.code_path import choose_device
from gpu_service.projection.easel import Easel
from gpu_service.projection.losses import Losses, read_seen
from gpu_service.projection.quick import Hand, project_quick
from gpu_service.projection.reference import PATTERN_WEIGHT, project_cold
from gpu_service.projection.target import choose, open_target
from gpu_service.protocol.projection import ProjectionConfig
from gpu_service.snapshots.store import load_network

STEPS = (160, 120, 100, 80, 60, 40)
GATE = 20.0


@dataclass(frozen=True)
class Bench:
    """What both recipes get. `targets` about −1…1 [n, 3, R, R]."""

    easel: Easel
    losses: Losses
    pictures: np.ndarray
    targets: Tensor

    @torch.no_grad()
    def apart(self, frame: int, w: Tensor, noise: Tensor) -> tuple[float, float]:
        """Of a frame, [W] and [numbers]: the published loss, and its part that the picture has."""
        wanted = self.losses.look(self.targets[frame : frame + 1])
        drawn = self.easel.painter.paint(w.expand(1, self.easel.num_ws, -1), noise[None])
        seen = float(self.losses.apart(drawn, wanted))
        return seen + PATTERN_WEIGHT * float(self.easel.maps.pattern(noise[None])), seen


@dataclass(frozen=True)
class Way:
    """What a recipe found: w by frame [n, W], loss by frame, drawings a frame, seconds a frame."""

    w: dict[int, Tensor]
    losses: dict[int, float]
    own: dict[int, float]
    drawings: float
    seconds: float

    def jitter(self, pairs: Sequence[tuple[int, int]]) -> float:
        return float(np.mean([float((self.w[other] - self.w[one]).abs().mean()) for one, other in pairs]))


def cold(bench: Bench, frames: Sequence[int], steps: int) -> Way:
    began, before = time.perf_counter(), bench.easel.evaluations
    own = bench.easel.own_noise[0]
    found = {
        frame: project_cold(bench.targets[frame], bench.easel, bench.losses, steps=steps, seed=frame)
        for frame in frames
    }
    return Way(
        {frame: each.w for frame, each in found.items()},
        {frame: bench.apart(frame, each.w, each.noise)[0] for frame, each in found.items()},
        {frame: bench.apart(frame, each.w, own)[1] for frame, each in found.items()},
        (bench.easel.evaluations - before) / len(frames),
        (time.perf_counter() - began) / len(frames),
    )


def quick(bench: Bench, steps: int, noise: str, frames: Sequence[int]) -> Way:
    config = ProjectionConfig(steps=steps, noise=noise, losses=["features"])  # type: ignore[arg-type]
    began, before, count = time.perf_counter(), bench.easel.evaluations, len(bench.pictures)
    hand = Hand(bench.easel, bench.losses, {})
    w: dict[int, Tensor] = {}
    maps: dict[int, Tensor] = {}
    flow = project_quick(hand, iter(bench.pictures), config, count=count, done=0, known=None, are_related=True)
    for batch in flow:
        for index in range(len(batch.w)):
            w[batch.first + index] = batch.w[index]
            maps[batch.first + index] = bench.easel.own_noise[0] if batch.noise is None else batch.noise[index]
    drawings, seconds = (bench.easel.evaluations - before) / count, (time.perf_counter() - began) / count
    own = bench.easel.own_noise[0]
    return Way(
        w,
        {frame: bench.apart(frame, w[frame], maps[frame])[0] for frame in frames},
        {frame: bench.apart(frame, w[frame], own)[1] for frame in frames},
        drawings,
        seconds,
    )


def mean(values: dict[int, float]) -> float:
    return float(np.mean(list(values.values())))


def measure(bench: Bench, frames: Sequence[int], cold_steps: int) -> list[Figure]:
    """Both recipes, and what is between them."""
    reference = cold(bench, frames, cold_steps)
    print(f"cold: {reference.losses} in {reference.seconds:.0f} s a frame", file=sys.stderr, flush=True)
    best: Way | None = None
    for steps in STEPS:
        ours = quick(bench, steps, "fitted", frames)
        is_near = all(ours.losses[frame] <= reference.losses[frame] for frame in frames)
        said = f"steps {steps}: {ours.drawings:.1f} drawings, {ours.losses}, {ours.seconds:.1f} s a frame"
        print(said, "near" if is_near else "too far", file=sys.stderr, flush=True)
        if not is_near:
            break
        best = ours
    pairs = [(one, other) for one, other in pairwise(frames) if other == one + 1]
    every = [(one, one + 1) for one in range(len(bench.pictures) - 1)]
    chosen = best or ours
    drawn = quick(bench, 200, "network", frames)
    cost = cold_steps / chosen.drawings if best else 0.0
    return [
        Figure("cold: loss after its steps", mean(reference.losses), digits=4),
        Figure("ours: loss", mean(chosen.losses), digits=4, at_most=mean(reference.losses)),
        Figure("ours: drawings a frame", chosen.drawings, digits=1),
        Figure("drawings, cold ÷ ours", cost, "×", at_least=GATE, digits=1),
        Figure("seconds a frame, cold ÷ ours", reference.seconds / chosen.seconds, "×", digits=1),
        Figure("cold: mean |Δw| of neighbours", reference.jitter(pairs), digits=4),
        Figure("ours: mean |Δw|, the same pairs", chosen.jitter(pairs), digits=4, at_most=reference.jitter(pairs)),
        Figure("ours: mean |Δw|, all neighbours", chosen.jitter(every), digits=4, at_most=reference.jitter(pairs)),
        Figure("as scenes draw them, cold", mean(reference.own), digits=4),
        Figure("as scenes draw them, ours, 200 steps", mean(drawn.own), digits=4),
        Figure("as scenes draw them, ours: drawings a frame", drawn.drawings, digits=1),
    ]


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("video", type=Path)
    words.add_argument("--snapshot", type=Path, required=True)
    words.add_argument("--features", type=Path, required=True)
    words.add_argument("--cold", default="60,61", help="frames for the cold recipe, with neighbours among them")
    words.add_argument("--frames", type=int, default=80, help="frames for ours, from the first on")
    words.add_argument("--cold-steps", type=int, default=1000)
    words.add_argument("--device", default="auto")
    words.add_argument("--threads", type=int, default=0)
    words.add_argument("--json", action="store_true")
    said = words.parse_args()
    if said.threads:
        torch.set_num_threads(said.threads)
    device = choose_device(said.device)
    easel = Easel(load_network(said.snapshot, device=device))
    target = open_target(said.video, most=said.frames)
    choice = choose(target.info, fps=None, frames=said.frames)
    pictures = np.stack(list(target.frames(side=easel.side, fit="crop", choice=choice)))
    bench = Bench(easel, Losses([read_seen(said.features, device=device)]), pictures, easel.as_pictures(pictures))
    frames = [int(frame) for frame in said.cold.split(",")]
    found = measure(bench, frames, said.cold_steps)
    title = f"Projection of {said.video.name}, {len(pictures)} frames, {said.snapshot.stem}, cold frames {said.cold}"
    return tell(title, found, as_json=said.json)


if __name__ == "__main__":
    sys.exit(main())
