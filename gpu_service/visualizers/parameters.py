"""Parameters: one pydantic model per visualizer, from which form, validation, command line and documents are made."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gpu_service.errors import RenderError
from gpu_service.routes.knobs import Knob

Control = Literal["slider", "switch", "choice", "number", "path", "json"]


class Parameters(BaseModel):
    """Frozen, and strict about names: a parameter that does not exist is a mistake worth a sentence."""

    model_config = ConfigDict(frozen=True, extra="forbid")


P = TypeVar("P", bound=Parameters)


def parameter(
    default: Any,
    *,
    title: str,
    help: str,
    group: str,
    unit: str = "",
    minimum: float | None = None,
    maximum: float | None = None,
    step: float | None = None,
    slider: tuple[float, float] | None = None,
    scale: Literal["linear", "log"] = "linear",
    control: Control = "slider",
    routable: bool = False,
    most: int | None = None,
    among: Sequence[str] = (),
    form: str = "",
    examples: Sequence[Any] = (),
) -> Any:
    """One parameter with all that a form needs. Which stage it spoils is read off the stages, not written here.

    `slider` gives the ends of the slider where more may be typed than a hand would want to reach. `most` is the
    length of a list; `among` what a text may be where that is only known here. What has the control "path" or "json"
    is no value for a form: pages of their own make it; `form` names which, and `examples` are what it begins with.
    """
    extra: dict[str, Any] = {"x-group": group, "x-scale": scale, "x-control": control, "x-routable": routable}
    if unit:
        extra["x-unit"] = unit
    if step is not None:
        extra["x-step"] = step
    if slider is not None:
        extra["x-slider"] = list(slider)
    if among:
        extra["enum"] = list(among)
    if form:
        extra["x-form"] = form
    if examples:
        extra["examples"] = list(examples)
    return Field(
        default, title=title, description=help, ge=minimum, le=maximum, max_length=most, json_schema_extra=extra
    )


def read_parameters(model: type[P], values: Mapping[str, Any]) -> P:
    """Check values against the model. RenderError names the first wrong parameter and what it may be."""
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        raise RenderError(_sentence(model, name, first), kind="bad_input", field=f"parameters.{name}") from error


def _sentence(model: type[Parameters], name: str, problem: Any) -> str:
    if name not in model.model_fields:
        return f"There is no parameter named “{name}”. There are: {', '.join(model.model_fields)}."
    if len(problem["loc"]) > 1 or not _is_plain(model, name):
        words = str(problem["msg"]).removeprefix("Value error, ").rstrip(".")
        place = ".".join(map(str, problem["loc"]))
        return f"{place} cannot be used: {words[:1].lower()}{words[1:]}."
    return f"{name}={_shown(problem.get('input'))} cannot be used: {allowed(model, name)}."


def _is_plain(model: type[Parameters], name: str) -> bool:
    """Whether it is a number, a switch or a choice, and no list or recipe."""
    entry = model.model_json_schema()["properties"][name]
    return entry["x-control"] not in ("path", "json")


@lru_cache(maxsize=64)
def knobs_of(model: type[Parameters]) -> dict[str, Knob]:
    """The parameters that routes may drive."""
    properties = model.model_json_schema()["properties"]
    return {name: Knob.of_schema(entry) for name, entry in properties.items() if entry["x-routable"]}


def plain(number: float) -> str:
    """2147483647 and 0.03, never 2.1e+09."""
    return str(int(number)) if number == int(number) else f"{number:g}"


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:37] + "…"


def allowed(model: type[Parameters], name: str) -> str:
    """“write a number from 0 to 2”: what the schema says of one parameter, as words."""
    schema = model.model_json_schema()["properties"][name]
    if "enum" in schema:
        return "write " + ", ".join(str(value) for value in schema["enum"][:-1]) + f" or {schema['enum'][-1]}"
    if schema.get("type") == "boolean":
        return "write true or false"
    noun = {"integer": "a whole number", "number": "a number"}.get(schema.get("type", ""), "a value")
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f"write {noun} from {plain(low)} to {plain(high)}"
    return f"write {noun} of at least {plain(low)}" if low is not None else f"write {noun}"
