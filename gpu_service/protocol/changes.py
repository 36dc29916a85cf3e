"""What is not the same between two settings of one kind, and how a person is told."""

from typing import Any

from pydantic import BaseModel

MOST_SHOWN = 6
Changes = dict[str, tuple[Any, Any]]
"""By name: before, now."""


def changes_between(before: BaseModel, now: BaseModel) -> Changes:
    """Settings that are not the same."""
    one, other = before.model_dump(), now.model_dump()
    return {name: (one[name], other[name]) for name in one if one[name] != other[name]}


def difference(changes: Changes, *, of: type[BaseModel]) -> str:
    """Batch 32 then, 16 now; …"""
    titles = {name: field.title or name.replace("_", " ").capitalize() for name, field in of.model_fields.items()}
    told = [f"{titles[name]} {_shown(before)} then, {_shown(now)} now" for name, (before, now) in changes.items()]
    more = len(told) - MOST_SHOWN
    return "; ".join(told[:MOST_SHOWN]) + (f"; and {more} more" if more > 0 else "")


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(_shown(each) for each in value)
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
