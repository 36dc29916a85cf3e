"""Answers that a real studio gives rarely, one by one: what each makes the uploader do, and how often."""

import base64
import hashlib
import operator
import os
import random
import threading
import time
from collections import deque
from typing import Any

import httpx
import pytest

from capture_agent import sending, upload
from capture_agent.sending import LEAST_PIECE, MOST_PIECE, Outgoing, Speed, send
from capture_agent.studio import Away, Refused, StudioClient, is_receipt
from capture_agent.upload import Patience, Uploader

SPLIT = operator.methodcaller("partition", " ")


class LittleStudio(httpx.BaseTransport):
    """tus in memory. `answers` are given first, by method: a status, or (status, headers, JSON)."""

    def __init__(self, **answers: list[Any]) -> None:
        self.answers = {method: deque(given) for method, given in answers.items()}
        self.asked: list[str] = []
        self.pieces: list[int] = []
        self.data = b""
        self.expected = self.receipt = ""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        body = request.read()
        self.asked.append(request.method)
        waiting = self.answers.get(request.method)
        if waiting:
            given = waiting.popleft()
            status, headers, said = given if isinstance(given, tuple) else (given, {}, {"detail": f"No: {given}."})
            return httpx.Response(status, headers=headers, json=said, request=request)
        return httpx.Response(request=request, **self._really(request, body))

    def _really(self, request: httpx.Request, body: bytes) -> dict[str, Any]:
        if request.method == "POST":
            self.data = b""
            said = {key: value for key, _, value in map(SPLIT, request.headers["Upload-Metadata"].split(","))}
            self.expected = base64.b64decode(said["sha256"]).decode()
            return {"status_code": 201, "headers": {"Location": "http://elsewhere/api/v1/uploads/1"}}
        if request.method == "PATCH":
            if int(request.headers["Upload-Offset"]) != len(self.data):
                return {"status_code": 409, "json": {"detail": "Elsewhere."}}
            self.data += body
            self.pieces.append(len(body))
        headers = {"Upload-Offset": str(len(self.data))}
        if hashlib.sha256(self.data).hexdigest() == self.expected:
            headers["Phosphene-Receipt"] = self.receipt or f"7:{self.expected}"
        return {"status_code": 204 if request.method == "PATCH" else 200, "headers": headers}


def client_of(studio: LittleStudio) -> StudioClient:
    return StudioClient("http://studio.test", token="phd_x", transport=studio)


def outgoing(size: int = 3_000_000) -> Outgoing:
    data = os.urandom(size)
    digest = hashlib.sha256(data).hexdigest()
    return Outgoing("key", "one.jpeg", size, digest, {}, lambda offset, length: data[offset : offset + length])


def sent(studio: LittleStudio, item: Outgoing) -> str:
    return send(client_of(studio), item, speed=Speed(), remember=lambda _: None)


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ({"PATCH": [423]}, ["POST", "PATCH", "HEAD", "PATCH", "PATCH"]),
        ({"PATCH": [409]}, ["POST", "PATCH", "HEAD", "PATCH", "PATCH"]),
        ({"PATCH": [460]}, ["POST", "PATCH", "HEAD", "PATCH", "PATCH"]),
        ({"PATCH": [404]}, ["POST", "PATCH", "POST", "PATCH", "PATCH"]),
        (
            {"PATCH": [(422, {}, {"detail": "Damaged.", "field": "sha256"})]},
            ["POST", "PATCH", "POST", "PATCH", "PATCH"],
        ),
    ],
    ids=["busy", "moved", "damaged piece", "expired", "damaged file"],
)
def test_what_passes_is_gone_on_from(answers: dict[str, list[Any]], asked: list[str]):
    studio, item = LittleStudio(**answers), outgoing()
    assert is_receipt(sent(studio, item), item.sha256)
    assert studio.asked == asked


def test_a_proxy_that_takes_less_gets_smaller_pieces():
    studio, item = LittleStudio(PATCH=[413]), outgoing()
    assert is_receipt(sent(studio, item), item.sha256)
    assert max(studio.pieces) == LEAST_PIECE


@pytest.mark.parametrize("status", [400, 401, 403, 404, 412, 413, 415, 422])
def test_what_is_final_is_asked_once(status: int):
    studio = LittleStudio(POST=[status])
    with pytest.raises(Refused, match=f"No: {status}"):
        sent(studio, outgoing())
    assert studio.asked == ["POST"]


@pytest.mark.parametrize("status", [404, 410])
def test_an_upload_that_vanishes_twice_is_not_begun_for_ever(status: int):
    studio = LittleStudio(PATCH=[status, status])
    with pytest.raises(Refused):
        sent(studio, outgoing())
    assert studio.asked == ["POST", "PATCH", "POST", "PATCH"]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 507])
def test_what_is_only_for_now_says_how_long_to_wait(status: int):
    studio = LittleStudio(POST=[(status, {"Retry-After": "17"}, {"detail": "Later."})])
    with pytest.raises(Away, match="Later") as away:
        sent(studio, outgoing())
    assert (away.value.status, away.value.wait_seconds) == (status, 17.0)


@pytest.mark.parametrize("receipt", ["7:" + "0" * 64, ":", "7", "words"])
def test_a_receipt_for_something_else_is_none(receipt: str):
    studio = LittleStudio()
    studio.receipt = receipt
    with pytest.raises(Refused, match="It stays on this disk"):
        sent(studio, outgoing(1000))


def test_a_finish_that_a_crash_cut_short_is_woken_and_then_begun_anew(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sending, "SETTLE_PAUSES", (0.0, 0.0))
    studio, item = LittleStudio(), outgoing(1000)
    item.upload_url = "/api/v1/uploads/1"
    studio.data = item.read(0, 1000)
    studio.answers["GET"] = deque([(200, {}, {"state": "open", "receipt": ""}), (200, {}, {"state": "finishing"})])
    told: list[str] = []
    with pytest.raises(Away, match="sent anew"):
        send(client_of(studio), item, speed=Speed(), remember=told.append)
    assert studio.asked == ["HEAD", "GET", "PATCH", "GET", "DELETE"]
    assert (told, item.upload_url) == ([""], "")


def test_pieces_follow_the_line_between_half_a_megabyte_and_four():
    speed = Speed()
    for bytes_per_second, least, most in ((50_000, LEAST_PIECE, LEAST_PIECE), (700_000, 1_000_000, 2_000_000)):
        for _ in range(20):
            speed.note(bytes_per_second * 3, 3.0)
        assert least <= speed.piece_bytes <= most
    for _ in range(20):
        speed.note(50_000_000, 1.0)
    assert speed.piece_bytes == MOST_PIECE
    for _ in range(12):
        speed.note_cut()
    assert speed.piece_bytes == LEAST_PIECE


def test_the_pauses_begin_at_once_then_grow_from_2_to_20_seconds_with_jitter():
    runs = []
    for seed in range(50):
        patience = Patience(random.Random(seed))
        runs.append([patience.pause_seconds() for _ in range(8)])
    for first, *later in runs:
        assert 0 <= first <= 0.5
        assert all(0.75 * most <= pause <= most for pause, most in zip(later, [2, 4, 8, 16, 20, 20, 20], strict=True))
    assert len({run[1] for run in runs}) > 40


class OneItem:
    """A queue of one picture, that counts what it is told."""

    def __init__(self, item: Outgoing) -> None:
        self.item: Outgoing | None = item
        self.told: list[str] = []
        self.lock = threading.Lock()

    def take(self, client: StudioClient) -> Outgoing | None:
        with self.lock:
            item, self.item = self.item, None
        return item

    def remember(self, item: Outgoing, address: str) -> None: ...

    def stored(self, item: Outgoing, receipt: str) -> None:
        self.told.append("stored")

    def parked(self, item: Outgoing, refusal: Refused) -> bool:
        self.told.append(f"parked: {refusal}")
        return True

    def put_back(self, item: Outgoing) -> None:
        self.told.append("put back")
        self.item = item

    def rest(self, client: StudioClient) -> None: ...

    def is_finished(self) -> bool:
        return self.item is None and bool(self.told) and self.told[-1] != "put back"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"FIRST_PAUSE_SECONDS": 0.0, "IDLE_SECONDS": 0.02, "PAUSES": (0.01,)}.items():
        monkeypatch.setattr(upload, name, value)


@pytest.mark.usefixtures("quick")
def test_a_studio_that_breaks_over_one_picture_is_not_asked_for_ever():
    studio, queue = LittleStudio(POST=[500] * 50), OneItem(outgoing())
    assert Uploader(queue, client_of(studio), lanes=1).run_until_empty(give_up_seconds=30) == ""
    assert studio.asked == ["POST"] * upload.FAULTS_ALLOWED
    assert queue.told[-1].startswith("parked: The studio failed over “one.jpeg” 5 times")


@pytest.mark.usefixtures("quick")
def test_retry_after_is_kept():
    studio, queue = LittleStudio(POST=[(503, {"Retry-After": "1"}, {"detail": "Later."})]), OneItem(outgoing())
    began = time.monotonic()
    assert Uploader(queue, client_of(studio), lanes=1).run_until_empty(give_up_seconds=30) == ""
    assert time.monotonic() - began >= 1.0
    assert queue.told == ["put back", "stored"]


@pytest.mark.usefixtures("quick")
def test_a_card_that_is_pulled_out_is_told_and_does_not_stop_the_lane():
    item = outgoing()

    def gone(offset: int, length: int) -> bytes:
        raise OSError(5, "Input/output error")

    item.read = gone
    queue = OneItem(item)
    assert Uploader(queue, client_of(LittleStudio()), lanes=1).run_until_empty(give_up_seconds=30) == ""
    assert queue.told == ["parked: “one.jpeg” could not be read on this device: [Errno 5] Input/output error."]


def test_the_token_goes_to_this_studio_only():
    """Whatever the Location header says."""
    studio, item = LittleStudio(), outgoing(1000)
    told: list[str] = []
    send(client_of(studio), item, speed=Speed(), remember=told.append)
    assert told == ["/api/v1/uploads/1"]
