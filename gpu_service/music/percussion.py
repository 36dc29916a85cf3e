"""A track split into what sounds on and what strikes, in blocks: two hours need no more memory than two minutes.

Median filtering of the spectrogram along time and along pitch (Fitzgerald 2010) gives two soft masks that add up to
one, so that both parts together are the track again.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import librosa
import numpy as np

from gpu_service.music.proxy import ProxyWriter
from gpu_service.music.sound import Sound

FRAME, HOP = 2048, 512
KERNEL = 31
# What a block needs on either side for its masks to be those of the whole: half a kernel of hops, and a frame.
MARGIN = (KERNEL // 2 + 1) * HOP + FRAME
BLOCK = 512 * HOP


def split(
    sound: Sound, *, harmonic: Path, percussive: Path, progress: Callable[[float], None] = lambda share: None
) -> None:
    """Write both parts as playback copies. Raises MusicError, or what `progress` raises; then no file is left."""
    with ExitStack() as stack:
        writers = [stack.enter_context(ProxyWriter(sound, path)) for path in (harmonic, percussive)]
        done = 0
        for block in _with_margins(sound):
            for writer, part in zip(writers, _parts(*block), strict=True):
                writer.write(part)
            done += BLOCK
            progress(min(1.0, done / max(1, sound.frame_count)))


def _with_margins(sound: Sound) -> Iterator[tuple[np.ndarray, int, int]]:
    """Pieces of up to BLOCK frames with what lies around them. Yields samples [n, channels], what to keep of them."""
    kept = np.zeros((0, sound.channels), np.float32)
    first, before = 0, 0  # frame number of kept[0]; first frame that was not yielded yet
    for block in sound.blocks(frames=BLOCK):
        kept = np.concatenate([kept, block])
        while len(kept) + first >= before + BLOCK + MARGIN:
            yield kept[: before + BLOCK + MARGIN - first], before - first, before + BLOCK - first
            before += BLOCK
            cut = max(0, before - MARGIN - first)
            kept, first = kept[cut:], first + cut
    while before < first + len(kept):
        end = min(before + BLOCK, first + len(kept))
        yield kept[: end + MARGIN - first], before - first, end - first
        before = end


def _parts(samples: np.ndarray, start: int, end: int) -> tuple[np.ndarray, np.ndarray]:
    """float32 [n, channels] -> harmonic and percussive, [end − start, channels] each."""
    spectra = librosa.stft(np.ascontiguousarray(samples.T), n_fft=FRAME, hop_length=HOP)
    # The masks are those of all channels together: what strikes does so everywhere.
    masks = librosa.decompose.hpss(np.abs(spectra).mean(axis=0), kernel_size=KERNEL, mask=True)
    made = [librosa.istft(spectra * mask, hop_length=HOP, length=len(samples)) for mask in masks]
    harmonic, percussive = (part.T[start:end].astype(np.float32) for part in made)
    return harmonic, percussive
