"""A client whose connection died comes back before the server has noticed (F6, F8), under both servers, for real."""

import base64
import contextlib
import hashlib
import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.studio.site.conftest import Studio, studio_on

DATA = bytes(range(256)) * 400  # 102,400 bytes
TUS = {"Tus-Resumable": "1.0.0"}


@pytest.fixture(scope="module", params=["daphne", "uvicorn"])
def studio(request, tmp_path_factory) -> Iterator[Studio]:
    with studio_on(tmp_path_factory.mktemp(request.param), server=request.param) as running:
        yield running


@pytest.fixture(scope="module")
def project(studio: Studio) -> str:
    return studio.call("POST", "/projects", json={"name": "Saltworks"}).json()["id"]


@pytest.fixture(scope="module")
def client(studio: Studio) -> Iterator[httpx.Client]:
    token = studio.call("POST", "/me/tokens", json={"name": "test"}).json()["token"]
    with httpx.Client(base_url=studio.url, timeout=20, headers={**TUS, "Authorization": f"Bearer {token}"}) as found:
        yield found


def begin(client: httpx.Client, project: str, data: bytes) -> str:
    said = {"filename": "song.wav", "project": project, "kind": "track", "sha256": hashlib.sha256(data).hexdigest()}
    coded = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in said.items())
    headers = {"Upload-Length": str(len(data)), "Upload-Metadata": coded}
    return client.post("/api/v1/uploads", headers=headers).headers["Location"]


def offset_of(client: httpx.Client, address: str) -> int:
    return int(client.head(address).headers["Upload-Offset"])


def send_rest(client: httpx.Client, address: str, data: bytes) -> httpx.Response:
    offset = offset_of(client, address)
    headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
    return client.patch(address, headers=headers, content=data[offset:])


def half_a_patch(studio: Studio, client: httpx.Client, address: str, data: bytes, *, sent: int, **more: str):
    """A connection on which a PATCH of all of `data` has begun and stopped after `sent` bytes of its body."""
    line = socket.create_connection(("127.0.0.1", studio.port), timeout=10)
    headers = {
        "Host": f"127.0.0.1:{studio.port}",
        "Authorization": client.headers["Authorization"],
        "Content-Type": "application/offset+octet-stream",
        "Content-Length": str(len(data)),
        "Upload-Offset": "0",
        **TUS,
        **more,
    }
    head = f"PATCH {address} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    line.sendall(head.encode() + b"\r\n" + data[:sent])
    return line


def until(probe, seconds: float = 8.0) -> bool:
    """A request on a line that is open already may overtake one on a line that the server has not accepted yet."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if probe():
            return True
        time.sleep(0.02)
    return False


def test_a_returning_client_is_told_all_that_its_dead_connection_brought(studio, client, project):
    """F8: the dead PATCH is still open when the new HEAD comes."""
    address = begin(client, project, DATA)
    with half_a_patch(studio, client, address, DATA, sent=70_000) as dead:
        assert until(lambda: offset_of(client, address) == 70_000, 5)
        assert b" 408 " in dead.recv(1000)
    assert send_rest(client, address, DATA).status_code == 204
    assert client.get(address).json()["state"] == "done"


def test_a_returning_client_that_sends_at_once_is_told_where_to_go_on(studio, client, project):
    """F8 with a PATCH instead of a HEAD: the dead one has stood still, so it is ended; nothing is written twice."""
    address = begin(client, project, DATA)
    with half_a_patch(studio, client, address, DATA, sent=50_000):
        time.sleep(1.1)
        began = time.monotonic()
        headers = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        answer = client.patch(address, headers=headers, content=DATA)
        assert answer.status_code == 409
        assert time.monotonic() - began < 5
        assert offset_of(client, address) == 50_000
    assert send_rest(client, address, DATA).status_code == 204


def test_what_a_broken_connection_brought_is_kept(studio, client, project):
    address = begin(client, project, DATA)
    half_a_patch(studio, client, address, DATA, sent=30_000).close()
    assert until(lambda: offset_of(client, address) == 30_000)
    assert send_rest(client, address, DATA).status_code == 204


def test_a_piece_with_a_checksum_is_whole_or_nothing(studio, client, project):
    address = begin(client, project, DATA)
    checksum = "sha256 " + base64.b64encode(hashlib.sha256(DATA).digest()).decode()
    with half_a_patch(studio, client, address, DATA, sent=30_000, **{"Upload-Checksum": checksum}):
        assert offset_of(client, address) == 0
    assert send_rest(client, address, DATA).status_code == 204


def test_a_stranger_ends_nobody_s_piece(studio, client, project):
    address = begin(client, project, DATA)
    with half_a_patch(studio, client, address, DATA, sent=30_000) as line:
        for headers in ({}, {"Authorization": "Bearer phk_no"}):
            assert httpx.head(studio.url + address, headers={**TUS, **headers}).status_code == 401
        line.sendall(DATA[30_000:])
        assert b" 204 " in line.recv(1000)
    assert client.get(address).json()["state"] == "done"


def test_wherever_a_piece_is_cut_the_offset_is_the_bytes_that_arrived(studio, client, project):
    """F6: after every possible number of bytes."""
    data = hashlib.sha256(b"every byte").digest()
    for sent in range(len(data)):
        address = begin(client, project, data)
        with half_a_patch(studio, client, address, data, sent=sent):
            assert until(lambda: offset_of(client, address) == sent), sent  # noqa: B023
        assert send_rest(client, address, data).status_code == 204
        assert client.get(address).json()["state"] == "done", sent


def test_one_connection_sends_piece_after_piece(studio, client, project):
    """Streaming a body leaves the connection as it was: the next request on it is read from its beginning."""
    address = begin(client, project, DATA)
    with httpx.Client(base_url=studio.url, headers=client.headers, timeout=10) as one:
        for start in range(0, len(DATA), 20_000):
            headers = {"Upload-Offset": str(start), "Content-Type": "application/offset+octet-stream"}
            assert one.patch(address, headers=headers, content=DATA[start : start + 20_000]).status_code == 204
            assert int(one.head(address).headers["Upload-Offset"]) == min(start + 20_000, len(DATA))
    assert client.get(address).json()["state"] == "done"


@pytest.mark.parametrize("is_said", [True, False])
def test_a_piece_that_is_too_large_is_refused_before_it_is_read(studio, client, project, is_said):
    """Whether its length is said or it comes in chunks without one."""
    address = begin(client, project, b"x" * (6 * 1024 * 1024))
    length = "Content-Length: 6291456" if is_said else "Transfer-Encoding: chunked"
    head = (
        f"PATCH {address} HTTP/1.1\r\nHost: 127.0.0.1:{studio.port}\r\nUpload-Offset: 0\r\nTus-Resumable: 1.0.0\r\n"
        f"Authorization: {client.headers['Authorization']}\r\n"
        f"Content-Type: application/offset+octet-stream\r\n{length}\r\n"
    )
    with socket.create_connection(("127.0.0.1", studio.port), timeout=10) as line:
        line.sendall(head.encode() + b"\r\n")
        with contextlib.suppress(ConnectionError):  # it may hang up before it has taken everything
            for _ in range(0 if is_said else 6):
                line.sendall(b"100000\r\n" + b"x" * 0x100000 + b"\r\n")
            line.sendall(b"" if is_said else b"0\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            assert b" 413 " in line.recv(1000)
    assert offset_of(client, address) == 0


def test_two_pieces_at_once_are_one_that_is_taken(studio, client, project):
    """F7 over real connections: both are alive, both offer the same offset."""
    address = begin(client, project, DATA)
    with half_a_patch(studio, client, address, DATA, sent=90_000) as first:
        time.sleep(0.2)
        headers = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        second = client.patch(address, headers=headers, content=DATA)
        first.sendall(DATA[90_000:])
        answer = first.recv(1000)
    assert second.status_code == 204
    assert b" 409 " in answer
    assert client.get(address).json()["state"] == "done"
