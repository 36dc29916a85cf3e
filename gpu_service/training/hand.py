"""What works on some pictures of a step: both networks, in a form whose gradients are its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor

from gpu_service.networks.discriminator import Discriminator
from gpu_service.networks.stylegan import StyleGan
from gpu_service.networks.stylegan3 import StyleGan3
from gpu_service.networks.stylegan3_layers import SynthesisLayer
from gpu_service.training.chance import Latents
from gpu_service.training.generator import Painter
from gpu_service.training.precision import Precision


@dataclass(frozen=True)
class Hand:
    """A generator and a discriminator, and in what numbers they compute."""

    generator: StyleGan
    discriminator: Discriminator
    precision: Precision

    @property
    def painter(self) -> Painter:
        """The generator at work."""
        return Painter(self.generator, self.precision)

    def imagine(self, latents: Latents, labels: Tensor | None) -> tuple[Tensor, Tensor]:
        """Pictures [n, 3, R, R] and the w that they are made from [n, num_ws, W]."""
        painter = self.painter
        w, _first = painter.rows(latents, labels)
        return painter.paint(w, latents.noise), w

    @torch.no_grad()
    def imagine_and_measure(self, latents: Latents, labels: Tensor | None) -> tuple[Tensor, Tensor]:
        """Pictures; and sums over them of w, and of the mean square of what each layer of a StyleGAN3 takes in."""
        painter = self.painter
        w, first = painter.rows(latents, labels)
        with self._listening() as heard:
            pictures = painter.paint(w, latents.noise)
        return pictures, torch.cat([first.sum(dim=0), *(power[None] * len(w) for power in heard)])

    def judge(self, pictures: Tensor, labels: Tensor | None) -> Tensor:
        """Scores [n]."""
        chosen = self.precision
        scores: Tensor = self.discriminator(pictures, labels, dtype=chosen.dtype, small=chosen.octaves)
        return scores

    @contextmanager
    def _listening(self) -> Iterator[list[Tensor]]:
        heard: list[Tensor] = []
        hooks = [
            layer.register_forward_pre_hook(lambda _layer, given: heard.append(given[0].float().square().mean()))
            for layer in layers_of(self.generator)
        ]
        try:
            yield heard
        finally:
            for hook in hooks:
                hook.remove()


def layers_of(generator: StyleGan) -> list[SynthesisLayer]:
    """The layers that remember a magnitude: StyleGAN3's."""
    return generator._synthesis.layers() if isinstance(generator, StyleGan3) else []


def same_generator(generator: StyleGan) -> StyleGan:
    """Another form on the same numbers."""
    with torch.device("meta"):
        form = type(generator)(generator.config_type.from_json(generator.to_json()))
    form.load_state_dict(generator.state_dict(), strict=True, assign=True)
    return form.requires_grad_(True)


def same_discriminator(discriminator: Discriminator) -> Discriminator:
    """Another form on the same numbers, frozen where the first one is."""
    with torch.device("meta"):
        form = Discriminator(discriminator.config)
    form.load_state_dict(discriminator.state_dict(), strict=True, assign=True)
    for own, first in zip(form.parameters(), discriminator.parameters(), strict=True):
        own.requires_grad_(first.requires_grad)
    return form
