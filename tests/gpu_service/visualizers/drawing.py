"""Plans and pictures of the little scene."""

from typing import Any

import torch

from gpu_service.visualizers.base import Plan
from gpu_service.visualizers.materials import NetworkShelf, SceneMaterials, SoundShelf
from gpu_service.visualizers.noise_blend import NoiseBlend
from gpu_service.visualizers.stage_cache import StageCache
from tests.gpu_service.little import LittleScene

_cache, _sounds = StageCache(None), SoundShelf()
_networks = NetworkShelf(device=torch.device("cpu"), budget_bytes=1 << 30)


def plan_of(little: LittleScene, **scene: Any) -> Plan:
    """Prepare the scene with some of its parameters changed."""
    spec = little.scene(**scene)
    materials = SceneMaterials(spec, little.files, networks=_networks, sounds=_sounds)
    return NoiseBlend().prepare(spec, materials, cache=_cache, report=lambda _title, _share: None)


def draw(plan: Plan, frames: list[int]) -> torch.Tensor:
    """uint8 [N, 3, H, W]"""
    return NoiseBlend().draw(plan, frames)
