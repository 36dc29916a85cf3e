"""The catalogue: what every visualizer offers, for forms, for the command line and as a page of documentation."""

from collections.abc import Mapping
from typing import Any

from gpu_service.protocol import StageInfo, VisualizerInfo
from gpu_service.visualizers import VISUALIZERS, load
from gpu_service.visualizers.base import Visualizer
from gpu_service.visualizers.parameters import plain
from gpu_service.visualizers.stages import spoiled_by


def catalogue(registry: Mapping[str, str] = VISUALIZERS) -> list[VisualizerInfo]:
    """One entry per visualizer, in the registry's order."""
    return [describe(load(name, registry=registry)) for name in registry]


def describe(visualizer: type[Visualizer]) -> VisualizerInfo:
    """Name, schema, presets, stages."""
    return VisualizerInfo(
        name=visualizer.name,
        title=visualizer.title,
        version=visualizer.version,
        summary=visualizer.summary,
        schema=schema_of(visualizer),
        presets=list(visualizer.presets),
        stages=[StageInfo(name=stage.name, title=stage.title) for stage in visualizer.stages],
        snapshots=visualizer.snapshots,
        is_for_scenes=visualizer.is_for_scenes,
        takes_vectors=visualizer.takes_vectors,
        needs_projection=visualizer.needs_projection,
    )


def schema_of(visualizer: type[Visualizer]) -> dict[str, Any]:
    """JSON Schema of the parameters. x-stage is read off the stages: the first that a change spoils, or "draw"."""
    schema = visualizer.parameters.model_json_schema()
    for order, (name, entry) in enumerate(schema["properties"].items()):
        entry["x-order"] = order
        # pydantic leaves out a title that the class of the value has too.
        entry.setdefault("title", visualizer.parameters.model_fields[name].title)
        entry["x-stage"] = spoiled_by(visualizer.stages, name)
        if entry["x-routable"] and entry["x-stage"] != "draw":
            raise ValueError(f"{visualizer.name}: a route may not drive {name}, which stage {entry['x-stage']} reads.")
    return schema


def markdown(infos: list[VisualizerInfo]) -> str:
    """The same as a page to read."""
    lines = ["# Visualizers", "", "Made by `python -m gpu_service visualizers --markdown`.", ""]
    for info in infos:
        lines += [f"## {info.title} (`{info.name}`, version {info.version})", "", info.summary, ""]
        lines += ["| parameter | means | default | range | a change spoils |", "|---|---|---|---|---|"]
        lines += [_row(name, entry) for name, entry in info.parameters_schema["properties"].items()]
        if info.presets:
            lines += ["", "Presets:", ""]
            lines += [f"* `{preset.name}`: {preset.summary}" for preset in info.presets]
        if info.stages:
            lines += ["", "Stages: " + ", ".join(f"{stage.name} ({stage.title})" for stage in info.stages) + "."]
        lines += [""]
    return "\n".join(lines)


def _row(name: str, entry: Mapping[str, Any]) -> str:
    unit = f" {entry['x-unit']}" if "x-unit" in entry else ""
    default = entry["default"] if not isinstance(entry["default"], float) else f"{entry['default']:g}"
    if entry["x-control"] in ("path", "json"):
        default, span = "", "JSON"
    elif "enum" in entry:
        span = ", ".join(map(str, entry["enum"]))
    elif "minimum" in entry:
        span = f"{plain(entry['minimum'])} … {plain(entry['maximum'])}{unit}"
    else:
        span = "true, false"
    means = f"**{entry['title']}** ({entry['x-group']}). {entry['description']}"
    return f"| `{name}` | {means} | {default} | {span} | {entry['x-stage']} |"
