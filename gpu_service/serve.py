"""`serve`: the service as a program: devices up, attached to a studio, ended cleanly by Ctrl-C or SIGTERM."""

import asyncio
import contextlib
import logging
import signal
import uuid
from pathlib import Path

from gpu_service.bench import Bench
from gpu_service.client import StudioClient
from gpu_service.executors.local import LocalExecutor
from gpu_service.inputs import InputCache
from gpu_service.scratch import own_scratch
from gpu_service.session import Session, run_session
from gpu_service.settings import Settings
from gpu_service.slow_stages import SlowStages
from gpu_service.work import Work

log = logging.getLogger(__name__)


def run_service(settings: Settings) -> None:
    """Draw for the studio until told to stop."""
    logging.basicConfig(level=settings.log_level.upper(), format="%(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    settings.data.mkdir(parents=True, exist_ok=True)
    executor = LocalExecutor(settings, is_eager=True)
    names = ", ".join(device.name for device in executor.devices())
    log.info("Ready to draw on %s", names)
    try:
        asyncio.run(_serve(settings, executor))
    finally:
        executor.close()
        log.info("Stopped")


async def _serve(settings: Settings, executor: LocalExecutor) -> None:
    with own_scratch(settings.data / "scratch") as scratch:
        client = StudioClient(settings.studio, token=settings.token)
        inputs = InputCache(settings.data / "inputs", client=client, limit_bytes=settings.input_cache_bytes)
        bench = Bench(
            client=client,
            executor=executor,
            inputs=inputs,
            stages=SlowStages(client, inputs=inputs, folder=settings.data / "stages"),
            scratch=scratch,
            runs=settings.data / "runs",
            device=settings.device,
            training_bytes=settings.training_bytes,
        )
        work = Work(bench)
        session = Session(settings, bench=bench, work=work, instance_id=instance_id(settings.data))
        task = asyncio.create_task(run_session(session, work))
        loop = asyncio.get_running_loop()
        for ending in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(ending, task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await client.close()


def instance_id(data: Path) -> uuid.UUID:
    """The same for the same data folder, so that a studio knows a service again after a restart."""
    path = data / "instance"
    with contextlib.suppress(OSError, ValueError):
        return uuid.UUID(path.read_text(encoding="ascii").strip())
    made = uuid.uuid4()
    path.write_text(f"{made}\n", encoding="ascii")
    return made
