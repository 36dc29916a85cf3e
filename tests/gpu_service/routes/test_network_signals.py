"""The plotted choice of snapshots is the one that the film draws with: as cues cut, glide and hold."""

import numpy as np
import pytest

from gpu_service.protocol.routes import CueAction
from gpu_service.visualizers import load
from gpu_service.visualizers.materials import SceneSound, SoundShelf
from gpu_service.visualizers.signals import network_signals, scene_signals
from gpu_service.visualizers.stage_cache import StageCache
from gpu_service.visualizers.stages import SceneFacts
from tests.gpu_service.routes.scenes import scene_of

CUT = CueAction(label="Drop", kind="snapshot", snapshot=1, seconds=0.5)


def plotted(little, *, visualizer: str = "noise-blend", **more):
    """The curves of a scene of 3 s at 10 frames/s by their names; its cue “Drop” is at 1 s, the span “Break” at 2 s."""
    scene = scene_of(little, **more).model_copy(update={"visualizer": visualizer})
    sound = SceneSound(scene, little.files, SoundShelf())
    facts = SceneFacts(scene, 512)
    found = scene_signals(load(visualizer), facts, sound, cache=StageCache(None), report=lambda _title, _share: None)
    return {one.name: one for one in found}


def test_the_plot_of_loudness_is_another_only_where_a_cue_cuts(little):
    restless = {"switching": "hard", "loudness_seconds": 0.0, "stay_seconds": 0.0}
    free = plotted(little, **restless)["networks"].values
    assert set(free) == {0, 1}
    assert set(free[10:15]) == {0}
    cut = plotted(little, **restless, actions=[CUT])
    places = cut["networks"].values
    assert places[10:15].tolist() == [1] * 5
    assert np.array_equal(np.delete(places, range(10, 15)), np.delete(free, range(10, 15)))
    assert np.array_equal(cut["networks:shares"].values, np.stack([1 - places, places], 1))


@pytest.mark.parametrize("visualizer", ["raw-audio", "audio-reactive"])
def test_a_visualizer_that_chooses_none_shows_the_cuts_alone(little, visualizer):
    assert "networks" not in plotted(little, visualizer=visualizer)
    cut = CUT.model_copy(update={"snapshot": 0})
    places = plotted(little, visualizer=visualizer, actions=[cut])["networks"].values
    assert places.tolist() == [1] * 10 + [0] * 5 + [1] * 15


def test_a_glide_over_others_says_whose_shares_it_mixes(little):
    glide = CUT.model_copy(update={"snapshot": 2, "glide_seconds": 0.3})
    scene = scene_of(little, actions=[glide])
    facts = SceneFacts(scene.model_copy(update={"snapshots": scene.snapshots[:1] * 3}), 512)
    place, shares = network_signals(facts, np.zeros(30))
    assert shares.values[9:14, 2] == pytest.approx([0, 0.25, 0.5, 0.75, 1])
    assert shares.values[:, 1].max() == 0
    assert shares.values.sum(1) == pytest.approx(1)
    assert np.allclose(place.values, 2 * shares.values[:, 2])
    assert (place.low, place.high) == (0, 2)


def test_a_held_picture_holds_its_snapshots(little):
    hold = CueAction(label="Break", kind="hold")
    own = np.arange(30) / 29
    facts = SceneFacts(scene_of(little, actions=[hold]), 512)
    (place,) = network_signals(facts, own)
    held = np.r_[0:20, [20] * 5, 25:30]
    assert place.values == pytest.approx(held / 29)
