"""How much arithmetic a run of training is, counted from its settings. No torch.

Counted are the multiply-adds of convolutions and dense layers, on the way there and back. What only moves numbers
(activations, blurs, augmentation) is not, so two runs compare well where they are alike and roughly where they are not.
"""

import math

from gpu_service.protocol.training import TrainingConfig
from gpu_service.protocol.training_bytes import (
    STYLEGAN3_CRITICAL,
    STYLEGAN3_LAYERS,
    sides_of,
    width_at,
    width_of_layer3,
)

# Way back: once for what came in, once for the weights.
THERE, THERE_AND_BACK, THERE_AND_BACK_TO_PICTURE = 1, 3, 2
# A gradient's gradient: there, back, and back through both.
TWICE_BACK = 6
PATH_SHARE = 0.5  # path length looks at half a batch
FIRST_STOPBAND, LAST_STOPBAND_OVER = 2**2.1, 2**0.3
MARGIN_PX = 10


def operations_per_kimg(config: TrainingConfig) -> float:
    """Multiply-adds for a thousand pictures shown, all terms by their share of the steps."""
    generator, judge = generator_operations(config), discriminator_operations(config)
    each = THERE_AND_BACK * generator + THERE_AND_BACK_TO_PICTURE * judge  # the generator's turn
    each += THERE * generator + 2 * THERE_AND_BACK * judge  # the discriminator's
    if config.gamma > 0:
        each += TWICE_BACK * judge / config.r1_every
    if config.path_weight > 0 and config.family == "stylegan2":
        each += TWICE_BACK * PATH_SHARE * generator / config.path_every
    return 1000 * each


def generator_operations(config: TrainingConfig) -> float:
    """Of one picture, there."""
    synthesis = _synthesis2(config) if config.family == "stylegan2" else _synthesis3(config)
    return synthesis + config.mapping_layers * config.w_dim**2


def discriminator_operations(config: TrainingConfig) -> float:
    """Of one picture, there."""
    widths = {side: width_at(config.d_channel_base, config.d_channel_max, side) for side in sides_of(config.size)}
    total = 3 * widths[config.size] * config.size**2
    for side in sides_of(config.size)[1:]:
        width, below = widths[side], widths[side // 2]
        total += 9 * width * width * side**2 + (9 + 1) * width * below * (side // 2) ** 2
    return total + (9 + 1) * widths[4] ** 2 * 16


def _synthesis2(config: TrainingConfig) -> float:
    total, before = 0, 0
    for side in sides_of(config.size):
        width = width_at(config.channel_base, config.channel_max, side)
        total += 9 * before * width * (side // 2) ** 2 + 9 * width * width * side**2 + 3 * width * side**2
        before = width
    return total


def _synthesis3(config: TrainingConfig) -> float:
    """A layer works at the side of the one before, which follows its stopband (Karras et al. 2021), with a margin."""
    kernel = 1 if config.family == "stylegan3-r" else 9
    total, before = 0.0, width_of_layer3(config, 0)
    for index in range(STYLEGAN3_LAYERS):
        width, side = width_of_layer3(config, index), _side3(config, max(index - 1, 0))
        total += kernel * before * width * side**2
        before = width
    return total + 3 * before * config.size**2


def _side3(config: TrainingConfig, index: int) -> int:
    progress = min(index / (STYLEGAN3_LAYERS - STYLEGAN3_CRITICAL), 1)
    last = config.size / 2 * LAST_STOPBAND_OVER
    stopband = FIRST_STOPBAND * (last / FIRST_STOPBAND) ** progress
    return (1 << math.ceil(math.log2(min(2 * stopband, config.size)))) + 2 * MARGIN_PX
