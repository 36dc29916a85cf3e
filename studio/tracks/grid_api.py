"""Finding the beats of a part of a track anew, under /api/v1: a job that proposes, and what it found."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Router, Schema, Status
from pydantic import ConfigDict, Field

from studio.accounts.auth import person_of
from studio.jobs.models import Job
from studio.projects.access import EDIT, VIEW, thing_or_404
from studio.tracks import find_anew
from studio.tracks.models import Track
from studio.tracks.schemas import UnsureOut

router = Router(tags=["tracks"])


class PartIn(Schema):
    model_config = ConfigDict(extra="forbid")
    from_seconds: float = Field(ge=0, allow_inf_nan=False)
    to_seconds: float = Field(ge=0, allow_inf_nan=False)


class FoundMarker(Schema):
    seconds: float
    bpm: float
    beats_per_bar: int
    downbeat: int


class OrderedOut(Schema):
    job_id: UUID


class FoundOut(Schema):
    """`markers` are a proposal for the part alone. `no_beats` says why there are none; `error`, why the job failed."""

    state: str
    share: float
    error: str
    from_seconds: float
    to_seconds: float
    markers: list[FoundMarker]
    unsure: list[UnsureOut]
    no_beats: str | None


@router.post("/tracks/{uuid:track_id}/grid/find", response={202: OrderedOut})
def find_beats(request: HttpRequest, track_id: UUID, part: PartIn) -> Status[dict[str, Any]]:
    """Let the detector hear a part alone. 409 while another part is being heard; 422 for a part too short or long."""
    track = thing_or_404(request.user, Track, track_id, may=EDIT)
    job = find_anew.order(track, start=part.from_seconds, end=part.to_seconds, by=person_of(request))
    return Status(202, {"job_id": job.id})


@router.get("/tracks/{uuid:track_id}/grid/found/{uuid:job_id}", response=FoundOut)
def get_found(request: HttpRequest, track_id: UUID, job_id: UUID) -> dict[str, Any]:
    """What it has found, or how far it is."""
    track = thing_or_404(request.user, Track, track_id, may=VIEW)
    job = Job.objects.filter(pk=job_id, kind=find_anew.KIND, subject=track.subject).first()
    if job is None:
        raise Http404
    return find_anew.found_out(job)
