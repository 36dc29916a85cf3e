"""All chance of a run, from one generator whose state is part of the checkpoint.

Every process draws for the whole batch and takes its own pictures out of it, so neither the number of processes nor
how many pictures are held at once changes what is drawn.
"""

from dataclasses import dataclass, fields
from typing import Any, Self

import torch
from torch import Tensor


@dataclass(frozen=True)
class Latents:
    """What a batch of made-up pictures is made from, a row for each picture.

    `second` takes over from row `cut` of w on (style mixing); `noise` holds the maps of all layers in order.
    """

    z: Tensor  # [n, Z]
    second: Tensor | None = None  # [n, Z]
    cut: Tensor | None = None  # [n], 1 … num_ws; num_ws: not mixed
    noise: Tensor | None = None  # [n, numbers]

    def __getitem__(self, rows: slice) -> Self:
        """Those pictures."""
        held: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        chosen: dict[str, Any] = {name: None if each is None else each[rows] for name, each in held.items()}
        return type(self)(**chosen)


@dataclass(frozen=True)
class Taste:
    """What a generator draws from: sizes of its vectors, numbers of noise for a picture, share of mixed pictures."""

    z_dim: int
    num_ws: int
    noise_numbers: int
    mixing: float


class Chance:
    """Draws on the trainer's device."""

    def __init__(self, seed: int, device: torch.device) -> None:
        self.generator = torch.Generator(device=device).manual_seed(seed)
        self.device = device

    def latents(self, count: int, taste: Taste) -> Latents:
        """For `count` pictures."""
        z = self.normal(count, taste.z_dim)
        second, cut = None, None
        if taste.mixing:
            second = self.normal(count, taste.z_dim)
            cut = torch.randint(1, taste.num_ws, (count,), generator=self.generator, device=self.device)
            is_mixed = torch.rand(count, generator=self.generator, device=self.device) < taste.mixing
            cut = torch.where(is_mixed, cut, taste.num_ws)
        noise = self.normal(count, taste.noise_numbers) if taste.noise_numbers else None
        return Latents(z, second, cut, noise)

    def normal(self, *shape: int) -> Tensor:
        """Standard normal numbers."""
        return torch.randn(shape, generator=self.generator, device=self.device)

    def state(self) -> Tensor:
        """All that the next draws depend on, uint8."""
        return self.generator.get_state()

    def set_state(self, state: Tensor) -> None:
        """Go on from there."""
        self.generator.set_state(state.cpu())

    def restart(self, seed: int) -> None:
        """As if it began with that seed."""
        self.generator.manual_seed(seed)
