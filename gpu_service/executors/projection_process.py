"""The search for a projection as a child of the service."""

from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import TypeAdapter

from gpu_service.executors.json_process import JsonProcess
from gpu_service.projection.telling import AnySaying, Saying

_sayings: TypeAdapter[Saying] = TypeAdapter(AnySaying)


class ProjectionProcess(JsonProcess[Saying]):
    """One start of the search."""

    @classmethod
    async def start(cls, words: Sequence[str], *, log: Path, on_said: Callable[[Saying], None]) -> "ProjectionProcess":
        """`words` follow `python -m gpu_service project`. What it writes to standard error goes to `log`."""
        return await cls.run(["project", *words], log=log, says=_sayings, on_said=on_said)
