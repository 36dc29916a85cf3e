"""Uploads over tus 1.0.0 (creation, termination, checksum, expiration), in pieces of at most 4 MiB."""

import base64
import binascii
import hashlib
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import http_date
from ninja import Field, Router, Schema
from ninja.security import HttpBearer

from studio.accounts.auth import person_of, session, user_of_token
from studio.blobs import links, receive, uploads
from studio.blobs.models import Upload
from studio.errors import Refused
from studio.projects.access import EDIT, project_or_404, role_of

router = Router(tags=["uploads"])
VERSION = "1.0.0"
ALGORITHMS = {"sha256": hashlib.sha256, "sha1": hashlib.sha1}
CHECKSUM_MISMATCH = 460
RECEIPT = "Phosphene-Receipt"


class SenderAuth(HttpBearer):
    """A person's API token, or the token of a program: a render service or a capture device, bound to its kinds."""

    def authenticate(self, request: HttpRequest, token: str) -> Any | None:
        user = user_of_token(token)
        if user is not None:
            request.user = user
            return user
        found = uploads.sender_of(token)
        if found is not None:
            request.program, request.program_token = found, token  # type: ignore[attr-defined]
        return found


class UploadOut(Schema):
    id: UUID
    project_id: UUID
    kind: str
    name: str
    size: int
    offset: int
    state: str
    result_url: str
    receipt: str
    error: str


class LinkIn(Schema):
    """`path` is the address of a file: a track's, a film's or a snapshot's."""

    path: str = Field(max_length=200)


class LinkOut(Schema):
    url: str
    expires_at: datetime


class UploadList(Schema):
    items: list[UploadOut]


sender = [SenderAuth(), session]


@router.api_operation(["OPTIONS"], "/uploads", auth=None, include_in_schema=False)
def describe(request: HttpRequest) -> HttpResponse:
    """What this server can do, in tus's own headers."""
    headers = {
        "Tus-Version": VERSION,
        "Tus-Extension": "creation,termination,checksum,expiration",
        "Tus-Max-Size": str(settings.UPLOAD_MAX_BYTES),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
    }
    return _answer(204, None, **headers)


@router.post("/uploads", auth=sender, response={201: None, 200: None})
def begin_upload(request: HttpRequest) -> HttpResponse:
    """Upload-Length, Upload-Metadata (filename, project, kind, sha256?): 201 with the Location to send pieces to.

    200 with a receipt instead, where that kind keeps the same content once and has it.
    """
    _require_version(request)
    size, said = _length(request), _metadata(request.headers.get("Upload-Metadata", ""))
    kind, project_id = said.pop("kind", ""), _uuid(said.pop("project", ""))
    who = _sender_of(request, project_id, kind)
    coming = uploads.Coming(
        project_id=project_id,
        kind=kind,
        name=_clean_name(said.pop("filename", "")),
        size=size,
        sha256=_sha256(said.pop("sha256", "")),
        target=said,
        user=who.get("user"),
        device_id=who.get("device_id"),
    )
    start = uploads.begin(coming)
    if start.receipt:
        return _answer(200, None, **{RECEIPT: start.receipt})
    upload = receive.begin(
        project_id=project_id,
        kind=kind,
        name=coming.name,
        size=size,
        sha256=coming.sha256,
        target=start.target,
        **who,
    )
    return _answer(201, upload, Location=f"/api/v1/uploads/{upload.pk}")


@router.api_operation(["HEAD"], "/uploads/{uuid:upload_id}", auth=sender, include_in_schema=False)
def ask_offset(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """How many bytes are safely stored. A whole file that a crash kept from being finished is finished now."""
    upload = _own_or_404(request, upload_id)
    _require_version(request)
    upload = receive.go_on(upload)
    return _answer(200, upload, **{"Upload-Length": str(upload.size), "Cache-Control": "no-store"})


@router.patch("/uploads/{uuid:upload_id}", auth=sender, response={204: None})
def send_piece(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """The next piece. 409 at another offset, 423 while one is written, 460 for a wrong checksum, 507 when full."""
    upload, offset = _own_or_404(request, upload_id), request.headers.get("Upload-Offset", "")
    _require_version(request)
    if request.headers.get("Content-Type") != "application/offset+octet-stream":
        raise Refused("Send the piece as application/offset+octet-stream.", status=415)
    if int(request.headers.get("Content-Length") or 0) > settings.UPLOAD_CHUNK_BYTES:
        raise Refused("Send at most 4 MiB at once.", status=413)
    if not (offset.isascii() and offset.isdigit()):
        raise Refused("Upload-Offset is missing or no number.", status=400)
    _require_checksum(request)
    try:
        upload = receive.write_piece(upload, offset=int(offset), piece=request.body)
    except uploads.UploadRefused as refusal:
        raise Refused(str(refusal), field=refusal.field) from refusal
    return _answer(204, upload)


@router.delete("/uploads/{uuid:upload_id}", auth=sender, response={204: None})
def drop_upload(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Forget an upload. What a finished one became stays."""
    receive.drop(_own_or_404(request, upload_id))
    return _answer(204)


@router.get("/uploads/{uuid:upload_id}", auth=sender, response=UploadOut)
def get_upload(request: HttpRequest, upload_id: UUID) -> Upload:
    """How far it is and what became of it."""
    return receive.go_on(_own_or_404(request, upload_id))


@router.get("/projects/{uuid:project_id}/uploads", response=UploadList)
def list_uploads(request: HttpRequest, project_id: UUID) -> dict[str, Any]:
    """The person's own unfinished uploads, so that a page that was reloaded can go on."""
    project = project_or_404(request.user, project_id)
    return {"items": list(Upload.objects.filter(project=project, user=person_of(request), state=Upload.State.OPEN))}


@router.post("/links", response={201: LinkOut})
def make_link(request: HttpRequest, order: LinkIn) -> tuple[int, dict[str, Any]]:
    """A link to a file for a player without a session: for a quarter of an hour, and while the person may see it."""
    path, expires_at = links.make_link(order.path, user=person_of(request))
    return 201, {"url": settings.STUDIO_URL + path, "expires_at": expires_at}


def _sender_of(request: HttpRequest, project_id: UUID, kind: str) -> dict[str, Any]:
    """Who sends, as columns of the row. 404 for strangers, 403 for viewers, 422 for a kind that is not theirs."""
    token = getattr(request, "program_token", None)
    if token is not None:
        found = uploads.sender_of(token, project_id=project_id, kind=kind)
        if found is None or kind not in uploads.UPLOAD_KINDS:
            raise Http404
        return {found[0]: found[1]}
    project_or_404(request.user, project_id, may=EDIT)
    if kind not in uploads.UPLOAD_KINDS or kind in uploads.SERVICE_KINDS:
        kinds = ", ".join(sorted(set(uploads.UPLOAD_KINDS) - uploads.SERVICE_KINDS))
        raise Refused(f"Say what the file is: kind is one of {kinds}.", field="kind")
    return {"user": request.user}


def _own_or_404(request: HttpRequest, upload_id: UUID) -> Upload:
    """An upload belongs to whoever began it, while they may still work on the project."""
    program = getattr(request, "program", None)
    owner = dict([program]) if program else {"user": person_of(request), **dict.fromkeys(uploads.SENDERS)}
    upload = Upload.objects.filter(pk=upload_id, **owner).first()
    if upload is None or (program is None and role_of(request.user, upload.project_id) is None):
        raise Http404
    return upload


def _answer(status: int, upload: Upload | None = None, **headers: str) -> HttpResponse:
    said = {"Tus-Resumable": VERSION, **headers}
    if upload is not None:
        said["Upload-Offset"] = str(upload.offset)
        if upload.receipt:
            said[RECEIPT] = upload.receipt
        if upload.state == Upload.State.OPEN:
            expires = upload.updated_at + timedelta(hours=settings.UPLOAD_KEPT_HOURS)
            said["Upload-Expires"] = http_date(expires.timestamp())
    return HttpResponse(status=status, headers=said)


def _require_version(request: HttpRequest) -> None:
    if request.headers.get("Tus-Resumable") != VERSION:
        raise Refused("This studio speaks tus 1.0.0: send Tus-Resumable: 1.0.0.", status=412)


def _require_checksum(request: HttpRequest) -> None:
    given = request.headers.get("Upload-Checksum")
    if given is None:
        return
    name, _, value = given.partition(" ")
    if name not in ALGORITHMS:
        raise Refused("Upload-Checksum: use sha256 or sha1.", status=400)
    digest = ALGORITHMS[name](request.body).digest()
    if base64.b64encode(digest).decode() != value.strip():
        raise Refused("This piece arrived damaged. Send it again.", status=CHECKSUM_MISMATCH)


def _length(request: HttpRequest) -> int:
    text = request.headers.get("Upload-Length", "")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise Refused("Upload-Length is missing or no number.", status=400)
    if int(text) > settings.UPLOAD_MAX_BYTES:
        raise Refused("This file is larger than the studio takes: at most 8 GiB.", status=413)
    return int(text)


def _metadata(text: str) -> dict[str, str]:
    """`filename d29ybGQ=,kind dHJhY2s=` -> {"filename": …, "kind": …}"""
    found: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        key, _, value = part.partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise Refused(f"Upload-Metadata: {key!r} is not Base64 of UTF-8.", status=400) from error
    return found


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


def _sha256(text: str) -> str:
    if text and (len(text) != 64 or not set(text.lower()) <= set("0123456789abcdef")):
        raise Refused("sha256: write 64 hexadecimal digits.", field="sha256")
    return text.lower()


def _clean_name(name: str) -> str:
    """A name is text for people, never a path: control characters go, the rest stays."""
    return "".join(letter for letter in name if letter.isprintable()).strip()[:255] or "file"
