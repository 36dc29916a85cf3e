"""Ops: what an edit of a track is made of, and what to tell when two people meant the same thing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from studio.accounts.models import User
from studio.errors import Refused

CUE, MARKER, GRID = "cue", "marker", "grid"
ADD, CHANGE, REMOVE, RESTORE = "add", "change", "remove", "restore"
INVERSE = {ADD: REMOVE, REMOVE: RESTORE, RESTORE: REMOVE, CHANGE: CHANGE}
SAME = 1e-9
# What others changed: by thing and id, the person's name by field, where THERE stands for adding and removing.
THERE = "there"
Since = dict[tuple[str, str], dict[str, str]]


@dataclass(frozen=True)
class Op:
    """One change of one thing. `before` and `after` hold values by field; `at` is its place in the edit, for errors."""

    thing: str
    op: str
    id: str
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    at: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "thing": self.thing,
            "op": self.op,
            "id": self.id,
            "before": dict(self.before),
            "after": dict(self.after),
        }

    def refused(self, sentence: str, *, name: str, side: str = "after", status: int = 422) -> Refused:
        """A refusal that names this op's field."""
        where = f"{side}.{name}" if side else name
        return Refused(sentence, field=f"ops.{self.at}.{where}", status=status)


@dataclass(frozen=True)
class Conflict:
    """What somebody else did to the same thing. `copy_id`: the cue that now holds one's own values."""

    thing: str
    id: str
    sentence: str
    copy_id: str | None = None


def inverse(ops: Iterable[Op]) -> list[Op]:
    """What takes them back, last first."""
    back = [Op(op.thing, INVERSE[op.op], op.id, before=op.after, after=op.before) for op in ops]
    return back[::-1]


def is_same(one: Any, other: Any) -> bool:
    """Equal, numbers within what a page and a database make of them."""
    if isinstance(one, float | int) and isinstance(other, float | int):
        return abs(one - other) <= SAME * max(1.0, abs(one))
    return bool(one == other)


def who(person: User | None, *, by: User | None) -> str:
    """The beginning of a sentence about somebody's deed."""
    if person is None:
        return "Somebody"
    return "You, in another window," if by is not None and person.pk == by.pk else str(person)


def clock(seconds: float) -> str:
    """83.456 -> "1:23.46"."""
    minutes, rest = divmod(round(max(0.0, seconds), 2), 60.0)
    return f"{int(minutes)}:{rest:05.2f}"
