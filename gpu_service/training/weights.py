"""A network's trained numbers in one piece of memory, their gradients in another: Adam, sums over processes and the
average of the generator are then a few operations, however many tensors a network has.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

LARGEST_GRADIENT = 1e5


class Weights:
    """The trainable parameters of a network become views of `flat`, their gradients views of `gradients`.

    The `extra` numbers at the end of `reduced` belong to whoever wants something summed with the gradients.
    """

    def __init__(self, network: nn.Module, *, rate: float, lazy: int | None, extra: int) -> None:
        trained = [each for each in network.parameters() if each.requires_grad]
        count, device = sum(each.numel() for each in trained), trained[0].device
        self.trained = trained
        self.flat = nn.Parameter(torch.empty(count, device=device))
        self.reduced = torch.zeros(count + extra, device=device)
        self.gradients, self.extra = self.reduced[:count], self.reduced[count:]
        self.flat.grad = self.gradients
        place = 0
        for each in trained:
            part = slice(place, place + each.numel())
            self.flat.data[part] = each.detach().flatten()
            each.data = self.flat.data[part].view_as(each)
            each.grad = self.gradients[part].view_as(each)
            place = part.stop
        self.adam = torch.optim.Adam([self.flat], **adam_settings(rate, lazy), fused=True)
        # There from the start, so that a checkpoint before the first step has the same tensors as any other.
        self.adam.state[self.flat] = {
            "step": torch.zeros((), device=device),
            "exp_avg": torch.zeros_like(self.flat.data),
            "exp_avg_sq": torch.zeros_like(self.flat.data),
        }

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Nothing asks for these gradients."""
        for each in self.trained:
            each.requires_grad_(False)
        try:
            yield
        finally:
            for each in self.trained:
                each.requires_grad_(True)

    def clear(self) -> None:
        """Before gradients are summed up."""
        self.reduced.zero_()

    def step(self) -> None:
        """One step of Adam along the gradients, the ones that are no numbers made some."""
        self.gradients.nan_to_num_(nan=0.0, posinf=LARGEST_GRADIENT, neginf=-LARGEST_GRADIENT)
        self.adam.step()

    def tensors(self) -> dict[str, Tensor]:
        """Adam's state by name."""
        return dict(self.adam.state[self.flat])


def adam_settings(rate: float, lazy: int | None) -> dict[str, Any]:
    """Rate and momenta; a term that is added every `lazy` steps alone takes a step of its own (Karras et al. 2020)."""
    share = 1.0 if lazy is None else lazy / (lazy + 1)
    return {"lr": rate * share, "betas": (0.0**share, 0.99**share), "eps": 1e-8}
