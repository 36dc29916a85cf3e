"""How loud each of our own stems is: the split of reactive/own_split.py, long ones on disk."""

from collections.abc import Iterator

import numpy as np

from gpu_service.music.hearing import BLOCK, MonoSound, loudness_and_rms
from gpu_service.music.onset_strength import RATE
from gpu_service.music.reactive import own_split
from gpu_service.music.reactive.waves import Scratch
from gpu_service.protocol.routes import OWN_STEMS
from gpu_service.protocol.signals import STEMS

# 54 dB under the mix a stem is what the split left behind, not something that sounds.
BARELY = 2e-3


def hear_own_stems(samples: np.ndarray, sample_rate: int) -> dict[str, np.ndarray]:
    """float [n] -> loudness of each of OWN_STEMS, float32 [T], 0…1; zeros for one that the track does not have."""
    with Scratch() as scratch:
        wave = scratch.wave(samples, sample_rate)
        total = float(loudness_and_rms(MonoSound(wave, RATE))["rms"].max(initial=0))
        found = {}
        for name, stem in _stems(wave, scratch):
            heard = loudness_and_rms(MonoSound(stem, RATE))
            is_there = float(heard["rms"].max(initial=0)) > BARELY * total
            found[name] = heard["loudness"] * np.float32(is_there)
    return {name: found[name] for name in OWN_STEMS}


def _stems(wave: np.ndarray, scratch: Scratch) -> Iterator[tuple[str, np.ndarray]]:
    """Each with its wave. The four add up to the mix, so that what is not the drums is the harmonic part."""
    made = own_split.make(wave, own_split.learn(wave), list(STEMS), scratch=scratch)
    yield from made.items()
    yield "percussive", made["drums"]
    harmonic = scratch.empty(len(wave))
    for begin in range(0, len(wave), BLOCK):
        part = slice(begin, begin + BLOCK)
        harmonic[part] = wave[part] - made["drums"][part]
    yield "harmonic", harmonic
