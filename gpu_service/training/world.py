"""The processes that train one network together, each with its share of every batch."""

from typing import Protocol

import torch
from torch import Tensor, distributed


class World(Protocol):
    """`rank` counts from 0. All processes hold the same weights and draw the same chance."""

    rank: int
    size: int

    def all_reduce(self, flat: Tensor) -> None:
        """Replace it by the sum over all processes."""
        ...


class Alone:
    """One process."""

    rank, size = 0, 1

    def all_reduce(self, flat: Tensor) -> None:
        """The sum over one."""


class Joined:
    """The processes of torch.distributed, whose group the launcher has made."""

    def __init__(self) -> None:
        self.rank, self.size = distributed.get_rank(), distributed.get_world_size()

    def all_reduce(self, flat: Tensor) -> None:
        """By gloo on CPUs, by NCCL on GPUs."""
        distributed.all_reduce(flat)


ALONE: World = Alone()


def joined(device: torch.device) -> World:
    """The world that torchrun's environment describes, its group made where nobody has. ALONE without one."""
    if not distributed.is_available() or not (distributed.is_initialized() or distributed.is_torchelastic_launched()):
        return ALONE
    if not distributed.is_initialized():
        distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    return Joined()
