"""A visualizer that misbehaves on purpose: what it shall do wrong stands in a file that its parameters name.

The drawing process is another process, so orders reach it by a file.
"""

import os
import signal
import time
from collections.abc import Sequence
from typing import ClassVar

import torch

from gpu_service.protocol import SnapshotNeeds
from gpu_service.visualizers.base import DrawQuality, Plan, Visualizer
from gpu_service.visualizers.parameters import Parameters, parameter

REGISTRY = {
    "noise-blend": "gpu_service.visualizers.noise_blend:NoiseBlend",
    "faulty": "tests.gpu_service.executors.faulty:Faulty",
}


class FaultyParameters(Parameters):
    """`orders` is the path of a file that says what to do wrong: each fault happens once, unless it says “always”."""

    orders: str = parameter("", title="Orders", help="A file.", group="Faults", control="number")
    seconds: float = parameter(0.0, title="Slow", help="Per batch.", group="Faults", minimum=0, maximum=60, step=0.1)


class Faulty(Visualizer):
    """Grey pictures, and faults on order."""

    name: ClassVar[str] = "faulty"
    title: ClassVar[str] = "Faulty"
    version: ClassVar[str] = "1"
    summary: ClassVar[str] = "For tests."
    parameters: ClassVar[type[Parameters]] = FaultyParameters
    snapshots: ClassVar[SnapshotNeeds] = SnapshotNeeds(min=0, max=9, kinds=[])

    def draw_frames(self, plan: Plan, frames: Sequence[int], *, quality: DrawQuality) -> torch.Tensor:
        """Shades that tell the frame number."""
        self._obey(plan.parameters.orders, frames)
        time.sleep(plan.parameters.seconds)
        shades = torch.tensor([frame * 7 % 256 for frame in frames], dtype=torch.uint8)
        return shades[:, None, None, None].expand(-1, 3, plan.scene.height, plan.scene.width).contiguous()

    def _obey(self, path: str, frames: Sequence[int]) -> None:
        if not path or not os.path.exists(path) or 8 not in frames:
            return
        with open(path, encoding="ascii") as file:
            order = file.read().strip()
        if not order.endswith("always"):
            os.unlink(path)
        match order.split()[0]:
            case "die":
                os.kill(os.getpid(), signal.SIGKILL)
            case "hang":
                time.sleep(600)
            case "full":
                raise RuntimeError("CUDA out of memory. Tried to allocate 9.00 GiB")
            case "stumble":
                raise ValueError("the tensor has three legs")
