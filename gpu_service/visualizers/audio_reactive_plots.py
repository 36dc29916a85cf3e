"""What the music does in an audio-reactive film, as curves with titles: the figures of AIART's README and more."""

from collections.abc import Mapping

import numpy as np

from gpu_service.visualizers.signals import Signal, signal
from gpu_service.visualizers.stages import Arrays


def reactive_signals(stages: Mapping[str, Arrays]) -> list[Signal]:
    """Of the stages of its plan, in the order in which they come about."""
    segments, weights, moved = stages["segments"], stages["components"]["weights"], stages["displacement"]
    return [
        _from_zero("energy", "Energy, cut at its valleys", segments["energy"]),
        *_changes(segments, "tempo", "segments"),
        *_changes(segments, "other", "second set"),
        Signal("weights", "Weights of the parts", weights, min(float(weights.min(initial=0.0)), 0.0), 1.0),
        _share("mix", "Mix of the two sets", stages["drums"]["mix"]),
        _from_zero("swell", "Swell", stages["swell"]["r"]),
        _from_zero("turns", "Turns of the grain", stages["saw"]["turns"]),
        _share("amplitude", "Displacement", moved["amplitude"]),
        _from_zero("disorder", "Disorder of the displacement", moved["disorder"]),
        *_drives(stages["bends"]),
    ]


def _changes(segments: Arrays, name: str, title: str) -> list[Signal]:
    """Between which seeds, by their places in the list, each frame lies, and how far it is over."""
    return [
        _from_zero(f"{name}_from", f"Seed of the {title}, from", segments[f"{name}_from"]),
        _from_zero(f"{name}_to", f"Seed of the {title}, to", segments[f"{name}_to"]),
        _share(f"{name}_share", f"Change of the {title}", segments[f"{name}_share"]),
    ]


def _drives(bends: Arrays) -> list[Signal]:
    named = zip(bends["names"], bends["drive"].T, strict=True)
    return [_share(f"drive:{name}", f"Drive “{name}”", curve) for name, curve in named]


def _share(name: str, title: str, values: np.ndarray) -> Signal:
    return Signal(name, title, values, 0.0, 1.0)


def _from_zero(name: str, title: str, values: np.ndarray) -> Signal:
    """Plotted from 0, or its lowest, to its highest."""
    lowest = min(float(values.min(initial=0)), 0.0)
    found = signal(name, title, values)
    return Signal(name, title, values, lowest, max(found.high, lowest + 1e-6))
