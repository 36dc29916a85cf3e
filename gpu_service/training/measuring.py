"""Figures at a snapshot: how sharp, how varied, how near to the data; and sentences beside them."""

from pathlib import Path
from typing import TYPE_CHECKING

from gpu_service.protocol import TrainingConfig

if TYPE_CHECKING:
    from gpu_service.training.data.pictures import Pictures
    from gpu_service.training.snapshot import Trained


def measured(
    trained: "Trained", config: TrainingConfig, pictures: "Pictures", *, features: Path | None
) -> tuple[dict[str, float], list[str]]:
    """-> figures by name, sentences beside them"""
    return {}, []
