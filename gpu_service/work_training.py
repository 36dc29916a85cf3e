"""A run of training for a studio: its trainer is started, told what is wished, and heard; what it makes is handed in.

The run's folder stays on this service; a service that has it not, or an older one, fetches the newest checkpoint.
"""

import asyncio
import logging
import shutil
from collections.abc import Mapping
from pathlib import Path

from gpu_service.bench import Bench
from gpu_service.errors import RenderError
from gpu_service.executors.training_process import TrainingProcess
from gpu_service.lease import LeaseKeeper
from gpu_service.long_work import LOOK_SECONDS, Deaths, LongWork, forget_old_runs, named
from gpu_service.protocol import Claim, InputRef, JobFinish, Phase, Report, Said, Tick, TrainOrder, TrainResult, Wish
from gpu_service.training.checkpoint_facts import NAME, pictures_of
from gpu_service.training_handing_in import HandingIn
from gpu_service.training_log import CURSORS, TrainingLog
from gpu_service.uploads import send_artifact
from gpu_service.whole_files import replacing

log = logging.getLogger(__name__)
GIB = 1024**3
ENDINGS = ("done", "paused", "stopped")
CHECKPOINTS = "checkpoint-*.safetensors"


async def do_training(bench: Bench, claim: Claim, keeper: LeaseKeeper) -> None:
    """Train until the run is done, paused or stopped. Raises Cancelled, LeaseLost or RenderError."""
    order = TrainOrder.model_validate(claim.job.payload)
    folder = bench.runs / order.run_id
    folder.mkdir(parents=True, exist_ok=True)
    await asyncio.to_thread(forget_old_runs, bench.runs, folder)
    keeper.tell(message="Fetching files")
    paths = await bench.inputs.paths(claim.inputs)
    by_role = {ref.role: ref for ref in claim.inputs}
    await asyncio.to_thread(_take_checkpoint, folder, by_role.get("checkpoint"), paths)
    (folder / "order.json").write_text(order.config.model_dump_json(), encoding="utf-8")
    await _Training(bench, claim, keeper, order, folder).run(_words(bench, order, folder, by_role, paths))


class _Training(LongWork):
    """One claim of a run."""

    def __init__(self, bench: Bench, claim: Claim, keeper: LeaseKeeper, order: TrainOrder, folder: Path) -> None:
        super().__init__(keeper)
        self.bench, self.claim, self.order, self.folder = bench, claim, order, folder
        self.handing_in = HandingIn(
            bench.client,
            claim,
            folder,
            name=order.name,
            wish=Wish(kimg=order.config.kimg, snapshot_kimg=order.config.snapshot_kimg),
        )
        self.process: TrainingProcess | None = None
        self.phase = Phase(phase="starting")
        self.tick: Tick | None = None
        self.failure: Said | None = None

    async def run(self, words: list[str]) -> None:
        """Start it, as often as it takes; hand in; finish."""
        await self.see_through(self._train(words), self._wish(), self.handing_in.run(), finish=self._finish)

    async def _train(self, words: list[str]) -> None:
        deaths = Deaths("The trainer", name=self.order.name)
        while True:
            self.phase, self.failure = Phase(phase="starting"), None
            self.process = await TrainingProcess.start(words, log=self.folder / "log.txt", on_report=self._hear)
            code = await self.process.listen()
            if code == 0 and self.phase.phase in ENDINGS:
                return
            if self.failure is not None:
                raise RenderError(self.failure.sentence, kind=self.failure.kind_of_failure)
            deaths.another(code, reached=self.tick.kimg if self.tick else -1.0)

    def _hear(self, report: Report) -> None:
        if isinstance(report, Phase):
            self.phase = report
        elif isinstance(report, Said) and report.level == "failed":
            self.failure = report
        elif isinstance(report, Tick):
            self.tick = report
            total = self.handing_in.wish.kimg or self.order.config.kimg
            self.keeper.tell(
                done=round(report.kimg * 1000),
                total=max(round(total * 1000), 1),
                message=f"{self.phase.phase.capitalize()}, {report.kimg:.1f} of {total:g} kimg",
            )

    async def _wish(self) -> None:
        """What people wish, and whether a preview or a film needs the device."""
        while True:
            yields = self.bench.executor.is_drawing()
            if self.process is not None:
                self.process.wish(self.handing_in.wish.model_copy(update={"yields": yields}))
            await asyncio.sleep(LOOK_SECONDS)

    async def _finish(self) -> None:
        """Everything that was said and made, then the newest checkpoint, then the end."""
        await self.handing_in.all()
        kept = sorted((self.folder / "checkpoints").glob(CHECKPOINTS))
        artifacts = []
        if kept and kept[-1].name != self.handing_in.checkpoint:
            artifacts = [await send_artifact(self.bench.client, kept[-1], claim=self.claim, name="checkpoint")]
        result = TrainResult(
            outcome=self.phase.phase,  # type: ignore[arg-type]  # one of ENDINGS
            kimg=self.phase.kimg,
            seconds=self.tick.seconds if self.tick else 0.0,
            checkpoint="checkpoint" if artifacts else None,
        )
        done = JobFinish(fence=self.claim.lease.fence, result=result.model_dump(mode="json"), artifacts=artifacts)
        await self.bench.client.post(f"/service/jobs/{self.claim.job.id}/finish", done)


def _words(
    bench: Bench, order: TrainOrder, folder: Path, by_role: Mapping[str, InputRef], paths: Mapping[str, Path]
) -> list[str]:
    """The command line. Values are files and names of our own; nothing goes through a shell."""
    if "pictures" not in by_role:
        raise RenderError("The pictures of this run are missing. Export the version again.")
    found = {role: str(named(folder, ref, paths[ref.sha256])) for role, ref in by_role.items()}
    words = [found["pictures"], "--out", str(folder), "--config", str(folder / "order.json"), "--fit", order.fit]
    words += ["--name", order.name or "run", "--device", bench.device]
    start = found.get("start_original") or found.get("start")
    options = {
        "--start": start,
        "--start-training": found.get("start_training"),
        "--features": found.get("features"),
        "--aspect": order.aspect,
        "--memory-gib": bench.training_bytes and bench.training_bytes / GIB,
    }
    words += [part for name, value in options.items() if value is not None for part in (name, str(value))]
    if (devices := _devices(bench, order)) > 1:
        words += ["--devices", str(devices)]
    return words


def _devices(bench: Bench, order: TrainOrder) -> int:
    """As many GPUs as the batch can be shared among."""
    cards = sum(device.kind == "cuda" for device in bench.executor.devices())
    config = order.config
    group = min(config.mbstd_group, config.batch)
    return next((count for count in range(cards, 1, -1) if config.batch % (count * group) == 0), 1)


def _take_checkpoint(folder: Path, ref: InputRef | None, paths: Mapping[str, Path]) -> None:
    """Put the studio's newest checkpoint among our own, when ours are older or gone."""
    if ref is None:
        return
    kept = folder / "checkpoints"
    kept.mkdir(exist_ok=True)
    fetched = paths[ref.sha256]
    target = kept / NAME.format(pictures_of(fetched))
    newest = max((path.name for path in kept.glob(CHECKPOINTS)), default="")
    if target.name > newest:
        with replacing(target, to_disk=True) as partial:
            shutil.copyfile(fetched, partial)
        for cursor in CURSORS:  # what was said here before is of a past that another service has overtaken
            TrainingLog(folder / "stats.jsonl", cursor=cursor).skip()
