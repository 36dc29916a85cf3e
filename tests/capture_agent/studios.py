"""A real studio for the agent: a device that is paired over the API, and what arrived, counted in its own folders."""

import hashlib
import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from capture_agent.spool import Shot, Spool
from tests.studio.site.conftest import Studio


@dataclass(frozen=True)
class Paired:
    """A device's token, and the project into which it may send."""

    token: str
    project_id: str
    device_id: str


def pair(studio: Studio, name: str = "Kitchen Pi") -> Paired:
    begun = studio.call("POST", "/capture/pairings", json={"device_name": name}).json()
    project = project_of(studio)
    studio.call("POST", f"/projects/{project}/devices", json={"code": begun["code"]}).raise_for_status()
    answer = studio.call("POST", f"/capture/pairings/{begun['id']}/collect", json={"secret": begun["secret"]}).json()
    return Paired(answer["token"], answer["project_id"], answer["device_id"])


def project_of(studio: Studio) -> str:
    """The id of the first project, made if there is none."""
    items = studio.call("GET", "/projects").json()["items"]
    made = items[0] if items else studio.call("POST", "/projects", json={"name": "Saltworks"}).json()
    return str(made["id"])


def person_token(studio: Studio) -> str:
    return str(studio.call("POST", "/me/tokens", json={"name": "import"}).json()["token"])


def portraits(studio: Studio, project_id: str, dataset_name: str = "faces") -> list[dict[str, Any]]:
    """Every portrait of that dataset in the grid's order; [] when there is no such dataset."""
    datasets = studio.call("GET", f"/projects/{project_id}/datasets").json()["items"]
    found = next((one for one in datasets if one["name"] == dataset_name), None)
    if found is None:
        return []
    items, after = [], ""
    while True:
        page = studio.call("GET", f"/datasets/{found['id']}/portraits", params={"after": after} if after else {}).json()
        items += page["items"]
        after = page["next"]
        if not after:
            return items


def stored_hashes(studio: Studio) -> set[str]:
    """The SHA-256 of what really lies in the studio's store, each of which must be its name."""
    found = set()
    for path in (studio.log.parent / "data" / "blobs").rglob("*"):
        if path.is_file():
            assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name, f"{path} is not what it is called"
            found.add(path.name)
    return found


def half_files(studio: Studio) -> list[str]:
    """Uploads that were begun and never ended."""
    folder = studio.log.parent / "data" / "uploads"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def photograph(kilobytes: int = 20, *, seed: int | None = None) -> bytes:
    """A real JPEG of noise of about that size, never the same twice."""
    chance = np.random.default_rng(seed)
    side = max(16, int((kilobytes * 1000 / 0.82) ** 0.5) // 8 * 8)
    pixels = chance.integers(0, 256, (side, side, 3), dtype=np.uint8)
    written = io.BytesIO()
    Image.fromarray(pixels).save(written, "JPEG", quality=88)
    return written.getvalue()


def receipts_are_true(spool: Spool, studio: Studio, shots: list[Shot]) -> bool:
    """Whether each of these shots is done, with a receipt for its content, and stored in the studio."""
    done = {shot.sha256: shot for shot in spool.shots("done")}
    stored = stored_hashes(studio)
    return all(
        one.sha256 in done and done[one.sha256].receipt.endswith(f":{one.sha256}") and one.sha256 in stored
        for one in shots
    )
