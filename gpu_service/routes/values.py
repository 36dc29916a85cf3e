"""Values: a parameter as its routes drive it, in any frames, from curves that are ready."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from gpu_service.protocol.routes import RouteSpec
from gpu_service.routes.graph import AMOUNT_OF
from gpu_service.routes.knobs import AMOUNT, Knob
from gpu_service.routes.shaping import finished

Levels = Callable[[str], np.ndarray]
"""The curve of a route by its id, in the frames in question, before quantising and bending. -> [N], 0…1"""


@dataclass(frozen=True)
class Driven:
    """A parameter in some frames: its values [N], and where its range has cut them off, bool [N]."""

    values: np.ndarray
    is_clamped: np.ndarray


def driven(name: str, knob: Knob, *, base: float, count: int, routes: Sequence[RouteSpec], levels: Levels) -> Driven:
    """`base` moved by all `routes` (those that act) that drive `name`. The order of the routes does not matter."""
    steady = np.full(count, base)
    acting = sorted((route for route in routes if route.parameter == name), key=lambda route: route.id)
    if not acting:
        return Driven(steady, np.zeros(count, bool))
    move = np.zeros(count)
    for route in acting:
        amount = driven(
            f"{AMOUNT_OF}{route.id}", AMOUNT, base=route.amount, count=count, routes=routes, levels=levels
        ).values
        move = move + (amount * finished(route, np.asarray(levels(route.id), np.float64)) + route.offset)
    return Driven(*knob.moved(steady, move))
