"""The studio over HTTP, as a device or an import sees it. Every socket has a time limit; every refusal is a sentence.

Three ways to fail, which callers treat differently: `Away` (try again later), `Refused` (never try this again) and
`Moved` (ask for the upload's offset, then go on).
"""

import base64
import hashlib
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

TUS = {"Tus-Resumable": "1.0.0"}
PIECE_TYPE = "application/offset+octet-stream"
TIMEOUT = httpx.Timeout(20.0, connect=10.0)
MAX_WAIT_SECONDS = 60.0
DAMAGED_PIECE = 460
# Whatever else a studio answers from 400 on is final.
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504, 507})
KNOWN_AT_ONCE = 1000
BLOCK = 64 * 1024
# A request that takes bytes later than this after its beginning shows that the line moves.
MOVES_AFTER_SECONDS = 2.0
# Linux, TCP_NOTSENT_LOWAT: little unsent data waits in the kernel; TCP_USER_TIMEOUT: what nobody acknowledges for 20 s
# ends the connection.
OPTIONS = [(socket.IPPROTO_TCP, 25, 128 * 1024), (socket.IPPROTO_TCP, 18, 20_000)] if sys.platform == "linux" else []


class Away(Exception):
    """No answer, or one that says: later. `status` 0 means that nothing was heard at all."""

    def __init__(self, message: str, *, status: int = 0, wait_seconds: float = 0.0) -> None:
        super().__init__(message)
        self.status = status
        self.wait_seconds = wait_seconds


class Refused(Exception):
    """The studio will never take this as it is: the sentence it gave, its status, the field that it is about."""

    def __init__(self, message: str, *, status: int, field: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.field = field


class Moved(Exception):
    """The upload stands elsewhere, is busy, or a piece arrived damaged: ask for its offset."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


class StudioClient:
    """Calls under /api/v1, from several threads. `project_id` may stay empty until a dataset has told it."""

    def __init__(
        self,
        studio: str,
        *,
        token: str,
        project_id: str = "",
        timeout: httpx.Timeout = TIMEOUT,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.studio = studio.rstrip("/")
        self.project_id = project_id
        self.is_person = not token.startswith("phd_")
        # Sessions belong to whoever announced them: people share theirs, a device has its own.
        self.sender = "people" if self.is_person else hashlib.sha256(token.encode()).hexdigest()[:16]
        # When the studio was last heard of, and when it last said yes, by time.monotonic().
        self.heard_at = self.agreed_at = time.monotonic()
        self._http = httpx.Client(
            base_url=f"{self.studio}/api/v1/",
            headers={"Authorization": f"Bearer {token}"},
            timeout=timeout,
            # No proxy belongs between this program and a studio on the same machine.
            trust_env=not _is_loopback(studio),
            transport=transport or httpx.HTTPTransport(socket_options=OPTIONS),
        )

    def close(self) -> None:
        self._http.close()

    def dataset(self, name: str, *, append: bool = True, create: bool = True) -> dict[str, Any]:
        """The dataset of that name, made when it is missing.

        Refused 409: it is there, and `append` is off. Refused 404: it is missing, and `create` is off.
        """
        body = {"name": name, "append": append, **self._project()} | ({} if create else {"create": False})
        found: dict[str, Any] = self._call("PUT", "capture/datasets", json=body).json()
        self.project_id = self.project_id or str(found["project_id"])
        return found

    def projects(self) -> list[dict[str, Any]]:
        """The projects that a person's token opens."""
        found: list[dict[str, Any]] = self._call("GET", "projects").json()["items"]
        return found

    def announce_session(self, session_id: str, body: dict[str, Any]) -> dict[str, Any]:
        """Idempotent: say it again whenever something of it changed."""
        answer = self._call("PUT", f"capture/sessions/{session_id}", json={**body, **self._project()})
        said: dict[str, Any] = answer.json()
        return said

    def known(self, dataset_id: str, hashes: Sequence[str]) -> dict[str, str]:
        """sha256 -> receipt, of those that the dataset has. Asks in pieces of a thousand."""
        found: dict[str, str] = {}
        for start in range(0, len(hashes), KNOWN_AT_ONCE):
            body = {"sha256": list(hashes[start : start + KNOWN_AT_ONCE]), **self._project()}
            answer = self._call("POST", f"capture/datasets/{dataset_id}/known", json=body).json()["known"]
            found.update({sha256: receipt for sha256, receipt in answer.items() if is_receipt(receipt, sha256)})
        return found

    def begin_upload(self, *, size: int, metadata: dict[str, str]) -> tuple[str, str]:
        """-> address of the upload and "" or, when the dataset has the content already, "" and its receipt."""
        said = {"kind": "portrait", "project": self.project_id, **metadata}
        coded = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}".strip() for key, value in said.items())
        answer = self._call("POST", "uploads", headers={"Upload-Length": str(size), "Upload-Metadata": coded})
        if answer.status_code == 200:
            return "", answer.headers.get("Phosphene-Receipt", "")
        # Only the path counts: the token goes nowhere but to this studio.
        return urlsplit(answer.headers["Location"]).path, answer.headers.get("Phosphene-Receipt", "")

    def offset(self, address: str) -> int:
        """How many bytes of the upload are safely stored."""
        return int(self._call("HEAD", self._url(address)).headers["Upload-Offset"])

    def send_piece(self, address: str, offset: int, piece: bytes) -> tuple[int, str]:
        """-> the new offset, and the receipt when this was the last piece."""
        checksum = base64.b64encode(hashlib.sha256(piece).digest()).decode()
        headers = {
            "Upload-Offset": str(offset),
            "Upload-Checksum": f"sha256 {checksum}",
            "Content-Type": PIECE_TYPE,
            "Content-Length": str(len(piece)),
        }
        answer = self._call("PATCH", self._url(address), headers=headers, content=self._blocks(piece))
        return int(answer.headers["Upload-Offset"]), answer.headers.get("Phosphene-Receipt", "")

    def upload_state(self, address: str) -> dict[str, Any]:
        """state (open, finishing, done, refused), receipt, error."""
        said: dict[str, Any] = self._call("GET", self._url(address)).json()
        return said

    def drop_upload(self, address: str) -> None:
        self._call("DELETE", self._url(address))

    def _blocks(self, piece: bytes) -> Iterator[bytes]:
        """The piece in blocks. On a slow line it is heard of the studio long before the answer: the blocks flow."""
        began = time.monotonic()
        for start in range(0, len(piece), BLOCK):
            yield piece[start : start + BLOCK]
            if time.monotonic() - began > MOVES_AFTER_SECONDS:
                self.heard_at = time.monotonic()

    def _project(self) -> dict[str, str]:
        return {"project": self.project_id} if self.is_person else {}

    def _url(self, address: str) -> str:
        return f"{self.studio}{quote(address, safe='/:')}"

    def _call(self, method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        try:
            answer = self._http.request(method, path, headers={**TUS, **(headers or {})}, **more)
        except httpx.TransportError as error:
            raise Away(f"The studio could not be reached: {_cause(error)}.") from error
        status, self.heard_at = answer.status_code, time.monotonic()
        if status < 300:
            self.agreed_at = self.heard_at
            return answer
        if status in PASSING:
            raise Away(_sentence(answer), status=status, wait_seconds=_retry_after(answer))
        if method in ("PATCH", "HEAD", "GET", "DELETE") and status in (409, 423, DAMAGED_PIECE):
            raise Moved(_sentence(answer), status=status)
        if 300 <= status < 400:
            target = answer.headers.get("Location", "another address")
            raise Refused(f"{self.studio} sends elsewhere: use {target} instead.", status=status)
        raise Refused(_sentence(answer), status=status, field=_field(answer))


def is_receipt(receipt: str, sha256: str) -> bool:
    """Whether it confirms that content: "<id>:<sha256>"."""
    number, _, confirmed = receipt.partition(":")
    return bool(number) and confirmed == sha256


def _is_loopback(studio: str) -> bool:
    host = urlsplit(studio).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")


def _cause(error: httpx.TransportError) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    return str(error).rstrip(".") or type(error).__name__


def _retry_after(answer: httpx.Response) -> float:
    text = answer.headers.get("Retry-After", "")
    return min(float(text), MAX_WAIT_SECONDS) if text.isascii() and text.isdigit() else 0.0


def _said(answer: httpx.Response) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _sentence(answer: httpx.Response) -> str:
    detail = _said(answer).get("detail")
    if isinstance(detail, str) and detail:
        return detail
    return f"The studio answered {answer.status_code} to {answer.request.method} {answer.request.url.path}."


def _field(answer: httpx.Response) -> str:
    field = _said(answer).get("field")
    return field if isinstance(field, str) else ""
