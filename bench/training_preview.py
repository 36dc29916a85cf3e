"""What a preview loses to a run of training beside it: frames/s alone, then while a trainer of 64² yields.

    python bench/training_preview.py [--side 256] [--seconds 15] [--json]

The trainer is the service's own: a child with the lowest priority that waits while previews are drawn, but for one step
in five seconds. Gates: nine tenths of the frames; a step of training in ten seconds all the same.
"""

import argparse
import asyncio
import io
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from _demo_scene import demo_scene
from _figures import Figure, tell

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from PIL import Image
from preview_draw import through_the_executor

from gpu_service.executors.base import SceneOrder
from gpu_service.executors.local import LocalExecutor
from gpu_service.executors.training_process import TrainingProcess
from gpu_service.protocol import Report, Wish
from gpu_service.protocol.training_presets import resolve
from gpu_service.settings import read_settings

GATE_SHARE = 0.9
LONGEST_STEP_SECONDS = 10.0
SIDE, PICTURES = 64, 64


def write_pictures(path: Path) -> Path:
    """Noise: what is shown does not matter here."""
    chance = np.random.default_rng(0)
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(PICTURES):
            held = io.BytesIO()
            Image.fromarray(chance.integers(0, 256, (SIDE, SIDE, 3), np.uint8)).save(held, "PNG")
            archive.writestr(f"{number:04}.png", held.getvalue())
    return path


class Training:
    """The trainer beside the previews, told what the executor does, as a service tells it."""

    def __init__(self, folder: Path, executor: LocalExecutor) -> None:
        self.folder, self.executor, self.steps = folder, executor, 0
        self.process: TrainingProcess | None = None

    def hear(self, report: Report) -> None:
        if report.kind == "tick":
            self.steps = report.step

    async def start(self) -> list[asyncio.Task[object]]:
        """Until the first steps are done."""
        config = resolve("small", size=SIDE, kimg=1000, snapshot_kimg=1000, tick_kimg=0.001, metrics=[])
        settings = self.folder / "config.json"
        settings.write_text(config.model_dump_json())
        pictures = write_pictures(self.folder / "noise.zip")
        words = [str(pictures), "--config", str(settings), "--out", str(self.folder / "run")]
        self.process = await TrainingProcess.start(words, log=self.folder / "log.txt", on_report=self.hear)
        tasks: list[asyncio.Task[object]] = [
            asyncio.create_task(self.process.listen()),
            asyncio.create_task(self._wish(self.process)),
        ]
        while self.steps < 3:
            if tasks[0].done():
                raise SystemExit(f"The trainer ended: {(self.folder / 'log.txt').read_text()}")
            await asyncio.sleep(0.1)
        return tasks

    async def _wish(self, process: TrainingProcess) -> None:
        while True:
            process.wish(Wish(yields=self.executor.is_drawing()))
            await asyncio.sleep(0.2)


async def measure(*, side: int, seconds: float) -> dict[str, float]:
    """Alone, beside, alone again: the machine may change its mind meanwhile."""
    with tempfile.TemporaryDirectory() as name:
        demo = demo_scene(Path(name), side=side)
        executor = LocalExecutor(read_settings({"GPU_DATA": f"{name}/data", "GPU_DEVICE": "cpu"}))

        async def drawn() -> float:
            return await asyncio.to_thread(through_the_executor, executor, "demo", demo.scene.frames, seconds=seconds)

        training = Training(Path(name), executor)
        try:
            executor.prepare(SceneOrder("demo", demo.scene, demo.files), report=lambda _title, _share: None).result(60)
            await drawn()  # warm
            before = await drawn()
            tasks = await training.start()
            steps, began = training.steps, time.perf_counter()
            beside = await drawn()
            steps, lasted = training.steps - steps, time.perf_counter() - began
            for task in tasks:
                task.cancel()
            assert training.process is not None
            await training.process.end()
            after = await drawn()
        finally:
            executor.close()
    alone = (before + after) / 2
    return {
        "frames_per_second_alone": alone,
        "frames_per_second_beside": beside,
        "share": beside / alone,
        "steps": steps,
        "seconds_per_step": lasted / max(steps, 1),
    }


def figures(found: dict[str, float]) -> list[Figure]:
    """The table."""
    return [
        Figure("preview alone", found["frames_per_second_alone"], "frames/s", digits=1),
        Figure("preview beside a run of training", found["frames_per_second_beside"], "frames/s", digits=1),
        Figure("… of it alone", found["share"], at_least=GATE_SHARE),
        Figure("a step of training meanwhile", found["seconds_per_step"], "s", at_most=LONGEST_STEP_SECONDS),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--side", type=int, default=256)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--json", action="store_true")
    words = parser.parse_args()
    found = asyncio.run(measure(side=words.side, seconds=words.seconds))
    return tell("A preview beside a run of training", figures(found), as_json=words.json, **found)


if __name__ == "__main__":
    sys.exit(main())
