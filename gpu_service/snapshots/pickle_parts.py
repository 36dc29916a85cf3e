"""What a pickle is read from and into: bytes, records, and the three ways in which it can go wrong."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from gpu_service.snapshots.latin_text import SHORTEST_VIEW, LatinText

StandIn = Callable[..., object]
LONGEST_LINE = 1 << 11


class ForbiddenName(Exception):
    """The stream names something that is not in the table."""


class Malformed(Exception):
    """The stream breaks the rules of pickles, or goes beyond the limits."""


class Truncated(Exception):
    """The stream ends before it says that it is done."""


@dataclass(frozen=True)
class Global:
    """A name the stream asked for, and what we do in its place."""

    name: str
    stand_in: StandIn


@dataclass(eq=False)
class Record:
    """An object of the stream as data: which class it claims, and its state."""

    name: str
    state: dict[str, Any] = field(default_factory=dict)

    def set_state(self, state: object) -> None:
        """Keep a dict state as it is; the machine calls this for BUILD."""
        if not isinstance(state, dict) or self.state:
            raise Malformed(f"the state of {self.name} is no dictionary")
        self.state = state


Bytes = bytes | memoryview | LatinText


class Source:
    """Bytes to read from, which remembers whether somebody asked for more than there was.

    Long pieces are views of the whole, so that a file's numbers are not copied while its pickle is walked.
    """

    def __init__(self, data: Bytes) -> None:
        self.data, self.position, self.starved = data, 0, False

    def read(self, count: int) -> Bytes:
        """Up to `count` bytes; a view where there are many."""
        piece = self.data[self.position : self.position + max(count, 0)]
        self.starved |= len(piece) < count
        self.position += len(piece)
        return bytes(piece) if len(piece) < SHORTEST_VIEW else piece

    def readline(self) -> bytes:
        """Up to and with the next newline. Raises Malformed for a line that no pickle of a network has."""
        window = bytes(self.data[self.position : self.position + LONGEST_LINE])
        end = window.find(b"\n")
        if end < 0 and len(window) == LONGEST_LINE:
            raise Malformed("it holds a line without an end")
        self.starved |= end < 0
        piece = window[: end + 1] if end >= 0 else window
        self.position += len(piece)
        return piece

    def tell(self) -> int:
        """Bytes read so far."""
        return self.position


_KEYS = (str, bytes, int, float, bool, type(None))


def hashable(key: Any) -> Any:
    """A plain key. Tuples are refused: hashing nested ones can take for ever."""
    if type(key) not in _KEYS:
        raise Malformed(f"a {type(key).__name__} stands as a key")
    return key


STATEFUL: dict[type, Callable[[Any, object], None]] = {Record: Record.set_state}


def stateful(kind: type) -> type:
    """Class decorator: BUILD may hand a state to records of this class, through their `set_state`."""
    STATEFUL[kind] = kind.set_state  # type: ignore[attr-defined]
    return kind
