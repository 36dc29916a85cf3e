"""Whether a projection goes on as it began: with the same settings, of the same target, in the same network."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from gpu_service.errors import RenderError
from gpu_service.protocol.changes import changes_between, difference
from gpu_service.protocol.projection import BEFORE_IT_WAS, ProjectionConfig, settings_begun

OTHERS = (
    "This projection was begun with other settings: {difference}. Go on without changing them, or begin another one."
)
UNKNOWN = (
    "This projection was begun by another release of Phosphene, with settings that this one does not know. "
    "Go on with it there, or begin another one here."
)


def goes_on_with(held: Mapping[str, Any] | None, wanted: ProjectionConfig) -> ProjectionConfig:
    """The settings that it goes on with, after those that were `held` when it began. RenderError names what is another.

    What an older program could not name yet, and nobody chose now, stays as it was done.
    """
    if held is None:
        return wanted
    try:
        begun = settings_begun(held)
    except ValidationError as error:
        raise RenderError(UNKNOWN, kind="bad_input") from error
    left_open = [name for name in BEFORE_IT_WAS if name not in held and name not in _chosen(wanted)]
    wanted = wanted.model_copy(update={name: getattr(begun, name) for name in left_open})
    if changes := changes_between(begun, wanted):
        told = difference(changes, of=ProjectionConfig)
        raise RenderError(OTHERS.format(difference=told), kind="bad_input")
    return wanted


def _chosen(config: ProjectionConfig) -> set[str]:
    """Names of what is not as it is where nobody says anything."""
    return set(changes_between(ProjectionConfig(), config))
