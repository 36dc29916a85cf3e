"""Parameters against a visualizer's JSON Schema, from the render service: no torch is needed to judge by it.

It is the schema of a flat pydantic model: each property has a type (or a choice of them), limits, perhaps an enum, and
a default. What forms of their own make (a path of vectors, bends, signals) is judged by its model instead.
"""

import math
from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from gpu_service.protocol import Waypoint
from gpu_service.protocol.bends import BendSpec
from gpu_service.protocol.signals import SignalSet
from gpu_service.protocol.vectors import MOST_WAYPOINTS

Schema = Mapping[str, Any]


class ParameterError(Exception):
    """A value that the visualizer does not take: a sentence, and the field it is about, such as `parameters.alpha`."""

    def __init__(self, message: str, *, name: str) -> None:
        super().__init__(message)
        self.field = f"parameters.{name}"


def with_defaults(schema: Schema, values: Mapping[str, Any]) -> dict[str, Any]:
    """Every parameter of the schema: as it was set, or its default. What the schema does not know is left out."""
    properties: Schema = schema.get("properties", {})
    return {name: values.get(name, rule.get("default")) for name, rule in properties.items()}


def check_parameters(schema: Schema, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they will be stored. Raises ParameterError, which names the first wrong one."""
    properties: Schema = schema.get("properties", {})
    checked = {}
    for name, value in values.items():
        if name not in properties:
            raise ParameterError(f"There is no parameter named “{name}”.{_near(name, properties)}", name=name)
        checked[name] = _check(value, rule=_resolved(properties[name], schema), root=schema, name=name)
    return checked


def _near(name: str, properties: Schema) -> str:
    from difflib import get_close_matches

    found = get_close_matches(name, list(properties), n=2)
    return f" Near it: {', '.join(found)}." if found else ""


def _resolved(rule: Schema, root: Schema) -> Schema:
    """Follow one `$ref` (pydantic puts enums there), and the `allOf` of one that older schemas wrap it in."""
    if "$ref" in rule:
        found: Any = root
        for part in str(rule["$ref"]).removeprefix("#/").split("/"):
            found = found[part]
        return {**found, **{key: value for key, value in rule.items() if key != "$ref"}}
    if len(rule.get("allOf", ())) == 1:
        return {**_resolved(rule["allOf"][0], root), **{key: value for key, value in rule.items() if key != "allOf"}}
    return rule


def _check(value: Any, *, rule: Schema, root: Schema, name: str) -> Any:
    title = rule.get("title", name)
    if model := MODELS.get(str(rule.get("x-form", rule.get("x-control")))):
        return _check_model(value, model, rule, name)
    if "anyOf" in rule:
        return _check_any(value, rule=rule, root=root, name=name)
    if "enum" in rule or "const" in rule:
        choices = rule.get("enum", [rule.get("const")])
        if value not in choices or isinstance(value, bool) is not any(isinstance(choice, bool) for choice in choices):
            raise ParameterError(f"{title}: choose {_listed(choices)}.", name=name)
        return value
    check = CHECKS.get(str(rule.get("type")))
    return check(value, rule, root, name) if check else value


def _check_any(value: Any, *, rule: Schema, root: Schema, name: str) -> Any:
    error: ParameterError | None = None
    for choice in rule["anyOf"]:
        try:
            return _check(
                value, rule={"title": rule.get("title", name), **_resolved(choice, root)}, root=root, name=name
            )
        except ParameterError as found:
            # The first choice is what the parameter is; the others (usually null) are ways of not giving it.
            error = error or found
    assert error is not None
    raise error


def _check_number(value: Any, rule: Schema, root: Schema, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ParameterError(f"{rule.get('title', name)}: use a number{_range_words(rule)}.", name=name)
    low, high = rule.get("minimum", -math.inf), rule.get("maximum", math.inf)
    above, below = rule.get("exclusiveMinimum", -math.inf), rule.get("exclusiveMaximum", math.inf)
    if not (low <= value <= high and above < value < below):
        raise ParameterError(f"{rule.get('title', name)}: use a number{_range_words(rule)}.", name=name)
    return value


def _check_integer(value: Any, rule: Schema, root: Schema, name: str) -> int:
    whole = isinstance(value, float) and value.is_integer()
    if isinstance(value, bool) or not (isinstance(value, int) or whole):
        raise ParameterError(f"{rule.get('title', name)}: use a whole number{_range_words(rule)}.", name=name)
    return int(_check_number(int(value), rule, root, name))


def _check_boolean(value: Any, rule: Schema, root: Schema, name: str) -> bool:
    if not isinstance(value, bool):
        raise ParameterError(f"{rule.get('title', name)} is on or off: use true or false.", name=name)
    return value


def _check_string(value: Any, rule: Schema, root: Schema, name: str) -> str:
    if not isinstance(value, str):
        raise ParameterError(f"{rule.get('title', name)}: use text.", name=name)
    if len(value) > rule.get("maxLength", 10_000):
        raise ParameterError(
            f"{rule.get('title', name)}: use up to {rule.get('maxLength', 10_000)} characters.", name=name
        )
    return value


def _check_null(value: Any, rule: Schema, root: Schema, name: str) -> None:
    if value is not None:
        raise ParameterError(f"{rule.get('title', name)}: leave it empty.", name=name)


def _check_array(value: Any, rule: Schema, root: Schema, name: str) -> list[Any]:
    title = rule.get("title", name)
    if not isinstance(value, (list, tuple)):
        raise ParameterError(f"{title}: use a list.", name=name)
    low, high = rule.get("minItems", 0), rule.get("maxItems", 1_000)
    if not low <= len(value) <= high:
        count = f"{low}" if low == high else f"{low} to {high}"
        raise ParameterError(f"{title}: use a list of {count} values.", name=name)
    places = rule.get("prefixItems", [])
    rest = rule.get("items", {})
    rest = rest if isinstance(rest, Mapping) else {}
    return [
        _check(
            item, rule={"title": title, **_resolved(places[i] if i < len(places) else rest, root)}, root=root, name=name
        )
        for i, item in enumerate(value)
    ]


def _check_model(value: Any, model: TypeAdapter[Any], rule: Schema, name: str) -> Any:
    title = rule.get("title", name)
    try:
        read = model.validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        words = str(first["msg"]).removeprefix("Value error, ").rstrip(".")
        place = ".".join(map(str, first["loc"]))
        raise ParameterError(f"{title}: {place or 'it'} cannot be used: {words}.", name=name) from error
    most = rule.get("maxItems", MOST_WAYPOINTS)
    if isinstance(read, list) and len(read) > most:
        what = "bends" if rule.get("x-form") == "bends" else "pins"
        raise ParameterError(f"{title}: use up to {most} {what}.", name=name)
    return model.dump_python(read, mode="json")


MODELS: dict[str, TypeAdapter[Any]] = {
    "path": TypeAdapter(list[Waypoint]),
    "bends": TypeAdapter(list[BendSpec]),
    "signals": TypeAdapter(SignalSet),
}
CHECKS = {
    "number": _check_number,
    "integer": _check_integer,
    "boolean": _check_boolean,
    "string": _check_string,
    "null": _check_null,
    "array": _check_array,
}


def _range_words(rule: Schema) -> str:
    low, high = rule.get("minimum", rule.get("exclusiveMinimum")), rule.get("maximum", rule.get("exclusiveMaximum"))
    if low is not None and high is not None:
        return f" from {low:g} to {high:g}"
    if low is not None:
        return f" of {low:g} or more"
    return f" up to {high:g}" if high is not None else ""


def _listed(choices: list[Any]) -> str:
    words = [f"“{choice}”" for choice in choices]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
