"""What a projection will be, before it is started: how many frames, what stands in its way, how long it may take."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.conf import settings

from gpu_service.protocol.projection import NO_DISCRIMINATOR, ProjectionConfig
from gpu_service.protocol.scenes import parse_fps
from studio.errors import Refused
from studio.networks.models import Snapshot
from studio.projections.models import Projection
from studio.projections.source import Source
from studio.projects.models import Project
from studio.training.here import services_here

KINDS = ("stylegan2", "stylegan3")
NO_SNAPSHOT = "There is no such snapshot in this project. Choose another."
PATTERN = "“{name}” is a snapshot of a pattern network: nothing can be found again in it. Choose a StyleGAN."
NO_FEATURES = "The features loss is left out: whoever runs the studio has named no features file."
NO_LOSS = "Nothing is left to compare pictures by. Choose pixels beside it."
ENLARGED = "The target is {width} × {height}, and the network draws {size} × {size}: it is enlarged."
# Where nobody has projected yet, quick searches are told to take so many evaluations a frame, at most `steps`.
LOOKED_AT = 50


@dataclass
class Plan:
    """`problems` stop an order: [(field, sentence)]. `evaluations` of the network there are at most."""

    frames: int = 0
    fps: str = ""
    evaluations: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def snapshot_of(project: Project, snapshot_id: Any) -> Snapshot:
    """Raises Refused for one that is not there or in which nothing can be found."""
    rows = Snapshot.objects.select_related("network", "blob", "training", "original")
    found = rows.filter(pk=snapshot_id, network__project=project, binned_at=None).first()
    if found is None:
        raise Refused(NO_SNAPSHOT, field="snapshot_id")
    if found.kind not in KINDS:
        raise Refused(PATTERN.format(name=found.name), field="snapshot_id")
    return found


def plan_for(source: Source, snapshot: Snapshot, config: ProjectionConfig) -> Plan:
    """Which frames, and what does not fit together."""
    plan = Plan(warnings=list(source.notes))
    _choose(plan, source, config)
    lost = set()
    if "discriminator" in config.losses and not (snapshot.training_id or snapshot.original_id):
        plan.warnings.append(NO_DISCRIMINATOR)
        lost.add("discriminator")
    if "features" in config.losses and settings.TRAINING_FEATURES is None:
        plan.warnings.append(NO_FEATURES)
        lost.add("features")
    if not set(config.losses) - lost:
        plan.problems.append(("config.losses", NO_LOSS))
    if snapshot.resolution > max(source.width, source.height):
        plan.warnings.append(ENLARGED.format(width=source.width, height=source.height, size=snapshot.resolution))
    return plan


def estimate(plan: Plan, snapshot: Snapshot, config: ProjectionConfig) -> dict[str, Any]:
    """Evaluations of the network and seconds: at most, and likely after what was measured before; None if unknown."""
    rows = Projection.objects.filter(is_imported=False, frames_done__gt=0, evaluations__gt=0, seconds__gt=0)
    newest = list(rows.order_by("-created_at")[:LOOKED_AT])
    alike = [row for row in newest if row.config.get("recipe") == config.recipe]
    share = 1.0 if config.recipe == "reference" else _mean([_share_taken(row) for row in alike])
    drawn = [row for row in newest if row.about.get("resolution") == snapshot.resolution]
    drawn = [row for row in drawn if _is_here(row.device)] or drawn
    pace = _mean([row.seconds / row.evaluations for row in drawn[:5]])
    most = plan.evaluations
    likely = round(most * share) if share is not None else None
    return {
        "evaluations_most": most,
        "evaluations_likely": likely,
        "seconds_most": most * pace if pace else None,
        "seconds_likely": likely * pace if pace and likely is not None else None,
        "device": drawn[0].device if drawn else "",
        "service_is_here": bool(services_here()),
    }


def _choose(plan: Plan, source: Source, config: ProjectionConfig) -> None:
    from gpu_service.errors import RenderError
    from gpu_service.projection.cost import most_evaluations
    from gpu_service.projection.target import TargetInfo, choose

    wanted, own = _rate(plan, "fps", config.fps), _rate(plan, "video_fps", config.video_fps)
    if plan.problems:
        return
    own = own if own and source.kind == "video" else source.fps
    info = TargetInfo(source.kind, own, source.frames, source.width, source.height)  # type: ignore[arg-type]
    try:
        choice = choose(info, fps=wanted, frames=config.frames, first_seconds=config.first_seconds)
    except RenderError as error:
        plan.problems.append((f"config.{error.field or 'fps'}", str(error)))
        return
    plan.frames, plan.fps = choice.count, str(choice.fps)
    plan.evaluations = most_evaluations(config, choice.count, are_related=source.kind == "video")


def _rate(plan: Plan, name: str, text: str | None) -> Fraction | None:
    """As it was written; None where nothing was, or where it is a problem."""
    try:
        return parse_fps(text) if text else None
    except ValueError as error:
        plan.problems.append((f"config.{name}", str(error)))
        return None


def _share_taken(row: Projection) -> float:
    """How much of what it could have cost at most a search took, whose plateaus ended it sooner. 0…1"""
    from gpu_service.projection.cost import most_evaluations

    is_film = (row.about.get("source") or {}).get("kind") == "video"
    most = most_evaluations(ProjectionConfig.model_validate(row.config), row.frames_done, are_related=is_film)
    return min(row.evaluations / max(most, 1), 1.0)


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _is_here(device: str) -> bool:
    return any(device.startswith(name) for found in services_here() for name in found.devices)
