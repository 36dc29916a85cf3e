"""What a scene's routes and actions hang on, looked up from its state."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from studio.scenes.driven import Ground
from studio.scenes.schema import with_defaults
from studio.tracks.models import Stem


def ground_of(project_id: UUID, entry: Mapping[str, Any], state: Mapping[str, Any]) -> Ground:
    """`state` as the history keeps it; its routes and actions are not read."""
    return Ground(
        entry=entry,
        parameters=with_defaults(entry["schema"], state["parameters"]),
        track_id=state["track_id"],
        project_id=project_id,
        snapshot_ids=tuple(state["snapshot_ids"]),
        stems=frozenset(stems_of(state["track_id"]).values_list("name", flat=True)),
    )


def stems_of(track_id: UUID | str) -> "QuerySet[Stem]":
    """Those that can be heard, by their names."""
    return Stem.objects.filter(track__id=track_id, state=Stem.State.READY, binned_at=None).order_by("name")
