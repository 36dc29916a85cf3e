"""What all messages share: strictness, ids of files, sizes."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

PROTOCOL_VERSION = 1
MAX_SIDE = 4096
LONGEST_SECONDS = 6 * 3600.0
UPLOAD_CHUNK_BYTES = 4 * 1024 * 1024

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
JobKind = Literal[
    "render_segment",
    "import_snapshot",
    "make_pattern",
    "prepare_stage",
    "draw_sheet",
    "find_directions",
    "harvest",
    "export_snapshot",
    "train",
    "try_training",
    "project",
    "review_projection",
    "scene_curves",
    "debug_film",
]
LeaseKind = Literal["segment", "job"]
PreviewState = Literal["waiting", "preparing", "running", "paused", "failed"]
Quality = Literal["draft", "final"]
FailureKind = Literal["out_of_memory", "not_compiled", "crashed", "hung", "bad_input", "diverged", "other"]


class Model(BaseModel):
    """Strict about what it knows, deaf to what it does not: newer fields within one protocol version do no harm."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, serialize_by_alias=True)


class InputRef(Model):
    """A file that a job or a preview may fetch: GET /inputs/{sha256}."""

    sha256: Sha256
    size: int = Field(ge=0)
    name: str
    role: str
