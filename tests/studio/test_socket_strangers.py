"""Every socket of the route table: who has no right to it never opens it (F20, F22). A new one must be listed here."""

import re
import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from studio import asgi
from studio.datasets import devices
from tests.studio.features import make_scene
from tests.studio.services.sockets import close_code, dial, page_socket, sign_in

pytestmark = pytest.mark.django_db(transaction=True)
in_thread = sync_to_async
FAMILIES = {name: table for name, table in vars(asgi).items() if name.endswith("_SOCKETS")}
PAGES = sorted(asgi.PAGE_SOCKETS)
MACHINES = sorted({path for table in FAMILIES.values() for path in table} - set(PAGES))


@pytest.fixture
def ids(project, owner) -> dict[str, Any]:
    """The real id of everything that an address of a page's socket names."""
    device, _ = devices.pair(project, name="Tripod Pi", by=owner)
    scene = make_scene(project, owner)
    network_id = scene.snapshots.first().network_id
    return {"project_id": project.id, "scene_id": scene.id, "device_id": device.id, "network_id": network_id}


def address(path: str, ids: dict[str, Any]) -> str:
    """A KeyError here: the socket names a thing that this matrix does not know yet. Make one in `ids`."""
    return "/" + re.sub(r"<uuid:(\w+)>", lambda found: str(ids[found[1]]), path)


async def opens(socket: Any) -> bool:
    connected, _ = await socket.connect(timeout=5)
    if connected:
        await socket.disconnect()
    return bool(connected)


def test_every_table_of_sockets_is_known_here():
    assert set(FAMILIES) <= {"PAGE_SOCKETS", "SERVICE_SOCKETS", "DEVICE_SOCKETS"}
    assert len(PAGES) >= 2
    assert len(MACHINES) >= 2


@pytest.mark.parametrize("path", PAGES)
async def test_a_member_opens_a_page_socket_and_nobody_else(path, ids, owner, person):
    stranger = await in_thread(person)("Stranger")
    theirs, hers = [await in_thread(sign_in)(user) for user in (stranger, owner)]
    assert await opens(page_socket(address(path, ids), hers))
    assert not await opens(page_socket(address(path, ids), theirs))
    assert not await opens(page_socket(address(path, ids), None))
    assert not await opens(page_socket(address(path, ids), "an-invented-session"))
    nothing = {name: uuid.uuid4() for name in ids}
    assert not await opens(page_socket(address(path, nothing), hers))


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("origin", [None, (b"origin", b"http://evil.example"), (b"origin", b"null")])
async def test_a_page_socket_needs_this_sites_origin(path, ids, owner, origin):
    assert not await opens(page_socket(address(path, ids), await in_thread(sign_in)(owner), origin=origin))


@pytest.mark.parametrize("path", MACHINES)
async def test_a_machines_socket_opens_for_no_session_and_no_invented_token(path, owner):
    cookie = await in_thread(sign_in)(owner)
    for socket in (page_socket(f"/{path}", cookie), page_socket(f"/{path}", None), dial(f"/{path}", "phs_invented")):
        connected, code = await socket.connect(timeout=5)
        # A machine is told why: its socket is accepted and closed at once with the code for "signed out".
        assert not connected or await close_code(socket) == 4401, code


async def test_any_other_address_is_no_socket(owner):
    cookie = await in_thread(sign_in)(owner)
    for path in ("/ws/", "/ws/projects", f"/ws/scenes/{uuid.uuid4()}", "/api/v1/me"):
        assert not await opens(page_socket(path, cookie))
