"""Pairing: this device shows a code, a person types it on the studio's page, the device collects its token, once."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx

from capture_agent.errors import CaptureError

POLL_SECONDS = 2.0
LONGEST_SECONDS = 15 * 60.0
TIMEOUT = httpx.Timeout(15.0, connect=10.0)
NAMES = {"token": "token", "device_id": "device_id", "project_id": "project_id", "project_name": "project_name"}


def pair(
    studio: str,
    *,
    device_name: str,
    show: Callable[[str, str], None],
    sleep: Callable[[float], None] = time.sleep,
    transport: httpx.BaseTransport | None = None,
) -> dict[str, str]:
    """Wait until somebody has typed the code. `show` gets the code and the address of the studio. -> what to keep

    Raises CaptureError when the studio says no, cannot be reached at first, or nobody typed the code in time.
    """
    address = _address(studio)
    with httpx.Client(
        base_url=f"{address}/api/v1", timeout=TIMEOUT, trust_env=not _is_local(address), transport=transport
    ) as http:
        begun = _begun(http, address, device_name)
        show(str(begun["code"]), address)
        end = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < end:
            collected = _collected(http, begun)
            if collected is not None:
                kept = {name: str(collected[said]) for name, said in NAMES.items()}
                return kept | {"studio": address, "name": str(collected.get("device_name") or device_name)}
            sleep(POLL_SECONDS)
    raise CaptureError("Nobody typed the code in time. Run `phosphene-capture pair` again for a new one.")


def _begun(http: httpx.Client, address: str, device_name: str) -> dict[str, Any]:
    try:
        answer = http.post("/capture/pairings", json={"device_name": device_name})
    except httpx.HTTPError as error:
        raise CaptureError(f"{address} could not be reached: {_reason(error)}.") from error
    said = _json(answer)
    if answer.status_code == 404 or said is None:
        raise CaptureError(f"There is no studio at {address}, or it is too old for capture devices.")
    if answer.status_code != 201:
        raise CaptureError(_detail(said, answer))
    return said


def _collected(http: httpx.Client, begun: dict[str, Any]) -> dict[str, Any] | None:
    """The token and its facts; None while nobody has typed the code, or while the line is broken."""
    try:
        answer = http.post(f"/capture/pairings/{begun['id']}/collect", json={"secret": begun["secret"]})
    except httpx.HTTPError:
        return None
    said = _json(answer) or {}
    if answer.status_code == 200 and all(said.get(name) for name in NAMES.values()):
        return said
    if answer.status_code in (202, 408, 425, 429) or answer.status_code >= 500:
        return None
    raise CaptureError(_detail(said, answer))


def _json(answer: httpx.Response) -> dict[str, Any] | None:
    try:
        said = answer.json()
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def _detail(said: dict[str, Any], answer: httpx.Response) -> str:
    detail = said.get("detail")
    return detail if isinstance(detail, str) else f"The studio answered {answer.status_code}. Pair the device again."


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise CaptureError(f'"{text}" is no address of a studio: use one such as https://studio.example.org.')
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _is_local(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")


def _reason(error: httpx.HTTPError) -> str:
    return str(error).split("\n")[0].rstrip(".") or type(error).__name__
