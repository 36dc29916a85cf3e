"""How fast a preview is drawn: frames/s of the demo scene through the drawing process, JPEG and pipe included.

    python bench/preview_draw.py [--side 256] [--seconds 6] [--json]

Beside it the same frames drawn in this process without JPEG or pipe: the ratio is what the way costs. First picture =
from the order of a plan, files at hand and process warm, to the first JPEG. Gates of issue 2: 24 frames/s at 256² on
two cores; first frame within 0.7 s.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from _demo_scene import DemoScene, demo_scene
from _figures import Figure, tell

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import torch

from gpu_service.executors.base import SceneOrder
from gpu_service.executors.local import LocalExecutor
from gpu_service.settings import read_settings

GATE_RATE, GATE_FIRST_SECONDS = 24.0, 0.7
TOGETHER = 4


def in_this_process(demo: DemoScene, *, seconds: float) -> float:
    """-> frames/s"""
    began, frame = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        demo.visualizer.draw(demo.plan, range(frame, frame + TOGETHER), quality="preview")
        frame = (frame + TOGETHER) % (demo.scene.frames - TOGETHER)
    return _rate(frame, began)


def through_the_executor(executor: LocalExecutor, key: str, frames: int, *, seconds: float) -> float:
    """-> frames/s"""
    began, frame = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        asked = [(frame + step) % frames for step in range(TOGETHER)]
        executor.draw(key, asked, jpeg_quality=80).result(60)
        frame += TOGETHER
    return _rate(frame, began)


def _rate(frames: int, began: float) -> float:
    return frames / (time.perf_counter() - began)


def first_picture(executor: LocalExecutor, order: SceneOrder) -> float:
    """-> seconds"""
    began = time.perf_counter()
    executor.prepare(order, report=lambda _title, _share: None).result(60)
    executor.draw(order.key, [0], jpeg_quality=80).result(60)
    return time.perf_counter() - began


def measure(*, side: int, seconds: float) -> dict[str, float]:
    """Both ways in turn, and the first picture cold and warm."""
    with tempfile.TemporaryDirectory() as name:
        demo = demo_scene(Path(name), side=side)
        executor = LocalExecutor(read_settings({"GPU_DATA": f"{name}/data", "GPU_DEVICE": "cpu"}))
        try:
            cold = first_picture(executor, SceneOrder("cold", demo.scene, demo.files))
            warm = first_picture(executor, SceneOrder("warm", demo.scene, demo.files))
            drawn = through_the_executor(executor, "warm", demo.scene.frames, seconds=seconds)
        finally:
            executor.close()
        alone = in_this_process(demo, seconds=seconds)
    return {
        "side": side,
        "frames_per_second": drawn,
        "drawing_alone_frames_per_second": alone,
        "ratio": drawn / alone,
        "first_picture_cold_seconds": cold,
        "first_picture_warm_seconds": warm,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--side", type=int, default=256)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    found = measure(side=options.side, seconds=options.seconds)
    cold, warm = found["first_picture_cold_seconds"], found["first_picture_warm_seconds"]
    figures = [
        Figure("drawing process: JPEG and pipe included", found["frames_per_second"], "frames/s", at_least=GATE_RATE),
        Figure("drawing process: drawing alone", found["drawing_alone_frames_per_second"], "frames/s"),
        Figure("drawing process ÷ drawing alone", found["ratio"]),
        Figure("drawing process: first picture warm", warm, "s", at_most=GATE_FIRST_SECONDS),
        Figure("drawing process: first picture cold", cold, "s"),
    ]
    title = f"Demo scene, {found['side']}², {torch.get_num_threads()} threads"
    return tell(title, figures, as_json=options.json, **found)


if __name__ == "__main__":
    sys.exit(main())
