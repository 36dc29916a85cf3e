"""A figure beside its gate: how every bench prints what it found, and what `report.py` gathers."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """`at_most`, `at_least` or neither: then the figure stands beside the others and passes nothing."""

    what: str
    value: float
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None
    digits: int = 2

    @property
    def is_good(self) -> bool | None:
        """None without a gate."""
        if self.at_most is None and self.at_least is None:
            return None
        above = self.at_least is None or self.value >= self.at_least
        return above and (self.at_most is None or self.value <= self.at_most)

    @property
    def measured(self) -> str:
        return _worded(self.value, self.unit, self.digits)

    @property
    def gate(self) -> str:
        if self.at_most is not None and self.at_least is not None:
            return f"{self.at_least:g} … {self.at_most:g} {self.unit}".rstrip()
        sign, gate = ("≤", self.at_most) if self.at_most is not None else ("≥", self.at_least)
        return "" if gate is None else f"{sign} {gate:g} {self.unit}".rstrip()

    @property
    def verdict(self) -> str:
        return {None: "", True: "pass", False: "miss"}[self.is_good]


def _worded(value: float, unit: str, digits: int) -> str:
    return f"{value:.{digits}f} {unit}".rstrip()


def tell(title: str, figures: Sequence[Figure], *, as_json: bool, **details: Any) -> int:
    """Print the figures, or all as JSON. -> exit status: 1 when a gate is missed"""
    if as_json:
        print(json.dumps({"title": title, "figures": [to_json(one) for one in figures], **details}))
    else:
        print(title)
        wide = max(len(one.what) for one in figures)
        for one in figures:
            gate = f"gate {one.gate}  {one.verdict}" if one.gate else ""
            print(f"  {one.what:{wide}}  {one.measured:>16}  {gate}".rstrip())
    return 0 if all(one.is_good is not False for one in figures) else 1


def to_json(figure: Figure) -> dict[str, Any]:
    return asdict(figure)


def from_json(said: Mapping[str, Any]) -> Figure:
    return Figure(**said)
