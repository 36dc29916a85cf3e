"""noise-blend: the same picture for the same frame, GANce's chain to the number, and networks that follow loudness."""

import numpy as np
import pytest
import torch

from gpu_service.errors import NotYet, RenderError
from gpu_service.music.film_frames import frame_samples
from gpu_service.music.gance import loudness_per_frame, quantise, spectrum_per_frame
from gpu_service.music.smoothed_noise import smoothed_noise
from gpu_service.networks.base import Network, fit
from gpu_service.visualizers.materials import decode_mono
from gpu_service.visualizers.network_mix import networks_of
from gpu_service.visualizers.noise_blend import NoiseBlend
from gpu_service.visualizers.noise_blend_path import limited_path, unit_rms, vectors
from gpu_service.visualizers.noise_blend_switching import faded, settled
from tests.gpu_service.visualizers.drawing import draw, plan_of
from tests.gpu_service.visualizers.projected import Projected, write_found, write_networks

FAITHFUL = dict(NoiseBlend.presets[1].values)


@pytest.mark.parametrize("preset", [{}, FAITHFUL], ids=["paced", "faithful"])
def test_a_frame_is_the_same_alone_in_a_batch_and_in_any_order(little, preset):
    plan = plan_of(little, **preset)
    together = draw(plan, list(range(8, 16)))
    assert together.shape == (8, 3, 32, 48)
    assert together.dtype == torch.uint8
    for frame in (15, 8, 11):
        assert torch.equal(draw(plan, [frame])[0], together[frame - 8])
    assert torch.equal(draw(plan, [12, 9]), together[[4, 1]])


def test_another_preparation_draws_the_same_pictures(little):
    assert torch.equal(draw(plan_of(little), [3, 20]), draw(plan_of(little), [3, 20]))


def test_a_faithful_vector_is_gances(little):
    """z = (1 − α)·noise + α·spectrum, with the ranges of the original."""
    plan = plan_of(little, **FAITHFUL)
    samples, rate = decode_mono([little.song])
    fps = plan.scene.frame_rate
    noise = smoothed_noise(30, 512, sigma_rows=50 / 60 * 10, seed=1234)
    spectrum = spectrum_per_frame(samples, rate, fps=fps, vector_length=512, amplitude_range=(-1, 1))
    frames = [0, 7, 29]
    wanted = 0.75 * noise[frames] + 0.25 * spectrum[frames]
    assert np.abs(vectors(plan, frames) - wanted).max() < 1e-5


def test_raw_sound_is_the_wave_itself(little):
    """A frame's vector is the part of the wave that sounds in it: here a tone of 220 Hz that swells."""
    plan = plan_of(little, **NoiseBlend.presets[2].values)
    samples, rate = decode_mono([little.song])
    wave = frame_samples(samples, rate, fps=plan.scene.frame_rate, vector_length=512)
    drawn = vectors(plan, list(range(30)))
    assert np.abs(drawn - wave).max() < 1e-6
    loudest = np.abs(np.fft.rfft(drawn[12] * np.hanning(512)))[2:60].argmax() + 2
    assert loudest * 5120 / 512 == pytest.approx(220, abs=10)


def test_a_faithful_choice_of_networks_is_the_quantised_loudness(little):
    plan = plan_of(little, **FAITHFUL)
    samples, rate = decode_mono([little.song])
    loudness = loudness_per_frame(samples, rate, fps=plan.scene.frame_rate, vector_length=512)
    places = plan.stages["networks"]["place"]
    assert np.array_equal(places, quantise(loudness, 2))
    assert set(places) == {0.0, 1.0}


def test_music_switched_off_moves_nothing_but_the_noise(little):
    plan = plan_of(little, alpha=0.5, music=False)
    assert np.array_equal(np.diff(plan.stages["clock"]["phase"]), np.ones(29))
    assert set(plan.stages["networks"]["place"]) == {1.0}
    assert np.array_equal(vectors(plan, [4]), vectors(plan_of(little, alpha=0.0, music=False), [4]))


def test_a_looping_path_ends_where_it_began(little):
    plan = plan_of(little, loop_noise=True, motion="steady", flicker_limit=0.0)
    z = vectors(plan, list(range(30)))
    steps = np.abs(np.diff(z, axis=0)).mean(axis=1)
    assert np.abs(z[0] - z[-1]).mean() < 2 * steps.max()
    assert len(plan.stages["noise"]["table"]) == 30


def test_the_flicker_limit_caps_every_step(little):
    plan = plan_of(little, motion="steady", alpha=1.0, follow=False, flicker_limit=0.5)
    path = limited_path(plan, per_second=0.5)
    steps = np.sqrt(np.square(np.diff(path, axis=0)).mean(axis=1))
    assert steps.max() <= 0.05 * 1.001
    free = unit_rms(
        vectors(plan_of(little, motion="steady", alpha=1.0, follow=False, flicker_limit=0.0), list(range(30)))
    )
    assert np.sqrt(np.square(np.diff(free, axis=0)).mean(axis=1)).max() > 0.05


def test_hits_move_the_paced_clock_most(little):
    steps = np.diff(plan_of(little).stages["clock"]["phase"])
    hits = [round((0.25 + 0.5 * k) * 10) for k in range(6)]
    at_hits = [steps[max(0, hit - 1) : hit + 2].max() for hit in hits if hit < 28]
    assert min(at_hits) > 2 * np.median(steps)


def test_the_paced_clock_can_leap_in_the_frame_nearest_to_each_hit(little):
    """Clicks at a quarter second and every half from there, 24 frames a second: frames 6, 18, 30 …"""
    steps = np.diff(plan_of(little, leap="nearest", fps="24").stages["clock"]["phase"], prepend=0)
    assert sorted(np.argsort(np.diff(steps, prepend=0))[-6:]) == [6, 18, 30, 42, 54, 66]
    heard = np.diff(plan_of(little, fps="24").stages["clock"]["phase"], prepend=0)
    assert steps.sum() == pytest.approx(heard.sum())
    assert min(np.argsort(np.diff(heard, prepend=0))[-6:]) > 6


def test_a_snapshot_listed_twice_is_one_network(little):
    twice = little.scene().snapshots
    plan = plan_of(little)
    doubled = plan.scene.model_copy(update={"snapshots": [twice[0], twice[0]]})
    plan.materials.scene = doubled
    mix = networks_of(plan, ((0, 0.5), (1, 0.5)))
    assert len(mix) == 1
    assert mix[0][1] == 1.0


class Paint:
    """A network without family that paints one colour, to see what mixing does."""

    kind, family, z_dim, aspect = "paint", None, 4, None

    def __init__(self, value: float) -> None:
        self.value = value

    def mapping(self, z: torch.Tensor, **_: object) -> torch.Tensor:
        return z[:, None]

    def synthesis(self, w: torch.Tensor, **_: object) -> torch.Tensor:
        return torch.full((len(w), 3, 4, 4), self.value)


def test_strangers_are_mixed_by_their_pictures(little):
    plan = plan_of(little)
    pictures: dict[int, Network] = {0: Paint(-1.0), 1: Paint(1.0)}  # type: ignore[dict-item]
    plan.materials.network = pictures.__getitem__
    plan.stages["networks"]["place"][:] = 0.25  # type: ignore[index]
    plan.stages["networks"]["place"][7] = 1.0  # type: ignore[index]
    drawn = draw(plan, [3, 7])
    assert drawn[0].unique().tolist() == [64]
    assert drawn[1].unique().tolist() == [255]


def test_pictures_of_another_size_are_covered_and_cut():
    wide = torch.arange(6.0).repeat(6, 1)[None, None].expand(1, 3, 6, 6)
    covered = fit(wide, (12, 24))
    assert covered.shape == (1, 3, 12, 24)
    assert covered[0, 0, 6, 0] < covered[0, 0, 6, -1]
    assert torch.equal(fit(wide, (6, 6)), wide)


def test_a_place_is_kept_for_its_stay_and_left_only_with_conviction():
    curve = np.array([0.0] * 10 + [0.6] * 10 + [0.9] * 3 + [0.0] * 20)
    assert set(settled(curve, stay_frames=5)[:20]) == {0.0}
    kept = settled(curve, stay_frames=5)
    assert kept[20:25].tolist() == [1.0] * 5
    assert kept[25] == 0.0
    assert np.array_equal(settled(curve, stay_frames=0), np.round(curve))


def test_a_fade_takes_its_rows_of_the_clock_and_a_hit_carries_it_on():
    phase = np.cumsum([1.0, 1, 1, 1, 4, 1, 1, 1, 1, 1])
    glide = faded(np.array([0.0, 0, *[1.0] * 8]), phase=phase, rows=8)
    assert glide.tolist() == [0, 0, 0.125, 0.25, 0.75, 0.875, 1.0, 1.0, 1.0, 1.0]
    hard = np.array([0.0, 3.0, 1.0])
    assert faded(hard, phase=np.arange(3.0), rows=0).tolist() == hard.tolist()


def test_frames_beyond_the_track_are_refused_and_beyond_the_plan_not_yet_there(little):
    plan = plan_of(little)
    with pytest.raises(RenderError, match="0 to 29"):
        draw(plan, [30])
    object.__setattr__(plan, "ready_until", 1.0)
    assert len(draw(plan, [9])) == 1
    with pytest.raises(NotYet) as caught:
        draw(plan, [10])
    assert caught.value.ready_until == 1.0


def test_a_silent_track_gives_finite_pictures_with_every_preset(little, tmp_path):
    from tests.gpu_service.little import LittleScene, write_clicks

    silent = write_clicks(tmp_path / "silent.wav", seconds=1.0, first=9.0)
    silent.write_bytes(silent.read_bytes()[:44] + bytes(44_100))
    scene = LittleScene(song=silent, snapshots=little.snapshots, seconds=1.0)
    for preset in ({}, FAITHFUL, {"alpha": 0.5, "roll": True}):
        plan = plan_of(scene, **preset)
        assert np.isfinite(vectors(plan, list(range(10)))).all()
        assert draw(plan, [5]).float().std() > 1


def test_previews_stay_within_45_decibels_of_the_film(little):
    plan = plan_of(little, width=256, height=256)
    visualizer = NoiseBlend()
    film = visualizer.draw(plan, [5], quality="film").double()
    preview = visualizer.draw(plan, [5], quality="preview").double()
    error = (film - preview).square().mean()
    assert 10 * torch.log10(255**2 / error) >= 45


def test_grain_flickers_as_in_the_original_and_can_be_told_to_stand_still(little_song, tmp_path):
    """With random noise inputs, which the faithful preset has, even a still vector flickers."""
    networks = write_networks(tmp_path)
    made = Projected(little_song, networks, write_found(tmp_path / "unused.hdf5", network=networks[0]))
    still = {"truncation": 0.0, "switching": "off"}
    assert NoiseBlend.read(FAITHFUL).noise_inputs == "random"
    for noise_inputs, stands in (("random", False), ("const", True), ("none", True)):
        plan = made.plan(visualizer="noise-blend", noise_inputs=noise_inputs, **still)
        first, other = draw(plan, [3, 4])
        assert torch.equal(first, other) is stands
        assert torch.equal(draw(plan, [4])[0], other)
