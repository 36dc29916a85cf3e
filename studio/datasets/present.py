"""Datasets and sessions as the API and its events show them."""

from typing import Any

from studio.datasets import counts
from studio.datasets.models import CaptureSession, Dataset, Portrait, PortraitFacts
from studio.datasets.portrait_out import portrait_out

NOTHING = {"count": 0, "warning": ""}


def dataset_out(dataset: Dataset) -> dict[str, Any]:
    cover = _cover(dataset)
    return {
        "id": str(dataset.pk),
        "project_id": str(dataset.project_id),
        "name": dataset.name,
        "note": dataset.note,
        "revision": dataset.revision,
        "counts": counts.of_dataset(dataset),
        "sessions": dataset.sessions.count(),
        "cover_url": f"/api/v1/portraits/{cover}/files/thumb" if cover else None,
        "created_at": dataset.created_at,
        "created_by": str(dataset.created_by_id) if dataset.created_by_id else None,
        "is_binned": dataset.binned_at is not None,
    }


def session_out(session: CaptureSession, seen: dict[str, Any] | None = None) -> dict[str, Any]:
    """`seen` is what `counts` found in it."""
    seen = seen or NOTHING
    return {
        "id": str(session.pk),
        "dataset_id": str(session.dataset_id),
        "device_id": str(session.device_id) if session.device_id else None,
        "device_name": session.device.name if session.device else "",
        "source": session.source,
        "name": session.name,
        "prompt": session.prompt,
        "place": session.place,
        "camera": session.camera,
        "started_at": session.started_at,
        "ended_at": session.ended_at,
        "revision": session.revision,
        "count": seen["count"],
        "warning": seen["warning"],
    }


def portrait_facts_out(portrait: Portrait) -> dict[str, Any]:
    """All that is known of one portrait."""
    facts = PortraitFacts.objects.filter(pk=portrait.pk).first() or PortraitFacts(portrait=portrait)
    device = portrait.session.device
    return {
        **portrait_out(portrait),
        "dataset_id": str(portrait.dataset_id),
        "sha256": portrait.sha256,
        "bytes": portrait.bytes,
        "format": portrait.format,
        "sequence": portrait.sequence,
        "received_at": portrait.received_at,
        "taken_at_said": facts.taken_at_said,
        "scored_by": portrait.scored_by,
        "device_name": device.name if device else "",
        "exif": facts.exif,
        "camera": facts.camera,
        "faces_found": facts.faces,
    }


def _cover(dataset: Dataset) -> int | None:
    """The newest picture that has a thumbnail."""
    rows = Portrait.objects.filter(dataset=dataset, binned_at=None, thumb__isnull=False)
    return rows.order_by("-taken_at", "-pk").values_list("pk", flat=True).first()
