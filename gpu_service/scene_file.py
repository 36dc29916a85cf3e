"""Scene files: a scene as YAML that a person can read, keep and render without a studio.

It is a SceneSpec whose files are named instead of hashed. Names count from the file's own folder. `sha256`, where it
stands, is what the file was when the scene was written. Without `markers` the beats are found when they are needed.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gpu_service.errors import RenderError
from gpu_service.protocol import CueSpec, MarkerSpec, SceneSpec
from gpu_service.protocol.base import MAX_SIDE, Sha256
from gpu_service.protocol.routes import MOST_ACTIONS, MOST_ROUTES, CueAction, RouteSpec

FORMAT, VERSION = "phosphene scene", 1
MOST_BYTES, DEEPEST = 8_000_000, 40
# Both build nothing but plain values; the one in C is many times as fast.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
FileName = Annotated[str, Field(min_length=1, max_length=1000)]


class Part(BaseModel):
    """Strict: a misspelt word of a scene would be another film."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class NamedFile(Part):
    """A file of the scene, and what it is called; a stem's name is what routes call it."""

    file: FileName
    name: str | None = Field(default=None, max_length=255)
    sha256: Sha256 | None = None


class ProjectionFile(NamedFile):
    """`is_forced`: it is known to be of another network, and wanted even so."""

    is_forced: bool = False


class SceneFile(Part):
    """The file, read. `directions` are files that vectors in parameters and actions name by their hash."""

    format: Literal["phosphene scene"] = FORMAT  # type: ignore[assignment]
    version: int = Field(default=VERSION, ge=1)
    visualizer: str
    size: tuple[Annotated[int, Field(ge=16, le=MAX_SIDE)], Annotated[int, Field(ge=16, le=MAX_SIDE)]] = (512, 512)
    fps: str = "30"
    tracks: list[NamedFile] = Field(default=[], max_length=64)
    stems: list[NamedFile] = Field(default=[], max_length=64)
    snapshots: list[NamedFile] = Field(default=[], max_length=64)
    projections: list[ProjectionFile] = Field(default=[], max_length=64)
    directions: list[NamedFile] = Field(default=[], max_length=64)
    parameters: dict[str, Any] = {}
    markers: list[MarkerSpec] | None = None
    cues: list[CueSpec] = Field(default=[], max_length=100_000)
    routes: list[RouteSpec] = Field(default=[], max_length=MOST_ROUTES)
    actions: list[CueAction] = Field(default=[], max_length=MOST_ACTIONS)

    @classmethod
    def of(cls, scene: SceneSpec, files: Mapping[str, str], *, directions: Mapping[str, str] | None = None) -> Self:
        """A scene, with the name of every file by its hash; `directions` are those that vectors name."""

        def named(items: Any) -> list[dict[str, Any]]:
            return [{"file": files[item.sha256], **item.model_dump(mode="json")} for item in items]

        tracks = [{key: item[key] for key in ("file", "name", "sha256")} for item in named(scene.tracks)]
        return cls.model_validate(
            {
                "visualizer": scene.visualizer,
                "size": (scene.width, scene.height),
                "fps": scene.fps,
                "tracks": tracks,
                "stems": named(scene.stems),
                "snapshots": named(scene.snapshots),
                "projections": named(scene.projections),
                "directions": [{"file": name, "sha256": sha256} for sha256, name in (directions or {}).items()],
                "parameters": scene.parameters,
                "markers": scene.markers,
                "cues": scene.cues,
                "routes": scene.routes,
                "actions": scene.actions,
            }
        )

    def to_yaml(self) -> str:
        """The file's text. What is as usual is left out of routes, cues and actions."""
        plain = self.model_dump(mode="json", exclude={"routes", "actions", "cues", "markers"})
        plain["markers"] = None if self.markers is None else _short(self.markers, keep=("seconds", "bpm"))
        plain["cues"] = _short(self.cues, keep=("seconds", "label"))
        plain["routes"] = [
            {**short, "source": {"kind": route.source.kind, **short["source"]}}
            for route, short in zip(self.routes, _short(self.routes, keep=("amount",)), strict=True)
        ]
        plain["actions"] = _short(self.actions, keep=())
        for name in ("tracks", "stems", "snapshots", "projections", "directions"):
            plain[name] = [{key: value for key, value in item.items() if value is not None} for item in plain[name]]
        kept = {key: value for key, value in plain.items() if value is not None and value != []}
        return yaml.safe_dump(kept, sort_keys=False, allow_unicode=True, width=120)


def _short(items: Any, *, keep: tuple[str, ...]) -> list[dict[str, Any]]:
    """Without what is as usual, but for what a reader looks for."""
    return [
        {**item.model_dump(mode="json", exclude_defaults=True), **{key: getattr(item, key) for key in keep}}
        for item in items
    ]


def read_scene_file(text: str | bytes) -> SceneFile:
    """The file's text, checked. RenderError says what is wrong with it, and where."""
    if len(text) > MOST_BYTES:
        raise _refused(f"This scene file is larger than {MOST_BYTES // 1_000_000} MB. Choose a scene file.")
    found = _parsed(text)
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise _refused(f"This is no scene file: its first line should be “format: {FORMAT}”.")
    version = found.get("version", VERSION)
    if isinstance(version, int) and version > VERSION:
        raise _refused(
            f"This scene file is of version {version}, from a newer Phosphene; this one reads up to {VERSION}. "
            "Update Phosphene."
        )
    try:
        return SceneFile.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        words = str(first["msg"]).removeprefix("Value error, ").rstrip(".")
        raise _refused(f"{place} cannot be used: {words[:1].lower()}{words[1:]}.", field=place) from error


def _parsed(text: str | bytes) -> Any:
    try:
        _look_through(text)
        return yaml.load(text, Loader=LOADER)  # noqa: S506  # a safe one, see there
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = "" if line is None else f" at line {line + 1}"
        raise _refused(f"This scene file is no YAML{where}. Correct it, or export it again.") from error


def _look_through(text: str | bytes) -> None:
    """Refuse what would take a reader's time or memory and what no scene needs, before anything is built of it."""
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        if isinstance(event, yaml.AliasEvent):  # it may stand for itself a million times over
            raise _refused("This scene file refers to parts of itself (“*name”). Write them out.")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise _refused(f"This scene file has lists in lists, more than {DEEPEST} deep. Choose a scene file.")


def _refused(sentence: str, *, field: str | None = None) -> RenderError:
    return RenderError(sentence, kind="bad_input", field=field)
