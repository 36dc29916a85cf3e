"""Stems: drums, bass, vocals and other out of one mix, and the registry of what can take a mix apart.

`own` needs nothing: the percussive part is the drums; the harmonic part is factorised, and its factors are dealt out to
bass, vocals and other. What it finds is kept as a small *model*, from which each stem is made again when it is wanted;
the stems add up to the mix. It is a guess, above all the vocals: better stems are uploaded, or come from a separator
that the operator installs (`docs/audio-reactive.md`), whose waves are kept as they are, with 16 bits.
"""

from collections.abc import Callable, Mapping
from importlib.metadata import entry_points

import numpy as np

from gpu_service.music.errors import MusicError
from gpu_service.music.onset_strength import RATE
from gpu_service.music.reactive import own_split
from gpu_service.music.reactive.waves import Scratch
from gpu_service.protocol.signals import STEMS

Model = Mapping[str, np.ndarray]
Separator = Callable[[np.ndarray, int], Mapping[str, np.ndarray]]
"""Mono float32 [n] and its rate, 22 050 Hz -> float32 [n] by the names drums, bass, vocals, other."""

OWN = "own"
GROUP = "phosphene.separators"


def separators() -> list[str]:
    """Their names: ours, and those of packages that announce one under `phosphene.separators`."""
    return [OWN, *sorted(point.name for point in entry_points(group=GROUP) if point.name != OWN)]


def load_separator(name: str) -> Separator:
    """A separator that is installed beside us. MusicError says which there are."""
    for point in entry_points(group=GROUP):
        if point.name == name:
            found: Separator = point.load()
            return found
    raise MusicError(f"There is no separator named “{name}”. There are: {', '.join(separators())}.")


def separate(wave: np.ndarray, *, separator: str = OWN, scratch: Scratch) -> Model:
    """What is kept of a mix so that its stems can be made again. float32 [n] at 22 050 Hz"""
    if separator == OWN:
        return own_split.learn(wave)
    made = load_separator(separator)(np.asarray(wave), RATE)
    missing = [name for name in STEMS if name not in made or len(made[name]) != len(wave)]
    if missing:
        raise MusicError(f"The separator “{separator}” gave no {missing[0]} of the mix's length. Choose another one.")
    return {f"wave_{name}": _sixteen_bits(np.asarray(made[name])) for name in STEMS}


def stems_of(wave: np.ndarray, model: Model, names: list[str], *, scratch: Scratch) -> dict[str, np.ndarray]:
    """Those stems of the mix. float32 [n] -> float32 [n] each"""
    if f"wave_{STEMS[0]}" in model:
        return {name: model[f"wave_{name}"].astype(np.float32) / 32_767 for name in names}
    return own_split.make(wave, model, names, scratch=scratch)


def _sixteen_bits(samples: np.ndarray) -> np.ndarray:
    return np.round(np.clip(samples, -1, 1) * 32_767).astype(np.int16)
