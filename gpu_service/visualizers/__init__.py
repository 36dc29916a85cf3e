"""The registry of visualizers. Importing it, or a visualizer, does not load torch; drawing does."""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from gpu_service.errors import RenderError

if TYPE_CHECKING:
    from gpu_service.visualizers.base import Visualizer

VISUALIZERS = {
    "noise-blend": "gpu_service.visualizers.noise_blend:NoiseBlend",
    "audio-reactive": "gpu_service.visualizers.audio_reactive:AudioReactive",
    "projection-blend": "gpu_service.visualizers.projection_blend:ProjectionBlend",
    "raw-audio": "gpu_service.visualizers.raw_audio:RawAudio",
    "path": "gpu_service.visualizers.path:Path",
    "walk": "gpu_service.visualizers.walk:EndlessWalk",
    "explore": "gpu_service.visualizers.explore:Explore",
}


def load(name: str, *, registry: Mapping[str, str] = VISUALIZERS) -> "type[Visualizer]":
    """Import a visualizer when it is first asked for."""
    if name not in registry:
        raise RenderError(f"There is no visualizer named “{name}”. There are: {', '.join(registry)}.", kind="bad_input")
    module, _, class_name = registry[name].partition(":")
    visualizer: type[Visualizer] = getattr(import_module(module), class_name)
    return visualizer
