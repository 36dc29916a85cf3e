"""A sound of ours as a file without loss: what several tracks become when they are joined into one."""

from collections.abc import Callable
from pathlib import Path

import soundfile

from gpu_service.music.sound import Sound


def write_lossless(sound: Sound, folder: Path, *, progress: Callable[[float], None] = lambda share: None) -> Path:
    """`folder`/sound.flac with 24 bits; sound.wav with floats where the sound goes over full scale."""
    is_over = sound.peak > 1.0
    path = folder / ("sound.wav" if is_over else "sound.flac")
    form, coding = ("WAV", "FLOAT") if is_over else ("FLAC", "PCM_24")
    done = 0
    with soundfile.SoundFile(path, "w", sound.sample_rate, sound.channels, coding, format=form) as file:
        for block in sound.blocks():
            file.write(block)
            done += len(block)
            progress(done / max(sound.frame_count, 1))
    return path
