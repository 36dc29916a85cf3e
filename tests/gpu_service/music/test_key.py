"""The key: which note is home, also where two keys share all their notes."""

import numpy as np
import pytest

from gpu_service.music.chroma import find_chroma, guess_key
from gpu_service.music.onset_strength import RATE
from gpu_service.protocol.routes import NOTES

MINOR, MAJOR = (0, 3, 7), (0, 4, 7)
# Semitones from C, and the kind of the chord.
C, G, A_MINOR, F = (0, MAJOR), (7, MAJOR), (9, MINOR), (5, MAJOR)


def song(chords: list[tuple[int, tuple[int, ...]]], *, up: int = 0, rounds: int = 3) -> np.ndarray:
    """Each chord for two seconds: its root in the bass, its notes above, with overtones. float32 [n]"""
    t = np.arange(2 * RATE) / RATE
    parts = []
    for root, kind in chords * rounds:
        notes = [36 + root + up, *(48 + root + up + step for step in kind)]
        waves = [
            np.sin(2 * np.pi * 440 * 2 ** ((note - 69) / 12) * over * t) / over for note in notes for over in (1, 2, 3)
        ]
        parts.append(np.sum(waves, axis=0) * np.exp(-t / 2))
    return (0.05 * np.concatenate(parts)).astype(np.float32)


@pytest.mark.parametrize("up", range(12))
def test_the_same_four_chords_are_minor_or_major_by_where_they_begin(up: int):
    minor = guess_key(find_chroma(song([A_MINOR, F, C, G], up=up)))
    major = guess_key(find_chroma(song([C, G, A_MINOR, F], up=up)))
    assert minor == f"{NOTES[(9 + up) % 12]} minor"
    assert major == f"{NOTES[up]} major"


def test_a_key_that_fits_far_better_than_its_relative_needs_no_opening():
    # Cadences in C, begun with the chord of A minor: whoever hears the rest hears C.
    assert guess_key(find_chroma(song([A_MINOR, *[C, F, G, C] * 5], rounds=1))) == "C major"


def test_silence_has_no_key():
    assert guess_key(np.zeros((40, 12))) is None
    assert guess_key(np.zeros((0, 12))) is None
