"""The job `analyse_track`: one decoding feeds waveform, playback proxy and analysis, each shown once it is there."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from studio.blobs.models import Blob, Upload
from studio.blobs.store import forget, local_path, own_name, put_path
from studio.events.record import record
from studio.jobs import queue
from studio.jobs.handlers import JobFailed
from studio.jobs.models import Job, State
from studio.tracks import replace
from studio.tracks.edit_grid import store_found_grid
from studio.tracks.grid import Marker
from studio.tracks.models import Track
from studio.tracks.present import track_out

if TYPE_CHECKING:
    from gpu_service.music.analysis import Analysis
    from gpu_service.music.tempo import TempoMarker

KIND = "analyse_track"
OVERVIEW_POINTS = 400
# Shares of the whole, in percent, where each stage ends.
STAGES = {"decode": (0, 20), "peaks": (20, 25), "proxy": (25, 40), "analyse": (40, 100)}
WORDS = {
    "decode": "Unpacking the sound",
    "peaks": "Drawing the waveform",
    "proxy": "Making the playback copy",
    "analyse": "Finding beats and curves",
}


def queue_analysis(track: Track, *, by: Any) -> Job:
    """Queue the job. Call it inside a transaction."""
    job = queue.enqueue(
        KIND,
        project_id=track.project_id,
        title=f"Analysis of “{track.name}”",
        payload={"track_id": str(track.id), "takes_place": track.incoming_id is not None},
        runs_on=Job.RunsOn.WORKER,
        subject=track.subject,
        created_by=by,
        total=100,
        unit="%",
    )
    track.job_id = job.id
    track.save(update_fields=["job_id"])
    return job


def handle(context: Any) -> dict[str, Any]:
    """What the worker runs. A file that is no sound is refused and not kept; other failures keep it for another try."""
    from gpu_service.music.errors import MusicError

    track = Track.objects.select_related("original", "incoming").get(pk=context.payload["track_id"])
    if (track.incoming or track.original) is None:
        raise JobFailed(track.error or f"The file of “{track.name}” is not kept. Send it again.", is_final=True)
    with source_of(track) as (source, folder):
        try:
            _run(track, source, folder, context)
        except MusicError as error:
            if isinstance(error.__cause__, OSError):
                raise JobFailed(str(error), retry=True) from error
            _refuse(track, str(error))
            raise JobFailed(str(error), is_final=True) from error
    return {"track_id": str(track.id)}


def analyse_now(track: Track) -> None:
    """The same without a job, for a track of our own."""
    with source_of(track) as (source, folder):
        _run(track, source, folder, Alone())


class Alone:
    """A context for nobody: no job, no progress, no cancel."""

    def progress(self, done: int, total: int = 0, message: str = "") -> None: ...

    def raise_if_cancelled(self) -> None: ...

    def raise_if_lost(self) -> None: ...


def follow(job: Job) -> None:
    """The track's state follows its job: called in the transaction of every change of the job."""
    track = Track.objects.select_related("original", "incoming").filter(job_id=job.id).first()
    if track is None or job.state in (State.RUNNING, State.DONE):
        return
    if job.payload.get("takes_place"):  # the track stays as it is until the new file has been read
        if job.state in (State.FAILED, State.CANCELLED) and track.incoming is not None:
            replace.give_up(track, job.error or job.message or "The analysis was stopped.", may_retry=job.may_retry)
        return
    if job.state == State.QUEUED:
        _change(track, state=Track.State.UPLOADED, error="")
    else:
        _change(track, state=Track.State.FAILED, error=job.error or job.message or "The analysis was stopped.")


@contextmanager
def source_of(track: Track) -> Iterator[tuple[Path, Path]]:
    """The original under the person's own name for it, and a folder to work in."""
    blob = track.incoming or track.original
    assert blob is not None
    scratch = settings.STUDIO_DATA / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch, prefix="track-") as folder, local_path(blob) as path:
        named = Path(folder) / own_name(track.incoming_name if track.incoming else track.original_name)
        named.symlink_to(path.absolute())
        yield named, Path(folder)


def _run(track: Track, source: Path, folder: Path, context: Any) -> None:
    from gpu_service.music import prepare

    def progress(stage: str, share: float) -> None:
        start, end = STAGES[stage]
        context.progress(round(start + (end - start) * share), 100, WORDS[stage])
        context.raise_if_cancelled()

    out = folder / "made"
    out.mkdir()
    show = _shower(track)
    show(state=Track.State.DECODING, error="")
    sound = prepare.decode_and_peaks(source, out, progress=progress)
    show(
        peaks=put_path(out / prepare.PEAKS, move=False),
        overview=_overview(out / prepare.PEAKS),
        duration_seconds=sound.duration_seconds,
        sample_rate=sound.sample_rate,
        channels=sound.channels,
        codec=f"{sound.container} {sound.codec}" if sound.container.lower() != sound.codec else sound.container,
        warnings=list(sound.warnings),
    )
    proxy = put_path(prepare.make_proxy(sound, out, progress=progress), move=True)
    show(proxy=proxy, state=Track.State.ANALYSING)
    analysis = prepare.analyse_prepared(sound, out, progress=progress)
    context.raise_if_cancelled()
    numbers, lanes = put_path(out / prepare.ANALYSIS, move=True), put_path(out / prepare.LANES, move=True)
    with transaction.atomic():
        context.raise_if_lost()
        replace.take_place(track)
        _store_analysis(track, analysis, numbers, lanes)


def _shower(track: Track) -> "Callable[..., None]":
    """Each stage is shown once it is there; of a file that replaces another only the whole."""
    if track.incoming is None:
        return partial(_change, track)

    def keep(**values: Any) -> None:
        for name, value in values.items():
            if name not in ("state", "error"):
                setattr(track, name, value)

    return keep


def _store_analysis(track: Track, analysis: "Analysis", numbers: Blob, lanes: Blob) -> None:
    from gpu_service.music.unsure import unsure_stretches

    facts = analysis.facts
    with transaction.atomic():
        store_found_grid(
            track,
            markers=markers_from(analysis.tempo),
            beats=analysis.beats.tolist(),
            downbeats=analysis.downbeats.tolist(),
            onsets=analysis.onset_times.tolist(),
        )
        _change(
            track,
            analysis=numbers,
            lanes=lanes,
            state=Track.State.READY,
            lufs=facts.lufs,
            bpm=facts.bpm,
            key=facts.key or "",
            warnings=list(facts.warnings),
            facts={
                **{name: kept for name, kept in track.facts.items() if name == "joined_from"},
                "container": facts.container,
                "no_beats": facts.no_beats,
                "steadiness": facts.steadiness,
                "unsure": [stretch.to_json() for stretch in unsure_stretches(analysis.beats, analysis.trust)],
                "segments": [segment.to_json() for segment in analysis.segments],
            },
        )


def markers_from(tempo: "Iterable[TempoMarker]") -> list[Marker]:
    """The analysis' markers, each moved to its first downbeat, their bars counted through."""
    markers: list[Marker] = []
    for found in tempo:
        bar = 1
        if markers:
            last = markers[-1]
            bars = (found.downbeat - last.seconds) / (60.0 / last.bpm * last.beats_per_bar)
            bar = last.downbeat + max(1, round(bars))
            if found.downbeat - last.seconds < 60.0 / last.bpm:
                continue  # a stretch without a downbeat of its own belongs to the one before
        markers.append(Marker(found.downbeat, found.bpm, found.beats_per_bar, bar))
    return markers


def _overview(path: Path) -> list[float]:
    """The loudest sample of each of about 400 pieces, 0…1."""
    import numpy as np

    from gpu_service.music.peaks import FULL, load_peaks

    levels = load_peaks(path).levels
    fine_enough = [spp for spp, rows in levels.items() if len(rows) >= OVERVIEW_POINTS]
    rows = np.abs(np.asarray(levels[max(fine_enough, default=min(levels))], np.float64)[:, :2]).max(axis=1)
    pieces = np.array_split(rows, min(OVERVIEW_POINTS, max(1, len(rows))))
    return [round(float(piece.max(initial=0.0)) / FULL, 3) for piece in pieces]


def _refuse(track: Track, sentence: str) -> None:
    """Keep the sentence, not the file."""
    if track.incoming is not None:
        return replace.give_up(track, sentence, may_retry=False)
    blob = track.original
    with transaction.atomic():
        _change(track, original=None, state=Track.State.FAILED, error=sentence)
        refused = {"blob": None, "state": Upload.State.REFUSED, "error": sentence}
        if track.upload_id is not None:
            Upload.objects.filter(pk=track.upload_id).update(**refused)
    if blob is not None:
        forget(blob)


def _change(track: Track, **values: Any) -> None:
    with transaction.atomic():
        for name, value in values.items():
            setattr(track, name, value)
        track.save(update_fields=list(values))
        record(track.project_id, "track.changed", subject=track.subject, payload=track_out(track))
