"""Figures at a snapshot: how sharp, how varied, how near to the data; and sentences beside them.

A figure is never worth a run: what cannot be measured is said, and training goes on.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from gpu_service.errors import RenderError
from gpu_service.training.metrics.measure import measure

if TYPE_CHECKING:
    from gpu_service.networks.base import Network
    from gpu_service.training.data.pictures import Pictures
    from gpu_service.training.run_folder import RunFacts

# How many pictures are drawn: enough to compare snapshots by, and no more than a small share of a run's time.
ON_CARD, ON_CARD_WITH_FEATURES, ON_CPU, ON_CPU_LARGE = 1000, 10_000, 1000, 250
LARGE_SIDE = 128


class Enough(Exception):
    """Somebody asks for an end, and figures can wait."""


def measured(
    network: "Network",
    facts: "RunFacts",
    pictures: "Pictures",
    *,
    device: torch.device,
    features: Path | None,
    kept: Path,
    pause: Callable[[float], None],
) -> tuple[dict[str, float], list[str]]:
    """-> figures by name, sentences beside them.

    `kept` is a folder for the data's own numbers; `pause` is called now and then, and may raise Enough.
    """
    if not facts.config.metrics:
        return {}, []
    # The run's seed at each snapshot: all are compared by the same vectors.
    chance = torch.Generator(device=device).manual_seed(facts.config.seed)
    try:
        return measure(
            facts.config.metrics,
            network,
            pictures,
            features=features,
            count=_count(device, facts.config.size, has_features=features is not None),
            chance=chance,
            kept=kept,
            pictures_hash=facts.pictures.fingerprint,
            report=pause,
        )
    except Enough:
        return {}, ["The run was asked to end before this snapshot was measured."]
    except (RenderError, OSError) as error:
        return {}, [f"Nothing was measured: {error}"]


def _count(device: torch.device, size: int, *, has_features: bool) -> int:
    if device.type == "cuda":
        return ON_CARD_WITH_FEATURES if has_features else ON_CARD
    return ON_CPU_LARGE if size > LARGE_SIDE else ON_CPU
