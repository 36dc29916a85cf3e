"""Names of very many files in little memory: one text and where each ends."""

from collections.abc import Iterator, Sequence

import numpy as np

ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".bmp")
LABELS_NAME = "dataset.json"


def is_picture(name: str) -> bool:
    """By its ending; what systems hide or leave behind (.DS_Store, __MACOSX) is none."""
    parts = name.split("/")
    return name.lower().endswith(ENDINGS) and not parts[-1].startswith(".") and parts[0] != "__MACOSX"


class Names:
    """Names in UTF-8, one after the other. About as large as their letters and 8 bytes each."""

    def __init__(self, names: Sequence[str]) -> None:
        coded = [name.encode("utf-8", "surrogateescape") for name in names]
        self._text = b"".join(coded)
        self._ends = np.cumsum([0, *map(len, coded)], dtype=np.int64)

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, index: int) -> str:
        start, end = self._ends[index], self._ends[index + 1]
        return self._text[start:end].decode("utf-8", "surrogateescape")

    def __iter__(self) -> Iterator[str]:
        return (self[index] for index in range(len(self)))

    @property
    def nbytes(self) -> int:
        return len(self._text) + self._ends.nbytes
