"""projection-blend: GANce's second blend to the number, rows below the depth untouched, other networks refused."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch

from gpu_service.errors import RenderError
from gpu_service.music.gance import loudness_per_frame, quantise, spectrum_per_frame
from gpu_service.music.paced import onset_at_nearest, phase_of
from gpu_service.protocol.routes import DrawnSource, RouteSpec
from gpu_service.visualizers import load
from gpu_service.visualizers.base import Plan
from gpu_service.visualizers.materials import decode_mono
from gpu_service.visualizers.projection_blend_rows import projected, rows
from gpu_service.visualizers.projection_blend_stages import bounced, evened, stretched
from gpu_service.visualizers.stages import SceneFacts
from tests.gpu_service.visualizers.projected import ROWS, Projected, W, path_of_w, write_found, write_networks

FAITHFUL = {preset.name: dict(preset.values) for preset in load("projection-blend").presets}["faithful"]
FRAMES = list(range(30))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, little_song: Path) -> Projected:
    """A projection of 6 frames at 5 a second; the song lasts 3 s, the film has 10 frames a second."""
    folder = tmp_path_factory.mktemp("projected")
    networks = write_networks(folder)
    return Projected(little_song, networks, write_found(folder / "talk.hdf5", network=networks[0]))


def drawn(plan: Plan, frames: list[int]) -> torch.Tensor:
    return load("projection-blend")().draw(plan, frames)


def test_the_faithful_blend_is_gances(found):
    """w' = (1 − α) w + α spectrum in the first rows; the music is bent to 6 × 2 rows, and all begins again after."""
    plan = found.plan(**FAITHFUL, depth=3, spectrum_low=-5.0, spectrum_high=5.0)
    samples, rate = decode_mono([found.song])
    spectrum = spectrum_per_frame(
        samples, rate, fps=Fraction(10), vector_length=W, amplitude_range=(-5.0, 5.0), frames=12
    )
    w = path_of_w(6)
    made = rows(plan, FRAMES, num_ws=ROWS)
    for frame in FRAMES:
        own = w[frame % 12 // 2]
        assert np.abs(made[frame, :3] - (0.75 * own + 0.25 * spectrum[frame % 12])).max() < 1e-4
        assert np.array_equal(made[frame, 3:], np.broadcast_to(own, (ROWS - 3, W)))


@pytest.mark.parametrize("timing", ["bounce", "loop", "stretch", "bend"])
def test_rows_below_the_depth_are_the_projections_bit_by_bit(found, timing):
    plan = found.plan(timing=timing, depth=5, alpha=0.9)
    made, own = rows(plan, FRAMES, num_ws=ROWS), projected(plan, FRAMES)
    assert np.array_equal(made[:, 5:], np.broadcast_to(own, (30, ROWS - 5, W)))
    assert np.abs(made[:, :5] - own).min(axis=(1, 2)).max() > 1e-6


def test_depth_0_is_the_projection_alone(found):
    plan = found.plan(**FAITHFUL, depth=0)
    with torch.inference_mode():
        w = torch.from_numpy(path_of_w(6))[:, None].expand(6, ROWS, W)
        alone = plan.materials.network(0).synthesis(w, noise_mode="const")
    wanted = (alone * 127.5 + 128).clamp(0, 255).to(torch.uint8)
    assert torch.equal(drawn(plan, [0, 2, 4, 6, 8, 10]), wanted)
    assert torch.equal(drawn(plan, [4]), drawn(found.plan(**FAITHFUL, music=False), [4]))


def test_alpha_1_ignores_the_projection_in_the_rows_of_the_blend(found, tmp_path):
    other = write_found(tmp_path / "other.hdf5", network=found.snapshots[0], count=6)
    made = rows(found.plan(alpha=1.0, depth=ROWS), FRAMES, num_ws=ROWS)
    assert np.allclose(made, rows(replace(found, projection=other).plan(alpha=1.0, depth=ROWS), FRAMES, num_ws=ROWS))
    assert np.abs(made[:, 0] - made[:, 7]).max() == 0


def test_a_frame_is_the_same_alone_and_in_a_batch(found):
    plan = found.plan()
    together = drawn(plan, list(range(8, 16)))
    assert torch.equal(drawn(plan, [13])[0], together[5])


def test_repeat_gives_each_frame_a_whole_number_of_times(found):
    plan = found.plan(between="repeat", timing="loop", depth=0, fps="20")
    own = projected(plan, list(range(60)))[:, 0]
    assert np.array_equal(own, path_of_w(6)[np.arange(60) // 4 % 6])


def test_15_to_40_is_refused_or_interpolated(found, tmp_path):
    at15 = replace(found, projection=write_found(tmp_path / "15.hdf5", network=found.snapshots[0], fps=15))
    assert at15.plan(between="repeat", fps="60").stages["timing"]["place"][:8].tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    with pytest.raises(RenderError, match=r"40 frames a second are no whole multiple of the projection's 15") as caught:
        at15.plan(between="repeat", fps="40")
    assert caught.value.field == "parameters.between"
    w, plan = path_of_w(6), at15.plan(between="interpolate", fps="40", timing="loop")
    assert np.allclose(projected(plan, [1])[0, 0], 0.625 * w[0] + 0.375 * w[1], atol=1e-5)
    assert np.array_equal(projected(plan, [8])[0, 0], w[3])


def test_places_of_bounce_and_stretch():
    assert bounced(np.arange(9.0), 4).tolist() == [0, 1, 2, 3, 2, 1, 0, 1, 2]
    assert bounced(np.arange(3.0), 1).tolist() == [0, 0, 0]
    assert stretched(np.arange(9), 3, whole=True).tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert stretched(np.arange(5), 3, whole=False).tolist() == [0, 0.5, 1, 1.5, 2]


def test_paced_steps_lead_as_far_as_the_musics_clock_says(found):
    plan = found.plan(timing="paced", alpha=0.0)
    phase = phase_of(plan.stages["onsets"]["strength"], fps=Fraction(10))
    turned = bounced(phase * 0.5, 6)
    far = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path_of_w(6), axis=0), axis=1))])
    reached = np.interp(plan.stages["timing"]["place"], np.arange(6), far) / far[-1] * 5
    assert reached == pytest.approx(turned, abs=1e-4)
    assert evened(np.arange(3.0), np.zeros((3, 1, 4))).tolist() == [0, 1, 2]
    still = found.plan(timing="paced", alpha=0.0, music=False).stages["timing"]["place"]
    assert np.interp(still, np.arange(6), far)[:11] == pytest.approx(np.arange(11) / 10 * far[-1], abs=1e-4)


def test_paced_leaps_in_the_frame_nearest_to_a_hit_where_that_is_chosen(found):
    samples, rate = decode_mono([found.song])
    onset = onset_at_nearest(samples, rate, fps=Fraction(10))
    plan = found.plan(timing="paced", alpha=0.0, leap="nearest")
    usual = np.percentile(plan.stages["onsets"]["strength"], 95)
    turned = bounced(phase_of(onset, fps=Fraction(10), usual=usual) * 0.5, 6)
    far = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path_of_w(6), axis=0), axis=1))])
    reached = np.interp(plan.stages["timing"]["place"], np.arange(6), far) / far[-1] * 5
    assert reached == pytest.approx(turned, abs=1e-4)


def test_every_row_of_a_w_plus_projection_is_drawn(found, tmp_path):
    plus = replace(found, projection=write_found(tmp_path / "plus.hdf5", network=found.snapshots[0], plus=True))
    made = rows(plus.plan(**FAITHFUL, depth=0), [0, 2], num_ws=ROWS)
    wanted = [np.random.default_rng(number).standard_normal((ROWS, W)).astype(np.float32) for number in (0, 1)]
    assert np.array_equal(made, np.stack(wanted))


def test_loudness_chooses_with_the_filter_that_changes_nothing(found, tmp_path):
    several = replace(found, snapshots=[*found.snapshots, *write_networks(tmp_path, count=3)[1:]])
    plan = several.plan(**FAITHFUL)
    samples, rate = decode_mono([found.song])
    curve = loudness_per_frame(samples, rate, fps=Fraction(10), vector_length=W, window=3, order=2, frames=12)
    place = plan.stages["networks"]["place"]
    assert np.array_equal(place, quantise(curve, 3)[np.arange(30) % 12])
    assert {0.0, 2.0} <= set(place)


def test_the_roll_is_smoothed_a_second_time(found):
    plan = found.plan(**FAITHFUL, roll=True)
    samples, rate = decode_mono([found.song])
    wanted = spectrum_per_frame(
        samples, rate, fps=Fraction(10), vector_length=W, amplitude_range=(0, 1), frames=12, roll=True
    )
    assert np.allclose(plan.stages["spectrum"]["bins"], wanted)
    assert not np.allclose(wanted, found.plan(**FAITHFUL).stages["spectrum"]["bins"], atol=0.05)


def test_a_route_moves_the_depth(found):
    source = DrawnSource(points=[(0.0, 0.0), (1.0, 1.0)])
    route = RouteSpec(id="deeper", parameter="depth", source=source, amount=1.0)
    scene = found.scene(depth=0, alpha=1.0).model_copy(update={"routes": [route]})
    plan = found.plan(scene=scene)
    made, own = rows(plan, [0, 2, 20], num_ws=ROWS), projected(plan, [0, 2, 20])
    changed = np.abs(made - own).max(axis=2) > 0
    assert changed.sum(axis=1).tolist() == [0, 4, 8]  # 0, 0.2 × 18 rounded, all of them


def test_a_projection_of_another_network_is_refused_unless_forced(found, tmp_path):
    stranger = replace(found, snapshots=write_networks(tmp_path, count=3)[2:])
    with pytest.raises(RenderError, match="was made with another network") as caught:
        stranger.plan()
    assert caught.value.field == "projection"
    assert drawn(stranger.plan(is_forced=True), [0]).shape == (1, 3, 32, 32)
    older = replace(found, snapshots=[*stranger.snapshots, *found.snapshots])
    assert drawn(older.plan(), [0]).shape == (1, 3, 32, 32)


def test_a_projection_of_other_vectors_is_refused_even_when_forced(found, tmp_path):
    other = replace(found, projection=tmp_path / "wide.hdf5")
    from gpu_service.projection.writing import write_projection
    from tests.gpu_service.projection.files import facts, frame

    write_projection(other.projection, facts(frame_count=2), [frame(0), frame(1)])
    with pytest.raises(RenderError, match="vectors of 8 numbers, the snapshots take 10"):
        other.plan(is_forced=True)


def test_a_scene_without_projection_is_told_so(found):
    with pytest.raises(RenderError, match="needs one projection, and has none"):
        found.plan(scene=found.scene().model_copy(update={"projections": []}))


@pytest.mark.parametrize("seconds", [1.0, 0.05])
def test_silence_draws_the_projection_and_no_nan(found, tmp_path, seconds):
    import wave

    with wave.open(str(tmp_path / "silence.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(22_050)
        file.writeframes(bytes(2 * round(22_050 * seconds)))
    quiet = replace(found, song=tmp_path / "silence.wav", seconds=seconds)
    plan = quiet.plan(**FAITHFUL, roll=True)
    assert np.isfinite(rows(plan, list(range(plan.scene.frames)), num_ws=ROWS)).all()


def test_its_signals_are_gances_bent_to_the_projection(found):
    """Whatever the preset makes of them: range −1…1, roll by the loudness that the roll hears, not by the networks'."""
    scene = found.scene(**FAITHFUL, roll=True)
    plan, visualizer = found.plan(scene=scene), load("projection-blend")
    told = {one.name: one.values for one in visualizer.signals(SceneFacts(scene, W), plan.stages, plan.materials.sound)}
    samples, rate = decode_mono([found.song])
    how = {"fps": Fraction(10), "vector_length": W, "frames": 12}
    heard = np.arange(30) % 12
    assert np.allclose(told["spectrum"], spectrum_per_frame(samples, rate, **how)[heard])
    loudness = loudness_per_frame(samples, rate, **how)
    assert np.allclose(told["loudness"], loudness[heard])
    assert np.array_equal(told["roll"], np.cumsum(quantise(loudness, 3))[heard])
    assert told["projection"].shape == (30,)
