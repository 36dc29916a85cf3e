"""A studio and an executor of a few lines each, for tests of what lies between them."""

import asyncio
import hashlib
import json
import re
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import httpx

from gpu_service.client import StudioClient
from gpu_service.executors.base import ChoreOrder, Picture, PlanFacts, SceneOrder, SegmentOrder, Task
from gpu_service.film.segment_facts import SegmentFilm
from gpu_service.protocol import CodePath, Device

ADDRESS = "http://127.0.0.1:1"


def done(value: Any) -> Future[Any]:
    """A future that is fulfilled."""
    future: Future[Any] = Future()
    future.set_result(value)
    return future


class FakeExecutor:
    """Draws nothing, at once. `segment` may be replaced to misbehave."""

    def __init__(self) -> None:
        self.prepared: list[SceneOrder] = []
        self.drawn: list[tuple[str, tuple[int, ...]]] = []
        self.orders: list[SceneOrder | None] = []
        self.forgotten: list[str] = []
        self.draw_seconds = 0.0
        self.qualities: list[int] = []
        self.jpeg_bytes = 4
        self.segment: Callable[[SegmentOrder, Callable[[int], None]], Future[SegmentFilm]] = self._segment
        self.cancelled: list[SegmentOrder] = []
        self.chores: list[ChoreOrder] = []
        self.chores_wait = False
        self.draws = False
        self.path = CodePath(batch=8, threads=2)
        self.chore_results: dict[str, dict[str, Any]] = {}

    def devices(self) -> list[Device]:
        return [Device(name="CPU", kind="cpu", memory_bytes=1)]

    def code_path(self) -> CodePath:
        return self.path

    def prepare(self, order: SceneOrder, *, report: Any) -> Future[PlanFacts]:
        self.prepared.append(order)
        return done(PlanFacts(order.key, order.scene.duration_seconds))

    def draw(
        self, key: str, frames: Sequence[int], *, jpeg_quality: int, order: SceneOrder | None = None
    ) -> Future[list[Picture]]:
        self.drawn.append((key, tuple(frames)))
        self.orders.append(order)
        self.qualities.append(jpeg_quality)
        future: Future[list[Picture]] = Future()
        pictures = [Picture(frame, b"jpeg".ljust(self.jpeg_bytes), self.draw_seconds) for frame in frames]
        asyncio.get_running_loop().call_later(self.draw_seconds * len(frames), future.set_result, pictures)
        return future

    def forget(self, key: str) -> None:
        self.forgotten.append(key)

    def render_segment(self, order: SegmentOrder, *, report: Callable[[int], None]) -> Task[SegmentFilm]:
        return Task(self.segment(order, report), lambda: self.cancelled.append(order))

    def _segment(self, order: SegmentOrder, report: Callable[[int], None]) -> Future[SegmentFilm]:
        frames = order.end_frame - order.first_frame
        order.out.write_bytes(b"film" * frames)
        report(frames)
        return done(SegmentFilm(order.out, frames, 1.0, 0.5, ((order.first_frame, b"\xff\xd8\xff thumb"),)))

    def chore(self, order: ChoreOrder, *, report: Any) -> Task[dict[str, Any]]:
        self.chores.append(order)
        if self.chores_wait:
            return Task(Future(), lambda: None)
        if order.kind in self.chore_results:
            return Task(done(self.chore_results[order.kind]), lambda: None)
        if order.kind == "draw_sheet":
            (order.folder / "sheet.jpg").write_bytes(b"tiles")
            return Task(done({"files": {"sheet": "sheet.jpg"}, "facts": {"tile": 160}}), lambda: None)
        name = "made.safetensors"
        (order.folder / name).write_bytes(b"weights")
        made = {"name": "A", "order": 0, "kind": "cppn", "file": name, "z_dim": 512, "w_dim": 16, "num_ws": 1}
        return Task(done({"snapshots": [made]}), lambda: None)

    def is_drawing(self) -> bool:
        return self.draws

    def close(self) -> None:
        pass


class FakeStudio:
    """Answers the calls under /api/v1. `calls` holds (path, JSON body) of every POST."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.files: dict[str, bytes] = {}
        self.uploads: dict[str, dict[str, Any]] = {}
        self.claims: list[dict[str, Any]] = []
        self.renewal: dict[str, Any] | int = {"seconds": 60, "cancel": False}
        self.recipe: dict[str, Any] = {}
        self.trouble: list[Callable[[httpx.Request], httpx.Response | None]] = []
        self.largest_chunk = 0
        self.stage_answers: list[dict[str, Any]] = []
        self.wish: dict[str, Any] = {"wanted": "run"}

    def client(self) -> StudioClient:
        return StudioClient(ADDRESS, token="secret", transport=httpx.MockTransport(self.answer))

    def add_file(self, data: bytes) -> dict[str, Any]:
        """-> an InputRef as JSON"""
        sha256 = hashlib.sha256(data).hexdigest()
        self.files[sha256] = data
        return {"sha256": sha256, "size": len(data), "name": "file", "role": "track"}

    def posted(self, ending: str) -> list[dict[str, Any]]:
        return [body for path, body in self.calls if path.endswith(ending)]

    def answer(self, request: httpx.Request) -> httpx.Response:
        assert request.headers["Authorization"] == "Bearer secret"
        for trouble in list(self.trouble):
            response = trouble(request)
            if response is not None:
                return response
        path = request.url.path.removeprefix("/api/v1")
        if path.startswith("/uploads"):
            return self._upload(request, path)
        if path.startswith("/service/inputs/"):
            return self._input(request, path.rpartition("/")[2])
        self.calls.append((path, json.loads(request.content) if request.content else {}))
        if path == "/service/claims":
            kinds = self.calls[-1][1].get("kinds", [])
            found = next((claim for claim in self.claims if claim["job"]["kind"] in kinds), None)
            if found is None:
                return httpx.Response(204)
            self.claims.remove(found)
            return httpx.Response(200, json=found)
        if path.startswith("/service/stages/"):
            return httpx.Response(200, json=self.stage_answers.pop(0))
        if path.endswith("/renew"):
            renewal = self.renewal
            return httpx.Response(renewal) if isinstance(renewal, int) else httpx.Response(200, json=renewal)
        if path.startswith(("/service/training/", "/service/projections/")):
            return httpx.Response(200, json=self.wish)
        if path.endswith("/code_path"):
            fixed = {**self.recipe, "code_path": self.calls[-1][1]["code_path"]}
            return httpx.Response(200, json=fixed)
        return httpx.Response(204)

    def _input(self, request: httpx.Request, sha256: str) -> httpx.Response:
        if sha256 not in self.files:
            return httpx.Response(404, json={"detail": "There is no such file."})
        data = self.files[sha256]
        if found := re.match(r"bytes=(\d+)-", request.headers.get("Range", "")):
            return httpx.Response(206, content=data[int(found[1]) :])
        return httpx.Response(200, content=data)

    def _upload(self, request: httpx.Request, path: str) -> httpx.Response:
        if request.method == "POST":
            made = str(uuid.uuid4())
            words = dict(part.split(" ") for part in request.headers["Upload-Metadata"].split(","))
            self.uploads[made] = {"data": b"", "length": int(request.headers["Upload-Length"]), "words": words}
            return httpx.Response(201, headers={"Location": f"/api/v1/uploads/{made}"})
        upload = self.uploads[path.rpartition("/")[2]]
        if request.method == "PATCH":
            assert int(request.headers["Upload-Offset"]) == len(upload["data"])
            self.largest_chunk = max(self.largest_chunk, len(request.content))
            upload["data"] += request.content
            return httpx.Response(204, headers={"Upload-Offset": str(len(upload["data"]))})
        if request.method == "HEAD":
            return httpx.Response(200, headers={"Upload-Offset": str(len(upload["data"]))})
        state = "done" if len(upload["data"]) == upload["length"] else "open"
        return httpx.Response(200, json={"id": path.rpartition("/")[2], "state": state, "error": ""})


def cut_once(method: str, path: str) -> Callable[[httpx.Request], httpx.Response | None]:
    """A line that is cut the first time such a request is made."""
    left = [True]

    def trouble(request: httpx.Request) -> httpx.Response | None:
        if left[0] and request.method == method and path in request.url.path:
            left[0] = False
            raise httpx.ReadError("the line was cut")
        return None

    return trouble


def no_waiting(_attempt: int) -> float:
    """Instead of pauses between tries."""
    return 0.0


def scratch(folder: Path) -> Path:
    """A folder for files on their way."""
    made = folder / "scratch"
    made.mkdir()
    return made
