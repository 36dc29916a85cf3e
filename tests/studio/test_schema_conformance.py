"""Whatever the schema allows, and a good deal that it does not: the API answers in its one shape, without a 5xx.

schemathesis makes the requests; most of them go to things that are really there.
"""

import json
import uuid
from typing import Any

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.core import NOT_SET

from studio.api import api
from studio.datasets.models import ArchiveImport, SavedView, SelectionDownload
from studio.renders.models import Render
from studio.renders.order import Order, Range, start_render
from studio.services.capture_devices import add as add_device
from studio.services.tokens import make_token
from studio.tracks.models import Cue
from tests.conftest import REPOSITORY
from tests.studio.datasets.library import make_dataset, make_portraits, make_session
from tests.studio.datasets.portraits import make_version
from tests.studio.features import (
    make_made_of,
    make_of_scene,
    make_portrait,
    make_preset,
    make_projection,
    make_scene,
    make_training,
)

pytestmark = pytest.mark.django_db

SCHEMA = schemathesis.openapi.from_path(str(REPOSITORY / "docs" / "openapi.json"))
# Another password would sign the tester out.
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations() if found.ok().path != "/api/v1/me/password"]
EXAMPLES = 5


@pytest.fixture(scope="module")
def _schema_is_of_this_api() -> None:
    assert set(api.get_openapi_schema()["paths"]) == {found.ok().path for found in SCHEMA.get_all_operations()}


@pytest.fixture
def there(project, owner) -> dict[str, str]:
    """One of everything, by the name that paths call it."""
    scene = make_scene(project, owner)
    render: Render = start_render(scene, Order(Range()), by=owner)
    snapshot = scene.snapshots.first()
    dataset = make_dataset(project)
    make_portraits(make_session(dataset), 3)
    portrait = make_portrait(project)
    version = make_version(dataset)
    return {
        "project_id": str(project.id),
        "track_id": str(scene.track_id),
        "cue_id": str(Cue.objects.create(track=scene.track, seconds=1.0).id),
        "network_id": str(snapshot.network_id),
        "snapshot_id": str(snapshot.id),
        "scene_id": str(scene.id),
        "render_id": str(render.id),
        "dataset_id": str(dataset.pk),
        "version_id": str(version.pk),
        "view_id": str(SavedView.objects.create(dataset=dataset, name="Sharp").pk),
        "download_id": str(SelectionDownload.objects.create(dataset=dataset, by=owner, selection={"filter": {}}).pk),
        "other_id": str(version.pk),
        **{name: str(pk) for name, pk in make_made_of(snapshot).items()},
        **{name: str(pk) for name, pk in make_training(project, snapshot).items()},
        **{name: str(pk) for name, pk in make_projection(project, snapshot).items()},
        **{name: str(pk) for name, pk in make_of_scene(scene, owner).items()},
        "preset_id": str(make_preset(project).pk),
        "job_id": str(render.job_id),
        "segment_id": str(render.job.segments.first().id),
        "lease_id": str(render.job.segments.first().id),
        "user_id": str(owner.id),
        "session_id": str(portrait.session_id),
        "portrait_id": str(portrait.pk),
        "import_id": str(ArchiveImport.objects.create(dataset=dataset, name="card.zip").pk),
        "device_id": str(add_device(project, name="Tripod Pi", by=owner).id),
    }


def ask(client: Client, case: Any, there: dict[str, str], *, is_real: bool, headers: dict[str, str]) -> Any:
    """Send the case as Django's client does; NUL and the like travel percent-encoded, as from any client."""
    if is_real:
        known = {name: there[name] for name in case.path_parameters or {} if name in there}
        case.path_parameters = {**(case.path_parameters or {}), **known}
    said = {**{name: str(value) for name, value in dict(case.headers or {}).items()}, **headers}
    body = "" if case.body is NOT_SET else case.body
    data = body if isinstance(body, (str, bytes)) else json.dumps(body)
    query = {name: value for name, value in dict(case.query or {}).items() if value is not None}
    return client.generic(
        case.method,
        case.formatted_path,
        data,
        content_type="application/json",
        headers=said,
        query_params=query,
    )


@pytest.mark.usefixtures("_schema_is_of_this_api")
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_no_request_breaks_the_api(operation, there, owner):
    client = Client(raise_request_exception=False)
    client.force_login(owner)
    _, text = make_token("Attic GPU", by=owner)
    headers = {"Authorization": f"Bearer {text}"} if "/service/" in operation.path else {}

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), is_real=st.sampled_from([True, True, True, False]))
    def every_answer_is_calm(case: Any, is_real: bool) -> None:
        answer = ask(client, case, there, is_real=is_real, headers=headers)
        assert answer.status_code < 500, f"{case.method} {case.formatted_path}: {answer.content[:300]!r}"
        if answer.status_code >= 400 and answer["Content-Type"].startswith("application/json"):
            said = answer.json()
            assert isinstance(said["detail"], str), said
            assert said["detail"].endswith((".", "!", "?")), said

    every_answer_is_calm()


def test_nonsense_in_a_path_is_not_found(owner):
    client = Client(raise_request_exception=False)
    client.force_login(owner)
    for path in (
        "/api/v1/tracks/nobody",
        "/api/v1/scenes/%00",
        f"/api/v1/nothing/{uuid.uuid4()}",
        "/api/v1/renders/../../x",
    ):
        assert client.get(path).status_code in (404, 400), path
