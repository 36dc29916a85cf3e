"""How many drawings a frame of a film costs, until our recipe is as near to it as the published one after 1000 steps.

    python bench/projection.py --features FEATURES.safetensors VIDEO [--snapshot NET.safetensors] [--frames 200]
        [--cold 30,31,…] [--cold-steps 1000] [--most-steps 240,200,160] [--as-drawn] [--kept FOLDER] [--json]

The cold recipe (gpu_service/projection/reference.py): each frame by itself from the mean w, noise maps fitted, 1000
steps, on the frames named by --cold, neighbours of one another. Ours: all of the first --frames frames, noise fitted
too, with fewer and fewer steps. Both are measured the same way: squared distances of the features, plus 1e5 times the
pattern in the noise. A setting counts when none of the cold frames is nearer by the cold recipe. Gates: ≥ 20 × fewer
drawings, neighbours' w nearer to each other. With --as-drawn also, without a gate: the same distance as scenes draw
the frames, with the snapshot's own noise, where ours searches with that noise. What the cold recipe found is kept in
FOLDER, so that a bench which was ended goes on, and more cold frames cost only themselves.
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
from _sample_network import NETWORK
from safetensors.torch import load_file, save_file
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
from gpu_service.whole_files import replacing

STEPS, COLD = (240, 200, 160), (30, 31, 110, 111, 170, 171)
DRAWN_STEPS = 200
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


def cold(bench: Bench, frames: Sequence[int], steps: int, kept: Path | None) -> Way:
    """The published recipe on those frames, each by itself."""
    own, found = bench.easel.own_noise[0], {}
    for frame in frames:
        found[frame] = cold_frame(bench, frame, steps, kept and kept / f"cold-{frame}-{steps}.safetensors")
        loss = bench.apart(frame, found[frame]["w"], found[frame]["noise"])[0]
        print(f"cold {frame}: {loss:.3f} in {float(found[frame]['seconds']):.0f} s", file=sys.stderr, flush=True)
    return Way(
        {frame: each["w"] for frame, each in found.items()},
        {frame: bench.apart(frame, each["w"], each["noise"])[0] for frame, each in found.items()},
        {frame: bench.apart(frame, each["w"], own)[1] for frame, each in found.items()},
        float(np.mean([float(each["drawings"]) for each in found.values()])),
        float(np.mean([float(each["seconds"]) for each in found.values()])),
    )


def cold_frame(bench: Bench, frame: int, steps: int, kept: Path | None) -> dict[str, Tensor]:
    """w, noise, drawings and seconds of one frame; from the file where it was found before."""
    if kept and kept.exists():
        return load_file(kept, device=str(bench.easel.device))
    began, before = time.perf_counter(), bench.easel.evaluations
    each = project_cold(bench.targets[frame], bench.easel, bench.losses, steps=steps, seed=frame)
    taken = {"drawings": bench.easel.evaluations - before, "seconds": time.perf_counter() - began}
    made = {"w": each.w, "noise": each.noise} | {name: torch.tensor(value) for name, value in taken.items()}
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with replacing(kept) as partial:
            save_file(made, partial)
    return made


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


def measure(bench: Bench, reference: Way, most_steps: Sequence[int]) -> list[Figure]:
    """Ours beside the cold recipe, and what is between them."""
    frames = list(reference.w)
    pairs = [(one, other) for one, other in pairwise(frames) if other == one + 1]
    every = [(one, one + 1) for one in range(len(bench.pictures) - 1)]
    best: Way | None = None
    for steps in most_steps:
        ours = quick(bench, steps, "fitted", frames)
        is_near = all(ours.losses[frame] <= reference.losses[frame] for frame in frames)
        said = f"steps {steps}: {ours.drawings:.1f} drawings, {ours.losses}, |Δw| {ours.jitter(every):.3f}"
        print(said, "near" if is_near else "too far", file=sys.stderr, flush=True)
        if not is_near:
            break
        best = ours
    chosen = best or ours
    cost = reference.drawings / chosen.drawings if best else 0.0
    return [
        Figure("cold: loss after its steps", mean(reference.losses), digits=4),
        Figure("ours: loss", mean(chosen.losses), digits=4, at_most=mean(reference.losses)),
        Figure("ours: drawings a frame", chosen.drawings, digits=1),
        Figure("drawings, cold ÷ ours", cost, "×", at_least=GATE, digits=1),
        Figure("seconds a frame, cold ÷ ours", reference.seconds / chosen.seconds, "×", digits=1),
        Figure("cold: mean |Δw| of neighbours", reference.jitter(pairs), digits=4),
        Figure("ours: mean |Δw|, the same pairs", chosen.jitter(pairs), digits=4, at_most=reference.jitter(pairs)),
        Figure("ours: mean |Δw|, all neighbours", chosen.jitter(every), digits=4, at_most=reference.jitter(pairs)),
    ]


def as_drawn(bench: Bench, reference: Way) -> list[Figure]:
    """Pictures with the snapshot's own noise, where ours searches with that noise."""
    ours = quick(bench, DRAWN_STEPS, "network", list(reference.w))
    return [
        Figure("as scenes draw them, cold", mean(reference.own), digits=4),
        Figure(f"as scenes draw them, ours, {DRAWN_STEPS} steps", mean(ours.own), digits=4),
        Figure("as scenes draw them, ours: drawings a frame", ours.drawings, digits=1),
    ]


def numbers(words: str) -> tuple[int, ...]:
    """ "60,61" """
    return tuple(int(word) for word in words.split(","))


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("video", type=Path)
    words.add_argument("--snapshot", type=Path, default=NETWORK, help="else the sample network's newest")
    words.add_argument("--features", type=Path, required=True)
    words.add_argument(
        "--cold", type=numbers, default=COLD, help="frames for the cold recipe, with neighbours among them"
    )
    words.add_argument("--frames", type=int, default=200, help="frames for ours, from the first on")
    words.add_argument("--cold-steps", type=int, default=1000)
    words.add_argument("--most-steps", type=numbers, default=STEPS, help="of ours for a first frame, falling")
    words.add_argument("--as-drawn", action="store_true", help="also the last distance of those told above")
    words.add_argument("--kept", type=Path, help="folder that keeps what the cold recipe found, of this snapshot")
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
    pictures = np.stack(list(target.frames(shape=(easel.side, easel.side), fit="crop", choice=choice)))
    bench = Bench(easel, Losses([read_seen(said.features, device=device)]), pictures, easel.as_pictures(pictures))
    reference = cold(bench, said.cold, said.cold_steps, said.kept)
    found = measure(bench, reference, said.most_steps) + (as_drawn(bench, reference) if said.as_drawn else [])
    sample = ", ".join(map(str, said.cold))
    title = f"Projection of {said.video.name}, {len(pictures)} frames, {said.snapshot.stem}, cold frames {sample}"
    return tell(title, found, as_json=said.json)


if __name__ == "__main__":
    sys.exit(main())
