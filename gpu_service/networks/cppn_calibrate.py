"""Making a pattern network from a seed so that every seed, not a lucky one, gives a picture.

Weights are drawn, every unit is brought to one spread, the fields to mean 0 and spread 1, the exposure to the species'
mean brightness, and the level κ to one speed of change.
"""

import math
from dataclasses import replace

import torch
from torch import Tensor

from gpu_service.networks.cppn_fields import Canvas, CppnWeights, FieldPainter, activate, chart_points, make_canvas
from gpu_service.networks.cppn_inks import Light, develop, make_vignette
from gpu_service.networks.cppn_palettes import duo_table
from gpu_service.networks.cppn_species import (
    FIELDS,
    FOLDS,
    PALETTES,
    STYLE_DIM,
    UNITS,
    WARP_WAVES,
    Z_DIM,
    CppnConfig,
    find_species,
)

CALIBRATION_SEED, PROBE_SEED = 99, 7
CALIBRATION_STYLES, CALIBRATION_SIDE, CALIBRATION_STEP = 12, 40, 0.05
PROBES, PROBE_SIDE, PROBE_SPREAD = 6, 96, 0.03
EXPOSURE_REACH, EXPOSURE_ROUNDS = 1.6, 7
WANTED_RATE, LEVEL_ROUNDS = 0.4, 4
LOWEST_LEVEL, HIGHEST_LEVEL = 0.10, 2.5


def draw_weights(species: str, *, seed: int, complexity: float = 1.0) -> tuple[CppnConfig, CppnWeights]:
    """The raw draws of a seed, in the order that fixes its picture. Nothing is calibrated yet."""
    kind, chance = find_species(species), torch.Generator().manual_seed(seed)

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=chance)

    def uniform(*shape: int) -> Tensor:
        return torch.rand(shape, generator=chance)

    hidden = kind.layers - 1
    palette = list(PALETTES)[int(12 * uniform(1).item())]
    fold = FOLDS[int(6 * uniform(1).item())]
    angle = 2 * math.pi * uniform(1).item()
    direction, radial = 2 * math.pi * uniform(UNITS), normal(UNITS)
    frequency = torch.logspace(math.log10(kind.lowest), math.log10(kind.highest), UNITS, dtype=torch.float64).float()
    weights = CppnWeights(
        first_weight=torch.stack(
            [frequency * direction.cos(), frequency * direction.sin(), kind.radial * frequency * radial], dim=1
        ),
        first_bias=math.pi * (2 * uniform(UNITS) - 1),
        first_style=0.6 * normal(UNITS, STYLE_DIM) / STYLE_DIM**0.5,
        hidden_weight=torch.stack([normal(UNITS, UNITS) for _ in range(hidden)]),
        hidden_bias=torch.stack([0.4 * normal(UNITS) for _ in range(hidden)]),
        hidden_style=torch.stack([0.35 * normal(UNITS, STYLE_DIM) / STYLE_DIM**0.5 for _ in range(hidden)]),
        out_weight=normal(FIELDS, UNITS),
        out_bias=torch.zeros(FIELDS),
        style=normal(STYLE_DIM, Z_DIM) / Z_DIM**0.5,
        warp_push=normal(2, WARP_WAVES),
        warp_phase=2 * math.pi * uniform(WARP_WAVES),
        warp_direction=normal(WARP_WAVES, 2),
        warp_style=normal(WARP_WAVES, STYLE_DIM) / STYLE_DIM**0.5,
        exposure=torch.zeros(()),
        level=torch.ones(()),
    )
    return CppnConfig(species, seed, complexity, palette, fold, angle), weights


def calibrate(weights: CppnWeights, config: CppnConfig) -> CppnWeights:
    """Units, fields and exposure of a freshly drawn network, at complexity 1."""
    return expose(standardise(even_units(weights, config), config), config)


def simplify(weights: CppnWeights, config: CppnConfig) -> CppnWeights:
    """The same calibrated network at `config.complexity`: fewer folds of the same composition."""
    share = 0.5 + 0.5 * config.complexity
    # High frequencies fade first. Fading layer 0's outputs is fading the columns that read them.
    fade = 1 - 0.9 * (1 - config.complexity) * torch.linspace(0, 1, UNITS)
    hidden = share * weights.hidden_weight
    hidden[0] *= fade
    quieter = replace(
        weights,
        hidden_weight=hidden,
        hidden_bias=share * weights.hidden_bias,
        hidden_style=share * weights.hidden_style,
    )
    return expose(standardise(quieter, config), config)


def even_units(weights: CppnWeights, config: CppnConfig) -> CppnWeights:
    """Bring every hidden unit's spread over the picture to the species' gain, and take its mean off the bias."""
    kind, styles = find_species(config.species), calibration_styles()
    units = _first_layer(weights, config, styles)
    matrices, biases = [], []
    for weight, bias, push in zip(weights.hidden_weight, weights.hidden_bias, weights.hidden_style, strict=True):
        before = weight @ units
        scale = kind.gain / before.std(dim=-1).mean(dim=0)
        weight = weight * scale[:, None]
        before = before * scale[:, None]
        bias = bias - before.mean(dim=(0, 2))
        units = activate(before + (bias + styles @ push.T)[:, :, None], kind.activations)
        matrices.append(weight)
        biases.append(bias)
    return replace(weights, hidden_weight=torch.stack(matrices), hidden_bias=torch.stack(biases))


def standardise(weights: CppnWeights, config: CppnConfig) -> CppnWeights:
    """Bring each field to mean 0 and spread 1."""
    kind, styles = find_species(config.species), calibration_styles()
    units = _first_layer(weights, config, styles)
    for weight, bias, push in zip(weights.hidden_weight, weights.hidden_bias, weights.hidden_style, strict=True):
        units = activate(weight @ units + (bias + styles @ push.T)[:, :, None], kind.activations)
    fields = weights.out_weight @ units
    scale = 1 / fields.std(dim=-1).mean(dim=0)
    return replace(
        weights,
        out_weight=weights.out_weight * scale[:, None],
        out_bias=-fields.mean(dim=(0, 2)) * scale,
    )


def expose(weights: CppnWeights, config: CppnConfig) -> CppnWeights:
    """Find the exposure at which twelve pictures have the species' mean brightness."""
    kind, canvas = find_species(config.species), calibration_canvas()
    painter = FieldPainter(canvas, species=config.species, fold=config.fold, angle=config.angle)
    grids = [painter.paint(weights, style) for style in calibration_styles()]
    palettes, vignette = duo_table(config.palette), make_vignette(canvas.height, canvas.width)
    low, high, tried = -EXPOSURE_REACH, EXPOSURE_REACH, 0.0
    for _ in range(EXPOSURE_ROUNDS):
        tried = (low + high) / 2
        light = Light(palettes, math.exp(tried), canvas.step, vignette)
        mean = sum(develop(grid, species=kind, light=light).mean().item() for grid in grids) / len(grids)
        low, high = (tried, high) if mean > kind.light else (low, tried)
    return replace(weights, exposure=torch.tensor(tried))


def level(weights: CppnWeights, config: CppnConfig, *, lowest: float = LOWEST_LEVEL) -> CppnWeights:
    """Find κ, with which a small step of the style changes every network's picture by about the same amount."""
    chance = torch.Generator().manual_seed(PROBE_SEED)
    styles = torch.randn(PROBES, STYLE_DIM, generator=chance)
    steps = torch.randn(PROBES, STYLE_DIM, generator=chance)
    steps = steps / steps.square().mean(dim=1, keepdim=True).sqrt() * PROBE_SPREAD
    kind, canvas = find_species(config.species), make_canvas(PROBE_SIDE, PROBE_SIDE)
    painter = FieldPainter(canvas, species=config.species, fold=config.fold, angle=config.angle)
    light = Light(
        duo_table(config.palette), math.exp(weights.exposure), canvas.step, make_vignette(PROBE_SIDE, PROBE_SIDE)
    )

    def picture(style: Tensor) -> Tensor:
        return develop(painter.paint(weights, style), species=kind, light=light)

    kappa = 1.0
    for _ in range(LEVEL_ROUNDS):
        changes = [
            (picture(kappa * (s + step)) - picture(kappa * s)).abs().mean()
            for s, step in zip(styles, steps, strict=True)
        ]
        rate = torch.stack(changes).mean().item() / PROBE_SPREAD
        kappa = min(max(kappa * (WANTED_RATE / max(rate, 1e-6)) ** 0.9, lowest), HIGHEST_LEVEL)
    return replace(weights, level=torch.tensor(kappa))


def calibration_styles() -> Tensor:
    """The twelve styles every network is calibrated on. [12, 16]"""
    return torch.randn(CALIBRATION_STYLES, STYLE_DIM, generator=torch.Generator().manual_seed(CALIBRATION_SEED))


def calibration_canvas() -> Canvas:
    """A coarse grid, a little wider than high: networks are drawn on wide screens."""
    line = torch.linspace(-1, 1, CALIBRATION_SIDE)
    y, x = torch.meshgrid(line, 1.3 * line, indexing="ij")
    return Canvas(CALIBRATION_SIDE, CALIBRATION_SIDE, x.flatten(), y.flatten(), CALIBRATION_STEP)


def _first_layer(weights: CppnWeights, config: CppnConfig, styles: Tensor) -> Tensor:
    """Units of layer 0 on the coarse grid for every style. [12, 16] -> [12, C, N]"""
    canvas, kind = calibration_canvas(), find_species(config.species)
    points = chart_points(canvas.x, canvas.y, chart=kind.chart, fold=config.fold, angle=config.angle)
    everywhere = points.expand(len(styles), -1, -1)
    if kind.chart == "warp":
        waves = 1.3 * weights.warp_direction @ points + weights.warp_phase[:, None]
        sway = 0.5 * styles @ weights.warp_style.T
        push = weights.warp_push * (FieldPainter.WARP / WARP_WAVES**0.5)
        everywhere = everywhere + push @ torch.sin(waves + sway[:, :, None])
    radius = torch.sqrt(everywhere.square().sum(dim=1, keepdim=True) + 1e-6)
    inputs = torch.cat([everywhere, radius], dim=1)
    pushes = weights.first_bias + styles @ weights.first_style.T
    return activate(weights.first_weight @ inputs + pushes[:, :, None], kind.activations)
