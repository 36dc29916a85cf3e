"""A tus client for tests."""

import base64
from typing import Any

from django.http import HttpResponse

from studio.projects.models import Project
from tests.studio.conftest import ApiClient

PIECE = "application/offset+octet-stream"


class TusClient:
    """Speaks tus in the name of whoever is signed in on `client`, or of a token."""

    def __init__(self, client: ApiClient, *, token: str = "") -> None:
        self.client = client
        self.bearer = {"Authorization": f"Bearer {token}"} if token else {}

    def send(self, project: Project, data: bytes, **metadata: str) -> HttpResponse:
        """All of it, in one piece; the last answer."""
        begun = self.begin(project, len(data), **metadata)
        return self.piece(begun["Location"], 0, data) if begun.status_code == 201 else begun

    def begin(self, project: Project, size: int, **metadata: str) -> HttpResponse:
        said = {"filename": "song.wav", "project": str(project.pk), "kind": "test", **metadata}
        coded = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in said.items())
        return self._send("POST", "/api/v1/uploads", {"Upload-Length": str(size), "Upload-Metadata": coded})

    def piece(self, address: str, offset: int, data: bytes, **headers: str) -> HttpResponse:
        return self._send("PATCH", address, {"Upload-Offset": str(offset), **headers}, data)

    def offset(self, address: str) -> int:
        return int(self._send("HEAD", address, {})["Upload-Offset"])

    def drop(self, address: str) -> HttpResponse:
        return self._send("DELETE", address, {})

    def state(self, address: str) -> dict[str, Any]:
        return self.client.get(address, headers=self.bearer or None).json()

    def _send(self, method: str, address: str, headers: dict[str, str], data: bytes = b"") -> HttpResponse:
        return self.client.generic(
            method, address, data, content_type=PIECE, headers={"Tus-Resumable": "1.0.0", **self.bearer, **headers}
        )
