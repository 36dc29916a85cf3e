"""Bytes that pickle protocol 2 writes as text, half as long again: decoded when they are needed, not before."""

import codecs

import numpy as np

SHORTEST_VIEW = 1 << 12
HEAD_BYTES, BLOCK_BYTES = 1 << 14, 1 << 24
# In UTF-8 every byte from 0x80 to 0xBF goes on with a sign that has begun; as signed numbers those are below this.
FIRST_BYTE = -64


class LongText:
    """Text of a pickle as its UTF-8, too long for a name."""

    def __init__(self, raw: memoryview) -> None:
        self.raw = raw
        self.head, _ = codecs.utf_8_decode(bytes(raw[:HEAD_BYTES]), "strict", False)
        self._length: int | None = None
        self._whole: str | None = None

    def __len__(self) -> int:
        """Signs."""
        if self._length is None:
            signed = np.frombuffer(self.raw, np.int8)
            blocks = (signed[start : start + BLOCK_BYTES] for start in range(0, len(signed), BLOCK_BYTES))
            self._length = sum(int(np.count_nonzero(block >= FIRST_BYTE)) for block in blocks)
        return self._length

    def signs(self, start: int, stop: int) -> str:
        """A few of them. Beyond the head the whole text is decoded, once."""
        if stop <= len(self.head):
            return self.head[start:stop]
        if self._whole is None:
            self._whole = self.decoded()
        return self._whole[start:stop]

    def decoded(self) -> str:
        """All of it."""
        return str(self.raw, "utf-8")


class LatinText:
    """The bytes that such a text stands for, one for each sign. Raises UnicodeError where it stands for none."""

    def __init__(self, text: "str | LongText", start: int = 0, stop: int | None = None) -> None:
        self.text, self.start, self.stop = text, start, len(text) if stop is None else stop

    def __len__(self) -> int:
        return self.stop - self.start

    def __getitem__(self, piece: slice) -> "bytes | LatinText":
        start, stop, _ = piece.indices(len(self))
        start, stop = self.start + start, self.start + max(start, stop)
        if stop - start >= SHORTEST_VIEW:
            return LatinText(self.text, start, stop)
        signs = self.text[start:stop] if isinstance(self.text, str) else self.text.signs(start, stop)
        return signs.encode("latin-1")

    def __bytes__(self) -> bytes:
        whole = self.text if isinstance(self.text, str) else self.text.decoded()
        return whole.encode("latin-1")[self.start : self.stop]
