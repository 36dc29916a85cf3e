"""What becomes of a finished upload: dotted paths per kind of upload. And who may send which kind."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.module_loading import import_string

if TYPE_CHECKING:  # apps register before any model is loaded
    from studio.blobs.models import Blob, Upload

# kind -> "package.module.function", called as on_finished(upload, blob) -> Became or result_url in a transaction.
UPLOAD_KINDS: dict[str, str] = {}
# kind -> "package.module.function", called as begins(coming) -> Start before anything is sent.
BEGINNINGS: dict[str, str] = {}
# kind -> "package.module.function", called as looks(upload, path) -> facts once all bytes are there and are what was
# announced, before anything is stored. Raises UploadRefused. The facts are kept in target["found"].
LOOKS: dict[str, str] = {}
# Results of work: only render services send them.
SERVICE_KINDS = frozenset({"segment", "artifact"})
# Senders that are no persons: the column of the upload that names them, and who knows their tokens, called as
# sender(token, project_id=…, kind=…) -> id of the sender, or None when that token may not send that.
SENDERS = {
    "service_id": "studio.services.tokens.upload_sender",
    "device_id": "studio.datasets.devices.upload_sender",
}


class UploadRefused(Exception):
    """The file cannot be taken. Shown to the person as it stands; nothing of it is kept. `field` is for programs."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Coming:
    """An upload that somebody announces. `target` is what else the metadata said; `sha256` may be empty."""

    project_id: UUID
    kind: str
    name: str
    size: int
    sha256: str
    target: dict[str, str]
    user: Any = None
    device_id: UUID | None = None


@dataclass(frozen=True)
class Start:
    """The target as the upload's row keeps it; or the receipt of what is stored already: then nothing is sent."""

    target: dict[str, Any] = field(default_factory=dict)
    receipt: str = ""


@dataclass(frozen=True)
class Became:
    """What came of a finished upload: the address to look at, and a receipt for a sender that deletes its own copy."""

    url: str
    receipt: str = ""


def register(kind: str, path: str, *, begins: str = "", looks: str = "") -> None:
    """Say what becomes of uploads of that kind, and who looks at them first; apps call this in AppConfig.ready()."""
    UPLOAD_KINDS[kind] = path
    for table, given in ((BEGINNINGS, begins), (LOOKS, looks)):
        if given:
            table[kind] = given


def begin(coming: Coming) -> Start:
    """Ask whoever keeps that kind. Raises Refused or Http404."""
    path = BEGINNINGS.get(coming.kind)
    start = import_string(path)(coming) if path else Start(dict(coming.target))
    assert isinstance(start, Start)
    return start


def look_at(upload: "Upload", path: Path) -> dict[str, Any] | None:
    """What the kind finds in the file; None for a kind that does not look."""
    look = LOOKS.get(upload.kind)
    return dict(import_string(look)(upload, path)) if look else None


def hand_over(upload: "Upload", blob: "Blob") -> Became:
    """Give a stored upload to whoever asked for its kind."""
    became = import_string(UPLOAD_KINDS[upload.kind])(upload, blob)
    return became if isinstance(became, Became) else Became(str(became))


def sender_of(token: str, *, project_id: UUID | None = None, kind: str = "") -> tuple[str, UUID] | None:
    """The column and the id of whoever holds that token, when it may send that; without `project_id`, if it lives."""
    for column, path in SENDERS.items():
        found = import_string(path)(token, project_id=project_id, kind=kind)
        if isinstance(found, UUID):
            return column, found
    return None
