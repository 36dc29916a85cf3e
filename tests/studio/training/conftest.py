"""The owner at the API, services that train, and the plan of a zip."""

from typing import Any

import pytest

from tests.studio.services.conftest import other_service as other_service
from tests.studio.services.conftest import service as service
from tests.studio.training.parts import make_upload


@pytest.fixture
def client(owner, as_user):
    return as_user(owner)


@pytest.fixture
def plan(client, project):
    """Ask for the plan of an uploaded zip; more makes another zip."""

    def ask(zip_values: dict[str, Any] | None = None, **order: Any) -> dict[str, Any]:
        body = {"preset": "small", **order}
        if "version_id" not in order:
            body["upload_id"] = str(make_upload(project, **zip_values or {}).pk)
        answer = client.call("POST", f"/projects/{project.pk}/training/plan", body)
        assert answer.status_code == 200, answer.content
        return answer.json()

    return ask
