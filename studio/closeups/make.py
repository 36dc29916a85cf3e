"""The job `close_up`: the track is decoded once more, as exactly as for its analysis, and written as it is wanted."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import transaction

from studio.blobs.store import put_path
from studio.closeups.models import CloseUp
from studio.jobs.handlers import JobFailed
from studio.tracks.analyse import source_of

DECODE_PERCENT = 40


def handle(context: Any) -> dict[str, Any]:
    """What the worker runs."""
    from gpu_service.music.decode import decode
    from gpu_service.music.errors import MusicError

    row = CloseUp.objects.select_related("track__original").get(pk=context.payload["close_up_id"])
    track = row.track
    if track.original is None:
        raise JobFailed(f"The file of “{track.name}” is not kept. Send it again.", is_final=True)

    def progress(start: int, end: int, words: str) -> Callable[[float], None]:
        return lambda share: context.progress(round(start + (end - start) * min(1.0, share)), 100, words)

    with source_of(track) as (source, folder):
        try:
            sound = decode(
                source, pcm_path=folder / "track.pcm", progress=progress(0, DECODE_PERCENT, "Unpacking the sound")
            )
            facts = MAKERS[row.kind](sound, folder / "made", progress(DECODE_PERCENT, 100, WORDS[row.kind]))
        except MusicError as error:
            raise JobFailed(str(error), retry=error.retry, is_final=not error.retry) from error
        blob = put_path(folder / "made", move=True)
    with transaction.atomic():
        context.raise_if_lost()
        CloseUp.objects.filter(pk=row.pk, source=track.original_id).update(blob=blob, facts=facts)
    return {"track_id": str(track.pk), "kind": row.kind}


def _spectrogram(sound: Any, path: Path, progress: Callable[[float], None]) -> dict[str, Any]:
    from gpu_service.music.spectrogram import write_spectrogram

    return write_spectrogram(sound, path, progress=progress).to_json()


def _samples(sound: Any, path: Path, progress: Callable[[float], None]) -> dict[str, Any]:
    from gpu_service.music.sample_store import write_samples

    write_samples(sound, path, progress=progress)
    return {"sample_rate": sound.sample_rate, "channels": sound.channels, "frame_count": sound.frame_count}


MAKERS = {"spectrogram": _spectrogram, "samples": _samples}
WORDS = {"spectrogram": "Drawing the spectrogram", "samples": "Keeping the samples"}
