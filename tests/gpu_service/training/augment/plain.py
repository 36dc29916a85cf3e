"""The augmentation once more, one picture at a time, in NumPy and float64, by other ways than the service's."""

from collections.abc import Callable

import numpy as np
from scipy.fft import dctn, idctn
from scipy.spatial.transform import Rotation

from gpu_service.training.augment.wavelets import SYM6

Places = tuple[np.ndarray, np.ndarray]
Back = Callable[[np.ndarray, np.ndarray], Places]


def moved(picture: np.ndarray, back: Back) -> np.ndarray:
    """[C, S, S]. `back` says for (x, y), pixels from the middle, where they come from."""
    return np.stack([_moved_plane(plane, back) for plane in picture])


def _moved_plane(plane: np.ndarray, back: Back) -> np.ndarray:
    size, beyond = len(plane), 2 * len(plane)
    wide = np.pad(plane, beyond, mode="reflect")
    fine = _doubled(_doubled(wide).T).T
    steps = (np.arange(-20, 2 * size + 20) + 0.5 - size) / 2
    x, y = back(*np.meshgrid(steps, steps))
    middle = (len(fine) - 1) / 2
    found = _between(fine, x * 2 + middle, y * 2 + middle)
    return _halved(_halved(found).T).T[10:-10, 10:-10]


def _doubled(rows: np.ndarray) -> np.ndarray:
    """Zeros between the pixels, then the filter; fine samples 0 and 1 have pixel 0 in their middle."""
    spread = np.zeros((len(rows), 2 * rows.shape[1]))
    spread[:, ::2] = rows
    return np.stack([np.convolve(row, SYM6 * 2**0.5)[5 : 5 + len(row)] for row in spread])


def _halved(rows: np.ndarray) -> np.ndarray:
    turned = SYM6[::-1] / 2**0.5
    return np.stack([np.convolve(row, turned)[6 : 6 + len(row) : 2] for row in rows])


def _between(fine: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    right, down = x - left, y - top
    upper = fine[top, left] * (1 - right) + fine[top, left + 1] * right
    lower = fine[top + 1, left] * (1 - right) + fine[top + 1, left + 1] * right
    return upper * (1 - down) + lower * down


def scaled(factor: float) -> Back:
    return lambda x, y: (x / factor, y / factor)


def stretched(factor: float) -> Back:
    return lambda x, y: (x / factor, y * factor)


def turned(angle: float) -> Back:
    """Against the clock."""
    return lambda x, y: (x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle))


def shifted(right: float, down: float) -> Back:
    return lambda x, y: (x - right, y - down)


def one_after_another(*backs: Back) -> Back:
    """The first of them happens first, so the way back comes to it last."""

    def back(x: np.ndarray, y: np.ndarray) -> Places:
        for each in reversed(backs):
            x, y = each(x, y)
        return x, y

    return back


def hue_turned(picture: np.ndarray, angle: float) -> np.ndarray:
    turn = Rotation.from_rotvec(angle * np.ones(3) / 3**0.5)
    return turn.apply(picture.reshape(3, -1).T).T.reshape(picture.shape)


def luma_flipped(picture: np.ndarray) -> np.ndarray:
    return picture - 2 * picture.mean(axis=0)


def saturated(picture: np.ndarray, factor: float) -> np.ndarray:
    grey = picture.mean(axis=0)
    return grey + (picture - grey) * factor


def bands_turned_up(picture: np.ndarray, gains: np.ndarray) -> np.ndarray:
    """By frequency: mirrored at its outermost pixels, a picture is a sum of cosines (DCT-I)."""
    size = picture.shape[-1]
    frequency = np.pi * np.arange(size) / (size - 1)
    response = sum(gain * band for gain, band in zip(gains, octaves(frequency), strict=True))
    spectrum = dctn(picture, type=1, axes=(-2, -1))
    return idctn(spectrum * response * response[:, None], type=1, axes=(-2, -1))


def octaves(frequency: np.ndarray) -> list[np.ndarray]:
    """Responses of the four bands, low to high, from the closed form of sym2's power."""

    def low(omega: np.ndarray) -> np.ndarray:
        return np.cos(omega / 2) ** 4 * (1 + 2 * np.sin(omega / 2) ** 2)

    first, second, third = low(frequency), low(2 * frequency), low(4 * frequency)
    return [first * second * third, first * second * (1 - third), first * (1 - second), 1 - first]
