"""The two networks of a run with all that belongs to them: weights, averages, chance, augmentation."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from gpu_service.networks.discriminator import Discriminator
from gpu_service.networks.stylegan import StyleGan
from gpu_service.networks.stylegan3 import StyleGan3
from gpu_service.protocol.training import TrainingConfig
from gpu_service.snapshots.reader import ReadNetwork
from gpu_service.training import build, precision
from gpu_service.training.augment.draws import Draws, draw
from gpu_service.training.augment.pipe import Augment
from gpu_service.training.average import Average
from gpu_service.training.blur import blurred
from gpu_service.training.chance import Chance, Latents
from gpu_service.training.errors import TrainingError
from gpu_service.training.generator import Painter
from gpu_service.training.weights import Weights

AVERAGE_KEPT = {"stylegan2": 0.995, "stylegan3": 0.998}  # of the average w, for each step
NUMBERS = 6  # sums that a step wants with its gradients, beside what the generator measures
MAGNITUDE_HALF_LIFE = 20_000  # pictures, of StyleGAN3's magnitudes


class Nets:
    """`g` and `d` are the weights that are trained, `average` follows the generator."""

    def __init__(
        self,
        config: TrainingConfig,
        *,
        device: torch.device,
        num_classes: int,
        start: Mapping[str, ReadNetwork],
        notes: list[str],
    ) -> None:
        self.config, self.device, self.num_classes = config, device, num_classes
        self.precision = precision.choose(config.precision, device)
        self.chance = Chance(config.seed, device)
        self.path_mean = torch.zeros((), device=device)
        made = build.networks(config, num_classes, start, notes)
        self.augment = None if config.augment == "none" else Augment(config.pipe)
        self.take(made.generator, made.average, made.discriminator)

    def take(self, generator: StyleGan, average: StyleGan, discriminator: Discriminator) -> None:
        """Train these from now on, each with new moments of Adam."""
        config = self.config
        self.generator, self.averaged = generator.to(self.device), average.to(self.device)
        self.discriminator = discriminator.to(self.device)
        self.generator.requires_grad_(True)
        self.discriminator.requires_grad_(True).freeze(config.freeze_d)
        self.painter = Painter(self.generator, self.precision)
        self.taste = self.painter.taste(config.mixing)
        measured = self.generator.w_dim + len(self._magnitudes())
        every = config.path_every if config.path_weight else None
        self.g = Weights(self.generator, rate=config.g_rate, lazy=every, extra=NUMBERS)
        every = config.r1_every if config.gamma else None
        self.d = Weights(self.discriminator, rate=config.d_rate, lazy=every, extra=NUMBERS + measured)
        self.average = Average(self.averaged, self.generator)

    def take_precision(self, name: str, notes: list[str]) -> None:
        """Go on in what the run has computed in so far, where this device can."""
        try:
            self.precision = precision.choose(name, self.device)
        except TrainingError:
            notes.append(f"The run was computed in {name}; this device goes on in {self.precision.name}.")
        self.painter = Painter(self.generator, self.precision)

    def latents(self, count: int) -> Latents:
        """What `count` pictures are made from."""
        return self.chance.latents(count, self.taste)

    def changes(self, count: int) -> Draws | None:
        """How each of `count` pictures is augmented."""
        return None if self.augment is None else draw(count, self.chance.generator)

    def imagine(self, latents: Latents, labels: Tensor | None) -> tuple[Tensor, Tensor]:
        """Pictures [n, 3, R, R] and the w that they are made from [n, num_ws, W]."""
        w, _first = self.painter.rows(latents, labels)
        return self.painter.paint(w, latents.noise), w

    @torch.no_grad()
    def imagine_and_measure(self, latents: Latents, labels: Tensor | None) -> tuple[Tensor, Tensor]:
        """Pictures, and sums over them of what `remember` averages."""
        w, first = self.painter.rows(latents, labels)
        with self._listening() as heard:
            pictures = self.painter.paint(w, latents.noise)
        sums = [first.sum(dim=0), *(power[None] * len(w) for power in heard)]
        return pictures, torch.cat(sums)

    @torch.no_grad()
    def remember(self, means: Tensor) -> None:
        """Let the average w, and StyleGAN3's magnitudes, follow what was measured over the batch."""
        average = self.generator.average_w()
        average.lerp_(means[: len(average)], 1 - AVERAGE_KEPT[self.generator.kind])
        kept = 0.5 ** (self.config.batch / MAGNITUDE_HALF_LIFE)
        for held, power in zip(self._magnitudes(), means[len(average) :], strict=True):
            held.lerp_(power, 1 - kept)

    def prepared(self, pictures: Tensor, changes: Draws | None, rows: slice, *, p: float, shown: int) -> Tensor:
        """As the discriminator sees them: blurred at first where the preset says so, augmented."""
        config = self.config
        if config.blur_kimg and config.blur_sigma:
            pictures = blurred(pictures, config.blur_sigma * max(1 - shown / (config.blur_kimg * 1000), 0))
        return pictures if self.augment is None or changes is None else self.augment(pictures, p, changes[rows])

    def judge(self, pictures: Tensor, labels: Tensor | None) -> Tensor:
        """Scores [n]."""
        chosen = self.precision
        scores: Tensor = self.discriminator(pictures, labels, dtype=chosen.dtype, small=chosen.octaves)
        return scores

    def _magnitudes(self) -> list[Tensor]:
        return [layer.magnitude_ema for layer in _layers(self.generator)]

    @contextmanager
    def _listening(self) -> Iterator[list[Tensor]]:
        """The mean square of what each layer of a StyleGAN3 takes in, in order."""
        heard: list[Tensor] = []
        hooks = [
            layer.register_forward_pre_hook(lambda _layer, given: heard.append(given[0].float().square().mean()))
            for layer in _layers(self.generator)
        ]
        try:
            yield heard
        finally:
            for hook in hooks:
                hook.remove()


def _layers(generator: nn.Module) -> list[Any]:
    return generator._synthesis.layers() if isinstance(generator, StyleGan3) else []
