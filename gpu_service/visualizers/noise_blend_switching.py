"""Which network draws which frame: loudness quantised over the list, kept for a while, faded by the clock of music."""

import numpy as np

# While networks must stay, a curve has to leave its place by this much more than half a step.
HYSTERESIS = 0.2


def settled(curve: np.ndarray, *, stay_frames: int) -> np.ndarray:
    """Round 0…K − 1 to whole places. With `stay_frames` a place is kept so long at least. float [n] -> float64 [n]

    Without, this is GANce's quantisation, halves to the even place.
    """
    places = np.round(curve)
    if stay_frames <= 0 or len(places) == 0:
        return places
    kept, since = places[0], 0
    for frame, value in enumerate(curve):
        if frame - since >= stay_frames and abs(value - kept) > 0.5 + HYSTERESIS:
            kept, since = np.round(value), frame
        places[frame] = kept
    return places


def faded(places: np.ndarray, *, phase: np.ndarray, rows: float) -> np.ndarray:
    """Glide from place to place, one place in `rows` of the clock, so that a hit carries the change on. [n] -> [n]"""
    steps = np.diff(phase, prepend=phase[:1]) / rows if rows > 0 else np.full(len(places), np.inf)
    glide, place = np.empty(len(places)), places[0]
    for frame, target in enumerate(places):
        step = min(abs(target - place), steps[frame])
        place += step if target > place else -step
        glide[frame] = place
    # A sum of small steps leaves crumbs such as 2.9999999999; a crumb of another network is no fade.
    return np.round(glide, 6)
