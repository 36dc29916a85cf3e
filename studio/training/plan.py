"""A run before it is started: every setting with its value, what stands in the way, and what it would cost."""

import math
import shutil
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from pydantic import ValidationError

from gpu_service.protocol import TrainingConfig
from gpu_service.protocol.training import LARGEST_SIDE, LEAST_PICTURES, SMALLEST_SIDE
from gpu_service.protocol.training_bytes import checkpoint_bytes, disk_bytes, memory_bytes, training_bytes
from gpu_service.protocol.training_figures import ON_FEATURES
from gpu_service.protocol.training_presets import fine_tuning, resolve, settled_by
from gpu_service.protocol.training_words import WORDS
from studio.blobs.store import readable_size
from studio.networks.models import Snapshot
from studio.projects.models import Project
from studio.training.form import VALUES, differences, form_of, title_of
from studio.training.here import devices_of_one
from studio.training.plan_schemas import TrainingPlanIn
from studio.training.source import Source
from studio.training.start import fixed_by, start_out
from studio.training.tries import estimate_of

SIZES = [1 << power for power in range(SMALLEST_SIDE.bit_length() - 1, LARGEST_SIDE.bit_length())]
FEW_PICTURES = 200

TOO_FEW = "{count}: too few. Training needs at least {least} pictures, and some hundreds to look like anything."
FEW = (
    "{count} pictures are few: what is drawn will look much like them. Keep augmentation on; mirror them if that fits."
)
NOT_FROZEN = "This version is still being frozen. Wait for it, then train."
NO_LABELS = "These pictures have no labels. Train without, or send a zip whose dataset.json names a class for each."
OTHER_SIZE = (
    "“{name}” draws {theirs} × {theirs} pixels, and so does every run that starts with it: {size} × {size} cannot be "
    "chosen. The pictures are {shape}. Choose the size {theirs}{way}, or another start."
)
START_FIT = (
    "“{name}” draws {size} × {size} pixels, and the pictures are {shape}. Choose {way} to "
    "{size} × {size}, or another start."
)
OTHER_CLASSES = "“{name}” knows {theirs} classes and these pictures have {ours}. Choose another start."
OTHER_SHAPE = "{title}: “{name}” has {theirs}, and what starts with it keeps that."
OTHER_PRESET = "“{name}” is a {theirs} network: choose a preset of that kind."
ODD_START = "“{name}” cannot be trained on here: {reason}"
NO_FIT = "The pictures are {width} × {height} and the network draws {size} × {size}. Choose {way}."
NO_FEATURES = "Left out: {names}. They need a network for features; the operator names its file (STUDIO_FEATURES_FILE)."
MIXED = "The pictures are not all of one size. Choose padded or cropped to {size} × {size}."
ENLARGED = "The pictures are {width} × {height}: at {size} pixels they are enlarged, which adds nothing but work."
NO_ROOM = (
    "The studio’s disk has {free} left, and this run keeps {needed} at the least. Free some, or choose a smaller one."
)
MUCH_DISK = (
    "If it runs to its end this run keeps {needed}, and the studio’s disk has {free} left. Make fewer snapshots."
)


@dataclass
class Plan:
    """What `plan_for` found. Without a config there is a problem that says why."""

    config: TrainingConfig | None = None
    preset: TrainingConfig | None = None
    fixed: dict[str, Any] = field(default_factory=dict)
    problems: list[dict[str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    offers: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, name: str, sentence: str) -> None:
        self.problems.append({"field": name, "sentence": sentence})


def plan_out(project: Project, source: Source, start: Snapshot | None, order: TrainingPlanIn) -> dict[str, Any]:
    """What the page shows. Nothing is stored."""
    plan = plan_for(source, start, order)
    config, classes = plan.config, source.num_classes
    return {
        "config": config,
        "preset": order.preset,
        "size": config.size if config else order.size,
        "sizes": [plan.fixed["size"]] if "size" in plan.fixed else SIZES,
        "fit": order.fit,
        "fields": form_of(config, plan.preset, fixed=plan.fixed) if config and plan.preset else [],
        "differences": differences(config, plan.preset) if config and plan.preset else [],
        "problems": plan.problems,
        "warnings": plan.warnings,
        "offers": plan.offers,
        "version": source.to_json(),
        "start": start_out(start) if start else None,
        "pictures": source.count,
        "aspect": source.aspect,
        "needs_export": source.needs_export,
        "disk_bytes": disk_bytes(config, num_classes=classes) if config else None,
        "memory_bytes": memory_bytes(config, devices=devices_of_one(), num_classes=classes) if config else None,
        "estimate": estimate_of(project, config),
    }


def plan_for(source: Source, start: Snapshot | None, order: TrainingPlanIn) -> Plan:
    """Work out every setting, and look for what does not fit together."""
    plan = Plan(fixed=fixed_by(start) if start else {})
    size = order.size or plan.fixed.get("size") or nearest_size(source)
    _work_out(plan, order, start, size=size)
    check(plan, source, start, fit=order.fit)
    return plan


def check(plan: Plan, source: Source, start: Snapshot | None, *, fit: str) -> None:
    """What stands in the way of that config on those pictures with that start."""
    if not source.is_frozen:
        plan.refuse("version", NOT_FROZEN)
    elif source.count < LEAST_PICTURES:
        plan.refuse("version", TOO_FEW.format(count=_pictures(source.count), least=LEAST_PICTURES))
    elif source.count < FEW_PICTURES:
        plan.warnings.append(FEW.format(count=source.count))
    if plan.config is None:
        return
    if settings.TRAINING_FEATURES is None and (left_out := ON_FEATURES & set(plan.config.metrics)):
        titles = [VALUES[name] for name in plan.config.metrics if name in left_out]
        plan.warnings.append(NO_FEATURES.format(names=", ".join(titles)))
    if start is not None:
        _check_start(plan, plan.config, start, source)
    if plan.config.labels and not source.num_classes:
        plan.refuse("labels", NO_LABELS)
    _check_shape(plan, plan.config, source, start=start, fit=fit)
    _check_room(plan, plan.config, source)


def nearest_size(source: Source) -> int:
    """The power of two nearest to the shorter side."""
    side = max(min(source.width, source.height), 1)
    return min(max(1 << round(math.log2(side)), SMALLEST_SIDE), LARGEST_SIDE)


def _work_out(plan: Plan, order: TrainingPlanIn, start: Snapshot | None, *, size: int) -> None:
    """Preset and config. What the start decides cannot be changed, but is told to be otherwise."""
    changes = {name: value for name, value in order.changes.items() if name not in ("preset", "size")}
    devices = devices_of_one()
    try:
        plain = resolve(order.preset, size=size, devices=devices)
        taken = settled_by(plan.fixed, plain)
        base = resolve(order.preset, size=size, devices=devices, **taken)
        plan.preset = fine_tuning(base) if start else base
        wished = resolve(order.preset, size=size, devices=devices, **taken | changes)
        wished = fine_tuning(wished, changes=changes) if start else wished
        if start is not None and plain.family != plan.fixed["family"]:
            plan.refuse("preset", OTHER_PRESET.format(name=start.name, theirs=VALUES[plan.fixed["family"]]))
        nothing = {name: None for name, value in changes.items() if value is None and name in _optional()}
        plan.config = TrainingConfig.model_validate(wished.model_dump() | nothing)
    except ValidationError as error:
        for fault in error.errors():
            plan.refuse(*told(fault, start=start, fixed=plan.fixed))
    except TypeError as error:
        plan.refuse("", f"These settings cannot be read: {error}.")


def told(fault: Any, *, start: Snapshot | None = None, fixed: Collection[str] = ()) -> tuple[str, str]:
    """A fault of the settings as the field and the sentence."""
    said = str(fault["msg"]).removeprefix("Value error, ").rstrip(".")
    name = str(fault["loc"][0]) if fault["loc"] else ("size" if "power of two" in said else "batch")
    if start is not None and name in fixed:
        return "start", ODD_START.format(name=start.name, reason=f"{title_of(name)}: {said[:1].lower()}{said[1:]}.")
    if name not in TrainingConfig.model_fields:
        return name, f"“{name}” is no setting of training. There are {', '.join(WORDS)}."
    return name, f"{title_of(name)}: {said[:1].lower()}{said[1:]}." if fault["loc"] else f"{said}."


def _check_start(plan: Plan, config: TrainingConfig, start: Snapshot, source: Source) -> None:
    for name, theirs in plan.fixed.items():
        if name == "size" and config.size != theirs:
            way = "" if source.is_of(theirs) else f", with the pictures {source.ways}"
            said = {"name": start.name, "theirs": theirs, "size": config.size, "shape": source.shape, "way": way}
            plan.refuse("size", OTHER_SIZE.format(**said))
        elif name == "labels":
            continue
        elif getattr(config, name) != theirs:
            plan.refuse(name, OTHER_SHAPE.format(title=title_of(name), name=start.name, theirs=theirs))
    if config.labels != bool(start.num_classes) or (config.labels and source.num_classes != start.num_classes):
        ours, theirs = source.num_classes if config.labels else "none", start.num_classes or "no"
        if not (config.labels and not source.num_classes):  # then the labels are told to be missing
            plan.refuse("start", OTHER_CLASSES.format(name=start.name, theirs=theirs, ours=ours))


def _check_shape(plan: Plan, config: TrainingConfig, source: Source, *, start: Snapshot | None, fit: str) -> None:
    size = plan.fixed.get("size", config.size)
    shape = {"width": source.width, "height": source.height, "size": size}
    if not source.is_of(size):
        plan.offers = [{"fit": way, "size": size} for way in ("pad", "crop")[: 1 if source.is_square else 2]]
        if fit == "exact" and size == config.size:  # else the size is told to be wrong
            sentence = START_FIT if start else MIXED if source.is_mixed else NO_FIT
            words = {"name": start.name if start else "", "shape": source.shape, "way": source.ways}
            plan.refuse("fit", sentence.format(**shape, **words))
    if size > max(source.width, source.height):
        plan.warnings.append(ENLARGED.format(**shape))


def _check_room(plan: Plan, config: TrainingConfig, source: Source) -> None:
    free = max(shutil.disk_usage(settings.STUDIO_DATA).free - settings.FREE_BYTES_FLOOR, 0)
    classes = source.num_classes
    least = 2 * checkpoint_bytes(config, num_classes=classes) + 2 * training_bytes(config, num_classes=classes)
    if source.needs_export:
        least += source.bytes
    whole = disk_bytes(config, num_classes=classes)
    if least > free:
        plan.refuse("", NO_ROOM.format(free=readable_size(free), needed=readable_size(least)))
    elif whole > free:
        plan.warnings.append(MUCH_DISK.format(free=readable_size(free), needed=readable_size(whole)))


def _optional() -> set[str]:
    return {name for name, found in TrainingConfig.model_fields.items() if "None" in str(found.annotation)}


def _pictures(count: int) -> str:
    return "One picture" if count == 1 else f"{count} pictures"
