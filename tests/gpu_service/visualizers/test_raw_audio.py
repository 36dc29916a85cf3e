"""raw-audio: a frame's vector is the wave that sounds in it, in z or straight in w."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from gpu_service.music.film_frames import frame_samples
from gpu_service.protocol import CueSpec
from gpu_service.protocol.routes import CueAction
from gpu_service.visualizers import load
from gpu_service.visualizers.base import Plan
from gpu_service.visualizers.materials import decode_mono
from gpu_service.visualizers.raw_audio import hits
from gpu_service.visualizers.raw_audio_drawing import wave_rows
from tests.gpu_service.visualizers.projected import ROWS, Projected, W, write_found, write_networks

FRAMES = [0, 7, 12, 29]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, little_song: Path) -> Projected:
    folder = tmp_path_factory.mktemp("raw")
    networks = write_networks(folder)
    return Projected(little_song, networks, write_found(folder / "unused.hdf5", network=networks[0]))


def plan_of(made: Projected, **parameters: object) -> Plan:
    return made.plan(visualizer="raw-audio", **parameters)


def wave_of(made: Projected, length: int) -> np.ndarray:
    samples, rate = decode_mono([made.song])
    return frame_samples(samples, rate, fps=made.scene().frame_rate, vector_length=length)


def test_in_z_the_samples_are_mapped(made):
    plan = plan_of(made, gain=2.0, truncation=0.5)
    network = plan.materials.network(0)
    wanted = network.mapping(torch.from_numpy(2 * wave_of(made, network.z_dim)[FRAMES]), truncation=0.5)
    assert torch.allclose(wave_rows(plan, network, FRAMES), wanted, atol=1e-5)


@pytest.mark.parametrize("around", ["average", "zero"])
def test_in_w_the_samples_go_straight_in(made, around):
    plan = plan_of(made, space="w", gain=3.0, around=around)
    network = plan.materials.network(0)
    centre = network.average_w().numpy() if around == "average" else 0
    rows = wave_rows(plan, network, FRAMES).numpy()
    assert rows.shape == (4, ROWS, W)
    assert np.abs(rows - (centre + 3 * wave_of(made, W)[FRAMES])[:, None]).max() < 1e-5


def test_a_frame_is_the_same_alone_and_in_a_batch(made):
    plan, visualizer = plan_of(made), load("raw-audio")()
    together = visualizer.draw(plan, list(range(8, 16)))
    assert together.shape == (8, 3, 32, 32)
    assert torch.equal(visualizer.draw(plan, [13])[0], together[5])
    assert (together[0] != together[5]).any()


def test_settling_is_one_pole_and_an_accent_weighs_by_the_onset(made):
    plan = plan_of(made, space="w", accent=0.5, settle_seconds=0.4)
    weights = 0.5 + 0.5 * hits(plan.stages["onsets"]["strength"])
    wanted, last, kept = [], np.zeros(W), np.exp(-1 / (10 * 0.4))
    for row, weight in zip(wave_of(made, W), weights, strict=True):
        last = row * weight + kept * last
        wanted.append(last)
    assert np.abs(plan.stages["wave"]["samples"] - np.stack(wanted)).max() < 1e-5
    assert weights.max() == 1.0
    assert 0.5 <= weights.min() < 0.7


@pytest.mark.parametrize("name", ["raw-audio", "audio-reactive"])
def test_the_last_snapshot_draws_until_a_cue_cuts_and_after_it(made, tmp_path, name):
    """A run's first snapshot is its untrained one."""
    networks = write_networks(tmp_path, count=3)
    listed = replace(made, snapshots=networks)
    cut = CueAction(label="Drop", kind="snapshot", snapshot=0, seconds=0.5)
    scene = listed.scene(visualizer=name).model_copy(
        update={"cues": [CueSpec(seconds=1.0, label="Drop")], "actions": [cut]}
    )
    frames, visualizer = [0, 9, 10, 14, 15, 29], load(name)()
    last, first = (
        visualizer.draw(replace(made, snapshots=[path]).plan(visualizer=name), frames) for path in networks[::-2]
    )
    assert torch.equal(visualizer.draw(listed.plan(visualizer=name), frames), last)
    drawn = visualizer.draw(listed.plan(scene=scene), frames)
    assert torch.equal(drawn[[0, 1, 4, 5]], last[[0, 1, 4, 5]])
    assert torch.equal(drawn[[2, 3]], first[[2, 3]])
    assert not torch.equal(first, last)


def test_without_the_musics_influence_the_picture_stands_still(made):
    drawn = load("raw-audio")().draw(plan_of(made, music=False), [0, 15, 29])
    assert (drawn == drawn[:1]).all()
    assert hits(np.zeros(5)).tolist() == [0.0] * 5
