"""What a projection costs at most, in drawings: the arithmetic of the recipes. No torch."""

from math import ceil

from gpu_service.protocol.projection import ProjectionConfig

# One frame in so many is a keyframe.
STRIDE = 4
KEY_SHARE, BETWEEN_SHARE, PLUS_SHARE = 0.25, 0.1, 0.1
# The nearest of so many is where a search begins that has no neighbour, unless an encoder says where.
SAMPLES = 64


def steps_of(config: ProjectionConfig, share: float) -> int:
    """Steps of a search that gets such a share of them."""
    return max(1, round(config.steps * share))


def key_places(first: int, count: int) -> list[int]:
    """The last of every STRIDE frames of a window, and the last of all."""
    places = [place for place in range(first, first + count) if place % STRIDE == STRIDE - 1]
    end = first + count - 1
    return places if places and places[-1] == end else [*places, end]


def most_evaluations(config: ProjectionConfig, frames: int, *, are_related: bool) -> int:
    """Of so many frames, where no search ends on a plateau. `are_related`: frames of a film, not single pictures."""
    if not frames:
        return 0
    if config.recipe == "reference":
        return frames * config.steps
    in_plus = config.space == "w+"
    samples = 0 if config.encoder else SAMPLES
    if not are_related:
        return ceil(frames / config.batch) * samples + frames * config.steps * (2 if in_plus else 1)
    window = config.batch * STRIDE
    keys = sum(len(key_places(at, min(window, frames - at))) for at in range(0, frames, window))
    each = steps_of(config, BETWEEN_SHARE) + (steps_of(config, PLUS_SHARE) if in_plus else 0)
    return samples + config.steps + keys * steps_of(config, KEY_SHARE) + frames * each
