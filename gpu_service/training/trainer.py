"""One step of training after the other.

A batch is whole for everybody: each process takes its share of what chance draws for all, holds `micro_batch` pictures
of it at a time, and the gradients of all are summed before a step is taken.
"""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from gpu_service.networks.stylegan import StyleGan
from gpu_service.protocol.training import TrainingConfig
from gpu_service.snapshots.reader import ReadNetwork
from gpu_service.training import keep, losses
from gpu_service.training.augment.controller import Controller
from gpu_service.training.augment.draws import Draws
from gpu_service.training.average import share_kept
from gpu_service.training.errors import Diverged
from gpu_service.training.hand import Hand
from gpu_service.training.nets import NUMBERS, Nets
from gpu_service.training.shares import Shares
from gpu_service.training.stats import StepStats
from gpu_service.training.weights import Weights
from gpu_service.training.world import ALONE, World

# Places of the numbers that are summed over the batch with the gradients; what the generator measured comes after.
LOSS, TERM, SCORE_FAKE, SIGN_FAKE, SCORE_REAL, SIGN_REAL = range(NUMBERS)
PATH_SHRINK = 2  # the path length is taken over half of the batch
LOOK_EVERY = 16  # steps between two looks at the losses on a device that would have to wait for them

# Works on the pictures at those places of this process's share and of the batch, adds to the sums, answers the loss.
Part = Callable[[Hand, Tensor, slice, slice], Tensor]


class Trainer:
    """Trains on the device it is given. `start`: the parts of a snapshot to go on from, see `read_training_parts`.

    `notes` collects sentences for people; whoever shows them empties it. Raises TrainingError.
    """

    def __init__(
        self,
        config: TrainingConfig,
        *,
        device: torch.device,
        world: World = ALONE,
        num_classes: int = 0,
        start: Mapping[str, ReadNetwork] | None = None,
    ) -> None:
        self.config, self.device, self.world = config, device, world
        self.notes: list[str] = []
        if (
            device.type == "cuda"
        ):  # else cuDNN chooses by what was fastest this time, and a run does not go on to the bit
            torch.backends.cudnn.deterministic = True
        self.shares = Shares(config, world=world, device=device, notes=self.notes)
        self.nets = Nets(
            config,
            device=device,
            num_classes=num_classes,
            start=start or {},
            hands=self.shares.team.size,
            notes=self.notes,
        )
        self.step_index = self.pictures = 0
        self.p = config.first_p if config.augment != "none" else 0.0
        self.signs = torch.zeros((), device=device)  # sum of the batches' mean signs since p last moved
        self._unread: list[Tensor] = []

    @property
    def precision(self) -> str:
        """What it computes in: fp32, fp16 or bf16."""
        return self.nets.precision.name

    @property
    def micro_batch(self) -> int:
        """Pictures held at a time."""
        return self.shares.micro_batch

    def set_probability(self, p: float) -> None:
        """The strength of augmentation from now on."""
        self.p = p

    def generator(self) -> StyleGan:
        """The averaged generator as it is now, a network of its own."""
        return self.nets.average.copy()

    def tensors(self) -> dict[str, Tensor]:
        """Everything that has numbers, by name: views, to be written or copied before the next step.

        Raises Diverged.
        """
        self.check()
        return keep.tensors_of(self)

    def facts(self) -> dict[str, Any]:
        """Everything else that the next step depends on, as JSON."""
        return keep.facts_of(self)

    def load(self, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
        """Go on to the bit from what `tensors` and `facts` were. Raises TrainingError."""
        keep.restore(self, tensors, facts)

    def parts(self) -> dict[str, ReadNetwork]:
        """G, D and augment_pipe, for the training file beside a snapshot."""
        return keep.parts_of(self)

    def step(self, real: Tensor, labels: Tensor | None = None) -> StepStats:
        """Show a batch. `real` uint8 [b, 3, R, R] and `labels` float [b, C] are this process's share of it.

        Raises Diverged where a loss is no number; that step is not taken.
        """
        return self.shares.team.alone(lambda: self._step(real, labels))

    def _step(self, real: Tensor, labels: Tensor | None) -> StepStats:
        pictures = real.to(self.device, non_blocking=True).float() / 127.5 - 1
        labels = None if not self.nets.num_classes or labels is None else labels.to(self.device, torch.float32)
        config, index = self.config, self.step_index
        loss_g = self._train_generator(labels)
        path = self._even_out_paths(labels) if config.path_weight and index % config.path_every == 0 else None
        told = self._train_discriminator(pictures, labels)
        r1 = self._flatten_slope(pictures, labels) if config.gamma and index % config.r1_every == 0 else None
        kept = share_kept(
            batch=config.batch, half_life_kimg=config.ema_kimg, ramp=config.ema_ramp, pictures=self.pictures
        )
        self.nets.average.follow(self.nets.g.flat, kept)
        self.step_index += 1
        self.pictures += config.batch
        self._strengthen(told[SIGN_REAL])
        return StepStats(
            loss_g=loss_g[LOSS],
            loss_d=told[LOSS],
            r1=None if r1 is None else r1[TERM],
            path=None if path is None else path[TERM],
            sign_real=told[SIGN_REAL],
            sign_fake=told[SIGN_FAKE],
            score_real=told[SCORE_REAL],
            score_fake=told[SCORE_FAKE],
            p=self.p,
            ema_beta=kept,
        )

    def _train_generator(self, labels: Tensor | None) -> Tensor:
        nets, batch = self.nets, self.config.batch
        latents, changes = nets.latents(batch), nets.changes(batch)

        def part(hand: Hand, sums: Tensor, mine: slice, whole: slice) -> Tensor:
            given = None if labels is None else labels[mine]
            fakes, _ = hand.imagine(latents[whole], given)
            loss = losses.generator_loss(hand.judge(self._prepared(fakes, changes, whole), given))
            return _told(sums, {LOSS: loss}, loss)

        with nets.discriminator_resting():
            return self._take_step(nets.g, batch, part)

    def _even_out_paths(self, labels: Tensor | None) -> Tensor:
        nets, config = self.nets, self.config
        count = max(config.batch // PATH_SHRINK // self.world.size, 1) * self.world.size
        latents = nets.latents(count)
        directions = nets.chance.normal(count, 3, config.size, config.size)
        # Every second label, so that a picture has the same one however many processes share the batch.
        labels = None if labels is None else labels[::PATH_SHRINK]

        def part(hand: Hand, sums: Tensor, mine: slice, whole: slice) -> Tensor:
            fakes, w = hand.imagine(latents[whole], None if labels is None else labels[mine])
            lengths = losses.path_lengths(fakes, w, directions[whole])
            penalty = losses.path_penalty(lengths, nets.path_mean) * config.path_weight
            return _told(sums, {LOSS: penalty, TERM: lengths}, penalty * config.path_every)

        told = self._take_step(nets.g, count, part)
        nets.path_mean.lerp_(told[TERM], losses.PATH_DECAY)
        return told

    def _train_discriminator(self, pictures: Tensor, labels: Tensor | None) -> Tensor:
        nets, batch = self.nets, self.config.batch
        latents, of_fakes, of_reals = nets.latents(batch), nets.changes(batch), nets.changes(batch)

        def part(hand: Hand, sums: Tensor, mine: slice, whole: slice) -> Tensor:
            given = None if labels is None else labels[mine]
            fakes, measured = hand.imagine_and_measure(latents[whole], given)
            sums[NUMBERS:] += measured
            both = [self._prepared(fakes, of_fakes, whole), self._prepared(pictures[mine], of_reals, whole)]
            scores = hand.judge(torch.cat(both), None if given is None else torch.cat([given, given]))
            fake, real = scores.chunk(2)
            loss = losses.discriminator_loss(fake, real)
            told = {LOSS: loss, SCORE_FAKE: fake, SIGN_FAKE: fake.sign(), SCORE_REAL: real, SIGN_REAL: real.sign()}
            return _told(sums, told, loss)

        told = self._take_step(nets.d, batch, part)
        nets.remember(told[NUMBERS:])
        return told

    def _flatten_slope(self, pictures: Tensor, labels: Tensor | None) -> Tensor:
        nets, config = self.nets, self.config
        changes = nets.changes(config.batch)

        def part(hand: Hand, sums: Tensor, mine: slice, whole: slice) -> Tensor:
            seen = pictures[mine].requires_grad_()
            scores = hand.judge(self._prepared(seen, changes, whole), None if labels is None else labels[mine])
            penalty = losses.r1_penalty(scores, seen)
            return _told(sums, {TERM: penalty}, penalty * (config.gamma / 2 * config.r1_every))

        return self._take_step(nets.d, config.batch, part)

    def _prepared(self, pictures: Tensor, changes: Draws | None, rows: slice) -> Tensor:
        """As the discriminator sees them."""
        chosen = None if changes is None else changes[rows]
        return self.nets.prepared(pictures, chosen, p=self.p, shown=self.pictures)

    def _take_step(self, weights: Weights, count: int, part: Part) -> Tensor:
        """Sum the gradients of all parts of the batch and go. -> means over the batch of what the parts told"""

        def work(who: int, mine: slice, whole: slice) -> None:
            (part(self.nets.hands[who], weights.forms[who].extra, mine, whole) / count).backward()

        weights.clear()
        self.shares.for_each(count, work, again=weights.clear)
        summed = weights.gather()
        self.world.all_reduce(summed)
        told = weights.forms[0].extra / count
        self._check(told[LOSS] + told[TERM])
        weights.step()
        return told

    def _check(self, number: Tensor) -> None:
        """Raises Diverged, on a GPU some steps late, because to look would make it wait."""
        self._unread.append(number)
        if self.device.type == "cpu" or len(self._unread) >= 4 * LOOK_EVERY:
            self.check()

    def check(self) -> None:
        """Look at the losses that nobody has looked at. Raises Diverged."""
        unread, self._unread = self._unread, []
        if unread and not torch.stack(unread).isfinite().all():
            raise Diverged(
                f"A loss is no number any more, after {self.pictures / 1000:.1f} kimg: the training has diverged. "
                "Go on from the last checkpoint with a larger R1 weight or smaller learning rates, or in fp32."
            )

    def _strengthen(self, sign: Tensor) -> None:
        """Move the strength of augmentation where it adapts. Karras et al., ADA, 2020."""
        config = self.config
        if config.augment != "ada":
            return
        self.signs += sign
        if self.step_index % config.ada_every == 0:
            controller = Controller(target=config.ada_target, kimg=config.ada_kimg)
            mean = float(self.signs) / config.ada_every
            self.p = controller.moved(self.p, sign=mean, pictures=config.ada_every * config.batch)
            self.signs.zero_()


def _told(sums: Tensor, numbers: Mapping[int, Tensor], loss: Tensor) -> Tensor:
    """Add each picture's numbers to what is summed; -> the sum of the loss."""
    for place, each in numbers.items():
        sums[place] += each.detach().sum()
    return loss.sum()
