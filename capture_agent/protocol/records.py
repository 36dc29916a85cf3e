"""Records that check themselves: frozen dataclasses whose fields know what they may hold, to and from plain JSON data.

Standard library only. Unknown fields are ignored, so that newer fields within one protocol version do no harm.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import datetime
from typing import Any, Self
from uuid import UUID

Check = Callable[[Any], Any]


class RecordError(ValueError):
    """A sentence about one wrong value; `field` names it."""

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class _Wrong(ValueError):
    """What a check wants instead: the end of a sentence that begins with the field's name."""


def text(longest: int, default: str | None = None, *, least: int = 0) -> Any:
    """A string of `least` to `longest` characters, without control signs."""
    return _field(_text(longest, least), default)


def whole(low: int, high: int, default: int | None = None) -> Any:
    return _field(_whole(low, high), default)


def number(low: float, high: float, default: float | None = None) -> Any:
    return _field(_number(low, high), default)


def yes_no(default: bool | None = None) -> Any:
    return _field(_yes_no, default)


def one_of(choices: tuple[str, ...], default: str | None = None) -> Any:
    return _field(_one_of(choices), default)


def time_text() -> Any:
    """An ISO 8601 time with its zone, kept as text."""
    return _field(_time, None)


def uuid_text() -> Any:
    """A UUID, kept as text in its usual form."""
    return _field(_uuid, None)


def hex_text(length: int) -> Any:
    return _field(_hex(length), None)


def listed(check: Any, most: int) -> Any:
    """A tuple of at most `most` values, each of which passes the check of another field."""
    return field(default=(), metadata={"check": _listed(_check_of(check), most)})


def pair(low: int, high_width: int, high_height: int, default: tuple[int, int]) -> Any:
    """Width and height in pixels."""
    return field(default=default, metadata={"check": _pair(low, high_width, high_height)})


def maybe(check: Any) -> Any:
    """Another field that may also be None, and is None where nothing is said."""
    inner = _check_of(check)
    return field(default=None, metadata={"check": lambda value: None if value is None else inner(value)})


def record(kind: "type[Record]") -> Any:
    """A record inside a record."""
    return field(metadata={"check": _record(kind)})


def data(longest_bytes: int) -> Any:
    """A JSON object of any content, at most so long when written."""
    return field(default_factory=dict, metadata={"check": _data(longest_bytes)})


@dataclass(frozen=True)
class Record:
    """The base: every field is checked when the record is made, whoever makes it. Raises RecordError."""

    def __post_init__(self) -> None:
        for each in fields(self):
            check = each.metadata.get("check")
            if check is None:
                continue
            try:
                object.__setattr__(self, each.name, check(getattr(self, each.name)))
            except _Wrong as wrong:
                raise RecordError(f"{each.name}: {wrong}.", field=each.name) from None
            except RecordError as error:
                raise RecordError(f"{each.name}, {error}", field=f"{each.name}.{error.field}") from None

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Self:
        """A record from plain data. Raises RecordError that names the wrong or missing field."""
        if not isinstance(given, Mapping):
            raise RecordError("Send a JSON object.")
        known = {each.name for each in fields(cls)}
        try:
            return cls(**{name: value for name, value in given.items() if name in known})
        except TypeError:
            missing = [each.name for each in fields(cls) if each.name not in given and _is_needed(each)]
            names = ", ".join(missing)
            raise RecordError(f"{names}: missing.", field=missing[0] if missing else "") from None

    def as_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        return {each.name: _plain(getattr(self, each.name)) for each in fields(self)}


def _field(check: Check, default: Any) -> Any:
    if default is None:
        return field(metadata={"check": check})
    return field(default=default, metadata={"check": check})


def _check_of(given: Any) -> Check:
    return given.metadata["check"]


def _is_needed(each: Any) -> bool:
    return each.default is MISSING and each.default_factory is MISSING


def _plain(value: Any) -> Any:
    if isinstance(value, Record):
        return value.as_dict()
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value


def _text(longest: int, least: int) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, str) or not least <= len(value) <= longest or not value.isprintable():
            raise _Wrong(f"use {least} to {longest} printable characters")
        return value

    return check


def _whole(low: int, high: int) -> Check:
    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise _Wrong(f"use a whole number from {low} to {high}")
        return value

    return check


def _number(low: float, high: float) -> Check:
    def check(value: Any) -> float:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value) or not low <= value <= high:
            raise _Wrong(f"use a number from {low:g} to {high:g}")
        return float(value)

    return check


def _yes_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Wrong("use true or false")
    return value


def _one_of(choices: tuple[str, ...]) -> Check:
    def check(value: Any) -> str:
        if value not in choices or not isinstance(value, str):
            raise _Wrong(f"use one of {', '.join(choices)}")
        return value

    return check


def _time(value: Any) -> str:
    try:
        if isinstance(value, str) and len(value) <= 40 and datetime.fromisoformat(value).tzinfo is not None:
            return value
    except ValueError:
        pass
    raise _Wrong("use a time such as 2026-11-21T11:47:14.250000+00:00")


def _uuid(value: Any) -> str:
    try:
        if isinstance(value, str | UUID):
            return str(UUID(str(value)))
    except ValueError:
        pass
    raise _Wrong("use a UUID")


def _hex(length: int) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, str) or len(value) != length or not set(value) <= set("0123456789abcdef"):
            raise _Wrong(f"use {length} lower-case hexadecimal digits")
        return value

    return check


def _listed(inner: Check, most: int) -> Check:
    def check(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple) or len(value) > most:
            raise _Wrong(f"use a list of at most {most}")
        return tuple(inner(each) for each in value)

    return check


def _pair(low: int, high_width: int, high_height: int) -> Check:
    width, height = _whole(low, high_width), _whole(low, high_height)

    def check(value: Any) -> tuple[int, int]:
        if not isinstance(value, list | tuple) or len(value) != 2:
            raise _Wrong(f"use width and height, at most {high_width} × {high_height}")
        return width(value[0]), height(value[1])

    return check


def _record(kind: type[Record]) -> Check:
    return lambda value: value if isinstance(value, kind) else kind.from_dict(value)


def _data(longest_bytes: int) -> Check:
    def check(value: Any) -> dict[str, Any]:
        try:
            if isinstance(value, dict) and len(json.dumps(value, allow_nan=False)) <= longest_bytes:
                return value
        except (TypeError, ValueError, RecursionError):
            pass
        raise _Wrong(f"use a JSON object of at most {longest_bytes} bytes")

    return check
