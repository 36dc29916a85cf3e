"""The trainer as a child of the service."""

from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import TypeAdapter

from gpu_service.executors.json_process import JsonProcess
from gpu_service.protocol import Report

_reports: TypeAdapter[Report] = TypeAdapter(Report)


class TrainingProcess(JsonProcess[Report]):
    """One start of the trainer. `on_report` hears each report as it comes."""

    @classmethod
    async def start(cls, words: Sequence[str], *, log: Path, on_report: Callable[[Report], None]) -> "TrainingProcess":
        """`words` follow `python -m gpu_service train`. What it writes to standard error goes to `log`."""
        return await cls.run(["train", *words], log=log, says=_reports, on_said=on_report)
