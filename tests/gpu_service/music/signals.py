"""Made-up sounds, and files of every kind that a person may drop."""

import subprocess
from pathlib import Path

import numpy as np

from gpu_service.music.ffmpeg import find_ffmpeg
from gpu_service.music.sound import Sound

RATE = 44_100
# name of the file -> how ffmpeg writes it
FORMATS = {
    "8-bit.wav": ["-c:a", "pcm_u8"],
    "16-bit.wav": ["-c:a", "pcm_s16le"],
    "24-bit.wav": ["-c:a", "pcm_s24le"],
    "32-bit.wav": ["-c:a", "pcm_s32le"],
    "float.wav": ["-c:a", "pcm_f32le"],
    "double.wav": ["-c:a", "pcm_f64le"],
    "rf64.wav": ["-c:a", "pcm_s16le", "-rf64", "always"],
    "constant.mp3": ["-c:a", "libmp3lame", "-b:a", "128k"],
    "variable.mp3": ["-c:a", "libmp3lame", "-q:a", "4"],
    "lossless.flac": ["-c:a", "flac"],
    "vorbis.ogg": ["-c:a", "libvorbis"],
    "low.opus": ["-c:a", "libopus", "-b:a", "96k"],
    "aac.m4a": ["-c:a", "aac"],
    "alac.m4a": ["-c:a", "alac"],
    "16-bit.aiff": ["-c:a", "pcm_s16be"],
    "float.aifc": ["-c:a", "pcm_f32be", "-f", "aiff"],
}


def click(*, at_seconds: float = 1.0, seconds: float = 3.0, rate: int = RATE) -> np.ndarray:
    """Silence with one short hit. float32 [n, 2]"""
    samples = np.zeros((round(seconds * rate), 2), np.float32)
    start = round(at_seconds * rate)
    ring = np.arange(rate // 200)
    samples[start : start + len(ring)] = (0.9 * np.cos(ring * 0.6) * np.exp(-ring / (rate / 1000)))[:, None]
    return samples


def click_track(*, bpm: float, seconds: float, first: float = 0.25, rate: int = RATE) -> np.ndarray:
    """Steady hits. float32 [n]"""
    return hits(np.arange(first, seconds - 0.1, 60 / bpm), seconds=seconds, rate=rate)


def hits(times: np.ndarray, *, seconds: float, rate: int = RATE) -> np.ndarray:
    """A short noise burst at each of `times`. float32 [n]"""
    samples = np.zeros(round(seconds * rate), np.float32)
    ring = np.arange(rate // 20)
    burst = np.random.default_rng(3).standard_normal(len(ring)) * np.exp(-ring / (rate / 100)) * 0.25
    for time in times:
        start = round(time * rate)
        samples[start : start + len(burst)] += burst[: len(samples) - start].astype(np.float32)
    return samples


def as_sound(samples: np.ndarray, folder: Path, *, rate: int = RATE) -> Sound:
    """Samples [n] or [n, channels] as if they had been decoded."""
    samples = np.atleast_2d(samples.astype("<f4").T).T
    path = folder / "made.pcm"
    path.write_bytes(np.ascontiguousarray(samples).tobytes())
    peak = float(np.abs(samples).max(initial=0))
    return Sound(path, rate, samples.shape[1], len(samples), peak, "pcm_f32le", "WAV")


def encode(samples: np.ndarray, path: Path, options: list[str], *, rate: int = RATE) -> Path:
    """Write samples [n, channels] as ffmpeg would."""
    raw = path.with_name(path.name + ".raw")
    raw.write_bytes(samples.astype("<f4").tobytes())
    reading = ["-f", "f32le", "-ar", str(rate), "-ac", str(samples.shape[1]), "-i", str(raw)]
    command = [find_ffmpeg(), "-loglevel", "error", "-y", *reading, *options, str(path)]
    subprocess.run(command, check=True, timeout=60)
    raw.unlink()
    return path


def wav_bytes(
    data: bytes, *, tag: int = 1, channels: int = 1, rate: int = 44_100, bits: int = 16, claims: int | None = None
) -> bytes:
    """A WAV file by hand, so that its header may lie: `claims` is the length it states for its data."""
    stated = len(data) if claims is None else claims
    block = channels * bits // 8
    form = b"".join(
        value.to_bytes(size, "little")
        for value, size in (
            (tag, 2),
            (channels, 2),
            (rate, 4),
            (min(rate * block, 2**32 - 1), 4),
            (block, 2),
            (bits, 2),
        )
    )
    riff = min(stated + 36, 0xFFFFFFFF).to_bytes(4, "little")
    return (
        b"RIFF" + riff + b"WAVEfmt " + (16).to_bytes(4, "little") + form + b"data" + stated.to_bytes(4, "little") + data
    )
