"""Tracks, grids and cues as the API and its events show them."""

from typing import Any

from studio.accounts.models import User
from studio.tracks.grid import Marker, beats_of
from studio.tracks.models import BeatGrid, Cue, Stem, Track, TrackEdit, TrackVersion

# Two files of the same piece differ by less than this in length.
SLACK_SECONDS = 0.01
FILES = ("proxy", "peaks", "lanes", "analysis", "original")


def track_out(track: Track) -> dict[str, Any]:
    base = f"/api/v1/tracks/{track.id}/files"
    return {
        "id": str(track.id),
        "project_id": str(track.project_id),
        "name": track.name,
        "state": track.state,
        "error": track.error,
        "duration_seconds": track.duration_seconds,
        "sample_rate": track.sample_rate,
        "channels": track.channels,
        "codec": track.codec,
        "size_bytes": track.original.size if track.original else None,
        "lufs": track.lufs,
        "bpm": track.bpm,
        "key": track.key,
        "warnings": track.warnings,
        "facts": track.facts,
        "revision": track.revision,
        "created_at": track.created_at,
        "created_by": str(track.created_by_id) if track.created_by_id else None,
        "job_id": str(track.job_id) if track.job_id else None,
        "incoming_name": track.incoming_name,
        "files": {name: _file_url(base, name, getattr(track, f"{name}_id")) for name in FILES},
        "overview": track.overview,
        "is_binned": track.binned_at is not None,
    }


def _file_url(base: str, name: str, sha256: str | None) -> str | None:
    """A file that takes another's place has another address, so that no page shows the old one."""
    return f"{base}/{name}?v={sha256[:12]}" if sha256 else None


def grid_out(track: Track, grid: BeatGrid | None) -> dict[str, Any]:
    """Beats as the analysis found them; once a person edited the markers, as these say. Revision 0 = no grid yet."""
    grid = grid or BeatGrid(track=track, revision=0)
    beats, downbeats, end = grid.beats, grid.downbeats, track.duration_seconds or 0.0
    if grid.is_edited:
        markers = [Marker(**marker) for marker in grid.markers]
        beats, downbeats = beats_of(markers, duration_seconds=end)
    return {
        "track_id": str(track.id),
        "revision": grid.revision,
        "markers": [{**marker, "is_beyond_end": marker["seconds"] > end + SLACK_SECONDS} for marker in grid.markers],
        "beats": beats,
        "downbeats": downbeats,
        "is_edited": grid.is_edited,
        "is_locked": grid.is_locked,
        "has_found": bool(grid.found.get("markers") or grid.found.get("beats")),
        "edited_by": {"id": str(grid.edited_by.id), "name": str(grid.edited_by)} if grid.edited_by else None,
        "onsets": grid.onsets,
        "segments": track.facts.get("segments", []),
        "no_beats": track.facts.get("no_beats"),
        # Of the beats that were found; what a person set is sure.
        "unsure": [] if grid.is_edited else track.facts.get("unsure", []),
    }


def cue_out(cue: Cue, *, end: float | None) -> dict[str, Any]:
    """`end` is the track's, in seconds: a track may have become shorter than its cues."""
    last = cue.seconds if cue.end_seconds is None else cue.end_seconds
    return {
        "id": str(cue.id),
        "track_id": str(cue.track_id),
        "seconds": cue.seconds,
        "end_seconds": cue.end_seconds,
        "kind": cue.kind,
        "label": cue.label,
        "colour": cue.colour,
        "hotkey": cue.hotkey,
        "anchor": cue.anchor,
        "beat": cue.beat,
        "end_beat": cue.end_beat,
        "is_beyond_end": end is not None and last > end + SLACK_SECONDS,
        "revision": cue.revision,
        "created_by": str(cue.created_by_id) if cue.created_by_id else None,
        "changed_by": str(cue.changed_by_id) if cue.changed_by_id else None,
        "is_binned": cue.binned_at is not None,
    }


def edit_out(edit: TrackEdit, *, by: User | None) -> dict[str, Any]:
    return {
        "id": str(edit.pk),
        "number": edit.number,
        "title": edit.title,
        "created_at": edit.created_at,
        "undone_at": edit.undone_at,
        "is_mine": by is not None and edit.person_id == by.pk,
        "person": {"id": str(edit.person.pk), "name": str(edit.person)} if edit.person else None,
    }


def version_out(version: TrackVersion) -> dict[str, Any]:
    person = version.created_by
    return {
        "id": str(version.pk),
        "track_id": str(version.track_id),
        "name": version.name,
        "cues": len(version.cues),
        "markers": len(version.grid.get("markers", [])),
        "created_at": version.created_at,
        "created_by": {"id": str(person.pk), "name": str(person)} if person else None,
        "is_binned": version.binned_at is not None,
    }


def stem_out(stem: Stem) -> dict[str, Any]:
    return {
        "id": str(stem.id),
        "track_id": str(stem.track_id),
        "name": stem.name,
        "state": str(stem.state),
        "sentence": stem.sentence,
        "original_name": stem.original_name,
        "duration_seconds": stem.duration_seconds,
        "size_bytes": stem.blob.size if stem.blob else None,
        "file_url": f"/api/v1/stems/{stem.id}/file" if stem.blob_id else None,
        "job_id": str(stem.job_id) if stem.job_id else None,
        "created_by": str(stem.created_by_id) if stem.created_by_id else None,
        "created_at": stem.created_at,
        "is_binned": stem.binned_at is not None,
    }
