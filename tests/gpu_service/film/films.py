"""What a test wants to know of a film or a segment: its frames and its sound, by ffmpeg."""

from pathlib import Path

import numpy as np

from gpu_service.music import ffmpeg


def frames_of(path: Path, *, width: int, height: int, demuxer: str = "mov") -> np.ndarray:
    """Every frame decoded, uint8 [N, H, W, 3]."""
    pictures = ffmpeg.read_from(path, demuxer=demuxer).video
    raw = pictures.output("pipe:1", format="rawvideo", pix_fmt="rgb24", fps_mode="passthrough")
    with ffmpeg.running(raw, limit_seconds=60) as child:
        data = child.stdout.read()
    return np.frombuffer(data, np.uint8).reshape(-1, height, width, 3)


def sound_of(path: Path, *, rate: int) -> np.ndarray:
    """Mono, float32 [n]."""
    mono = ffmpeg.read_from(path, demuxer="mov").audio.output("pipe:1", format="f32le", ac=1, ar=rate)
    with ffmpeg.running(mono, limit_seconds=60) as child:
        return np.frombuffer(child.stdout.read(), np.float32)


def told_by_ffmpeg(path: Path) -> str:
    """ffmpeg's description of a file."""
    return ffmpeg.run(ffmpeg.read_from(path, demuxer="mov").output("-", format="null"), limit_seconds=60).last_words
