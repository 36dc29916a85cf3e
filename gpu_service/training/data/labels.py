"""Labels from dataset.json: classes become one-hot rows, vectors stay as they are."""

import json
from collections.abc import Iterable, Sequence

import numpy as np

from gpu_service.training.data.errors import DataError, shown
from gpu_service.training.data.names import LABELS_NAME

MOST_CLASSES = 4096


class Labels:
    """One row of float32 [C] a picture, made when it is asked for: a million classes are a million small numbers."""

    def __init__(self, values: np.ndarray, count: int) -> None:
        """values: int32 [n] classes below `count`, or float32 [n, count]"""
        self._values, self.count = values, count

    def rows(self, indices: Sequence[int] | np.ndarray) -> np.ndarray:
        """float32 [len(indices), C]"""
        picked = self._values[np.asarray(indices, np.int64)]
        if picked.ndim == 2:
            return picked
        rows = np.zeros((len(picked), self.count), np.float32)
        rows[np.arange(len(picked)), picked] = 1
        return rows


def read_labels(found: tuple[bytes, str] | None, names: Iterable[str], *, title: str) -> Labels:
    """Of those pictures, in their order. Raises DataError."""
    by_name = _by_name(found, title)
    first = next(iter(by_name.values()))
    width = len(first) if isinstance(first, list) else 0
    front = found[1] if found else ""
    missing, values = [], []
    for name in names:
        value = by_name.get(name.removeprefix(front))
        if value is None:
            missing.append(name)
        else:
            values.append(_checked(value, width, name))
    if missing:
        some = "1 picture" if len(missing) == 1 else f"{len(missing):,} of {len(missing) + len(values):,} pictures"
        raise DataError(
            f"{LABELS_NAME} in {title} has no label for {some} ({shown(missing[0])}). "
            "Add them or train without labels.",
            field="labels",
        )
    if width:
        return Labels(np.array(values, np.float32), width)
    classes = np.array(values, np.int32)
    return Labels(classes, int(classes.max()) + 1)


def _by_name(found: tuple[bytes, str] | None, title: str) -> dict[str, object]:
    try:
        given = json.loads(found[0])["labels"] if found else None
        pairs = dict(given) if given else {}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DataError(f"{LABELS_NAME} in {title} cannot be read: it is not as StyleGAN writes it.") from error
    if not pairs:
        raise DataError(f"{title} has no labels in a {LABELS_NAME}. Add them or train without labels.", field="labels")
    return {str(name).replace("\\", "/"): value for name, value in pairs.items()}


def _checked(value: object, width: int, name: str) -> object:
    if width:
        good = isinstance(value, list) and len(value) == width and all(map(_is_number, value))
    else:
        good = type(value) is int and 0 <= value < MOST_CLASSES
    if not good or width > MOST_CLASSES:
        wanted = f"{width} numbers like the first" if width else f"a class from 0 to {MOST_CLASSES - 1}"
        raise DataError(f"The label of {shown(name)} is not {wanted}. Mend {LABELS_NAME} or train without labels.")
    return value


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -1e9 < value < 1e9
