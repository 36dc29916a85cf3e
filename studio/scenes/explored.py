"""What an open explorer shows: parameters from the page, snapshots and directions of its project, as a Sight.

Nothing of it is saved. Snapshots and files are looked up once each; a moved slider asks the database nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, TypeAdapter, ValidationError

from gpu_service.protocol import (
    InputRef,
    Look,
    SceneSpec,
    SnapshotRef,
    Tile,
    VectorSpec,
    Waypoint,
    path_length,
)
from gpu_service.protocol.vectors import MOST_IN_SHEET, MOST_WAYPOINTS
from studio.errors import Refused
from studio.networks.models import Snapshot
from studio.networks.vectors import files_in, inputs_of_files
from studio.scenes.catalogue import visualizer
from studio.scenes.preview_state import MAX_SIDE, MIN_SIDE, Sight
from studio.scenes.schema import ParameterError, check_parameters, with_defaults

VISUALIZER = "explore"
MOST_SNAPSHOTS = 64
LONGEST_SECONDS = 3600.0
# What pages may open without a scene, and for how long: the explorer, and a walk without end.
OPEN_TO = {VISUALIZER: LONGEST_SECONDS, "walk": 6 * 3600.0}
NOT_OPEN = "“{name}” is not drawn without a scene. There is “explore” and “walk”."
NO_EXPLORER = "No render service that can explore has been attached yet. The picture begins by itself when one is."
# Parameters that are recipes: judged by their models, not by the flat schema.
MODELS: dict[str, TypeAdapter[Any]] = {
    "vector": TypeAdapter(VectorSpec),
    "look": TypeAdapter(Look),
    "sheet": TypeAdapter(Annotated[list[Tile], Field(max_length=MOST_IN_SHEET)]),
    "path": TypeAdapter(Annotated[list[Waypoint], Field(max_length=MOST_WAYPOINTS)]),
}
TITLES = {"vector": "Vector", "look": "Look", "sheet": "Sheet", "path": "Path"}


class Explored:
    """One page's explorer. Every method raises Refused, whose `field` names what is wrong."""

    def __init__(
        self,
        project_id: UUID,
        *,
        width: int,
        height: int,
        duration_seconds: float = 1.0,
        visualizer_name: str = VISUALIZER,
    ) -> None:
        if visualizer_name not in OPEN_TO:
            raise Refused(NOT_OPEN.format(name=visualizer_name), field="visualizer")
        self.project_id, self.visualizer_name = project_id, visualizer_name
        self.duration_seconds = min(max(duration_seconds, 1.0), OPEN_TO[visualizer_name])
        self._schema = _schema(visualizer_name)
        self._parameters = with_defaults(self._schema, {})
        self._snapshots: list[Snapshot] = []
        self._directions: dict[str, InputRef] = {}
        self.resize(width, height)

    def resize(self, width: int, height: int) -> None:
        """The size of the whole picture or the whole sheet."""
        for side, name in ((width, "width"), (height, "height")):
            if not MIN_SIDE <= side <= MAX_SIDE:
                raise Refused(f"{name.capitalize()}: use {MIN_SIDE} to {MAX_SIDE} pixels.", field=name)
        self.width, self.height = width // 2 * 2, height // 2 * 2

    def choose(self, snapshot_ids: Sequence[Any]) -> None:
        """The first is the one explored; sheets may draw through the others. Asks the database."""
        if not isinstance(snapshot_ids, list) or not 1 <= len(snapshot_ids) <= MOST_SNAPSHOTS:
            raise Refused(f"Choose 1 to {MOST_SNAPSHOTS} snapshots.", field="snapshot_ids")
        wanted = [UUID(str(snapshot_id)) for snapshot_id in snapshot_ids]
        rows = Snapshot.objects.select_related("blob").filter(pk__in=wanted, network__project_id=self.project_id)
        found = {snapshot.pk: snapshot for snapshot in rows}
        if any(snapshot_id not in found for snapshot_id in wanted):
            raise Refused("A chosen snapshot is not in this project. Choose another.", field="snapshot_ids")
        self._snapshots = [found[snapshot_id] for snapshot_id in wanted]

    def unknown_files(self, values: Mapping[str, Any]) -> set[str]:
        """Directions that these values name and that were not looked up yet."""
        return files_in(dict(values)) - set(self._directions)

    def look_up(self, files: set[str]) -> None:
        """Find these directions in the project. Asks the database."""
        found = inputs_of_files(self.project_id, files, field="parameters")
        self._directions.update({item.sha256: item for item in found})

    def checked(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Changed parameters as they travel on."""
        recipes = {name: _recipe(name, value) for name, value in values.items() if name in MODELS}
        try:
            rest = check_parameters(self._schema, {name: values[name] for name in values if name not in MODELS})
        except ParameterError as error:
            raise Refused(str(error), field=error.field) from error
        return {**rest, **recipes}

    def change(self, values: Mapping[str, Any]) -> None:
        """Take over what `checked` gave back."""
        self._parameters = {**self._parameters, **values}

    def sight(self) -> Sight:
        """All of it as a service draws it, with the files that it may fetch for that."""
        spec = SceneSpec(
            visualizer=self.visualizer_name,
            parameters=self._parameters,
            snapshots=[SnapshotRef(sha256=snapshot.blob_id, name=snapshot.name) for snapshot in self._snapshots],
            width=self.width,
            height=self.height,
            duration_seconds=self._seconds(),
        )
        once = {snapshot.blob_id: snapshot for snapshot in self._snapshots}
        inputs = [
            InputRef(sha256=snapshot.blob_id, size=snapshot.blob.size, name=snapshot.name, role="snapshot")
            for snapshot in once.values()
        ]
        return Sight(spec, inputs + [self._directions[sha256] for sha256 in sorted(files_in(self._parameters))])

    def _seconds(self) -> float:
        if self._parameters.get("mode") != "path":
            return self.duration_seconds
        path = MODELS["path"].validate_python(self._parameters.get("path") or [])
        length = path_length(path, is_loop=bool(self._parameters.get("loop")))
        return min(max(1.0, self.duration_seconds, length), LONGEST_SECONDS)


def _schema(name: str) -> dict[str, Any]:
    try:
        return dict(visualizer(name, is_for_scenes=False)["schema"])
    except Refused as error:
        raise Refused(NO_EXPLORER, status=409) from error


def _recipe(name: str, value: Any) -> Any:
    """The value as its model writes it: whole, so that no default of another version is filled in later."""
    adapter = MODELS[name]
    try:
        return adapter.dump_python(adapter.validate_python(value), mode="json")
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "it"
        words = str(first["msg"]).removeprefix("Value error, ").rstrip(".")
        message = f"{TITLES[name]}: {place} cannot be used: {words}."
        raise Refused(message, field=f"parameters.{name}") from error
