"""Which snapshots a frame is drawn with: places in the scene's list and their shares."""

import math
from collections import defaultdict

Mix = tuple[tuple[int, float], ...]
"""Places with shares that add up to 1, the lowest place first."""


def mix_at(place: float) -> Mix:
    """One snapshot at a whole place; between two places, both."""
    below = math.floor(place)
    share = place - below
    return ((below, 1 - share), (below + 1, share)) if share else ((below, 1.0),)


def faded(before: Mix, after: Mix, share: float) -> Mix:
    """`share` of the way (0…1) straight from one mix to another, whatever lies between them in the list."""
    if share == 0 or share == 1 or before == after:
        return after if share else before
    shares: dict[int, float] = defaultdict(float)
    for mix, part in ((before, 1 - share), (after, share)):
        for place, own in mix:
            shares[place] += part * own
    return tuple(sorted(shares.items()))
