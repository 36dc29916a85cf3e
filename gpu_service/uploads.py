"""Results on their way to the studio: tus 1.0 in chunks of at most 4 MiB, going on where the line was cut."""

import asyncio
import base64
import time
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import httpx

from gpu_service.client import AWAY, StudioClient, check, pause_seconds
from gpu_service.errors import RenderError
from gpu_service.file_hash import file_sha256
from gpu_service.protocol import UPLOAD_CHUNK_BYTES, Artifact, Claim

TUS = {"Tus-Resumable": "1.0.0"}
PATIENCE_SECONDS = 900.0


async def upload(
    client: StudioClient, path: Path, *, kind: Literal["segment", "artifact"], project_id: UUID | None, sha256: str
) -> UUID:
    """Send a file. -> the upload's id, to be named when the work is handed in"""
    size = path.stat().st_size
    words = {"filename": path.name, "kind": kind, "sha256": sha256}
    if project_id is not None:
        words["project"] = str(project_id)
    location = await _create(client, size=size, words=words)
    began, attempt, offset = time.monotonic(), 0, 0
    with path.open("rb") as file:
        while offset < size:
            file.seek(offset)
            try:
                offset = await _send_chunk(client, location, offset=offset, chunk=file.read(UPLOAD_CHUNK_BYTES))
                attempt = 0
            except httpx.TransportError as error:
                if time.monotonic() - began > PATIENCE_SECONDS:
                    raise RenderError(f"“{path.name}” could not be sent to the studio: {error}.", retry=True) from error
                await asyncio.sleep(pause_seconds(attempt))
                attempt += 1
                offset = await _offset(client, location)
    return await _when_stored(client, location)


async def send_artifact(client: StudioClient, path: Path, *, claim: Claim, name: str | None = None) -> Artifact:
    """Send a file that a job made. -> what its finish call names it"""
    sha256 = await asyncio.to_thread(file_sha256, path)
    sent = await upload(client, path, kind="artifact", project_id=claim.job.project_id, sha256=sha256)
    return Artifact(name=name or path.name, upload_id=sent, sha256=sha256)


async def _create(client: StudioClient, *, size: int, words: dict[str, str]) -> str:
    metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in words.items())
    headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": metadata}
    response = await client.call("POST", "/uploads", headers=headers)
    return client.address_of(response.headers["Location"])


async def _send_chunk(client: StudioClient, location: str, *, offset: int, chunk: bytes) -> int:
    headers = {**TUS, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
    response = await client.http.patch(location, headers=headers, content=chunk)
    # Another of our requests may still hold the upload, or have moved it on: ask where it stands.
    if response.status_code in (409, 423, *AWAY):
        raise httpx.RemoteProtocolError(f"the studio answered {response.status_code}")
    check(response)
    return int(response.headers["Upload-Offset"])


async def _offset(client: StudioClient, location: str) -> int:
    response = await client.call("HEAD", location, headers=TUS)
    return int(response.headers["Upload-Offset"])


async def _when_stored(client: StudioClient, location: str) -> UUID:
    """Wait until the studio has hashed what it got."""
    for attempt in range(60):
        said: dict[str, Any] = (await client.call("GET", location)).json()
        if said["state"] == "done":
            return UUID(said["id"])
        if said["state"] == "refused":
            raise RenderError(said.get("error") or "The studio refused the file.")
        await asyncio.sleep(min(0.1 * 2**attempt, 2.0))
    raise RenderError("The studio did not finish storing the file.", retry=True)
