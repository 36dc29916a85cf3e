"""Sounds that hold nothing or hardly anything, one snapshot, snapshots of several sizes: for every visualizer."""

import wave
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gpu_service.errors import RenderError
from gpu_service.networks.fresh import random_stylegan2
from gpu_service.networks.stylegan2_layout import StyleGan2Config
from gpu_service.protocol.signal_sets import SIGNAL_SETS
from gpu_service.snapshots.store import write
from gpu_service.visualizers import load
from gpu_service.visualizers.base import Plan
from tests.gpu_service.visualizers.projected import Projected, W, write_found, write_networks

RATE = 22_050
TIMES = np.arange(RATE) / RATE
SOUNDS = {
    "silence": np.zeros(RATE),
    "constant": np.full(RATE, 0.4),
    "steady": 0.4 * np.sin(2 * np.pi * 441 * TIMES),
    "one second": 0.4 * np.sin(2 * np.pi * 441 * TIMES) * (TIMES % 0.25 < 0.1),
    "a moment": 0.4 * np.sin(2 * np.pi * 441 * TIMES[:900]),
}


def quick_signals(name: str) -> dict[str, Any]:
    """A shipped set whose factorisation takes no time."""
    values = SIGNAL_SETS[name].model_dump(mode="json")
    values["weights"]["chain"][0]["iterations"] = 5
    return {"signals": values}


# Each with what it hears most closely.
VISUALIZERS: dict[str, list[dict[str, Any]]] = {
    "noise-blend": [{}, {"alpha": 1.0, "roll": True, "follow": False, "flicker_limit": 0.0}],
    "projection-blend": [{}, {"timing": "bend", "roll": True, "switching": "hard", "spectrum_high": 5.0}],
    "raw-audio": [{}, {"space": "w", "accent": 1.0, "settle_seconds": 0.5}],
    "audio-reactive": [quick_signals("on-time"), {**quick_signals("july"), "saw": "shipped", "valleys_from": "one"}],
}
CASES = [
    pytest.param(name, values, id=f"{name} {n}") for name, each in VISUALIZERS.items() for n, values in enumerate(each)
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, little_song: Path) -> Projected:
    folder = tmp_path_factory.mktemp("bad")
    networks = write_networks(folder)
    return Projected(little_song, networks, write_found(folder / "talk.hdf5", network=networks[0]))


def song_of(name: str, folder: Path) -> Path:
    path = folder / f"{name}.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((SOUNDS[name] * 32767).astype("<i2").tobytes())
    return path


def finite(plan: Plan) -> bool:
    """All numbers that drawing reads; the mask of the eyes is infinite where it is undefined."""
    arrays = [array for stage, each in plan.stages.items() if stage != "complexity" for array in each.values()]
    return all(np.isfinite(array).all() for array in arrays if array.dtype.kind in "fiu")


@pytest.mark.parametrize("sound", SOUNDS)
@pytest.mark.parametrize(("name", "values"), CASES)
def test_a_sound_of_nothing_makes_a_film_of_numbers(made, tmp_path, name, values, sound):
    seconds = len(SOUNDS[sound]) / RATE
    plan = replace(made, song=song_of(sound, tmp_path), seconds=seconds).plan(visualizer=name, **values)
    frames = [0, plan.scene.frames // 2, plan.scene.frames - 1]
    assert finite(plan)
    pictures = load(name)().draw(plan, frames).float()
    assert pictures.shape == (3, 3, 32, 32)
    # A NaN would have become one flat colour.
    assert float(pictures.std(dim=(1, 2, 3)).min()) > 1


@pytest.mark.parametrize("name", VISUALIZERS)
def test_snapshots_of_several_sizes_are_fitted_and_those_of_other_vectors_refused(made, tmp_path, name):
    small = tmp_path / "small.safetensors"
    write(random_stylegan2(StyleGan2Config(12, W, 0, 16, 2, 256, 16, 256.0), seed=2), small)
    mixed = replace(made, snapshots=[*made.snapshots, small])
    how: dict[str, Any] = {"switching": "hard"} if name.endswith("blend") else quick_signals("on-time")
    how = {} if name == "raw-audio" else how
    assert load(name)().draw(mixed.plan(visualizer=name, **how), [0, 20]).shape == (2, 3, 32, 32)
    other = tmp_path / "other.safetensors"
    write(random_stylegan2(StyleGan2Config(16, W + 4, 0, 16, 2, 256, 16, 256.0), seed=2), other)
    with pytest.raises(RenderError, match=r"vectors of different lengths, 1\d and 1\d"):
        replace(made, snapshots=[*made.snapshots, other]).plan(visualizer=name, **how)


@pytest.mark.parametrize("name", ["noise-blend", "projection-blend"])
def test_with_one_snapshot_loudness_has_nothing_to_choose(made, name):
    assert set(made.plan(visualizer=name, switching="hard").stages["networks"]["place"]) == {0.0}
