"""audio-reactive: how rows are stacked, what noise and bends draw, and what the switches of each trap change."""

import wave
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from gpu_service.errors import RenderError
from gpu_service.file_hash import file_sha256
from gpu_service.networks.fresh import random_stylegan2, random_stylegan3
from gpu_service.networks.stylegan2_layout import StyleGan2Config
from gpu_service.networks.stylegan3_layout import StyleGan3Config
from gpu_service.protocol.routes import LfoSource, RouteSpec
from gpu_service.snapshots.store import write
from gpu_service.visualizers.audio_reactive import AudioReactive
from gpu_service.visualizers.audio_reactive_drawing import Brush, fitted, stretched
from gpu_service.visualizers.audio_reactive_latents import parts_of, shares_of_rows, stacked
from gpu_service.visualizers.audio_reactive_motion import motion_of
from gpu_service.visualizers.audio_reactive_parameters import AudioReactiveParameters
from gpu_service.visualizers.base import Plan
from gpu_service.visualizers.catalogue import schema_of
from gpu_service.visualizers.materials import NetworkShelf, SceneMaterials, SoundShelf
from gpu_service.visualizers.stage_cache import StageCache
from tests.gpu_service.little import LittleScene, write_clicks, write_snapshots

CACHE, SOUNDS = StageCache(None), SoundShelf()
NETWORKS = NetworkShelf(device=torch.device("cpu"), budget_bytes=1 << 30)
ZOOM = {"id": "z", "operation": "zoom", "block": 5, "drive": "drums"}
PRESETS = {preset.name: preset.values for preset in AudioReactive.presets}


class Little(LittleScene):
    """The same song through networks of several kinds."""

    def plan(self, *, snapshot: str = "sg2", routes: list[RouteSpec] | None = None, size: int = 32, **chosen) -> Plan:
        path = next(each for each in self.snapshots if each.stem.startswith(snapshot))
        scene = self.scene(width=size, height=size, **chosen).model_copy(
            update={"visualizer": "audio-reactive", "routes": routes or []}
        )
        mine = [each for each in scene.snapshots if each.sha256 == file_sha256(path)]
        scene = scene.model_copy(update={"snapshots": mine})
        materials = SceneMaterials(scene, self.files, networks=NETWORKS, sounds=SOUNDS)
        return AudioReactive().prepare(scene, materials, cache=CACHE, report=lambda _title, _share: None)


def write_wave(path: Path, loudness: list[float]) -> Path:
    """A low tone that is so loud in each second."""
    times = np.arange(len(loudness) * 22_050) / 22_050
    samples = np.repeat(loudness, 22_050) * np.sin(2 * np.pi * 220 * times)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(22_050)
        file.writeframes((samples * 32_767).astype("<i2").tobytes())
    return path


@pytest.fixture(scope="module")
def little(tmp_path_factory) -> Little:
    folder: Path = tmp_path_factory.mktemp("reactive")
    style2 = random_stylegan2(StyleGan2Config(24, 24, 0, 32, 2, 512, 24, 256.0), seed=3)
    with torch.no_grad():
        for _, block in style2._synthesis.blocks():
            for layer in block.convolutions():
                layer.noise_strength.fill_(0.1)
    style3 = random_stylegan3(StyleGan3Config(24, 24, 0, 16, 2, channel_base=256, channel_max=24), seed=3)
    paths = [folder / "sg2.safetensors", folder / "sg3.safetensors"]
    for network, path in zip((style2, style3), paths, strict=True):
        write(network, path)
    return Little(song=write_clicks(folder / "clicks.wav", seconds=3), snapshots=[*paths, *write_snapshots(folder)])


def draw(plan: Plan, frames: list[int]) -> torch.Tensor:
    return AudioReactive().draw(plan, frames)


def rows_named(**chosen) -> tuple[str, str]:
    """The eight rows of A and of B by name: C parts, T first set, B second set."""
    letters = {name: np.full((1, 1), float(place)) for place, name in enumerate("CTB")}
    parameters = AudioReactiveParameters(**chosen)
    made = [stacked(letters["C"], letters["T"], letters["B"], np.array([d]), parameters) for d in (0.0, 1.0)]
    a, b = ("".join("CTB"[int(row)] for row in each[0, :, 0]) for each in made)
    return a, b


def test_rows_are_stacked_as_the_readme_and_july_have_it_and_as_the_last_version():
    assert rows_named() == ("CCTTTTTT", "CCBBTTTT")
    assert rows_named(**PRESETS["faithful"]) == ("CCTTTTTT", "CCBBTTTT")
    assert rows_named(**PRESETS["last-commit"]) == ("CCTTTTTT", "BCCTTTTT")


def test_between_the_two_stacks_lies_a_straight_line():
    c, t, b = np.random.default_rng(1).normal(size=(3, 2, 5))
    made = stacked(c, t, b, np.array([0.25, 1.0]), AudioReactiveParameters())
    np.testing.assert_allclose(made[0, 2], 0.75 * t[0] + 0.25 * b[0])
    np.testing.assert_allclose(made[0, 0], c[0])
    np.testing.assert_allclose(made[1, 3], b[1])


def test_eight_rows_meet_any_network_by_share_of_depth():
    assert shares_of_rows(16).argmax(axis=1).tolist() == [n // 2 for n in range(16)]
    assert shares_of_rows(14).argmax(axis=1).tolist() == [0, 0, 1, 1, 2, 2, 3, 4, 4, 5, 5, 6, 6, 7]
    assert shares_of_rows(8).argmax(axis=1).tolist() == list(range(8))
    np.testing.assert_allclose(shares_of_rows(1), np.full((1, 8), 1 / 8))
    for num_ws in range(1, 19):
        np.testing.assert_allclose(shares_of_rows(num_ws).sum(axis=1), 1)


def test_parts_are_the_weighted_sum_and_spread_pulls_them_from_their_mean():
    weights, seeds = np.array([[0.7, 0.2, 0.1]]), np.eye(3)
    np.testing.assert_allclose(parts_of(weights, seeds=seeds, spread=np.ones(1)), weights)
    np.testing.assert_allclose(parts_of(weights, seeds=seeds, spread=np.zeros(1)), np.full((1, 3), 1 / 3))
    assert parts_of(weights, seeds=seeds, spread=np.full(1, 3.0))[0, 0] > 1


def test_any_frame_can_be_drawn_alone_and_in_any_order(little):
    plan = little.plan(bends=[ZOOM])
    together = draw(plan, [4, 5, 17])
    assert together.shape == (3, 3, 32, 32)
    assert torch.equal(draw(plan, [17])[0], together[2])
    assert torch.equal(draw(plan, [5, 4])[1], together[0])
    assert not torch.equal(together[0], together[2])


def test_hits_bend_and_silence_does_not(little):
    plan, unbent = little.plan(bends=[ZOOM]), little.plan()
    drive = motion_of(plan).drives["drums"]
    hit, calm = int(drive.argmax()), int(drive.argmin())
    assert drive[hit] > 0.5
    assert drive[calm] == 0
    assert not torch.equal(draw(plan, [hit]), draw(unbent, [hit]))
    assert torch.equal(draw(plan, [calm]), draw(unbent, [calm]))
    assert torch.equal(draw(little.plan(bends=[ZOOM], bending=0.0), [hit]), draw(unbent, [hit]))


def test_a_route_drives_the_amount_of_a_bend(little):
    always = {**ZOOM, "drive": "route", "amount": 0.0}
    route = RouteSpec(id="r", parameter="bend:z", source=LfoSource(wave="square", period=1, unit="seconds"), amount=0.5)
    plan = little.plan(bends=[always], routes=[route])
    amount = plan.value("bend:z", list(range(10)))
    up, down = int(amount.argmax()), int(amount.argmin())
    assert (amount[up], amount[down]) == (2.0, 0.0)
    unbent = little.plan()
    assert not torch.equal(draw(plan, [up]), draw(unbent, [up]))
    assert torch.equal(draw(plan, [down]), draw(unbent, [down]))


def test_noise_turns_with_the_music_or_stands_still(little):
    pictures = {noise: draw(little.plan(noise=noise), [3])[0] for noise in ("turning", "const", "none")}
    assert not torch.equal(pictures["turning"], pictures["const"])
    assert not torch.equal(pictures["const"], pictures["none"])
    assert torch.equal(draw(little.plan(noise_strength=0.0), [3])[0], pictures["none"])
    assert not torch.equal(draw(little.plan(noise_spread="shipped"), [3])[0], pictures["turning"])


def test_the_grain_is_as_strong_as_the_swell_from_64_pixels_up(little):
    """σ = norm(r, 0.4, 1.2) there and 1 below (§2.6); √2 times that where it is spread as shipped."""
    frames = [0, 7, 15, 29]
    for spread, factor in (("even", 1.0), ("shipped", 2**0.5)):
        plan = little.plan(noise_spread=spread, displacement=0.0, displacement_least="none")
        r = plan.stages["swell"]["r"]
        wanted = 0.4 + 0.8 * (r - r.min()) / np.ptp(r)
        brush = Brush(plan, plan.materials.network(0), frames, quality="film")
        large, small = (brush._noise(frames)(side, slice(None)) for side in (256, 32))
        assert large.std(dim=(1, 2, 3)).numpy() == pytest.approx(factor * wanted[frames], rel=0.02)
        assert small.std(dim=(1, 2, 3)).numpy() == pytest.approx(factor, rel=0.08)


def test_truncation_0_and_no_grain_is_one_picture(little):
    first, other = draw(little.plan(truncation=0.0, noise="none"), [0, 20])
    assert torch.equal(first, other)


def test_without_music_the_film_goes_on_and_hears_nothing(little):
    plan = little.plan(music=False)
    motion = motion_of(plan)
    assert not motion.mix.any()
    assert not any(drive.any() for drive in motion.drives.values())
    np.testing.assert_allclose(motion.weights.sum(axis=1), 1)
    first, other = draw(plan, [0, 20])
    assert not torch.equal(first, other)


def test_without_music_another_song_makes_the_same_film(little, tmp_path):
    """Not even how often it pauses is heard."""
    steady = write_wave(tmp_path / "steady.wav", [0.3] * 15)
    paused = write_wave(tmp_path / "paused.wav", [0.3, 0.3, 0.3, 0.0, 0.0] * 3)
    one, other = (
        Little(song=song, snapshots=little.snapshots, seconds=15.0).plan(music=False) for song in (steady, paused)
    )
    assert len(one.stages["segments"]["boundaries"]) != len(other.stages["segments"]["boundaries"])
    frames = [0, 45, 90, 149]
    assert torch.equal(draw(one, frames), draw(other, frames))


def test_fixed_brightness_does_not_pump_and_stretched_does():
    calm = torch.rand(1, 3, 8, 8, generator=torch.Generator().manual_seed(1)) * 0.5
    lit = calm.clone()
    lit[0, 0, 0, 0] = 3.0  # one glaring point
    size = (8, 8)
    fixed = [fitted(each, size, "lanczos") for each in (calm, lit)]
    assert torch.equal(fixed[0][0, 1], fixed[1][0, 1])
    pumped = [stretched(each) for each in (calm, lit)]
    assert float(pumped[0].max()) == 1.0
    assert float(pumped[0].min()) == -1.0
    assert float(pumped[1][0, 1].mean()) < float(pumped[0][0, 1].mean()) - 0.3
    assert torch.isfinite(stretched(torch.zeros(1, 3, 8, 8))).all()


@pytest.mark.parametrize("preset", ["hits", "faithful"])
def test_a_second_of_silence_is_a_film_that_no_hit_touches(little, tmp_path, preset):
    song = write_wave(tmp_path / "silence.wav", [0.0])
    silent = Little(song=song, snapshots=little.snapshots, seconds=1.0)
    values = PRESETS[preset]
    plan = silent.plan(**{**values, **({"signals": _quick(values["signals"])} if "signals" in values else {})})
    motion = motion_of(plan)
    assert not any(drive.any() for drive in motion.drives.values())
    assert np.isfinite(motion.weights).all()
    assert draw(plan, list(range(10))).shape == (10, 3, 32, 32)


@pytest.mark.parametrize("kind", ["sg3", "smoke"])
def test_other_networks_draw_too(little, kind):
    pictures = draw(little.plan(snapshot=kind), [0, 25])
    assert not torch.equal(pictures[0], pictures[1])


def test_bends_that_a_network_cannot_take_are_refused_by_a_sentence(little):
    with pytest.raises(RenderError, match="no maps to bend") as caught:
        draw(little.plan(snapshot="smoke", bends=[ZOOM]), [0])
    assert caught.value.field == "parameters.bends"
    with pytest.raises(RenderError, match="makes colour only at its end"):
        draw(little.plan(snapshot="sg3", bends=[ZOOM]), [0])


@pytest.mark.parametrize("size", [64, 128])
def test_films_larger_than_the_network_are_enlarged(little, size):
    assert draw(little.plan(size=size), [3]).shape == (1, 3, size, size)


@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_every_preset_draws(little, preset):
    quick = {"signals": _quick(PRESETS[preset]["signals"])} if "signals" in PRESETS[preset] else {}
    assert draw(little.plan(**{**PRESETS[preset], **quick}), [0, 6]).shape == (2, 3, 32, 32)


def _quick(signals: dict) -> dict:
    """The same set with a factorisation that takes no time."""
    chain = [
        {**step, **({"iterations": 5} if step["do"] == "decompose" else {})} for step in signals["weights"]["chain"]
    ]
    return {**signals, "weights": {**signals["weights"], "chain": chain}}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"bends": [ZOOM, ZOOM]}, "two bends named z"),
        ({"bends": [{**ZOOM, "drive": "drumz"}]}, "by “drumz”, and there are only route, drums"),
        ({"bends": [{**ZOOM, "operation": "melt"}]}, "zoom"),
        ({"component_rows": 5}, "from 0 to 4"),
        ({"mix": 3}, "from 0 to 2"),
    ],
)
def test_parameters_that_cannot_be_are_refused(wrong, words):
    with pytest.raises(RenderError, match=words):
        AudioReactive.read(wrong)


def test_its_form_knows_what_routes_may_drive():
    properties = schema_of(AudioReactive)["properties"]
    driven = {name for name, entry in properties.items() if entry["x-routable"]}
    assert driven >= {"mix", "spread", "truncation", "noise_strength", "displacement", "bending"}
    assert properties["bends"]["x-stage"] == "draw"
    parameters = SimpleNamespace(bends=AudioReactive.read({"bends": [ZOOM]}).bends)
    assert AudioReactive.extra_routables(parameters) == {"bend:z": ("Bend z", -2.0, 2.0, 1.0)}
