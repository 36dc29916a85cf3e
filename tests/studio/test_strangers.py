"""Every address of the API and every page, from the route table: a stranger who knows all ids finds nothing (F22)."""

import json
import re
import uuid

import pytest
from django.urls import get_resolver
from django.urls.resolvers import URLPattern

from gpu_service.protocol.training_presets import resolve
from studio.api import api
from studio.blobs.models import Upload
from studio.blobs.store import put_bytes
from studio.datasets.models import ArchiveImport, Dataset, SavedView, SelectionDownload
from studio.jobs import queue
from studio.networks.models import SnapshotImport
from studio.projects.models import Invitation
from studio.renders.models import Render, RenderThumb
from studio.services.capture_devices import add as add_device
from studio.tracks.models import Cue, TrackEdit
from studio.tracks.versions import keep_version
from tests.studio.datasets.portraits import make_version
from tests.studio.features import (
    make_made_of,
    make_of_scene,
    make_portrait,
    make_preset,
    make_projection,
    make_said_and_shared,
    make_scene,
    make_training,
)

pytestmark = pytest.mark.django_db

# Addresses that are nobody's project: the person's own, the site's, and links whose token is the right itself.
OPEN = re.compile(
    r"^\w+ /(me|me/.*|visualizers|services|service-tokens.*|uploads|links|projects|invitations/.*|shared/.*|capture/.*"
    r"|training/presets)$"
)
PROJECT = {"snapshot_id": "{snapshot_id}", "version_id": "{version_id}"}
CONFIG = resolve("small", size=64).model_dump(mode="json")
BODIES = {
    "PATCH /devices/{device_id}": {"name": "mine"},
    "POST /devices/{device_id}/commands": {"name": "pause"},
    "POST /projects/{project_id}/devices": {"code": "AAAA-AAAA"},
    "PATCH /datasets/{dataset_id}": {"name": "mine"},
    "POST /projects/{project_id}/datasets": {"name": "mine"},
    "PATCH /sessions/{session_id}": {"name": "mine"},
    "PATCH /cues/{cue_id}": {"revision": 1, "label": "mine"},
    "PATCH /networks/{network_id}": {"name": "mine"},
    "PATCH /snapshots/{snapshot_id}": {"name": "mine"},
    "PATCH /pins/{pin_id}": {"revision": 1, "name": "mine"},
    "PATCH /paths/{path_id}": {"revision": 1, "name": "mine"},
    "PATCH /directions/{directions_id}": {"names": {"0": "Age"}},
    "POST /networks/{network_id}/pins": {"snapshot_id": str(uuid.uuid4()), "vector": {}},
    "POST /networks/{network_id}/paths": {"snapshot_id": str(uuid.uuid4()), "waypoints": [{"vector": {}}]},
    "POST /networks/{network_id}/sheets": {"snapshot_ids": ["{snapshot_id}"], "vectors": [{}]},
    "PATCH /training/runs/{run_id}": {"name": "mine"},
    "POST /projects/{project_id}/training/plan": {"version_id": "{version_id}"},
    "POST /projects/{project_id}/training/runs": {"name": "mine", "version_id": "{version_id}", "config": CONFIG},
    "POST /projects/{project_id}/training/tries": {"config": CONFIG},
    "POST /paths/{path_id}/scene": {},
    "PATCH /projections/{projection_id}": {"name": "mine"},
    "POST /projects/{project_id}/projections": {"name": "mine", **PROJECT},
    "POST /projects/{project_id}/projections/plan": PROJECT,
    "PATCH /presets/{preset_id}": {"name": "mine"},
    "POST /projects/{project_id}/presets": {"name": "mine", "kind": "parameters", "scene_id": "{scene_id}"},
    "POST /projects/{project_id}/presets/import": {"file": {}},
    "POST /scenes/{scene_id}/presets/{preset_id}": {"revision": 1},
    "POST /snapshots/{snapshot_id}/directions": {"method": "sefa"},
    "POST /snapshots/{snapshot_id}/exports": {"form": "state_dict"},
    "POST /snapshots/{snapshot_id}/harvests": {"count": 2},
    "PATCH /projects/{project_id}": {"name": "mine"},
    "PATCH /projects/{project_id}/members/{user_id}": {"role": "owner"},
    "PATCH /renders/{render_id}": {"name": "mine"},
    "PATCH /scenes/{scene_id}": {"revision": 1, "name": "mine"},
    "PATCH /tracks/{track_id}": {"name": "mine"},
    "PATCH /versions/{version_id}": {"name": "mine"},
    "POST /datasets/{dataset_id}/face-filter": {"target": 3},
    "POST /datasets/{dataset_id}/versions": {"selection": {"filter": {}}},
    "POST /datasets/{dataset_id}/versions/preview": {"selection": {"filter": {}}},
    "POST /versions/{version_id}/exports": {"kind": "zip"},
    "POST /datasets/{dataset_id}/bin": {"selection": {"ids": [1]}},
    "POST /datasets/{dataset_id}/bin/restore": {"selection": {"ids": [1]}},
    "POST /datasets/{dataset_id}/decide": {"selection": {"ids": [1]}, "verdict": 1},
    "PATCH /views/{view_id}": {"name": "mine"},
    "POST /datasets/{dataset_id}/downloads": {"selection": {"filter": {}}},
    "POST /datasets/{dataset_id}/views": {"name": "mine", "query": {}},
    "POST /projects/{project_id}/invitations": {"role": "owner"},
    "POST /projects/{project_id}/networks/pattern": {"species": "smoke", "seed": 3},
    "POST /projects/{project_id}/scenes": {"name": "x", "track_id": str(uuid.uuid4()), "visualizer": "test-lines"},
    "POST /scenes/{scene_id}/curves": {},
    "POST /tracks/{track_id}/close-ups/{kind}": {},
    "POST /projects/{project_id}/scenes/import": {"yaml": "format: phosphene scene"},
    "POST /projects/{project_id}/scenes/import/look": {"yaml": "format: phosphene scene"},
    "POST /scenes/{scene_id}/debug-films": {"range": {"kind": "whole"}},
    "POST /scenes/{scene_id}/renders": {"range": {"kind": "whole"}, "quality": "draft"},
    "POST /projects/{project_id}/tracks/join": {"name": "x", "track_ids": [str(uuid.uuid4()), str(uuid.uuid4())]},
    "POST /tracks/{track_id}/cues": {"seconds": 1.0},
    "POST /tracks/{track_id}/versions": {"name": "mine"},
    "POST /tracks/{track_id}/edits": {
        "key": str(uuid.uuid4()),
        "title": "mine",
        "ops": [{"thing": "cue", "op": "add", "id": str(uuid.uuid4()), "after": {"seconds": 1.0}}],
    },
    "POST /tracks/{track_id}/comments": {"text": "mine"},
    "POST /renders/{render_id}/comments": {"text": "mine"},
    "PATCH /comments/{comment_id}": {"text": "mine"},
    "POST /comments/{comment_id}/resolve": {"is_resolved": True},
    "POST /tracks/{track_id}/shares": {},
    "POST /renders/{render_id}/shares": {},
    "PATCH /shares/{share_id}": {"name": "mine"},
    "POST /tracks/{track_id}/parts": {},
    "POST /tracks/{track_id}/grid/find": {"from_seconds": 1.0, "to_seconds": 9.0},
    "PUT /tracks/{track_id}/grid": {"revision": 1, "markers": []},
}
# Changes nothing that others see: for whoever may look.
LOOKS = {"POST /datasets/{dataset_id}/downloads": 201, "POST /networks/{network_id}/sheets": 200}
LOOKS |= {"POST /scenes/{scene_id}/curves": 200, "POST /tracks/{track_id}/close-ups/{kind}": 200}
# Every member may speak.
LOOKS |= {"POST /tracks/{track_id}/comments": 201, "POST /renders/{render_id}/comments": 201}
# What even its owner does not find yet, because the made-up things have no such file.
ABSENT = {
    "GET /snapshots/{snapshot_id}/original",
    "GET /snapshots/{snapshot_id}/training",
    "GET /renders/{render_id}/film",
    "GET /tracks/{track_id}/files/{name}",
    "GET /tracks/{track_id}/grid/found/{job_id}",
    "GET /tracks/{track_id}/samples/{key}",
    "GET /tracks/{track_id}/spectrogram/{key}/{level}/{tile}",
    "PATCH /uploads/{upload_id}",
}


def routes() -> list[str]:
    """ "GET /tracks/{track_id}" for every operation of the API, the hidden ones included."""
    found = []
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            clean = re.sub(r"\{(?:\w+:)?(\w+)\}", r"{\1}", f"{prefix}{path}")
            found += [f"{method} {clean}" for operation in view.operations for method in operation.methods]
    return sorted(found)


PROJECT_ROUTES = [route for route in routes() if not OPEN.search(route) and " /service/" not in route]


@pytest.fixture
def ids(project, owner, as_user):
    """The real ids of one of everything in `project`."""
    scene = make_scene(project, owner)
    client = as_user(owner)
    order = {"range": {"kind": "first", "end_seconds": 2}, "quality": "draft"}
    render = Render.objects.get(pk=client.call("POST", f"/scenes/{scene.pk}/renders", order).json()["id"])
    RenderThumb.objects.create(render=render, frame=0, blob=put_bytes(b"thumb"))
    client.call("POST", f"/projects/{project.pk}/invitations", {"role": "viewer"})
    portrait = make_portrait(project)
    job = queue.enqueue("nothing", project_id=project.pk, title="x", payload={}, runs_on="worker")
    version = make_version(Dataset.objects.get(pk=portrait.dataset_id))
    return {
        "project_id": project.pk,
        "user_id": owner.pk,
        "invitation_id": Invitation.objects.get().pk,
        "track_id": scene.track_id,
        "track_version_id": keep_version(scene.track_id, "As mixed", by=owner).pk,
        "edit_id": TrackEdit.objects.create(pk=uuid.uuid4(), track=scene.track, number=1, person=owner).pk,
        "cue_id": Cue.objects.create(track=scene.track, seconds=1.0).pk,
        "network_id": scene.snapshots.first().network_id,
        "snapshot_id": scene.snapshots.first().pk,
        "scene_id": scene.pk,
        "render_id": render.pk,
        "job_id": job.pk,
        "upload_id": Upload.objects.create(project=project, user=owner, kind="track", name="x", size=9).pk,
        "device_id": add_device(project, name="Tripod Pi", by=owner).pk,
        "dataset_id": portrait.dataset_id,
        "version_id": version.pk,
        "other_id": version.pk,
        "kind": "zip",
        "session_id": portrait.session_id,
        "portrait_id": portrait.pk,
        "import_id": ArchiveImport.objects.create(dataset=portrait.dataset, name="card.zip").pk,
        "snapshot_import_id": SnapshotImport.objects.create(project=project, name="a.pkl").pk,
        "view_id": SavedView.objects.create(dataset=portrait.dataset, name="Sharp").pk,
        "download_id": SelectionDownload.objects.create(
            dataset=portrait.dataset, by=owner, selection={"ids": [portrait.pk]}
        ).pk,
        **make_said_and_shared(scene.track, owner),
        **make_made_of(scene.snapshots.first()),
        **make_training(project, scene.snapshots.first()),
        **make_projection(project, scene.snapshots.first()),
        **make_of_scene(scene, owner),
        "preset_id": make_preset(project).pk,
        "frame": 0,
        "level": 0,
        "tile": 0,
        "format_name": "csv",
        "name": "peaks",
    }


def ask(client, route, ids):
    method, path = route.split(" ")
    if "/portraits/" in path:
        ids = {**ids, "name": "original"}
    if "/close-ups/" in path:
        ids = {**ids, "kind": "spectrogram"}
    text = json.dumps(BODIES.get(route)).replace("{snapshot_id}", str(ids["snapshot_id"]))
    for name in ("version_id", "scene_id"):
        text = text.replace(f"{{{name}}}", str(ids[name]))
    body = json.loads(text)
    if "/snapshot-imports/" in path:
        ids = {**ids, "import_id": ids["snapshot_import_id"]}
    return client.call(method, path.format(**ids), body, **{"Tus-Resumable": "1.0.0"})


def test_the_route_table_is_read_whole():
    assert len(PROJECT_ROUTES) > 50
    assert {"GET /tracks/{track_id}", "HEAD /uploads/{upload_id}", "POST /jobs/{job_id}/retry"} <= set(PROJECT_ROUTES)


def test_a_stranger_finds_nothing_at_any_address(ids, person, as_user):
    stranger = as_user(person("Stranger"))
    unknown = {name: uuid.uuid4() if isinstance(value, uuid.UUID) else value for name, value in ids.items()}
    unknown["portrait_id"] = 2**40
    for route in PROJECT_ROUTES:
        known = ask(stranger, route, ids)
        assert known.status_code == 404, f"{route} tells a stranger {known.status_code}: {known.content[:200]!r}"
        guessed = ask(stranger, route, unknown)
        assert (known.status_code, known.content) == (guessed.status_code, guessed.content), route


def test_nobody_is_sent_to_sign_in_at_every_address(ids, as_user):
    for route in PROJECT_ROUTES:
        assert ask(as_user(None), route, ids).status_code == 401, route


def test_a_viewer_reads_everything_and_changes_nothing(ids, member, as_user):
    """The other side of the matrix: where a stranger finds nothing, a member finds something."""
    viewer = as_user(member("viewer"))
    own = {"upload_id", "invitation_id"}
    for route in PROJECT_ROUTES:
        if any(f"{{{name}}}" in route for name in own) or route in ABSENT or route.endswith("/restore"):
            continue
        status = ask(viewer, route, ids).status_code
        may = route.startswith("GET") and not route.endswith(("/invitations", "/shares"))
        expected = 200 if may else LOOKS.get(route, 403)
        assert status == expected, f"{route} tells a viewer {status}"


def test_a_session_opens_no_address_of_render_services(ids, owner, as_user):
    client = as_user(owner)
    service = [route for route in routes() if " /service/" in route]
    assert len(service) >= 8
    everything = {
        **ids,
        "kind": "job",
        "lease_id": ids["job_id"],
        "segment_id": uuid.uuid4(),
        "sha256": "0" * 64,
        "key": "0" * 64,
    }
    for route in service:
        assert ask(client, route, everything).status_code == 401, route


def pages():
    """The addresses of all pages of a project."""
    found = [
        str(route.pattern) for route in get_resolver().url_patterns[1].url_patterns if isinstance(route, URLPattern)
    ]
    return [path for path in found if path.startswith("p/")]


def test_a_stranger_sees_the_same_page_for_what_is_there_and_what_is_not(ids, person, owner, as_user):
    assert len(pages()) >= 11
    kinds = {
        "tracks": "track_id",
        "scenes": "scene_id",
        "renders": "render_id",
        "networks": "network_id",
        "library": "dataset_id",
        "training": "run_id",
        "projections": "projection_id",
    }
    stranger, member = as_user(person("Stranger")), as_user(owner)
    nothing = stranger.get(f"/p/{uuid.uuid4()}/").content
    for pattern in pages():
        kind = pattern.split("/")[2]
        thing = ids[kinds[kind]] if "<uuid:pk>" in pattern else ""
        path = "/" + pattern.replace("<uuid:project_id>", str(ids["project_id"])).replace("<uuid:pk>", str(thing))
        answer = stranger.get(path)
        assert (answer.status_code, answer.content) == (404, nothing), path
        assert member.get(path).status_code == 200, path


def test_a_thing_is_found_only_under_its_own_project(ids, owner, as_user):
    client = as_user(owner)
    other = client.call("POST", "/projects", {"name": "Other"}).json()["id"]
    assert client.get(f"/p/{other}/tracks/{ids['track_id']}/").status_code == 404
    assert client.get(f"/p/{ids['project_id']}/tracks/{ids['track_id']}/").status_code == 200


def test_a_page_of_nobody_leads_to_sign_in_and_back(project, client):
    answer = client.get(f"/p/{project.pk}/tracks/")
    assert answer.status_code == 302
    assert answer["Location"] == f"/sign-in/?next=/p/{project.pk}/tracks/"
