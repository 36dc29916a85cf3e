"""Stems as files to listen to."""

from pathlib import Path

import numpy as np
import soundfile

from gpu_service.music.onset_strength import RATE
from gpu_service.music.reactive.separation import Model, stems_of
from gpu_service.music.reactive.waves import Scratch
from gpu_service.protocol.signals import STEMS

AT_ONCE = 1 << 20


def write_stems(samples: np.ndarray, rate: int, model: Model, folder: Path, *, form: str = "flac") -> list[Path]:
    """drums, bass, vocals and other of the mix as FLAC or WAV with 24 bits, mono, 22 050 Hz, in `folder`.

    `samples` float [n], `model` as the stage “separation” keeps it. What is louder than full scale is cut off.
    """
    paths = []
    with Scratch() as scratch:
        waves = stems_of(scratch.wave(samples, rate), model, list(STEMS), scratch=scratch)
        for name, wave in waves.items():
            paths.append(folder / f"{name}.{form}")
            with soundfile.SoundFile(paths[-1], "w", RATE, 1, "PCM_24") as file:
                for first in range(0, len(wave), AT_ONCE):
                    file.write(np.clip(wave[first : first + AT_ONCE], -1, 1))
    return paths
