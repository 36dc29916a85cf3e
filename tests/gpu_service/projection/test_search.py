"""Searching: known pictures are found again, noise stays free of pattern, neighbours stay near, no step is lost."""

import math

import numpy as np
import pytest
import torch

from gpu_service.projection.cost import most_evaluations
from gpu_service.projection.easel import Easel
from gpu_service.projection.losses import Losses, pixels
from gpu_service.projection.noise import NoiseLayout
from gpu_service.projection.quick import Hand, project_quick, pull_of
from gpu_service.projection.reference import project_cold, rate_at, shaking_at
from gpu_service.projection.search import Plan, Search
from gpu_service.projection.usual import usual_of
from gpu_service.protocol.projection import ProjectionConfig
from tests.gpu_service.projection import little


def test_the_published_rates_and_shaking():
    t = np.array([0.0, 0.025, 0.05, 0.5, 0.75, 0.875, 0.999])
    down = 0.5 - 0.5 * np.cos(np.pi * np.minimum(1, (1 - t) / 0.25))
    assert [rate_at(each) for each in t] == pytest.approx(0.1 * down * np.minimum(1, t / 0.05))
    assert [shaking_at(each, 9.0) for each in t] == pytest.approx(9.0 * 0.05 * np.maximum(0, 1 - t / 0.75) ** 2)


def likeness(level: np.ndarray) -> float:
    """Of a map with itself one pixel further, squared, both ways and at all sizes down to 8."""
    total = 0.0
    while True:
        total += np.mean(level * np.roll(level, 1, 0)) ** 2 + np.mean(level * np.roll(level, 1, 1)) ** 2
        if len(level) <= 8:
            return total
        level = level.reshape(len(level) // 2, 2, len(level) // 2, 2).mean(axis=(1, 3))


def test_pattern_in_noise_is_measured_as_published():
    layout = NoiseLayout([4, 8, 32])
    noise = torch.randn(2, layout.numbers, generator=torch.Generator().manual_seed(0))
    maps = layout.split(noise)
    expected = [sum(likeness(level[row, 0].double().numpy()) for level in maps) for row in range(2)]
    assert layout.pattern(noise).tolist() == pytest.approx(expected, rel=1e-5)


def test_straightened_noise_has_no_pattern_and_changes_little():
    layout = NoiseLayout([4, 8, 16, 32])
    noise = torch.randn(2, layout.numbers, generator=torch.Generator().manual_seed(1))
    before, original = layout.pattern(noise), noise.clone()

    layout.straighten(noise, times=8)

    assert (layout.pattern(noise) < 1e-8 * before).all()
    for level in layout.split(noise):
        assert level.mean(dim=(2, 3)).abs().max() < 1e-6
        assert level.square().mean(dim=(2, 3)).sub(1).abs().max() < 1e-5
    largest = layout.split(noise)[-1] - layout.split(original)[-1]
    assert largest.square().mean() < 0.05


def test_the_published_recipe_finds_a_picture_that_the_network_drew():
    of, losses = little.easel(noise=0.05), little.by_pixels()
    w = little.walk(of, 1)
    target = of.as_pictures(of.final(w))[0]

    found = project_cold(target, of, losses, steps=120, seed=0, keep=("latents", "noises", "images"))

    start = float(losses.apart(of.paint(of.spread.mean[None], of.own_noise).detach(), losses.look(target[None])))
    end = float(losses.apart(of.as_pictures(of.final(found.w[None])), losses.look(target[None])))
    assert end < 0.05 * start
    assert of.evaluations == 120 + 1
    assert of.maps.pattern(found.noise[None]) < 1e-5
    history = np.stack(found.history.latents)
    assert history.shape == (120, of.num_ws, of.w_dim)
    distance = np.abs(history - history[-1]).sum(axis=(1, 2))
    assert distance[:10].mean() > 4 * distance[-20:].mean()
    assert found.history.noises[0].shape == (of.maps.numbers,)
    assert found.history.images[0].shape == (3, little.SIDE, little.SIDE)


def searched(of: Easel, targets: torch.Tensor, plan: Plan, *, start: torch.Tensor | None = None, **more) -> Search:
    """To its end, from the mean unless told otherwise."""
    begin = of.spread.mean.expand(len(targets), -1) if start is None else start
    search = Search(of, little.by_pixels(), targets, begin, plan, **more)
    while not search.is_done:
        search.step()
    return search


def test_known_pictures_are_found_again_in_few_steps():
    of = little.easel()
    w = little.walk(of, 4)
    targets = of.as_pictures(of.final(w))

    found = searched(of, targets, Plan(150, 0.3))

    assert found.course[-1] < 0.01 * found.course[0]
    assert of.evaluations == 4 * found.number
    # Sixteen pixels tell eight numbers apart.
    assert (found.w - w).norm() < 0.5 * (of.spread.mean - w).norm()


@pytest.mark.parametrize(("space", "are_related"), [("w", True), ("w+", True), ("w+", False)])
def test_what_a_projection_costs_at_most_is_known_before(space: str, are_related: bool):
    # So few steps that no plateau ends a search: the most is what it costs.
    config = ProjectionConfig.model_validate({"space": space, "steps": 15, "batch": 2, "losses": ["pixels"]})
    of, count = little.easel(), 11
    frames = little.drawn(of, little.walk(of, count))
    hand = Hand(of, little.by_pixels(), {})
    found = project_quick(hand, iter(frames), config, count=count, done=0, known=None, are_related=are_related)
    assert sum(len(batch.w) for batch in found) == count
    assert of.evaluations == most_evaluations(config, count, are_related=are_related)


def test_the_cost_of_a_film_by_the_usual_settings():
    # Samples to begin at, the first frame, 13 keyframes, 50 frames.
    assert most_evaluations(ProjectionConfig(), 50, are_related=True) == 64 + 200 + 13 * 50 + 50 * 20
    reference = ProjectionConfig(recipe="reference", steps=1000)
    assert most_evaluations(reference, 50, are_related=True) == 50_000
    assert most_evaluations(ProjectionConfig(), 0, are_related=True) == 0


def test_rows_of_w_plus_go_where_one_w_cannot():
    of = little.easel()
    one, other = of.samples(2, seed=9)
    rows = one.expand(of.num_ws, -1).clone()
    rows[of.num_ws // 2 :] = other
    targets = of.as_pictures(of.final(rows[None]))

    single = searched(of, targets, Plan(150, 0.3))
    plus = searched(of, targets, Plan(150, 0.3), start=single.w[:, None].expand(-1, of.num_ws, -1))

    assert plus.w.shape == (1, of.num_ws, of.w_dim)
    assert plus.course[-1] < 0.5 * single.course[-1]


def test_fitted_noise_takes_the_loss_lower_and_keeps_no_pattern():
    of = little.easel(noise=0.3)
    other = torch.randn(1, of.maps.numbers, generator=torch.Generator().manual_seed(5))
    of.maps.straighten(other, times=8)
    with torch.no_grad():
        targets = of.paint(little.walk(of, 1), other)
    own = of.own_noise.clone()
    of.maps.straighten(own, times=8)

    fixed = searched(of, targets, Plan(80, 0.3), noise=own)
    fitted = searched(of, targets, Plan(80, 0.3, fits_noise=True), noise=own)

    assert fitted.course[-1] < 0.6 * fixed.course[-1]
    assert of.maps.pattern(fitted.noise) < 1e-8


def test_smoothness_holds_neighbours_together():
    of = little.easel()
    still = of.final(of.samples(1, seed=4)).repeat(6, axis=0).astype(np.int16)
    shaken = np.clip(still + np.random.default_rng(0).integers(-30, 31, still.shape), 0, 255).astype(np.uint8)
    targets = of.as_pictures(shaken)

    def jitter(smoothness: float) -> float:
        found = searched(of, targets, Plan(60, 0.2, smoothness=smoothness)).w
        return float((found[1:] - found[:-1]).abs().mean())

    assert jitter(20.0) < 0.5 * jitter(0.0)


def test_neighbours_on_both_sides_pull():
    of = little.easel()
    targets = of.as_pictures(of.final(of.samples(1, seed=4)))
    away = of.spread.mean + 1
    free = searched(of, targets, Plan(40, 0.2)).w
    pulled = searched(of, targets, Plan(40, 0.2, smoothness=1000.0), before=away, after=away).w
    assert (pulled - away).norm() < 0.5 * (free - away).norm()


def test_how_far_a_w_strayed_is_told_in_deviations_of_samples():
    chance = np.random.default_rng(2)
    # Normal along three axes of very different widths, then through a leaky ReLU as the mapping ends.
    turn = np.linalg.qr(chance.normal(size=(3, 3)))[0]
    widths = np.array([3.0, 1.0, 0.3])
    normal = chance.normal(size=(20_000, 3))
    before = normal * widths @ turn.T + [0.5, -1, 2]
    usual = usual_of(torch.from_numpy(np.where(before < 0, 0.2 * before, before)).float())
    for place, expected in (([0, 0, 0], 0), ([3, 0, 0], 3), ([0, 0, 3], 3), ([2, -2, 1], 3)):
        at = (np.array(place) * widths) @ turn.T + [0.5, -1, 2]
        w = torch.tensor(np.where(at < 0, 0.2 * at, at)).float()
        assert float(usual.strayed(w[None])) == pytest.approx(expected, rel=0.05, abs=0.01)
        rows = torch.stack([w, torch.from_numpy(np.where(before[0] < 0, 0.2 * before[0], before[0])).float()])
        mean = (expected + np.square(normal[0]).mean()) / 2
        assert float(usual.strayed(rows[None])) == pytest.approx(mean, rel=0.05, abs=0.02)


def test_a_pull_keeps_pixels_from_straying_and_only_them():
    of = little.easel()
    # Nothing that the network draws looks like that.
    strange = np.random.default_rng(3).integers(0, 256, (2, 1, 1, 3)).astype(np.uint8)
    targets = of.as_pictures(np.broadcast_to(strange, (2, little.SIDE, little.SIDE, 3)).copy())
    free, held = (searched(of, targets, Plan(60, 0.3, pull=pull)) for pull in (0.0, 1.0))
    assert of.usual.strayed(held.w).mean() < 0.5 * of.usual.strayed(free.w).mean()
    assert held.course[-1] < held.course[0]

    of, seen = little.easel(), Losses([pixels, lambda pictures: [pictures.flatten(1)]])
    assert [pull_of(ProjectionConfig(pull=pull), little.by_pixels()) for pull in (None, 0.0, 0.5)] == [1.0, 0.0, 0.5]
    assert [pull_of(ProjectionConfig(pull=pull), seen) for pull in (None, 2.0)] == [0.0, 2.0]


def test_a_search_that_gains_nothing_ends():
    of = little.easel()
    w = of.samples(1, seed=2)
    targets = of.as_pictures(of.final(w))
    assert searched(of, targets, Plan(400, 1e-9), start=w).number < 150
    assert searched(of, targets, Plan(20, 1e-9), start=w).number == 20


@pytest.mark.parametrize("fits_noise", [False, True])
def test_a_search_that_was_kept_goes_on_to_the_same_bits(fits_noise: bool):
    of = little.easel(noise=0.1)
    targets = of.as_pictures(of.final(little.walk(of, 3)))
    plan = Plan(24, 0.3, smoothness=1.0, fits_noise=fits_noise)
    whole = searched(of, targets, plan)

    def new() -> Search:
        return Search(of, little.by_pixels(), targets, of.spread.mean.expand(3, -1), plan)

    first = new()
    for _ in range(10):
        first.step()
    kept = {name: array.copy() for name, array in first.state().items()}
    second = new()
    second.restore(kept)
    while not second.is_done:
        second.step()

    assert torch.equal(second.w, whole.w)
    assert torch.equal(second.noise, whole.noise)
    assert second.course == whole.course
    assert not math.isnan(float(second.frame_losses.sum()))
