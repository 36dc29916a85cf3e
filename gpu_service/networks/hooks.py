"""Where others reach into a synthesis: noise of their own, and what bends its maps while a picture is drawn."""

from collections.abc import Hashable, Sequence
from typing import Literal, Protocol

from torch import Tensor

Branch = Literal["rgb", "features"]


class NoiseMaps(Protocol):
    """Noise for one batch, made by whoever draws; layers of one size get the same."""

    def __call__(self, side: int, chosen: slice) -> Tensor:
        """The maps of those pictures, of about σ 1, on the network's device. -> [n, 1, side, side]"""
        ...


class Bending(Protocol):
    """What bends the maps of one batch. Places count the network's `bending_sides`.

    `key` says what is done, `tensors` how strongly in this batch: a recorded graph is kept for the one and fed with
    the other.
    """

    @property
    def key(self) -> Hashable: ...

    @property
    def tensors(self) -> Sequence[Tensor]: ...

    def of(self, chosen: slice) -> "Bending | None":
        """The same for a part of the batch; None where nothing would be changed in it."""
        ...

    def holding(self, tensors: Sequence[Tensor]) -> "Bending":
        """The same with other tensors of the same shapes."""
        ...

    def acts(self, branch: Branch, place: int) -> bool:
        """Whether `bend` would change anything there."""
        ...

    def bend(self, maps: Tensor, branch: Branch, place: int) -> Tensor:
        """float32 [N, C, H, W] -> the same, bent. The given maps are left alone."""
        ...
