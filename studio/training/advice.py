"""What may be set anew before a run goes on, and what to try first after a loss that was no number."""

from typing import Any

from gpu_service.protocol import TrainingConfig
from gpu_service.protocol.training import MAY_CHANGE
from gpu_service.protocol.training_presets import resolve
from studio.training.form import form_of
from studio.training.models import TrainingRun

# Length and distance of snapshots have fields of their own.
SETTABLE = [name for name in MAY_CHANGE if name not in ("kimg", "snapshot_kimg")]


def settings_of(run: TrainingRun) -> list[dict[str, Any]]:
    """The settings that a run may go on with, as a form shows them; the preset's values are the defaults."""
    config = TrainingConfig.model_validate(run.config)
    form = form_of(config, resolve(config.preset, size=config.size), fixed=())
    return [field for field in form if field["name"] in SETTABLE]


def advice_for(run: TrainingRun, config: TrainingConfig) -> list[dict[str, Any]]:
    """{title, changes} for each thing to try, the mildest first; nothing for a run that has not diverged."""
    if run.state != TrainingRun.State.FAILED or not run.has_diverged:
        return []
    offers = [
        {"title": "Go on with half the rates", "changes": {"g_rate": config.g_rate / 2, "d_rate": config.d_rate / 2}}
    ]
    if config.gamma > 0:
        offers.insert(0, {"title": "Go on with twice the R1", "changes": {"gamma": config.gamma * 2}})
    if config.precision != "fp32":
        offers.append({"title": "Go on in fp32", "changes": {"precision": "fp32"}})
    return offers
