"""The averaged generator, which is the one that is shown."""

import torch
from torch import Tensor

from gpu_service.networks.stylegan import StyleGan
from gpu_service.training.build import copy_of


def share_kept(*, batch: int, half_life_kimg: float, ramp: float | None, pictures: int) -> float:
    """What stays of the average in one step (0…1). With a ramp, the half-life is at most that share of `pictures`."""
    half_life = half_life_kimg * 1000
    if ramp is not None:
        half_life = min(half_life, pictures * ramp)
    return float(0.5 ** (batch / max(half_life, 1e-8)))


class Average:
    """Follows a generator of the same shapes; its trained numbers lie in one piece of memory too."""

    def __init__(self, average: StyleGan, trained: StyleGan) -> None:
        self.network = average
        self.flat = torch.cat([each.detach().flatten() for each in average.parameters()])
        place = 0
        for each in average.parameters():
            part = slice(place, place + each.numel())
            each.data = self.flat[part].view_as(each)
            place = part.stop
        self.buffers, self.sources = list(average.buffers()), list(trained.buffers())

    @torch.no_grad()
    def follow(self, flat: Tensor, kept: float) -> None:
        """Move towards the trained numbers; what is not trained is copied."""
        self.flat.lerp_(flat.detach(), 1 - kept)
        torch._foreach_copy_(self.buffers, self.sources)

    def copy(self) -> StyleGan:
        """As it is now, a network that training does not change."""
        return copy_of(self.network)
