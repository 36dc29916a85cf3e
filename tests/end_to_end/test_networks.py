"""Networks with a real studio and a real service: hostile files are refused and the next one loads (F29)."""

import base64
import os
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.end_to_end.conftest import RunningStudio, start_studio, stop_studio, wait_for
from tests.end_to_end.test_faults import service_pid
from tests.prepared import with_tables

pytestmark = pytest.mark.browser
TUS = {"Tus-Resumable": "1.0.0"}


class Evil:
    """Runs a command in whatever unpickles it."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> Any:
        return os.system, (f"touch {self.canary}",)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    data = with_tables(tmp_path_factory.mktemp("networks") / "data")
    studio = start_studio(data, extra={"STUDIO_DEMO": "no"})
    yield studio
    stop_studio(studio)


@pytest.fixture(scope="module")
def person(running: RunningStudio) -> Iterator[httpx.Client]:
    """Signed in by the one-time link."""
    headers = {"Origin": running.url}
    with httpx.Client(base_url=running.url, timeout=30, headers=headers, follow_redirects=True) as client:
        client.get(running.sign_in_link.removeprefix(running.url))
        client.headers["X-CSRFToken"] = client.cookies["phosphene_csrf"]
        yield client


@pytest.fixture(scope="module")
def project(person: httpx.Client) -> str:
    return str(person.post("/api/v1/projects", json={"name": "Nets"}).json()["id"])


def send(person: httpx.Client, project: str, name: str, data: bytes) -> None:
    """Drop a file on the project."""
    said = {"filename": name, "project": project, "kind": "snapshot"}
    metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in said.items())
    headers = {**TUS, "Upload-Length": str(len(data)), "Upload-Metadata": metadata}
    place = person.post("/api/v1/uploads", headers=headers).headers["Location"]
    for offset in range(0, len(data), 4 << 20):
        headers = {**TUS, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        assert person.patch(place, content=data[offset : offset + (4 << 20)], headers=headers).status_code == 204


def fates(person: httpx.Client, project: str) -> dict[str, dict[str, Any]]:
    found = person.get(f"/api/v1/projects/{project}/snapshot-imports").json()["items"]
    return {item["name"]: item for item in found}


def ended(person: httpx.Client, project: str, count: int) -> dict[str, dict[str, Any]]:
    """What became of the files, once all of them were read."""

    def all_told() -> dict[str, dict[str, Any]]:
        told = fates(person, project)
        is_over = all(item["state"] not in ("waiting", "reading") for item in told.values())
        return told if is_over and len(told) == count else {}

    found: dict[str, dict[str, Any]] = wait_for(all_told, 120, f"{count} fates")
    return found


@pytest.fixture(scope="module")
def canary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """There once somebody has run what a file says."""
    return tmp_path_factory.mktemp("mine") / "canary"


@pytest.fixture(scope="module")
def told(running: RunningStudio, person: httpx.Client, project: str, sample_data: Path, canary: Path) -> dict[str, Any]:
    """Four files dropped at once, two of them bad, and what became of each; under "service" who was to read them."""
    wait_for(lambda: person.get("/api/v1/services").json()["state"] == "attached", 120, "the service")
    service = service_pid(running)
    good = (sample_data / "snapshots" / "sg2ada-64.pkl").read_bytes()
    send(person, project, "evil.pkl", pickle.dumps(Evil(canary)))
    send(person, project, "cut.pkl", good[:-1000])
    send(person, project, "sg2ada-64.pkl", good)
    send(person, project, "sg2ada-256.pkl", (sample_data / "snapshots" / "sg2ada-256.pkl").read_bytes())
    return {**ended(person, project, 4), "service": service}


def test_a_hostile_file_is_refused_the_service_lives_and_the_next_is_imported(person, project, running, canary, told):
    assert {name: item["state"] for name, item in told.items() if name != "service"} == {
        "evil.pkl": "refused",
        "cut.pkl": "refused",
        "sg2ada-64.pkl": "kept",
        "sg2ada-256.pkl": "kept",
    }
    assert not canary.exists()
    for name in ("evil.pkl", "cut.pkl"):
        assert name in told[name]["sentence"]
        blob = told[name]["sha256"]
        assert not (running.data / "blobs" / blob[:2] / blob[2:4] / blob).exists()
    jobs = {job["title"]: job for job in person.get(f"/api/v1/projects/{project}/jobs").json()["items"]}
    assert jobs["Import of “evil.pkl”"]["can_retry"] is False
    assert service_pid(running) == told["service"], "The service ended and was started again."
    networks = person.get(f"/api/v1/projects/{project}/networks").json()["items"]
    assert sorted(network["name"] for network in networks) == ["sg2ada-256", "sg2ada-64"]
    for network in networks:
        assert person.get(network["snapshots"][0]["sheet_url"]).content[:2] == b"\xff\xd8"


def test_what_is_ordered_of_a_snapshot_comes_back(person, told):
    network = person.get(f"/api/v1/networks/{told['sg2ada-64.pkl']['network_id']}").json()
    snapshot = network["snapshots"][0]
    address = f"/api/v1/snapshots/{snapshot['id']}"
    pin = person.post(
        f"/api/v1/networks/{network['id']}/pins", json={"snapshot_id": snapshot["id"], "vector": {"seed": 5}}
    ).json()
    person.post(f"{address}/directions", json={"method": "sefa", "count": 4})
    person.post(f"{address}/harvests", json={"count": 3, "most": 3})
    person.post(f"{address}/exports", json={"form": "rosinality"})

    def made() -> dict[str, Any] | None:
        kinds = ("directions", "harvests", "exports")
        found = {kind: person.get(f"{address}/{kind}").json()["items"][0] for kind in kinds}
        states = {item["state"] for item in found.values()}
        assert "failed" not in states, found
        picture = person.get(f"/api/v1/pins/{pin['id']}").json()["thumbnail_url"]
        return {**found, "picture": picture} if states == {"ready"} and picture else None

    found = wait_for(made, 120, "directions, harvest, export and the pin's picture")
    assert (found["directions"]["count"], len(found["directions"]["shares"])) == (4, 4)
    assert (found["harvests"]["kept"], found["harvests"]["seeds"]) == (3, [0, 1, 2])
    assert person.get(found["harvests"]["zip_url"]).content[:2] == b"PK"
    assert len(person.get(found["exports"]["url"]).content) == found["exports"]["size_bytes"]
    assert person.get(found["picture"]).content[:2] == b"\xff\xd8"
    step = {"file": found["directions"]["sha256"], "index": 0, "amount": 2}
    order = {"vectors": [{"seed": 5}, {"seed": 5, "steps": [step]}], "snapshot_ids": [snapshot["id"]], "tile": 64}
    sheets = f"/api/v1/networks/{network['id']}/sheets"
    url = wait_for(lambda: person.post(sheets, json=order).json()["items"][0]["url"], 60, "the sheet along a direction")
    assert person.get(url).content[:2] == b"\xff\xd8"
