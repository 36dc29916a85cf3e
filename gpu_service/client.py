"""The studio over HTTP: one client with the service's token, patient while the studio is away, exact about refusals."""

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel

from gpu_service.errors import RenderError

log = logging.getLogger(__name__)
PATIENCE_SECONDS = 900.0
LONGEST_PAUSE_SECONDS = 15.0
TIMEOUT = httpx.Timeout(30.0, connect=10.0)
AWAY = (429, 500, 502, 503, 504)


class LeaseLost(Exception):
    """Somebody else works on it now. What was done is dropped without a word."""


class StudioRefused(RenderError):
    """The studio said no, and a sentence why."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


def is_loopback(address: str) -> bool:
    """Whether the studio runs on this machine, where no proxy belongs in between."""
    host = urlsplit(address).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")


def pause_seconds(attempt: int) -> float:
    """How long to wait before the next try: 0.5 s, doubling, with jitter, so that many services do not come at once."""
    return min(LONGEST_PAUSE_SECONDS, 0.5 * 2 ** min(attempt, 10)) * random.uniform(0.5, 1.0)


class StudioClient:
    """Calls under /api/v1."""

    def __init__(self, studio: str, *, token: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.studio = studio.rstrip("/")
        self.http = httpx.AsyncClient(
            base_url=f"{self.studio}/api/v1",
            headers={"Authorization": f"Bearer {token}"},
            timeout=TIMEOUT,
            trust_env=not is_loopback(studio),
            transport=transport,
        )

    async def post(self, path: str, body: BaseModel, *, patience: float = PATIENCE_SECONDS) -> httpx.Response:
        """Send a model. Raises LeaseLost for 409, StudioRefused for other refusals, RenderError when patience ends."""
        return await self.call("POST", path, json=body.model_dump(mode="json"), patience=patience)

    async def call(self, method: str, path: str, *, patience: float = PATIENCE_SECONDS, **more: Any) -> httpx.Response:
        """One request, again and again while the studio is away. Safe because every call may be repeated."""
        began, attempt = time.monotonic(), 0
        while True:
            try:
                response = await self.http.request(method, path, **more)
                if response.status_code not in AWAY:
                    return check(response)
                problem = f"it answered {response.status_code}"
                wait = _retry_after(response)
            except httpx.TransportError as error:
                problem, wait = str(error) or type(error).__name__, 0.0
            if time.monotonic() - began > patience:
                raise RenderError(f"The studio could not be reached: {problem}.", retry=True)
            log.debug("%s %s: %s", method, path, problem)
            await asyncio.sleep(max(wait, pause_seconds(attempt)))
            attempt += 1

    def address_of(self, location: str) -> str:
        """A Location header as a full address, always on this studio: the token goes nowhere else."""
        return f"{self.studio}{urlsplit(location).path}"

    @asynccontextmanager
    async def stream(self, path: str, *, headers: dict[str, str]) -> AsyncIterator[httpx.Response]:
        """A large answer, piece by piece. Errors of the transport are the caller's to handle."""
        async with self.http.stream("GET", path, headers=headers) as response:
            if response.status_code >= 400:
                await response.aread()
                if response.status_code in AWAY:
                    raise httpx.RemoteProtocolError(f"the studio answered {response.status_code}")
                check(response)
            yield response

    async def close(self) -> None:
        await self.http.aclose()


def check(response: httpx.Response) -> httpx.Response:
    """Hand back a good answer; turn a refusal into its sentence."""
    if response.status_code == 409:
        raise LeaseLost
    if response.status_code >= 400:
        raise StudioRefused(_detail(response), status=response.status_code)
    return response


def _detail(response: httpx.Response) -> str:
    try:
        said = response.json()
        if isinstance(said, dict) and isinstance(said.get("detail"), str):
            return str(said["detail"])
    except ValueError:
        pass
    return f"The studio answered {response.status_code} to {response.request.url.path}."


def _retry_after(response: httpx.Response) -> float:
    text = response.headers.get("Retry-After", "")
    return min(float(text), 60.0) if text.isdigit() else 0.0
