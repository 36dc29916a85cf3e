"""What an operation is told beside the maps and its strength."""

from dataclasses import dataclass

from torch import Tensor

from gpu_service.protocol.bends import BendSpec


@dataclass(frozen=True)
class How:
    """`depth` in eighths of the network, 0…7; `flow` is the frame's displacement map, [N, 2, H, W] in pixels."""

    bend: BendSpec
    depth: int
    flow: Tensor | None = None
