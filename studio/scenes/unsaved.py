"""What a hand moves at this moment: parameters, routes and actions of a preview that are not saved yet."""

import time
from collections.abc import Mapping
from typing import Any

from gpu_service.protocol import SceneSpec
from gpu_service.protocol.routes import CueAction, RouteSpec

# What is moved on the page and not saved yet outlives the reload of the scene by so long.
UNSAVED_SECONDS = 2.0
MODELS: dict[str, Any] = {"routes": RouteSpec, "actions": CueAction}


class Unsaved:
    """Newer values by group ("parameters", "routes", "actions") and name or id; None takes a route or action out."""

    def __init__(self) -> None:
        self._moved: dict[tuple[str, str], tuple[Any, float]] = {}
        self._settled_at = 0.0

    def move(self, group: str, values: Mapping[str, Any]) -> None:
        moment = time.monotonic()
        self._moved.update({(group, name): (value, moment) for name, value in values.items()})

    def settle(self, saved: SceneSpec) -> None:
        """Forget what is saved by now, and what lies too far back."""
        moment, there = time.monotonic(), {group: _by_id(saved, group) for group in MODELS}
        self._settled_at = moment
        there["parameters"] = dict(saved.parameters)
        self._moved = {
            (group, name): (value, at)
            for (group, name), (value, at) in self._moved.items()
            if moment - at < UNSAVED_SECONDS and there[group].get(name) != value
        }

    @property
    def is_overdue(self) -> bool:
        """Something was saved since a hand moved and the hand rests, yet its value stands: it was undone meanwhile."""
        moment = time.monotonic()
        return any(at < self._settled_at and moment - at >= UNSAVED_SECONDS for _, at in self._moved.values())

    def applied(self, spec: SceneSpec) -> SceneSpec:
        """The scene as the hand wants it."""
        if not self._moved:
            return spec
        newer: dict[str, Any] = {"parameters": {**spec.parameters, **self._of("parameters")}}
        for group, model in MODELS.items():
            if moved := self._of(group):
                items = {**_by_id(spec, group), **moved}
                newer[group] = [model.model_validate(item) for item in items.values() if item is not None]
        return spec.model_copy(update=newer)

    def _of(self, group: str) -> dict[str, Any]:
        return {name: value for (of, name), (value, _) in self._moved.items() if of == group}


def _by_id(spec: SceneSpec, group: str) -> dict[str, Any]:
    return {item.id: item.model_dump(mode="json") for item in getattr(spec, group)}
