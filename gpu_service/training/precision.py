"""In which numbers a network trains: weights are always float32, maps may be smaller."""

from dataclasses import dataclass
from typing import Literal

import torch

from gpu_service.training.errors import TrainingError

Name = Literal["auto", "fp32", "fp16", "bf16"]
EVERYWHERE = 99
HALF_RESOLUTIONS = 4  # as many of the highest as NVIDIA's programs compute in half precision


@dataclass(frozen=True)
class Precision:
    """`dtype` of the maps of the `octaves` highest resolutions."""

    name: str
    dtype: torch.dtype
    octaves: int


KINDS = {
    "fp32": Precision("fp32", torch.float32, 0),
    "bf16": Precision("bf16", torch.bfloat16, EVERYWHERE),
    "fp16": Precision("fp16", torch.float16, HALF_RESOLUTIONS),
}


def choose(name: str, device: torch.device) -> Precision:
    """What a run of that setting computes in there; "auto": the fastest that is safe. Raises TrainingError."""
    if name == "auto":
        return KINDS[_fastest(device)]
    if name == "fp16" and device.type != "cuda":
        raise TrainingError("Half precision (fp16) needs an NVIDIA GPU. Choose “auto”, or bf16 or fp32.")
    if name == "bf16" and device.type == "cpu" and not torch.ops.mkldnn._is_mkldnn_bf16_supported():
        raise TrainingError("This processor cannot compute in bf16. Choose “auto” or fp32.")
    return KINDS[name]


def _fastest(device: torch.device) -> str:
    if device.type == "cuda":
        return "fp16"
    # Processors without these instructions compute bf16 by way of float32, slower than float32 itself.
    has_instructions = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return "bf16" if has_instructions and torch.ops.mkldnn._is_mkldnn_bf16_supported() else "fp32"
