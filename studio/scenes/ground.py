"""What a scene's routes and actions hang on, looked up from its state."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from studio.scenes.driven import Ground
from studio.scenes.schema import with_defaults


def ground_of(project_id: UUID, entry: Mapping[str, Any], state: Mapping[str, Any]) -> Ground:
    """`state` as the history keeps it; its routes and actions are not read."""
    return Ground(
        entry=entry,
        parameters=with_defaults(entry["schema"], state["parameters"]),
        track_id=state["track_id"],
        project_id=project_id,
        snapshots=len(state["snapshot_ids"]),
    )
