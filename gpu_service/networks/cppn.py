"""The pattern network: a small net of random, calibrated weights that draws at any size and looks like art untrained.

A picture depends on its style alone and is drawn by itself: one by one or in a batch, the bits are the same.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from typing import Self

import torch
from torch import Tensor

from gpu_service.networks import NetworkError
from gpu_service.networks.base import NoiseMode, Quality
from gpu_service.networks.cppn_calibrate import calibrate, draw_weights, level, simplify
from gpu_service.networks.cppn_easel import Easel, set_up
from gpu_service.networks.cppn_fields import CppnWeights
from gpu_service.networks.cppn_palettes import duo_table
from gpu_service.networks.cppn_species import (
    COMPLEXITIES,
    LARGEST_AREA_PX,
    LARGEST_SIDE_PX,
    NATIVE_SIZE,
    STYLE_DIM,
    Z_DIM,
    CppnConfig,
    find_species,
)
from gpu_service.networks.crew import on_one_core, share_out
from gpu_service.networks.hooks import Bending, NoiseMaps


class Cppn:
    """One pattern network. Its w is the style s: [N, 1, 16]."""

    kind = "cppn"
    z_dim, w_dim, num_ws, num_classes = Z_DIM, STYLE_DIM, 1, 0
    native_size = NATIVE_SIZE
    has_average = True
    bending_sides: tuple[int, ...] = ()
    bending_colours: tuple[int, ...] = ()
    aspect: float | None = None

    def __init__(self, config: CppnConfig, weights: CppnWeights) -> None:
        self.config, self.weights = config, weights
        self.species = find_species(config.species)
        self.family: str | None = f"cppn {config.species} {config.seed} {config.palette} {config.fold} {config.angle!r}"
        self.palettes = duo_table(config.palette).to(weights.style.device)

    @torch.no_grad()
    def mapping(
        self,
        z: Tensor,
        *,
        truncation: float | Tensor = 1.0,
        truncation_end: int | None = None,
        labels: Tensor | None = None,
    ) -> Tensor:
        """Bring z to rms 1 and read the style from it. [N, 512] -> [N, 1, 16]"""
        strength = torch.as_tensor(1.0 if truncation_end == 0 else truncation, dtype=torch.float64).expand(len(z))
        matrix = self.weights.style.cpu().double() * self.weights.level.item()
        rows = z.cpu().double()
        # Row by row, because a product of many rows may round otherwise than a product of one.
        styles = [matrix @ (row / row.square().mean().sqrt().clamp(min=1e-150)) for row in rows]
        stacked = torch.stack(styles) if styles else matrix.new_empty(0, STYLE_DIM)
        return (stacked * strength[:, None]).float()[:, None].to(self.weights.style.device)

    def average_w(self) -> Tensor:
        """Styles lie around zero. [16]"""
        return self.weights.style.new_zeros(STYLE_DIM)

    def style_weights(self, rows: range | None = None) -> Tensor:
        """How the style shifts the units of each layer; the only row is read by all of them. [outputs, 16]"""
        layers = (self.weights.first_style, self.weights.hidden_style, self.weights.warp_style)
        stacked = torch.cat([layer.reshape(-1, STYLE_DIM) for layer in layers])
        return stacked if rows is None or 0 in rows else stacked[:0]

    @torch.no_grad()
    def synthesis(
        self,
        w: Tensor,
        *,
        noise_mode: NoiseMode = "const",
        noise: Sequence[int] | NoiseMaps | None = None,
        noise_strength: float | Tensor = 1.0,
        transform: Tensor | None = None,
        bending: Bending | None = None,
        size: tuple[int, int] | None = None,
        quality: Quality = "film",
    ) -> Tensor:
        """Draw styles at any size; there is no noise and no camera. [N, 1, 16] -> −1…1 [N, 3, height, width]"""
        if bending is not None:
            raise NetworkError("A pattern network has no maps to bend: it works out each point by itself.")
        height, width = size or self.native_size
        easel = self._easel(height, width, quality)
        pictures = w.new_empty(len(w), 3, height, width, dtype=torch.float32)
        exponent = math.exp(self.weights.exposure.item())
        for picture, style in zip(pictures, w[:, 0].float(), strict=True):
            easel.draw(self.weights, style, palettes=self.palettes, exponent=exponent, out=picture)
        # A single operation over the whole picture, but shared among busy cores it would wait for each of them.
        share_out(list(pictures), lambda picture: picture.mul_(2).sub_(1))
        return pictures

    def _easel(self, height: int, width: int, quality: Quality) -> Easel:
        """The easel for that size, which siblings share. Raises NetworkError for sizes that no screen has."""
        if min(height, width) < 1 or max(height, width) > LARGEST_SIDE_PX or height * width > LARGEST_AREA_PX:
            raise NetworkError(f"A picture cannot be {width} × {height}. Up to 4096 × 4096 can be drawn.")
        turns = self.species.chart in ("kaleido", "tunnel")
        return set_up(
            self.config.species,
            fold=self.config.fold if turns else 0,
            angle=self.config.angle if turns else 0.0,
            height=height,
            width=width,
            quality=quality,
            device=self.weights.style.device,
        )

    def blended(self, other: Self, share: float) -> Self:
        """The network `share` of the way from this one to a sibling: a cross-fade that costs one drawing, not two."""
        if other.family != self.family:
            raise NetworkError("Only snapshots of one pattern network can be mixed by their weights.")
        if share in (0, 1):
            return other if share else self
        mine, theirs = self.tensors(), other.tensors()
        mixed = {name: torch.lerp(mine[name], theirs[name], float(share)) for name in mine}
        complexity = self.config.complexity + share * (other.config.complexity - self.config.complexity)
        return type(self)(replace(self.config, complexity=complexity), CppnWeights(**mixed))

    def to_json(self) -> dict[str, object]:
        """Species, seed, complexity, palette, fold and angle."""
        return self.config.to_json()

    def tensors(self) -> dict[str, Tensor]:
        """The weights by name."""
        return {field.name: getattr(self.weights, field.name) for field in dataclass_fields(CppnWeights)}

    @classmethod
    def from_tensors(
        cls, config: Mapping[str, object], tensors: Mapping[str, Tensor], *, device: torch.device, dtype: torch.dtype
    ) -> Self:
        """Build from a snapshot. Always float32: 24 channels are too narrow for smaller numbers to pay."""
        # Copied, because a matrix product may round otherwise where its numbers lie otherwise in memory.
        copies = {name: tensor.to(device, torch.float32, copy=True) for name, tensor in tensors.items()}
        weights = CppnWeights(**copies)
        return cls(CppnConfig.from_json(config), weights)


def make_cppn(species: str, *, seed: int, complexity: float = 1.0) -> Cppn:
    """A new pattern network, always the same for the same arguments. Takes about a quarter of a second."""
    return make_family(species, seed=seed, complexities=(complexity,))[0]


def make_family(species: str, *, seed: int, complexities: Sequence[float] = COMPLEXITIES) -> list[Cppn]:
    """One composition from simple to complex: quiet music to loud. All keep the level κ of the complex one."""
    config, drawn = draw_weights(species, seed=seed)
    configs = [replace(config, complexity=complexity) for complexity in complexities]

    @torch.no_grad()
    def grow() -> list[Cppn]:
        whole = level(calibrate(drawn, config), config)
        return [Cppn(each, whole if each.complexity == 1 else simplify(whole, each)) for each in configs]

    return on_one_core(grow)
