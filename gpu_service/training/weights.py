"""A network's trained numbers in one piece of memory, their gradients in another: Adam, sums over processes and the
average of the generator are then a few operations, however many tensors a network has.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

LARGEST_GRADIENT = 1e5


class Gradients:
    """The gradients of one form of a network, and `extra` numbers that are summed with them."""

    def __init__(self, network: nn.Module, *, extra: int) -> None:
        self.trained = [each for each in network.parameters() if each.requires_grad]
        count, device = sum(each.numel() for each in self.trained), self.trained[0].device
        self.all = torch.zeros(count + extra, device=device)
        self.flat, self.extra = self.all[:count], self.all[count:]
        for each, part in zip(self.trained, _parts(self.trained), strict=True):
            each.grad = self.flat[part].view_as(each)

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Nobody asks for these gradients."""
        for each in self.trained:
            each.requires_grad_(False)
        try:
            yield
        finally:
            for each in self.trained:
                each.requires_grad_(True)


class Weights:
    """The trainable parameters of a network, views of `flat`, in as many `forms` as work side by side.

    A form has the same numbers and gradients of its own.
    """

    def __init__(self, forms: Sequence[nn.Module], *, rate: float, lazy: int | None, extra: int) -> None:
        trained = [each for each in forms[0].parameters() if each.requires_grad]
        self.flat = nn.Parameter(torch.cat([each.detach().flatten() for each in trained]))
        for form in forms:
            own = [each for each in form.parameters() if each.requires_grad]
            for each, part in zip(own, _parts(own), strict=True):
                each.data = self.flat.data[part].view_as(each)
        self.forms = [Gradients(form, extra=extra) for form in forms]
        self.flat.grad = self.forms[0].flat
        self.adam = torch.optim.Adam([self.flat], **adam_settings(rate, lazy), fused=True)
        # There from the start, so that a checkpoint before the first step has the same tensors as any other.
        self.adam.state[self.flat] = {
            "step": torch.zeros((), device=self.flat.device),
            "exp_avg": torch.zeros_like(self.flat.data),
            "exp_avg_sq": torch.zeros_like(self.flat.data),
        }

    def clear(self) -> None:
        """Before gradients are summed up."""
        for form in self.forms:
            form.all.zero_()

    def gather(self) -> Tensor:
        """The gradients of all forms and the extra numbers behind them, summed, always in the same order."""
        first, *others = self.forms
        for other in others:
            first.all += other.all
        return first.all

    def step(self) -> None:
        """One step of Adam along the gathered gradients, those that are no numbers made some."""
        self.forms[0].flat.nan_to_num_(nan=0.0, posinf=LARGEST_GRADIENT, neginf=-LARGEST_GRADIENT)
        self.adam.step()

    def tensors(self) -> dict[str, Tensor]:
        """Adam's state by name."""
        return dict(self.adam.state[self.flat])


def adam_settings(rate: float, lazy: int | None) -> dict[str, Any]:
    """Rate and momenta; a term that is added every `lazy` steps alone takes a step of its own (Karras et al. 2020)."""
    share = 1.0 if lazy is None else lazy / (lazy + 1)
    return {"lr": rate * share, "betas": (0.0**share, 0.99**share), "eps": 1e-8}


def _parts(tensors: Sequence[Tensor]) -> Iterator[slice]:
    """Where each one lies when they lie one behind the other."""
    place = 0
    for each in tensors:
        yield slice(place, place + each.numel())
        place += each.numel()
