"""A whole film against its parts: wall time of render ÷ (drawing alone + encoding alone), in one process, in turn.

    python bench/film.py [--side 256] [--seconds 8] [--rounds 3] [--json]

The film: segments drawn and encoded side by side, joined, sound added. Alone: the same frames drawn and thrown away;
the same frames, drawn before, put through the same encoders. Gate of issue 2: at most 1.2; 1.0 would be no cost at all.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from _demo_scene import DemoScene, demo_scene
from _figures import Figure, tell

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import torch

from gpu_service.film.code_path import choose_code_path, enter_code_path
from gpu_service.film.encoder import SegmentEncoder
from gpu_service.film.join import join_film
from gpu_service.film.recipe import make_recipe, with_code_path
from gpu_service.film.render import draw_segments
from gpu_service.film.segment import batches
from gpu_service.protocol import Recipe, frames_in

GATE = 1.2


def draw_alone(demo: DemoScene, recipe: Recipe) -> tuple[float, list[np.ndarray]]:
    """-> seconds, the frames of each segment"""
    assert recipe.code_path is not None
    kept: list[np.ndarray] = []
    began = time.perf_counter()
    for first, end in recipe.segments():
        parts = batches(first, end, batch=recipe.code_path.batch, frames=recipe.scene.frames)
        drawn = [demo.visualizer.draw(demo.plan, frames).numpy() for frames in parts]
        kept.append(np.concatenate(drawn)[: end - first])
    return time.perf_counter() - began, kept


def encode_alone(recipe: Recipe, segments: list[np.ndarray], folder: Path) -> float:
    """-> seconds"""
    began = time.perf_counter()
    for index, pictures in enumerate(segments):
        encoder = SegmentEncoder(
            folder / f"alone-{index}.h264",
            spec=recipe.encoder,
            width=recipe.scene.width,
            height=recipe.scene.height,
            fps=recipe.scene.frame_rate,
        )
        for begin in range(0, len(pictures), 8):
            encoder.add(pictures[begin : begin + 8])
        encoder.finish()
    return time.perf_counter() - began


def whole_film(demo: DemoScene, recipe: Recipe, folder: Path) -> float:
    """-> seconds"""
    began = time.perf_counter()
    made = draw_segments(
        recipe, visualizer=demo.visualizer, plan=demo.plan, folder=folder, report=lambda _progress: None
    )
    tracks = [demo.files[track.sha256] for track in recipe.scene.tracks]
    join_film([segment.path for segment in made], recipe=recipe, tracks=tracks, out=folder / "film.mp4")
    return time.perf_counter() - began


def measure(*, side: int, seconds: float, rounds: int) -> dict[str, float]:
    """Medians over the rounds; each round runs all three, so that they feel the same neighbours."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        demo = demo_scene(folder, side=side)
        frames = frames_in(seconds, fps=demo.scene.frame_rate)
        recipe = make_recipe(demo.scene, first_frame=0, end_frame=frames)
        recipe = with_code_path(recipe, choose_code_path(torch.device("cpu"), threads=torch.get_num_threads()))
        assert recipe.code_path is not None
        enter_code_path(recipe.code_path)
        demo.visualizer.draw(demo.plan, range(8))
        runs = []
        for _ in range(rounds):
            drawing, pictures = draw_alone(demo, recipe)
            runs.append((drawing, encode_alone(recipe, pictures, folder), whole_film(demo, recipe, folder)))
    drawing, encoding, film = (statistics.median(run[part] for run in runs) for part in range(3))
    ratio = statistics.median(run[2] / (run[0] + run[1]) for run in runs)
    return {
        "side": side,
        "frames": frames,
        "drawing_seconds": drawing,
        "encoding_seconds": encoding,
        "film_seconds": film,
        "ratio": ratio,
        "film_frames_per_second": frames / film,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--side", type=int, default=256)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    found = measure(side=options.side, seconds=options.seconds, rounds=options.rounds)
    figures = [
        Figure("film: whole ÷ (drawing + encoding alone)", found["ratio"], at_most=GATE),
        Figure("film: drawing alone", found["drawing_seconds"], "s"),
        Figure("film: encoding alone", found["encoding_seconds"], "s"),
        Figure("film: whole", found["film_seconds"], "s"),
        Figure("film: whole", found["film_frames_per_second"], "frames/s", digits=1),
    ]
    title = f"Demo scene, {found['side']}², {found['frames']} frames, {torch.get_num_threads()} threads"
    return tell(title, figures, as_json=options.json, **found)


if __name__ == "__main__":
    sys.exit(main())
