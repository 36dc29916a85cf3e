"""How large a run of training is, counted from its settings. No torch.

Numbers are float32 wherever they are stored; shapes follow the networks' layouts, buffers left out.
"""

import math

from gpu_service.protocol.training import TrainingConfig

FLOAT_BYTES = 4
# A checkpoint holds generator and discriminator with two moments each, and the averaged generator.
GENERATOR_COPIES, DISCRIMINATOR_COPIES = 4, 3
KEPT_CHECKPOINTS = 2
# Small files beside a snapshot: sheet, grid, thumbnail.
PICTURES_BYTES = 2_000_000
STYLEGAN3_LAYERS, STYLEGAN3_CRITICAL, FIRST_CUTOFF = 14, 2, 2.0


def parameters(config: TrainingConfig, *, num_classes: int = 0) -> tuple[int, int]:
    """How many trained numbers generator and discriminator have."""
    classes = num_classes if config.labels else 0
    synthesis = _synthesis2(config) if config.family == "stylegan2" else _synthesis3(config)
    return _mapping(config, classes) + synthesis, _discriminator(config, classes)


def snapshot_bytes(config: TrainingConfig, *, num_classes: int = 0) -> int:
    """Our file of the averaged generator; noise maps of fixed size are in it too."""
    noise = sum(2 * side * side for side in sides_of(config.size)) if config.family == "stylegan2" else 0
    return FLOAT_BYTES * (parameters(config, num_classes=num_classes)[0] + noise)


def training_bytes(config: TrainingConfig, *, num_classes: int = 0) -> int:
    """The file beside a snapshot from which another run goes on: generator, its average, discriminator."""
    generator, discriminator = parameters(config, num_classes=num_classes)
    return FLOAT_BYTES * (2 * generator + discriminator)


def checkpoint_bytes(config: TrainingConfig, *, num_classes: int = 0) -> int:
    generator, discriminator = parameters(config, num_classes=num_classes)
    return FLOAT_BYTES * (GENERATOR_COPIES * generator + DISCRIMINATOR_COPIES * discriminator)


def snapshot_count(config: TrainingConfig) -> int:
    """How many snapshots a whole run makes, the first (before any step) and the last one included."""
    return math.ceil(config.kimg / config.snapshot_kimg) + 1


def disk_bytes(config: TrainingConfig, *, num_classes: int = 0) -> int:
    """All that a whole run keeps: its snapshots, the files beside them, the last checkpoints."""
    each = snapshot_bytes(config, num_classes=num_classes) + training_bytes(config, num_classes=num_classes)
    checkpoints = KEPT_CHECKPOINTS * checkpoint_bytes(config, num_classes=num_classes)
    return snapshot_count(config) * (each + PICTURES_BYTES) + checkpoints


def memory_bytes(config: TrainingConfig, *, devices: int = 1, num_classes: int = 0) -> int:
    """What one device needs, roughly: numbers, gradients, moments, and what a batch leaves for the way back."""
    generator, discriminator = parameters(config, num_classes=num_classes)
    numbers = FLOAT_BYTES * (5 * generator + 4 * discriminator)
    at_once = config.micro_batch or max(config.batch // devices, 1)
    each = 2 if config.precision in ("fp16", "bf16") else FLOAT_BYTES
    # Six maps of each layer's size are alive on the way back, in two layers for each side.
    maps = sum(
        side
        * side
        * (
            width_at(config.channel_base, config.channel_max, side)
            + width_at(config.d_channel_base, config.d_channel_max, side)
        )
        for side in sides_of(config.size)
    )
    grown = 1 if config.family == "stylegan2" else 4
    return numbers + each * at_once * maps * 12 * grown


def sides_of(size: int) -> list[int]:
    """4, 8, … size"""
    return [1 << power for power in range(2, size.bit_length())]


def width_at(base: int, most: int, side: int) -> int:
    return max(min(base // side, most), 1)


def _mapping(config: TrainingConfig, classes: int) -> int:
    w, inputs = config.w_dim, config.z_dim + (config.w_dim if classes else 0)
    embed = w * classes + w if classes else 0
    return embed + w * inputs + w + (config.mapping_layers - 1) * (w * w + w)


def _synthesis2(config: TrainingConfig) -> int:
    total, before, w = 0, 0, config.w_dim
    for side in sides_of(config.size):
        width = width_at(config.channel_base, config.channel_max, side)
        total += width * 16 if side == 4 else _layer2(before, width, w)
        total += _layer2(width, width, w) + 3 * width + 3 + width * w + width
        before = width
    return total


def _layer2(inputs: int, outputs: int, w: int) -> int:
    """Weights, biases, the strength of the noise, the way from w to styles."""
    return outputs * inputs * 9 + outputs + 1 + inputs * w + inputs


def _synthesis3(config: TrainingConfig) -> int:
    """The input's mixing and transform, then fourteen layers and ToRGB. Widths follow the cutoff of each layer."""
    kernel = 1 if config.family == "stylegan3-r" else 3
    widths = [width_of_layer3(config, index) for index in range(STYLEGAN3_LAYERS)] + [3]
    first, w = widths[0], config.w_dim
    total = first * first + 4 * w + 4
    for index, outputs in enumerate(widths):
        inputs, side = widths[max(index - 1, 0)], 1 if index == STYLEGAN3_LAYERS else kernel
        total += outputs * inputs * side * side + outputs + inputs * w + inputs
    return total


def width_of_layer3(config: TrainingConfig, index: int) -> int:
    progress = min(index / (STYLEGAN3_LAYERS - STYLEGAN3_CRITICAL), 1)
    cutoff = FIRST_CUTOFF * (config.size / 2 / FIRST_CUTOFF) ** progress
    return max(round(min(config.channel_base / 2 / cutoff, config.channel_max)), 1)


def _discriminator(config: TrainingConfig, classes: int) -> int:
    widths = {side: width_at(config.d_channel_base, config.d_channel_max, side) for side in sides_of(config.size)}
    total = 3 * widths[config.size] + widths[config.size]
    for side in sides_of(config.size)[1:]:
        width, below = widths[side], widths[side // 2]
        total += width * width * 9 + width + below * width * 9 + below + below * width
    width, out = widths[4], widths[4] if classes else 1
    total += width * (width + 1) * 9 + width + width * width * 16 + width + out * width + out
    return total + (out * classes + out + 8 * (out * out + out) if classes else 0)
