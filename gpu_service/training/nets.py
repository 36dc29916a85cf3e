"""The two networks of a run with all that belongs to them: weights, averages, chance, augmentation."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

import torch
from torch import Tensor

from gpu_service.networks.discriminator import Discriminator
from gpu_service.networks.stylegan import StyleGan
from gpu_service.protocol.training import TrainingConfig
from gpu_service.snapshots.reader import ReadNetwork
from gpu_service.training import build, precision
from gpu_service.training.augment.draws import Draws, draw
from gpu_service.training.augment.pipe import Augment
from gpu_service.training.average import Average
from gpu_service.training.blur import blurred
from gpu_service.training.chance import Chance, Latents
from gpu_service.training.errors import TrainingError
from gpu_service.training.hand import Hand, layers_of, same_discriminator, same_generator
from gpu_service.training.weights import Weights

AVERAGE_KEPT = {"stylegan2": 0.995, "stylegan3": 0.998}  # of the average w, for each step
NUMBERS = 6  # sums that a step wants with its gradients, beside what the generator measures
MAGNITUDE_HALF_LIFE = 20_000  # pictures, of StyleGAN3's magnitudes


class Nets:
    """`g` and `d` are the weights that are trained, `average` follows the generator, `hands` work side by side."""

    def __init__(
        self,
        config: TrainingConfig,
        *,
        device: torch.device,
        num_classes: int,
        start: Mapping[str, ReadNetwork],
        hands: int,
        notes: list[str],
    ) -> None:
        self.config, self.device, self.num_classes = config, device, num_classes
        self.precision = precision.choose(config.precision, device)
        self.chance = Chance(config.seed, device)
        self.path_mean = torch.zeros((), device=device)
        self.augment = None if config.augment == "none" else Augment(config.pipe)
        self._count = hands
        made = build.networks(config, num_classes, start, notes)
        self.take(made.generator, made.average, made.discriminator)

    def take(self, generator: StyleGan, average: StyleGan, discriminator: Discriminator) -> None:
        """Train these from now on, each with new moments of Adam."""
        config, others = self.config, self._count - 1
        self.generator, self.averaged = generator.to(self.device), average.to(self.device)
        self.discriminator = discriminator.to(self.device)
        self.generator.requires_grad_(True)
        self.discriminator.requires_grad_(True).freeze(config.freeze_d)
        generators = [generator, *(same_generator(generator) for _ in range(others))]
        discriminators = [discriminator, *(same_discriminator(discriminator) for _ in range(others))]
        measured = generator.w_dim + len(layers_of(generator))
        every = config.path_every if config.path_weight else None
        self.g = Weights(generators, rate=config.g_rate, lazy=every, extra=NUMBERS)
        every = config.r1_every if config.gamma else None
        self.d = Weights(discriminators, rate=config.d_rate, lazy=every, extra=NUMBERS + measured)
        self.average = Average(self.averaged, self.generator)
        self.hands = [Hand(*pair, self.precision) for pair in zip(generators, discriminators, strict=True)]
        self.taste = self.hands[0].painter.taste(config.mixing)

    def take_precision(self, name: str, notes: list[str]) -> None:
        """Go on in what the run has computed in so far, where this device can."""
        try:
            self.precision = precision.choose(name, self.device)
        except TrainingError:
            notes.append(f"The run was computed in {name}; this device goes on in {self.precision.name}.")
        self.hands = [Hand(hand.generator, hand.discriminator, self.precision) for hand in self.hands]

    def latents(self, count: int) -> Latents:
        """What `count` pictures are made from."""
        return self.chance.latents(count, self.taste)

    def changes(self, count: int) -> Draws | None:
        """How each of `count` pictures is augmented."""
        return None if self.augment is None else draw(count, self.chance.generator)

    def prepared(self, pictures: Tensor, changes: Draws | None, *, p: float, shown: int) -> Tensor:
        """As the discriminator sees them: blurred at first where the preset says so, augmented."""
        config = self.config
        if config.blur_kimg and config.blur_sigma:
            pictures = blurred(pictures, config.blur_sigma * max(1 - shown / (config.blur_kimg * 1000), 0))
        return pictures if self.augment is None or changes is None else self.augment(pictures, p, changes)

    @contextmanager
    def discriminator_resting(self) -> Iterator[None]:
        """Nobody asks for its gradients."""
        with ExitStack() as stack:
            for form in self.d.forms:
                stack.enter_context(form.resting())
            yield

    @torch.no_grad()
    def remember(self, means: Tensor) -> None:
        """Let the average w, and StyleGAN3's magnitudes, follow what was measured over the batch."""
        average = self.generator.average_w()
        average.lerp_(means[: len(average)], 1 - AVERAGE_KEPT[self.generator.kind])
        kept = 0.5 ** (self.config.batch / MAGNITUDE_HALF_LIFE)
        for layer, power in zip(layers_of(self.generator), means[len(average) :], strict=True):
            layer.magnitude_ema.lerp_(power, 1 - kept)
