"""What can be drawn: the catalogue of visualizers that a render service last announced."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from gpu_service.protocol import VisualizerInfo
from studio.errors import Refused
from studio.scenes.models import VisualizerCatalogue


def store_catalogue(catalogue: Sequence[VisualizerInfo]) -> None:
    """Keep what a service announced. A visualizer that only another service knows stays."""
    with transaction.atomic():
        for position, info in enumerate(catalogue):
            VisualizerCatalogue.objects.update_or_create(
                name=info.name,
                defaults={"position": position, "entry": info.model_dump(mode="json"), "seen_at": timezone.now()},
            )


def all_visualizers() -> list[dict[str, Any]]:
    """Every known entry that scenes may have, in the service's order, as JSON."""
    return [row.entry for row in VisualizerCatalogue.objects.all() if row.entry.get("is_for_scenes", True)]


def visualizer(name: str, *, is_for_scenes: bool = True) -> dict[str, Any]:
    """One entry. Raises Refused, which names what there is. The explorer asks for one that is not for scenes."""
    row = VisualizerCatalogue.objects.filter(name=name).first()
    if row is not None and row.entry.get("is_for_scenes", True) == is_for_scenes:
        return dict(row.entry)
    known = [f"“{entry['name']}”" for entry in all_visualizers()]
    if not known:
        raise Refused(
            "No render service has been attached yet, so no visualizer is known. Attach one, then try again.",
            field="visualizer",
            status=409,
        )
    raise Refused(f"There is no visualizer named “{name}”. There is {', '.join(known)}.", field="visualizer")


def preset_values(entry: dict[str, Any], preset: str) -> dict[str, Any]:
    """The parameters of a preset. Raises Refused when the visualizer has none of that name."""
    for found in entry["presets"]:
        if found["name"] == preset:
            return dict(found["values"])
    known = ", ".join(f"“{found['name']}”" for found in entry["presets"]) or "none"
    raise Refused(f"“{entry['title']}” has no preset named “{preset}”. It has: {known}.", field="preset")
