"""The job `make_parts`: the track is split, stems are unpacked, and each part becomes a playback copy."""

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from studio.blobs.store import local_path, own_name, put_path
from studio.jobs.handlers import JobFailed
from studio.listening.models import Part
from studio.listening.order import SPLIT


def handle(context: Any) -> dict[str, Any]:
    """What the worker runs. What is finished is kept where a later one fails."""
    from gpu_service.music.errors import MusicError

    rows = Part.objects.select_related("track__original", "stem__blob")
    parts = list(rows.filter(pk__in=context.payload["parts"]))
    halves = [part for part in parts if part.stem is None]
    scratch = settings.STUDIO_DATA / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    steps = [part for part in parts if part.stem is not None]
    for number, part in enumerate(steps):
        _guarded(lambda part=part, number=number: _copy(part, context, number / len(steps) * 40), MusicError)
    if halves:
        _guarded(lambda: _split(halves, context), MusicError)
    return {"track_id": context.payload["track_id"]}


def _guarded(run: Any, error_class: type[Exception]) -> None:
    try:
        run()
    except error_class as error:
        retry = bool(getattr(error, "retry", False))
        raise JobFailed(str(error), retry=retry, is_final=not retry) from error


def _copy(part: Part, context: Any, percent: float) -> None:
    """A stem as it was sent -> a playback copy."""
    from gpu_service.music.decode import decode
    from gpu_service.music.proxy import write_proxy

    assert part.stem is not None
    if part.stem.blob is None:
        return
    context.progress(round(percent), 100, f"Copying {part.name}")
    with _folder() as name, local_path(part.stem.blob) as path:
        folder = Path(name)
        source = folder / own_name(part.stem.original_name)
        source.symlink_to(path.absolute())
        sound = decode(source, pcm_path=folder / "stem.pcm")
        context.raise_if_cancelled()
        write_proxy(sound, folder / "stem.m4a")
        _keep(part, folder / "stem.m4a", context)


def _split(halves: list[Part], context: Any) -> None:
    """Both halves of the track at once, whichever were asked for."""
    from gpu_service.music.decode import decode
    from gpu_service.music.percussion import split

    track = halves[0].track
    if track.original is None:
        raise JobFailed(f"The file of “{track.name}” is not kept. Send it again.", is_final=True)

    def progress(share: float) -> None:
        context.progress(round(50 + 50 * share), 100, "Splitting the sound")
        context.raise_if_cancelled()

    with _folder() as name, local_path(track.original) as path:
        folder = Path(name)
        source = folder / own_name(track.original_name)
        source.symlink_to(path.absolute())
        context.progress(40, 100, "Unpacking the sound")
        sound = decode(source, pcm_path=folder / "track.pcm")
        made = {half: folder / f"{half}.m4a" for half in SPLIT}
        split(sound, **made, progress=progress)
        for part in halves:
            _keep(part, made[part.name], context)


def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(dir=settings.STUDIO_DATA / "tmp", prefix="parts-")


def _keep(part: Part, path: Path, context: Any) -> None:
    blob = put_path(path, move=True)
    with transaction.atomic():
        context.raise_if_lost()
        Part.objects.filter(pk=part.pk, source=part.source).update(blob=blob)
