"""A render service as seen by the studio: a token, HTTP calls with it, and what it uploads."""

import base64
import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from studio.accounts.models import User
from studio.projects.models import Project
from studio.renders.models import Render
from studio.renders.order import Order, Range, start_render
from studio.scenes.models import Scene
from studio.scenes.preview import hub
from studio.services.models import ServiceToken
from studio.services.tokens import make_token
from tests.studio.features import make_scene
from tests.studio.services.sockets import sign_in

JPEG = b"\xff\xd8\xff\xe0 picture"


class ServiceClient(Client):
    """Speaks as a service does: bearer token, no cookie."""

    def __init__(self, token: ServiceToken, text: str) -> None:
        super().__init__()
        self.token = token
        self.bearer = {"Authorization": f"Bearer {text}"}

    def call(self, method: str, path: str, body: Any = None) -> HttpResponse:
        data = "" if body is None else json.dumps(body)
        address = f"/api/v1/service{path}"
        return self.generic(method, address, data, content_type="application/json", headers=self.bearer)

    def claim(self, *kinds: str) -> dict[str, Any] | None:
        answer = self.call("POST", "/claims", {"kinds": kinds or ["render_segment"], "device": "cpu"})
        return answer.json() if answer.status_code == 200 else None

    def upload(self, project_id: str, data: bytes, *, kind: str = "segment") -> tuple[str, str]:
        """-> upload id, sha256"""
        said = {"filename": "part", "project": project_id, "kind": kind}
        metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in said.items())
        tus = {**self.bearer, "Tus-Resumable": "1.0.0"}
        headers = {**tus, "Upload-Length": str(len(data)), "Upload-Metadata": metadata}
        answer = self.post("/api/v1/uploads", headers=headers)
        assert answer.status_code == 201, answer.content
        kind_of_body = "application/offset+octet-stream"
        piece = self.patch(answer["Location"], data, content_type=kind_of_body, headers={**tus, "Upload-Offset": "0"})
        assert piece.status_code == 204, piece.content
        return answer["Location"].rsplit("/", 1)[-1], hashlib.sha256(data).hexdigest()

    def commit(self, claim: dict[str, Any], data: bytes, **changes: Any) -> HttpResponse:
        segment = claim["segment"]
        upload_id, sha256 = self.upload(claim["job"]["project_id"], data)
        thumb = {"frame": segment["first_frame"], "jpeg_base64": base64.b64encode(JPEG).decode()}
        body = {
            "fence": claim["lease"]["fence"],
            "upload_id": upload_id,
            "sha256": sha256,
            "frames": segment["end_frame"] - segment["first_frame"],
            "seconds_drawing": 1.5,
            "seconds_encoding": 0.5,
            "thumbs": [thumb],
        }
        return self.call("POST", f"/segments/{segment['id']}/commit", {**body, **changes})


@pytest.fixture
def service(db: None) -> ServiceClient:
    return ServiceClient(*make_token("Attic GPU", by=None))


@pytest.fixture
def other_service(db: None) -> ServiceClient:
    return ServiceClient(*make_token("Cellar GPU", by=None))


@pytest.fixture
def render(project: Project, owner: User) -> Render:
    """Ten seconds at 30 frames a second: five segments of 64 frames, the last of 44."""
    return start_render(make_scene(project, owner), Order(Range()), by=owner)


@pytest.fixture
def token() -> tuple[ServiceToken, str]:
    return make_token("Attic GPU", by=None)


@pytest.fixture
def scene(project: Project, owner: User) -> Scene:
    return make_scene(project, owner)


@pytest.fixture
def cookie(owner: User) -> str:
    return sign_in(owner)


@pytest.fixture(autouse=True)
def _empty_hub() -> Iterator[None]:
    yield
    hub.previews.clear()
    hub.senders.clear()
