"""What becomes of a finished upload: a dotted path per kind of upload. And who may send which kind."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.module_loading import import_string

if TYPE_CHECKING:  # apps register before any model is loaded
    from studio.blobs.models import Blob, Upload

# kind -> "package.module.function", called as on_finished(upload, blob) -> result_url inside a transaction.
UPLOAD_KINDS: dict[str, str] = {}
# Results of work: only render services send them. sender(token, project_id=…, kind=…) -> id of the sender or None.
SERVICE_KINDS = frozenset({"segment", "artifact"})
SERVICE_SENDER = "studio.services.tokens.upload_sender"


class UploadRefused(Exception):
    """The file cannot be taken. Shown to the person as it stands; nothing of it is kept."""


def register(kind: str, path: str) -> None:
    """Say what becomes of uploads of that kind; apps call this in AppConfig.ready()."""
    UPLOAD_KINDS[kind] = path


def hand_over(upload: "Upload", blob: "Blob") -> str:
    """Give a stored upload to whoever asked for its kind. Returns the address of what it became."""
    return str(import_string(UPLOAD_KINDS[upload.kind])(upload, blob))


def service_sender(token: str, *, project_id: UUID | None, kind: str) -> UUID | None:
    """The id of the service's token, when it may send that. `project_id` None: it only asks for its own uploads."""
    found = import_string(SERVICE_SENDER)(token, project_id=project_id, kind=kind)
    return found if isinstance(found, UUID) else None
