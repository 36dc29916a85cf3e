"""Presets: the published figures, and what follows a batch that somebody chose."""

import pytest
from pydantic import ValidationError

from gpu_service.protocol.training_bytes import snapshot_bytes
from gpu_service.protocol.training_presets import fine_tuning, presets, resolve

# Batch, R1 weight, half-life of the average, group, learning rate: NVIDIA's table for one device.
PUBLISHED = {
    ("auto", 64): (32, 0.0256, 10, 4, 0.0025),
    ("auto", 256): (16, 0.8192, 5, 4, 0.0025),
    ("auto", 1024): (4, 52.4288, 1.25, 4, 0.002),
    ("stylegan2", 1024): (32, 10, 10, 4, 0.002),
    ("paper256", 256): (64, 1, 20, 8, 0.0025),
    ("paper512", 512): (64, 0.5, 20, 8, 0.0025),
    ("paper1024", 1024): (32, 2, 10, 4, 0.002),
    ("stylegan3-t", 512): (32, 8.2, 10, 4, 0.0025),
}


@pytest.mark.parametrize(("chosen", "figures"), PUBLISHED.items())
def test_a_preset_has_the_published_figures(chosen: tuple[str, int], figures: tuple[float, ...]):
    config = resolve(chosen[0], size=chosen[1])  # type: ignore[arg-type]
    told = (config.batch, config.gamma, config.ema_kimg, config.mbstd_group, config.g_rate)
    assert told == pytest.approx(figures)


@pytest.mark.parametrize("preset", ["auto", "small", "stylegan3-r"])
def test_what_a_preset_works_out_of_the_batch_follows_the_batch_that_was_chosen(preset: str):
    usual, chosen = resolve(preset, size=256), resolve(preset, size=256, batch=8)  # type: ignore[arg-type]
    assert chosen.ema_kimg == pytest.approx(8 * 10 / 32)
    assert chosen.blur_kimg == pytest.approx(usual.blur_kimg * 8 / usual.batch)
    assert chosen.batch % chosen.mbstd_group == 0
    if preset == "auto":
        assert chosen.gamma == pytest.approx(usual.gamma * usual.batch / 8)


def test_what_was_chosen_beats_what_follows():
    assert resolve("auto", size=64, batch=8, gamma=3, ema_kimg=2).gamma == 3
    assert resolve("small", size=64, channel_max=32).d_channel_max == 32


@pytest.mark.parametrize("batch", [0, -4, 1, "many", 2.5])
def test_a_batch_that_is_none_is_refused_at_its_field(batch: object):
    with pytest.raises(ValidationError) as caught:
        resolve("small", size=64, batch=batch)
    assert caught.value.errors()[0]["loc"] == ("batch",)


@pytest.mark.parametrize("preset", presets())
@pytest.mark.parametrize("size", [16, 64, 1024])
def test_every_preset_holds_at_every_size(preset: str, size: int):
    config = resolve(preset, size=size, devices=3)  # type: ignore[arg-type]
    assert fine_tuning(config).ema_ramp is None


def test_eight_small_snapshots_in_half_precision_are_a_download_of_8_megabytes():
    assert 8 * snapshot_bytes(resolve("small", size=64)) / 2 < 8_000_000
