"""Chores for a studio: snapshots imported and made, stages prepared, sheets drawn … Their files are uploaded."""

import asyncio
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from gpu_service.bench import Bench
from gpu_service.errors import RenderError
from gpu_service.executors.base import ChoreKind, ChoreOrder
from gpu_service.lease import LeaseKeeper
from gpu_service.protocol import (
    Claim,
    FilesResult,
    ImportOrder,
    JobFinish,
    Measured,
    PatternOrder,
    SnapshotsResult,
    StageDone,
    StageOrder,
    TryOrder,
)
from gpu_service.protocol.scene_jobs import CurvesOrder, DebugFilmOrder
from gpu_service.slow_stages import vector_length
from gpu_service.uploads import send_artifact


async def do_chore(bench: Bench, claim: Claim, keeper: LeaseKeeper) -> None:
    """Do what the job's kind says and hand in what it made. Raises Cancelled, LeaseLost or RenderError."""
    with tempfile.TemporaryDirectory(prefix="chore-", dir=bench.scratch) as folder:
        match claim.job.kind:
            case "import_snapshot" | "make_pattern":
                done = await _snapshots(bench, claim, keeper, Path(folder))
            case "prepare_stage":
                done = await _stage(bench, claim, keeper, Path(folder))
            case "draw_sheet" | "find_directions" | "harvest" | "export_snapshot":
                done = await _files(bench, claim, keeper, Path(folder))
            case "scene_curves":
                done = await _scene(bench, claim, keeper, Path(folder), order=CurvesOrder)
            case "debug_film":
                done = await _scene(bench, claim, keeper, Path(folder), order=DebugFilmOrder)
            case "try_training":
                done = await _trial(bench, claim, keeper, Path(folder))
            case _:
                raise RenderError(f"This render service does not know the work “{claim.job.kind}”. Update it.")
        await bench.client.post(f"/service/jobs/{claim.job.id}/finish", done)


async def _snapshots(bench: Bench, claim: Claim, keeper: LeaseKeeper, folder: Path) -> JobFinish:
    values = await _snapshot_values(bench, claim, keeper)
    result = SnapshotsResult.model_validate(await _run(bench, claim, keeper, values=values, folder=folder))
    names = [name for made in result.snapshots for name in (made.file, made.thumbnail, made.sheet) if name]
    artifacts = [await send_artifact(bench.client, folder / name, claim=claim) for name in names]
    return JobFinish(fence=claim.lease.fence, result=result.model_dump(mode="json"), artifacts=artifacts)


async def _snapshot_values(bench: Bench, claim: Claim, keeper: LeaseKeeper) -> dict[str, Any]:
    if claim.job.kind == "make_pattern":
        return PatternOrder.model_validate(claim.job.payload).model_dump()
    order = ImportOrder.model_validate(claim.job.payload)
    keeper.tell(message="Fetching the file")
    originals = [ref for ref in claim.inputs if ref.role == "original"]
    if not originals:
        raise RenderError("The file of this import is missing. Upload it again.")
    paths = await bench.inputs.paths(originals)
    return {"path": str(paths[originals[0].sha256]), "name": order.name}


async def _files(bench: Bench, claim: Claim, keeper: LeaseKeeper, folder: Path) -> JobFinish:
    """The snapshots of role "snapshot" in order, every file of role "directions"; what comes out goes up."""
    keeper.tell(message="Fetching files")
    paths = await bench.inputs.paths(claim.inputs)
    snapshots = [ref for ref in claim.inputs if ref.role == "snapshot"]
    values = {
        "order": claim.job.payload,
        "snapshots": [{"sha256": ref.sha256, "name": ref.name, "path": str(paths[ref.sha256])} for ref in snapshots],
        "directions": {ref.sha256: str(paths[ref.sha256]) for ref in claim.inputs if ref.role == "directions"},
    }
    result = FilesResult.model_validate(await _run(bench, claim, keeper, values=values, folder=folder))
    artifacts = [await send_artifact(bench.client, folder / name, claim=claim) for name in result.files.values()]
    return JobFinish(fence=claim.lease.fence, result=result.model_dump(mode="json"), artifacts=artifacts)


async def _stage(bench: Bench, claim: Claim, keeper: LeaseKeeper, folder: Path) -> JobFinish:
    order = StageOrder.model_validate(claim.job.payload)
    paths = await bench.inputs.paths(claim.inputs)
    values = {
        "scene": order.scene.model_dump(mode="json"),
        "stage": order.stage,
        "key": order.key,
        "vector_length": vector_length(order.scene, paths),
        "paths": {sha256: str(path) for sha256, path in paths.items()},
    }
    made = Path((await _run(bench, claim, keeper, values=values, folder=folder))["file"])
    artifact = await send_artifact(bench.client, made, claim=claim)
    # This service needs it next: spare it the way back.
    await asyncio.to_thread(shutil.copyfile, made, bench.stages.folder / f".{order.key}.coming.npz")
    (bench.stages.folder / f".{order.key}.coming.npz").replace(bench.stages.folder / f"{order.key}.npz")
    result = StageDone(key=order.key, artifact=artifact.name)
    return JobFinish(fence=claim.lease.fence, result=result.model_dump(mode="json"), artifacts=[artifact])


async def _scene(
    bench: Bench, claim: Claim, keeper: LeaseKeeper, folder: Path, *, order: type[CurvesOrder] | type[DebugFilmOrder]
) -> JobFinish:
    """What previews of the scene have prepared is not prepared again."""
    keeper.tell(message="Fetching files")
    wanted = order.model_validate(claim.job.payload)
    paths = await bench.inputs.paths(claim.inputs)
    values = {
        "order": wanted.model_dump(mode="json"),
        "paths": {sha256: str(path) for sha256, path in paths.items()},
        "vector_length": vector_length(wanted.scene, paths),
        "stages": str(bench.stages.folder),
    }
    result = FilesResult.model_validate(await _run(bench, claim, keeper, values=values, folder=folder))
    artifacts = [await send_artifact(bench.client, folder / name, claim=claim) for name in result.files.values()]
    return JobFinish(fence=claim.lease.fence, result=result.model_dump(mode="json"), artifacts=artifacts)


async def _trial(bench: Bench, claim: Claim, keeper: LeaseKeeper, folder: Path) -> JobFinish:
    """A few steps of training, to tell how long a run would take here."""
    order = TryOrder.model_validate(claim.job.payload)
    values = {"config": order.config.model_dump(mode="json")}
    result = Measured.model_validate(await _run(bench, claim, keeper, values=values, folder=folder))
    return JobFinish(fence=claim.lease.fence, result=result.model_dump(mode="json"))


async def _run(
    bench: Bench, claim: Claim, keeper: LeaseKeeper, *, values: Mapping[str, Any], folder: Path
) -> dict[str, Any]:
    kind = cast("ChoreKind", claim.job.kind)  # `do_chore` knows no other
    task = bench.executor.chore(
        ChoreOrder(kind, values, folder),
        report=lambda title, share: keeper.tell(done=round(share * 100), total=100, message=title),
    )
    keeper.when_it_ends(task.cancel)
    try:
        return await asyncio.wrap_future(task.future)
    except asyncio.CancelledError:
        task.cancel()
        raise
