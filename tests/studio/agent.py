"""A sender as the capture agent is one, for tests: it sends until it has a receipt, whatever happens meanwhile."""

import base64
import hashlib
import time
import uuid
from typing import Any

import httpx

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = "application/offset+octet-stream"


class Agent:
    """Sends portraits into one dataset in the name of a person's API token."""

    def __init__(self, url: str, token: str, project: str, *, piece_bytes: int = 8192) -> None:
        headers = {**TUS, "Authorization": f"Bearer {token}"}
        hooks = {"response": [self._count]}
        self.http = httpx.Client(base_url=f"{url}/api/v1", headers=headers, timeout=10, event_hooks=hooks)
        self.project, self.piece_bytes = project, piece_bytes
        self.dataset = self.session = ""
        self.faults = self.answers = 0

    def announce(self, name: str = "faces") -> None:
        asked = {"name": name, "project": self.project}
        self.dataset = self.http.put("/capture/datasets", json=asked).raise_for_status().json()["id"]
        self.session = str(uuid.uuid4())
        said = {"dataset_id": self.dataset, "project": self.project, "name": "Sitting"}
        self.http.put(f"/capture/sessions/{self.session}", json=said).raise_for_status()

    def begin(self, data: bytes, *, sequence: int = 0) -> httpx.Response:
        said = {
            "kind": "portrait",
            "project": self.project,
            "dataset": self.dataset,
            "session": self.session,
            "sequence": str(sequence),
            "filename": f"{sequence}.jpg",
            "sha256": hashlib.sha256(data).hexdigest(),
        }
        coded = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in said.items())
        return self.http.post("/uploads", headers={"Upload-Length": str(len(data)), "Upload-Metadata": coded})

    def piece(self, address: str, offset: int, data: bytes) -> httpx.Response:
        headers = {"Upload-Offset": str(offset), "Content-Type": PIECE}
        content = data[offset : offset + self.piece_bytes]
        return self.http.patch(address.removeprefix("/api/v1"), headers=headers, content=content)

    def ask(self, address: str) -> httpx.Response:
        return self.http.head(address.removeprefix("/api/v1"))

    def send(self, data: bytes, *, sequence: int = 0, seconds: float = 60.0) -> str:
        """The receipt. Every answer that is no success, and every broken line, is a reason to ask and go on."""
        deadline, address = time.monotonic() + seconds, ""
        while time.monotonic() < deadline:
            try:
                answer = self.ask(address) if address else self.begin(data, sequence=sequence)
                while answer.is_success and "Phosphene-Receipt" not in answer.headers:
                    address = answer.headers.get("Location", address)
                    answer = self.piece(address, int(answer.headers["Upload-Offset"]), data)
                if answer.is_success:
                    return str(answer.headers["Phosphene-Receipt"])
                if answer.status_code == 404:
                    address = ""
            except httpx.HTTPError:
                pass
            self.faults += 1
            time.sleep(0.05)
        raise TimeoutError(f"No receipt within {seconds} s.")

    def _count(self, answer: httpx.Response) -> None:
        self.answers += 1

    def close(self) -> None:
        self.http.close()


def token_of(studio: Any) -> str:
    """An API token of the person who is signed in."""
    return str(studio.call("POST", "/me/tokens", json={"name": "agent"}).json()["token"])
