"""Stages that take longer than ten seconds: found at the studio, or ordered there once for everybody, and fetched."""

import asyncio
import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from gpu_service.client import StudioClient
from gpu_service.errors import RenderError
from gpu_service.inputs import InputCache
from gpu_service.protocol import InputRef, Lease, SceneSpec, StageAnswer, StageOrder, StageRequest
from gpu_service.snapshots.store import read_facts
from gpu_service.visualizers import load
from gpu_service.visualizers.stages import DEFAULT_VECTOR_LENGTH, SLOW_SECONDS, SceneFacts

POLL_SECONDS = 1.0
StepReport = Callable[[str, float], None]


class SlowStages:
    """Puts the results of slow stages into the folder where the drawing processes look for them."""

    def __init__(
        self, client: StudioClient, *, inputs: InputCache, folder: Path, slow_seconds: float = SLOW_SECONDS
    ) -> None:
        self.client, self.inputs, self.folder, self.slow_seconds = client, inputs, folder, slow_seconds
        folder.mkdir(parents=True, exist_ok=True)

    def missing(self, scene: SceneSpec, paths: Mapping[str, Path]) -> list[StageOrder]:
        """The slow stages of a scene that are not at hand."""
        visualizer = load(scene.visualizer)
        stages = visualizer.all_stages(scene)
        if not stages:
            return []
        facts = SceneFacts(scene, vector_length(scene, paths))
        keys = visualizer.keys(facts)
        return [
            StageOrder(
                key=keys[stage.name],
                visualizer=visualizer.name,
                stage=stage.name,
                title=stage.title,
                scene=scene,
                estimate_seconds=stage.estimate_seconds(facts),
            )
            for stage in stages
            if stage.estimate_seconds(facts) > self.slow_seconds and not self._path(keys[stage.name]).is_file()
        ]

    async def fetch(
        self,
        scene: SceneSpec,
        paths: Mapping[str, Path],
        *,
        inputs: Sequence[InputRef],
        lease: Lease | None = None,
        preview_id: uuid.UUID | None = None,
        report: StepReport,
    ) -> None:
        """Have every slow stage ready. Waits while a service prepares it; RenderError when that failed."""
        for order in self.missing(scene, paths):
            request = StageRequest(
                order=order,
                inputs=list(inputs),
                lease_kind=lease.kind if lease else None,
                lease_id=lease.id if lease else None,
                preview_id=preview_id,
            )
            answer = await self._wait(request, report=report)
            assert answer.sha256 is not None
            assert answer.size is not None
            ref = InputRef(sha256=answer.sha256, size=answer.size, name=order.title, role="stage")
            found = (await self.inputs.paths([ref]))[ref.sha256]
            await asyncio.to_thread(_put, found, self._path(order.key))

    async def _wait(self, request: StageRequest, *, report: StepReport) -> StageAnswer:
        while True:
            response = await self.client.post(f"/service/stages/{request.order.key}", request)
            answer = StageAnswer.model_validate_json(response.content)
            if answer.state == "ready":
                return answer
            if answer.state == "failed":
                raise RenderError(answer.message or f"“{request.order.title}” could not be prepared.")
            report(request.order.title, answer.done / answer.total if answer.total else 0.0)
            await asyncio.sleep(POLL_SECONDS)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.npz"


def vector_length(scene: SceneSpec, paths: Mapping[str, Path]) -> int:
    """z_dim of the scene's first snapshot, or w_dim where its visualizer lives there, read from its header."""
    if not scene.snapshots:
        return DEFAULT_VECTOR_LENGTH
    facts, visualizer = read_facts(paths[scene.snapshots[0].sha256]), load(scene.visualizer)
    return facts.w_dim if visualizer.vector_space(visualizer.read(scene.parameters)) == "w" else facts.z_dim


def _put(found: Path, path: Path) -> None:
    """A second name for the file where the system can, else a copy that appears whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    waiting = path.with_name(f".{path.stem}.{uuid.uuid4().hex}.npz")
    try:
        os.link(found, waiting)
    except OSError:
        waiting.write_bytes(found.read_bytes())
    waiting.replace(path)
