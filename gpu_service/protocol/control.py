"""The control socket: one JSON object per message, told apart by `type`; and the JSON half of the frames socket."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, TypeAdapter

from gpu_service.protocol.base import MAX_SIDE, PROTOCOL_VERSION, InputRef, JobKind, LeaseKind, Model, PreviewState
from gpu_service.protocol.routes import MOST_ACTIONS, MOST_ROUTES, CueAction, RouteSpec
from gpu_service.protocol.scenes import SceneSpec

# --- what a service says of itself ---


class Device(Model):
    name: str
    kind: Literal["cpu", "cuda", "mps"]
    memory_bytes: int = Field(ge=0)


class Preset(Model):
    name: str
    title: str
    summary: str
    values: dict[str, Any]


class StageInfo(Model):
    name: str
    title: str


class SnapshotNeeds(Model):
    min: int = Field(ge=0)
    max: int = Field(ge=0)
    kinds: list[str]


class VisualizerInfo(Model):
    """One entry of the catalogue. `schema` is the JSON Schema of its parameters, with x-group, x-unit, x-stage …

    What is not for scenes has no place in a gallery of them and needs no track: the explorer's pictures.
    """

    name: str
    title: str
    version: str
    summary: str
    parameters_schema: dict[str, Any] = Field(alias="schema")
    presets: list[Preset] = []
    stages: list[StageInfo] = []
    snapshots: SnapshotNeeds
    is_for_scenes: bool = True
    # Whether cues may take its pictures to a vector.
    takes_vectors: bool = False
    needs_projection: bool = False


# --- service to studio ---


class Hello(Model):
    type: Literal["hello"] = "hello"
    protocol: int = PROTOCOL_VERSION
    version: str
    name: str
    instance_id: UUID
    # Another one after each start of the program: it tells a restart from a line that broke.
    run_id: UUID | None = None
    devices: list[Device]
    catalogue: list[VisualizerInfo]
    preview_slots: int = Field(ge=0)
    kinds: list[JobKind]


class PreviewStateMessage(Model):
    """Where a preview stands. `revision` is the studio's number of the scene or drive it answers to."""

    type: Literal["preview.state"] = "preview.state"
    preview_id: UUID
    state: PreviewState
    stage: str = ""
    progress: float | None = Field(default=None, ge=0, le=1)
    message: str = ""
    field: str | None = None
    ready_until: float | None = None
    frames_per_second: float | None = None
    revision: int = 0


class Busy(Model):
    type: Literal["busy"] = "busy"
    previews: int = Field(ge=0)
    segments: int = Field(ge=0)
    jobs: int = Field(default=0, ge=0)


class Pong(Model):
    type: Literal["pong"] = "pong"


# --- studio to service ---


class Welcome(Model):
    type: Literal["welcome"] = "welcome"
    protocol: int = PROTOCOL_VERSION
    attach_id: UUID
    service_id: UUID
    renew_seconds: float = Field(default=20.0, gt=0)


class Refused(Model):
    type: Literal["refused"] = "refused"
    sentence: str


class PreviewOpen(Model):
    type: Literal["preview.open"] = "preview.open"
    preview_id: UUID
    scene: SceneSpec
    width: int = Field(ge=16, le=MAX_SIDE)
    height: int = Field(ge=16, le=MAX_SIDE)
    inputs: list[InputRef]
    revision: int = 0


class PreviewUpdate(Model):
    """Any of: a whole new scene (with its inputs), some parameters, all routes, all actions, another size.

    What is None stays as it is.
    """

    type: Literal["preview.update"] = "preview.update"
    preview_id: UUID
    revision: int
    scene: SceneSpec | None = None
    inputs: list[InputRef] = []
    parameters: dict[str, Any] | None = None
    routes: list[RouteSpec] | None = Field(default=None, max_length=MOST_ROUTES)
    actions: list[CueAction] | None = Field(default=None, max_length=MOST_ACTIONS)
    width: int | None = Field(default=None, ge=16, le=MAX_SIDE)
    height: int | None = Field(default=None, ge=16, le=MAX_SIDE)


class PreviewDrive(Model):
    """The driver's clock when the studio got it: at this moment the track stands at `seconds`."""

    type: Literal["preview.drive"] = "preview.drive"
    preview_id: UUID
    revision: int
    seconds: float = Field(ge=0)
    rate: float = Field(default=1.0, gt=0, le=8)
    playing: bool
    lead: float = Field(default=0.25, ge=0, le=5)
    loop: tuple[float, float] | None = None
    at: float | None = None


class PreviewClose(Model):
    type: Literal["preview.close"] = "preview.close"
    preview_id: UUID


class Work(Model):
    """Something was queued: claim."""

    type: Literal["work"] = "work"


class Cancel(Model):
    type: Literal["cancel"] = "cancel"
    kind: LeaseKind
    id: UUID


class Ping(Model):
    type: Literal["ping"] = "ping"


class Credit(Model):
    """Frames socket, studio to service: `n` more frames of this preview can be taken."""

    type: Literal["credit"] = "credit"
    preview_id: UUID
    n: int = Field(ge=1, le=64)


class FramesHello(Model):
    """First message on the frames socket: which attachment it belongs to."""

    type: Literal["frames"] = "frames"
    attach_id: UUID


ServiceMessage = Hello | FramesHello | PreviewStateMessage | Busy | Pong
StudioMessage = (
    Welcome | Refused | PreviewOpen | PreviewUpdate | PreviewDrive | PreviewClose | Work | Cancel | Ping | Credit
)
_service_messages: TypeAdapter[ServiceMessage] = TypeAdapter(Annotated[ServiceMessage, Field(discriminator="type")])
_studio_messages: TypeAdapter[StudioMessage] = TypeAdapter(Annotated[StudioMessage, Field(discriminator="type")])


def parse_service_message(text: str | bytes) -> ServiceMessage:
    """What a service said. Raises pydantic.ValidationError for anything else."""
    return _service_messages.validate_json(text)


def parse_studio_message(text: str | bytes) -> StudioMessage:
    """What a studio said. Raises pydantic.ValidationError for anything else."""
    return _studio_messages.validate_json(text)


def mismatch_sentence(service_protocol: int) -> str | None:
    """What a studio answers to a hello of another protocol; None when they agree."""
    if service_protocol == PROTOCOL_VERSION:
        return None
    older = "the render service" if service_protocol < PROTOCOL_VERSION else "the studio"
    return (
        f"The render service speaks protocol {service_protocol}, this studio speaks protocol {PROTOCOL_VERSION}. "
        f"Update {older}."
    )
