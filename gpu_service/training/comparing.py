"""Whether a run goes on as it began: the same settings, the same pictures. What is not the same is named."""

from collections.abc import Mapping
from typing import Any

from gpu_service.protocol import TrainingConfig
from gpu_service.protocol.training import MAY_CHANGE
from gpu_service.training.errors import TrainingError
from gpu_service.training.run_folder import PicturesFacts

MOST_SHOWN = 6


def goes_on_with(before: TrainingConfig, wanted: TrainingConfig) -> TrainingConfig:
    """The settings that the run goes on with. Raises TrainingError with the difference, if it would be another run."""
    changes = {name: pair for name, pair in before.changes(wanted).items() if name not in MAY_CHANGE}
    if changes:
        raise TrainingError(
            f"This run was begun with other settings: {difference(changes)}. Go on without changing them, "
            "or begin another run from its newest snapshot."
        )
    return wanted


def same_pictures(before: PicturesFacts, now: PicturesFacts) -> None:
    """Raises TrainingError where the run would learn from something else."""
    if before.fingerprint == now.fingerprint:
        return
    counts = f"{before.count} then, {now.count} now" if before.count != now.count else f"{now.count}, but not the same"
    raise TrainingError(
        f"These are not the pictures that the run was begun with ({counts}). Give it the same version again, "
        "or begin another run from its newest snapshot."
    )


def difference(changes: Mapping[str, tuple[Any, Any]]) -> str:
    """“Batch” 32 then, 16 now; …"""
    titles = {name: field.title or name for name, field in TrainingConfig.model_fields.items()}
    told = [f"{titles[name]} {_shown(before)} then, {_shown(now)} now" for name, (before, now) in changes.items()]
    more = len(told) - MOST_SHOWN
    return "; ".join(told[:MOST_SHOWN]) + (f"; and {more} more" if more > 0 else "")


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
