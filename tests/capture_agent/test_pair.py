"""Pairing, as the device goes through it: the code is shown, the token kept, and every way to fail is a sentence."""

import json
from collections.abc import Callable

import httpx
import pytest

from capture_agent.errors import CaptureError
from capture_agent.pair import pair

BEGUN = {"id": "17", "code": "H4KT-9XPA", "secret": "pair_s", "expires_at": "2026-11-21T12:00:00Z"}
TOKEN = {"token": "phd_t", "device_id": "d", "device_name": "Attic Pi", "project_id": "p", "project_name": "Low Tide"}


def run(*collects: httpx.Response | Exception, begin: httpx.Response | None = None) -> tuple[dict[str, str], list[str]]:
    """Pair with a studio that answers so, one answer per question. -> what to keep, and the codes shown"""
    answers, codes = list(collects), []

    def studio(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/under/api/v1/capture/pairings":
            assert json.loads(request.content) == {"device_name": "Pi"}
            return begin or httpx.Response(201, json=BEGUN)
        assert request.url.path == "/under/api/v1/capture/pairings/17/collect"
        assert json.loads(request.content) == {"secret": "pair_s"}
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    kept = pair(
        "https://studio.example.org/under/",
        device_name="Pi",
        show=lambda code, _: codes.append(code),
        sleep=lambda _: None,
        transport=httpx.MockTransport(studio),
    )
    return kept, codes


def test_the_code_is_shown_and_the_token_kept_once_somebody_typed_it():
    waiting = httpx.Response(202, json={"detail": "Nobody has typed the code yet."})
    kept, codes = run(waiting, waiting, httpx.Response(200, json=TOKEN))
    assert codes == ["H4KT-9XPA"]
    assert kept == {
        "studio": "https://studio.example.org/under",
        "token": "phd_t",
        "device_id": "d",
        "project_id": "p",
        "project_name": "Low Tide",
        "name": "Attic Pi",
    }


def test_a_line_that_breaks_while_waiting_is_waited_out():
    kept, _ = run(httpx.ConnectError("gone"), httpx.Response(503), httpx.Response(200, json=TOKEN))
    assert kept["token"] == "phd_t"


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: run(httpx.Response(410, json={"detail": "The code is older than 10 minutes."})), "older than 10 min"),
        (lambda: run(httpx.Response(404, json={"detail": "Not found"})), "Not found"),
        (lambda: run(begin=httpx.Response(429, json={"detail": "Too many devices."})), "Too many devices"),
        (lambda: run(begin=httpx.Response(404, text="<html>")), "no studio at https://studio.example.org"),
        (lambda: run(begin=httpx.Response(200, text="<html>")), "no studio at https://studio.example.org"),
        (lambda: pair("studio.example.org", device_name="Pi", show=lambda *_: None), "no address of a studio"),
        (lambda: pair("http://127.0.0.1:9", device_name="Pi", show=lambda *_: None), "could not be reached"),
    ],
)
def test_what_goes_wrong_is_a_sentence(call: Callable[[], object], sentence: str):
    with pytest.raises(CaptureError, match=sentence):
        call()
