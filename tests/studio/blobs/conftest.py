"""A tus client for tests, and a kind of upload that keeps what arrived."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse

from studio.blobs import uploads
from studio.blobs.models import Blob, Upload
from studio.blobs.uploads import UploadRefused
from studio.projects.models import Project
from tests.studio.conftest import ApiClient

PIECE = "application/offset+octet-stream"


class TusClient:
    """Speaks tus in the name of whoever is signed in on `client`."""

    def __init__(self, client: ApiClient) -> None:
        self.client = client

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
        return self.client.get(address).json()

    def _send(self, method: str, address: str, headers: dict[str, str], data: bytes = b"") -> HttpResponse:
        return self.client.generic(
            method, address, data, content_type=PIECE, headers={"Tus-Resumable": "1.0.0", **headers}
        )


def keep(upload: Upload, blob: Blob) -> str:
    """What the kind `test` does with a finished upload."""
    if upload.name.startswith("refuse"):
        raise UploadRefused(f"“{upload.name}” is no sound. Nothing was kept.")
    return f"/things/{blob.sha256}"


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(uploads.UPLOAD_KINDS, "test", "tests.studio.blobs.conftest.keep")


@pytest.fixture(autouse=True)
def folder(tmp_path, settings: Any) -> None:
    """Each test has a data folder of its own."""
    settings.STUDIO_DATA = tmp_path
    settings.FREE_BYTES_FLOOR = 0


@pytest.fixture
def tus(owner, as_user: Callable[..., ApiClient]) -> TusClient:
    return TusClient(as_user(owner))
