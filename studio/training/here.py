"""The render services that are attached now. The app of services tells; this one need not know it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Here:
    """One attached service: its name, its devices' names, and how many of its best kind it has."""

    name: str
    devices: tuple[str, ...] = ()
    count: int = 1


# Set in AppConfig.ready() of whoever knows.
LOOK: list[Callable[[], list[Here]]] = []


def services_here() -> list[Here]:
    return [found for look in LOOK for found in look()]


def devices_of_one() -> int:
    """How many devices a run would have: those of the largest service here, else one."""
    return max((found.count for found in services_here()), default=1)
