"""Whether a run goes on as it began: the same settings, the same pictures. What is not the same is named."""

from gpu_service.protocol import TrainingConfig
from gpu_service.protocol.changes import difference
from gpu_service.protocol.training import MAY_CHANGE
from gpu_service.training.errors import TrainingError
from gpu_service.training.run_folder import PicturesFacts


def goes_on_with(before: TrainingConfig, wanted: TrainingConfig) -> TrainingConfig:
    """The settings that the run goes on with. Raises TrainingError with the difference, if it would be another run."""
    changes = {name: pair for name, pair in before.changes(wanted).items() if name not in MAY_CHANGE}
    if changes:
        told = difference(changes, of=TrainingConfig)
        raise TrainingError(
            f"This run was begun with other settings: {told}. Go on without changing them, "
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
