"""Who drives what: routes and envelopes of cues in one list, checked. Wrong ones are refused with a sentence.

A route may listen to another route's curve, and may drive another's amount; neither may come round to where it began.
"""

from collections.abc import Collection, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from gpu_service.errors import RenderError
from gpu_service.protocol.routes import CueAction, CueSource, RouteSource, RouteSpec, StemSource
from gpu_service.routes.knobs import Knob

AMOUNT_OF = "route:"
# An envelope is held until a rise with its time constant has got to 95 %, and for a frame of any film at least.
SHORTEST_HOLD, RISES = 0.05, 3.0


def all_routes(routes: Sequence[RouteSpec], actions: Sequence[CueAction]) -> list[RouteSpec]:
    """The routes of a scene, and those that its cues' envelopes are."""
    return [*routes, *(_envelope(action, place) for place, action in enumerate(actions) if action.kind == "envelope")]


def _envelope(action: CueAction, place: int) -> RouteSpec:
    hold = min(max(action.seconds, SHORTEST_HOLD, RISES * action.attack_seconds), 60.0)
    # A colon: no route of a person's own can have this id.
    return RouteSpec.model_construct(
        id=f"action:{place}",
        parameter=action.parameter or "",
        source=CueSource(label=action.label, hold_seconds=hold),
        amount=action.amount,
        attack_seconds=action.attack_seconds,
        release_seconds=action.release_seconds,
    )


def driven_route(parameter: str) -> str | None:
    """The id of the route whose amount this is; None for a parameter of the visualizer."""
    return parameter.removeprefix(AMOUNT_OF) if parameter.startswith(AMOUNT_OF) else None


def check_routes(
    routes: Sequence[RouteSpec], *, knobs: Mapping[str, Knob], labels: Collection[str], stems: Collection[str]
) -> None:
    """RenderError for the first route that cannot work. Of a bypassed one only rings are refused.

    `knobs` by parameter, `labels` of the scene's cues, `stems` there are.
    """
    by_id = {route.id: route for route in routes}
    if len(by_id) < len(routes):
        twice = next(route.id for place, route in enumerate(routes) if route.id in {r.id for r in routes[:place]})
        raise _refused(twice, "id", f"Two routes are named “{twice}”. Give one of them another name.")
    for route in routes:
        if not route.is_bypassed:
            _check_target(route, knobs=knobs, routes=by_id)
            _check_source(route, labels=labels, stems=stems, routes=by_id)
    _check_rings(routes)


def _check_target(route: RouteSpec, *, knobs: Mapping[str, Knob], routes: Mapping[str, RouteSpec]) -> None:
    other = driven_route(route.parameter)
    if other is not None and other not in routes:
        raise _refused(route.id, "parameter", f"This route drives the amount of a route “{other}”, which is not there.")
    if other is None and route.parameter not in knobs:
        there = ", ".join(knobs) or "none here"
        sentence = f"No route can drive “{route.parameter}”. Routes drive what drawing reads: {there}."
        raise _refused(route.id, "parameter", sentence)


def _check_source(
    route: RouteSpec, *, labels: Collection[str], stems: Collection[str], routes: Mapping[str, RouteSpec]
) -> None:
    source = route.source
    if isinstance(source, CueSource) and source.label not in labels and not route.id.startswith("action:"):
        sentence = f"This route listens to cues labelled “{source.label}”, and there is none. Set one, or bypass it."
        raise _refused(route.id, "source", sentence)
    if isinstance(source, StemSource) and source.stem not in stems:
        sentence = f"This track has no stem “{source.stem}”. There are: {', '.join(stems)}."
        raise _refused(route.id, "source", sentence)
    if isinstance(source, RouteSource) and source.id not in routes:
        raise _refused(route.id, "source", f"This route listens to a route “{source.id}”, which is not there.")


def _check_rings(routes: Sequence[RouteSpec]) -> None:
    """The curve of a route waits for the curve it listens to; its amount for what drives it."""
    waits: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for route in routes:
        if isinstance(route.source, RouteSource):
            waits.setdefault(("curve", route.id), set()).add(("curve", route.source.id))
        if (other := driven_route(route.parameter)) is not None:
            waits.setdefault(("amount", other), set()).update({("amount", route.id), ("curve", route.id)})
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as error:
        ring = list(dict.fromkeys(name for _, name in error.args[1]))
        listed = " → ".join(f"“{name}”" for name in [*ring, ring[0]])
        sentence = f"These routes drive each other in a ring: {listed}. Let one of them listen to something else."
        raise _refused(ring[0], "source", sentence) from error


def in_order(routes: Sequence[RouteSpec]) -> list[RouteSpec]:
    """Each after the one that it listens to."""
    by_id = {route.id: route for route in routes}
    waits = {route.id: {route.source.id} if isinstance(route.source, RouteSource) else set() for route in routes}
    return [by_id[name] for name in TopologicalSorter(waits).static_order() if name in by_id]


def heard(routes: Sequence[RouteSpec]) -> list[RouteSpec]:
    """Those that act: not bypassed, and where any is solo, only these and what drives their amounts.

    Bypass and solo silence what a route does; others may go on listening to its curve.
    """
    acting = [route for route in routes if not route.is_bypassed]
    solo = {route.id for route in acting if route.is_solo}
    if not solo:
        return acting
    # Who soloes a route that drives an amount wants to hear it act.
    by_id = {route.id: route for route in acting}
    for name in list(solo):
        while name in by_id and (other := driven_route(by_id[name].parameter)) is not None and other not in solo:
            solo.add(other)
            name = other
    return [route for route in acting if route.id in solo or driven_route(route.parameter) is not None]


def _refused(route: str, field: str, sentence: str) -> RenderError:
    return RenderError(sentence, kind="bad_input", field=f"routes.{route}.{field}")
