"""The little scene with routes and cues, its plans, and a shorthand for routes."""

from functools import partial
from typing import Any

import numpy as np
import torch
from pydantic import TypeAdapter

from gpu_service.protocol import CueSpec, MarkerSpec, SceneSpec
from gpu_service.protocol.routes import RouteSpec, Source
from gpu_service.visualizers.base import Plan
from gpu_service.visualizers.materials import NetworkShelf, SceneMaterials, SoundShelf
from gpu_service.visualizers.noise_blend import NoiseBlend
from gpu_service.visualizers.stage_cache import StageCache
from tests.gpu_service.little import LittleScene

cache, _sounds = StageCache(None), SoundShelf()
_networks = NetworkShelf(device=torch.device("cpu"), budget_bytes=1 << 30)
read_source = TypeAdapter(Source).validate_python
LFO = {"kind": "lfo", "wave": "sine", "period": 1.0, "unit": "seconds"}


def route(parameter: str = "truncation", source: dict[str, Any] = LFO, **more: Any) -> RouteSpec:
    """A route by the little that matters in a test."""
    return RouteSpec(**{"id": "r", "parameter": parameter, "source": source, **more})


def scene_of(little: LittleScene, *routes: RouteSpec, fps: str = "10", **more: Any) -> SceneSpec:
    """Half-second beats from the start, four to a bar; a cue “Drop” at 1 s, and a span from 2 s to 2.5 s."""
    fields = {name: more.pop(name) for name in ("actions", "cues", "markers", "stems") if name in more}
    cues = [
        CueSpec(seconds=1.0, label="Drop"),
        CueSpec(seconds=2.0, end_seconds=2.5, kind="span", label="Break"),
    ]
    markers = [MarkerSpec(seconds=0, bpm=120)]
    kept = {"cues": cues, "markers": markers, **fields, "routes": list(routes)}
    return little.scene(fps=fps, **more).model_copy(update=kept)


def plan_of(little: LittleScene, *routes: RouteSpec, **more: Any) -> Plan:
    """The plan of such a scene."""
    scene = scene_of(little, *routes, **more)
    materials = SceneMaterials(scene, little.files, networks=_networks, sounds=_sounds)
    return NoiseBlend().prepare(scene, materials, cache=cache, report=lambda _title, _share: None)


def all_frames(plan: Plan) -> range:
    return range(plan.scene.frames)


def value(plan: Plan, name: str = "truncation") -> np.ndarray:
    """A parameter in all frames."""
    return plan.value(name, all_frames(plan))


draw = partial(NoiseBlend().draw)
