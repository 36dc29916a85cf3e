"""Twelve palettes, dark to light, each with a partner; tables in OKLab.

OKLab: Björn Ottosson, "A perceptual color space for image processing", 2020.
"""

from functools import lru_cache

import torch
from torch import Tensor

from gpu_service.networks.cppn_species import PALETTES

TABLE_SIZE = 1024

LINEAR_TO_LMS = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
LMS_TO_LAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
LAB_TO_LMS = (
    (1.0, 0.3963377774, 0.2158037573),
    (1.0, -0.1055613458, -0.0638541728),
    (1.0, -0.0894841775, -1.2914855480),
)
LMS_TO_LINEAR = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)


def srgb_to_oklab(srgb: Tensor) -> Tensor:
    """sRGB 0…1 to OKLab, float64. [3, N] -> [3, N]"""
    srgb = srgb.double()
    linear = torch.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    lms = torch.tensor(LINEAR_TO_LMS, dtype=torch.float64) @ linear
    return torch.tensor(LMS_TO_LAB, dtype=torch.float64) @ lms.clamp(min=0) ** (1 / 3)


def oklab_to_srgb(lab: Tensor) -> Tensor:
    """OKLab to sRGB, clipped to 0…1. [3, N] -> [3, N], any float type, any device."""
    lms = torch.tensor(LAB_TO_LMS, dtype=lab.dtype, device=lab.device) @ lab
    lms = lms * lms * lms
    linear = (torch.tensor(LMS_TO_LINEAR, dtype=lab.dtype, device=lab.device) @ lms).clamp_(0, 1)
    curved = linear.pow(1 / 2.4).mul_(1.055).sub_(0.055)
    # Below the corner the curve is a line, and the power lies under it: the larger of the two is sRGB, to 1e-5.
    return torch.maximum(curved, linear.clamp_(max=0.0031308).mul_(12.92))


@lru_cache(maxsize=32)
def palette_table(name: str) -> Tensor:
    """A palette as OKLab, Catmull–Rom through its anchors. [3, TABLE_SIZE] float64"""
    codes = PALETTES[name][0].split()
    rgb = torch.tensor([[int(code[i : i + 2], 16) / 255 for i in (0, 2, 4)] for code in codes], dtype=torch.float64)
    anchors = srgb_to_oklab(rgb.T)
    first, last = 2 * anchors[:, :1] - anchors[:, 1:2], 2 * anchors[:, -1:] - anchors[:, -2:-1]
    points = torch.cat([first, anchors, last], dim=1)
    position = torch.linspace(0, len(codes) - 1, TABLE_SIZE, dtype=torch.float64)
    segment = position.long().clamp(max=len(codes) - 2)
    t = position - segment
    p0, p1, p2, p3 = (points[:, segment + k] for k in range(4))
    return 0.5 * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3)


@lru_cache(maxsize=32)
def duo_table(name: str) -> Tensor:
    """A palette over its partner: bilinear reading is a mix of the two in OKLab. [1, 3, 2, TABLE_SIZE] float32"""
    partner = PALETTES[name][1]
    return torch.stack([palette_table(name), palette_table(partner)], dim=1)[None].float()
