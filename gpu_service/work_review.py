"""The film to judge a projection by, made by a child: what unpacks a stranger's file may fall without the service."""

import asyncio
import contextlib
import json
import signal
import sys
import tempfile
from asyncio.subprocess import PIPE
from pathlib import Path

from gpu_service.bench import Bench
from gpu_service.errors import RenderError
from gpu_service.lease import LeaseKeeper
from gpu_service.protocol import Claim, JobFinish
from gpu_service.protocol.projection import ProjectionResult
from gpu_service.uploads import send_artifact

LIMIT_SECONDS = 2 * 3600.0


async def do_review(bench: Bench, claim: Claim, keeper: LeaseKeeper) -> None:
    """Make the film of the file of role "projection", hand it in. Raises Cancelled, LeaseLost or RenderError."""
    keeper.tell(message="Fetching files")
    files = [ref for ref in claim.inputs if ref.role == "projection"]
    if not files:
        raise RenderError("The projection of this film is missing. Order it again.")
    path = (await bench.inputs.paths(files))[files[0].sha256]
    with tempfile.TemporaryDirectory(prefix="review-", dir=bench.scratch) as folder:
        out = Path(folder) / "review.mp4"
        keeper.tell(message="Making the film")
        told = json.loads(await _run(["review-projection", str(path), "--out", str(out), "--json"], keeper))
        result = ProjectionResult(
            frames=told["frames"], fps=told["fps"], is_complete=False, review="review", convergence=told["convergence"]
        )
        artifacts = [await send_artifact(bench.client, out, claim=claim, name="review")]
        done = JobFinish(fence=claim.lease.fence, result=result.model_dump(mode="json"), artifacts=artifacts)
        await bench.client.post(f"/service/jobs/{claim.job.id}/finish", done)


async def _run(words: list[str], keeper: LeaseKeeper) -> str:
    """The command to its end. -> what it printed"""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gpu_service", *words, stdout=PIPE, stderr=PIPE, process_group=0
    )

    def stop() -> None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)

    keeper.when_it_ends(stop)
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            printed, said = await process.communicate()
    finally:
        stop()
    if process.returncode != 0:
        sentence = said.decode("utf-8", "replace").strip().splitlines()
        raise RenderError(sentence[-1] if sentence and process.returncode == 2 else "The film could not be made.")
    return printed.decode()
