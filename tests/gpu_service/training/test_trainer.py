import json
import math

import pytest
import torch

from gpu_service.snapshots.errors import SnapshotError
from gpu_service.snapshots.training_file import read_training_parts
from gpu_service.training.errors import Diverged, TrainingError
from gpu_service.training.trainer import TERM, Trainer
from tests.gpu_service.training.trainers import (
    CPU,
    batches,
    differences,
    gradients,
    kept,
    little_config,
    little_trainer,
    start_of,
)

CHANGES = [
    {"augment": "ada", "first_p": 0.4, "ada_kimg": 0.1, "ada_every": 2},
    {"precision": "bf16"},
    {"mixing": 0, "path_weight": 0, "gamma": 0},
    {"preset": "stylegan3-r", "blur_sigma": 1, "blur_kimg": 1},
]


@pytest.mark.parametrize("changes", CHANGES, ids=["ada", "bf16", "plain", "stylegan3"])
def test_four_steps_are_two_steps_a_new_trainer_and_two_steps_to_the_bit(changes):
    straight, before, after = (little_trainer(**changes) for _ in range(3))
    shown = batches(4)
    for batch in shown:
        straight.step(batch)
    for batch in shown[:2]:
        before.step(batch)
    facts = json.loads(json.dumps(before.facts()))
    after.load(kept(before), facts)
    for batch in shown[2:]:
        after.step(batch)
    assert differences(straight, after) == []
    assert straight.pictures == 32


def test_signs_that_were_counted_since_the_strength_moved_last_are_kept():
    first, second = (little_trainer(augment="ada", first_p=0.4, ada_every=8) for _ in range(2))
    for batch in batches(3):
        first.step(batch)
    second.load(kept(first), first.facts())
    assert float(second.signs) == float(first.signs) != 0


def test_augmentation_grows_by_the_signs_of_the_last_steps():
    trainer = little_trainer(augment="ada", first_p=0.4, ada_target=0.1, ada_kimg=0.1, ada_every=2)
    signs = [float(trainer.step(batch).sign_real) for batch in batches(2)]
    mean = sum(signs) / 2
    assert trainer.p == pytest.approx(0.4 + 0.16 * ((mean > 0.1) - (mean < 0.1)))
    trainer.set_probability(0.7)
    assert trainer.step(batches(1)[0]).p == 0.7


def test_a_run_goes_on_as_it_began_unless_somebody_asks_for_something_else():
    first = little_trainer(precision="bf16", micro_batch=4)
    tensors, facts = kept(first), first.facts()
    same, other = little_trainer(precision="auto", micro_batch=4), little_trainer(precision="fp32", micro_batch=8)
    same.load(tensors, facts)
    other.load(tensors, facts)
    assert (same.precision, same.micro_batch) == ("bf16", 4)
    assert (other.precision, other.micro_batch) == ("fp32", 8)
    short = little_trainer()
    short.load(tensors, {**facts, "micro_batch_wanted": None})
    assert short.micro_batch == 4


def test_on_another_kind_of_device_chance_begins_anew_and_says_so():
    trainer = little_trainer()
    trainer.load(kept(trainer), {**trainer.facts(), "device": "cuda"})
    assert "another kind of device" in trainer.notes[0]
    trainer.step(batches(1)[0])


def test_the_state_of_another_training_is_refused_and_nothing_overwritten():
    trainer, other = little_trainer(), little_trainer()
    before = kept(trainer)
    tensors, facts = kept(other), other.facts()
    with pytest.raises(TrainingError, match=r"does not fit this training: adam\.D\.step"):
        trainer.load({name: value for name, value in tensors.items() if name != "adam.D.step"}, facts)
    with pytest.raises(TrainingError, match="another version"):
        trainer.load(tensors, {**facts, "form": 0})
    assert all(torch.equal(value, before[name]) for name, value in trainer.tensors().items())


@pytest.mark.parametrize("changes", [{}, {"augment": "fixed", "first_p": 0.5}], ids=["plain", "augmented"])
def test_a_batch_in_parts_gives_the_gradients_of_the_whole_batch(changes):
    whole = gradients(little_trainer(**changes))
    parts = gradients(little_trainer(micro_batch=4, **changes))
    assert list(whole) == ["generator", "paths", "discriminator", "slope"]
    for name, gradient in whole.items():
        assert (parts[name] - gradient).norm() < 1e-4 * gradient.norm(), name


def test_lazy_terms_carry_their_weight_and_their_interval():
    nets = little_trainer().nets
    trained = {"slope": len(nets.d.flat), "paths": len(nets.g.flat), "generator": len(nets.g.flat)}
    plain = gradients(little_trainer(r1_every=1, path_every=1, gamma=1, path_weight=1))
    lazy = gradients(little_trainer(r1_every=16, path_every=4, gamma=3, path_weight=2))
    for name, factor in {"slope": 3 * 16, "paths": 2 * 4, "generator": 1}.items():
        found, wanted = (each[name][: trained[name]] for each in (lazy, plain))
        wanted = wanted * factor
        assert (found - wanted).norm() < 1e-4 * wanted.norm(), name


def test_the_slope_of_the_step_is_the_r1_gradient_of_autograd():
    trainer = little_trainer(gamma=2, r1_every=3)
    (shown,) = batches(1)
    pictures = (shown.float() / 127.5 - 1).requires_grad_()
    judge = trainer.nets.discriminator
    (slope,) = torch.autograd.grad(judge(pictures).sum(), pictures, create_graph=True)
    penalty = slope.square().sum(dim=(1, 2, 3)).mean()
    # The last bias moves every score and no slope.
    wanted = torch.autograd.grad(penalty * 2 / 2 * 3, list(judge.parameters()), materialize_grads=True)
    found = gradients(trainer)["slope"][: trainer.nets.d.flat.numel()]
    flat = torch.cat([each.flatten() for each in wanted])
    assert (found - flat).norm() < 1e-4 * flat.norm()
    assert float(trainer._flatten_slope(pictures.detach(), None)[TERM]) == pytest.approx(
        float(penalty.detach()), rel=1e-4
    )


def test_short_memory_halves_what_is_held_and_changes_nothing_else(monkeypatch):
    calm, short = little_trainer(mbstd_group=2), little_trainer(mbstd_group=2)
    judge = type(short.nets.hands[0]).judge

    def forgetful(hand, pictures, labels):
        if len(pictures) > 4 and hand in short.nets.hands:
            raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate")
        return judge(hand, pictures, labels)

    monkeypatch.setattr(type(short.nets.hands[0]), "judge", forgetful)
    found, wanted = gradients(short), gradients(calm)
    assert short.micro_batch < 8
    assert "The result is the same" in short.notes[0]
    for name, gradient in wanted.items():
        assert (found[name] - gradient).norm() < 1e-4 * gradient.norm(), name
    monkeypatch.setattr(type(short.nets.hands[0]), "judge", lambda *_: (_ for _ in ()).throw(MemoryError()))
    with pytest.raises(TrainingError, match="not enough memory for 2 pictures"):
        short.step(batches(1)[0])


def test_a_loss_that_is_no_number_stops_before_the_step():
    trainer = little_trainer()
    trainer.step(batches(1)[0])
    before = kept(trainer)
    with torch.no_grad():
        trainer.nets.discriminator.b4.out.bias.fill_(torch.nan)
    with pytest.raises(Diverged, match=r"larger R1 weight or smaller learning rates"):
        trainer.step(batches(1)[0])
    after = trainer.tensors()
    assert all(torch.equal(after[name], before[name]) for name in before if name.startswith(("G.", "G_ema.", "adam.")))


def test_gradients_that_are_no_numbers_become_some():
    weights = little_trainer().nets.g
    weights.forms[0].flat.copy_(torch.linspace(-1, 1, weights.flat.numel()))
    weights.forms[0].flat[:3] = torch.tensor([torch.nan, torch.inf, -torch.inf])
    weights.step()
    assert weights.forms[0].flat[:3].tolist() == [0, 1e5, -1e5]
    assert weights.flat.isfinite().all()


def test_labels_reach_both_networks():
    trainer = Trainer(little_config(labels=True), device=CPU, num_classes=3)
    labels = torch.eye(3)[torch.arange(8) % 3]
    before = kept(trainer)
    trainer.step(batches(1)[0], labels)
    after = trainer.tensors()
    for name in ("G.mapping.embed.weight", "D.mapping.embed.weight", "D.mapping.fc7.bias"):
        assert not torch.equal(before[name], after[name])
    network = trainer.generator()
    assert network.num_classes == 3


def test_frozen_layers_stay_and_the_others_learn():
    trainer = little_trainer(freeze_d=4)
    before = kept(trainer)
    trainer.step(batches(1)[0])
    after = trainer.tensors()
    moved = {name for name in before if name.startswith("D.") and not torch.equal(before[name], after[name])}
    assert not any(name.startswith("D.b16") for name in moved)
    assert {"D.b8.conv0.weight", "D.b4.out.weight"} <= moved


def test_a_start_draws_the_same_pictures_before_the_first_step_and_judges_as_before(tmp_path):
    first = little_trainer()
    for batch in batches(2):
        first.step(batch)
    start = read_training_parts(start_of(first, tmp_path))
    second = Trainer(little_config(ema_ramp=None), device=CPU, start=start)
    z = torch.randn(2, 16)
    drawn = first.generator()
    assert torch.equal(second.generator().synthesis(drawn.mapping(z)), drawn.synthesis(drawn.mapping(z)))
    assert all(
        torch.equal(second.tensors()[name], value)
        for name, value in first.tensors().items()
        if name.startswith(("G.", "G_ema.", "D."))
    )
    assert second.notes == []
    alone = Trainer(little_config(), device=CPU, start={"G_ema": start["G_ema"]})
    assert len(alone.notes) == 2
    assert "discriminator" in alone.notes[1]
    with pytest.raises(TrainingError, match="16 feature maps at most instead of 12"):
        Trainer(little_config(channel_max=12), device=CPU, start=start)
    with pytest.raises(TrainingError, match="0 classes, the pictures have 3"):
        Trainer(little_config(labels=True), device=CPU, num_classes=3, start=start)


@pytest.mark.parametrize("family", ["t", "r"])
def test_stylegan3_remembers_magnitudes_and_its_average_draws_each_picture_alone(family):
    trainer = little_trainer(preset=f"stylegan3-{family}", precision="auto")
    trainer.step(batches(1)[0])
    magnitudes = [value for name, value in trainer.tensors().items() if name.endswith("magnitude_ema")]
    assert all(float(value) != 1 for value in magnitudes)
    network = trainer.generator()
    w = network.mapping(torch.randn(3, 16))
    assert torch.equal(network.synthesis(w)[1:2], network.synthesis(w[1:2]))


def test_the_average_w_follows_the_batches():
    trainer = little_trainer(g_rate=1e-9)
    start = trainer.nets.generator.average_w().clone()
    trainer.step(batches(1)[0])
    moved = trainer.nets.generator.average_w() - start
    assert 0 < moved.norm() < 0.1 * math.sqrt(16)  # half a percent of a mean of eight w


def test_bf16_learns_as_fp32_does():
    curves = {}
    for precision in ("fp32", "bf16"):
        trainer = little_trainer(precision=precision, r1_every=8, path_every=4)
        steps = [trainer.step(batch) for batch in batches(32)]
        curves[precision] = torch.tensor([[float(step.loss_g), float(step.loss_d)] for step in steps])
    early = (curves["fp32"][:4] - curves["bf16"][:4]).abs().max()
    means = (curves["fp32"].mean(dim=0) - curves["bf16"].mean(dim=0)).abs()
    assert early < 0.05
    assert (means < 0.2 * curves["fp32"].mean(dim=0)).all()


def test_a_batch_that_does_not_divide_is_refused():
    class Three:
        rank, size = 0, 3

        def all_reduce(self, flat: torch.Tensor) -> None:
            raise AssertionError

    with pytest.raises(TrainingError, match="A batch of 8 does not divide among 3 processes in groups of 4"):
        Trainer(little_config(), device=CPU, world=Three())


def test_precisions_that_a_device_has_not_are_refused():
    with pytest.raises(TrainingError, match="needs an NVIDIA GPU"):
        little_trainer(precision="fp16")


def test_a_training_file_is_no_start(tmp_path):
    path = start_of(little_trainer(), tmp_path)
    with pytest.raises(SnapshotError, match="what training goes on from"):
        read_training_parts(path.with_name(f"{path.stem}.training.safetensors"))
