"""Little runs: a network that learns sixteen pixels in milliseconds, in this process or by the command."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gpu_service.protocol import Made, Report, Said, Tick, TrainingConfig
from gpu_service.protocol.training_presets import resolve
from gpu_service.training.beginning import RunOrder, begin
from gpu_service.training.checkpoints import Checkpoints
from gpu_service.training.run import Outcome, Run, Surroundings
from gpu_service.training.run_folder import RunFolder
from gpu_service.training.wishes import Wishes
from gpu_service.training.world import ALONE
from tests.conftest import REPOSITORY

LITTLE: dict[str, Any] = {
    "kimg": 0.064,
    "snapshot_kimg": 0.032,
    "tick_kimg": 0.016,
    "batch": 4,
    "mbstd_group": 2,
    "channel_base": 128,
    "channel_max": 8,
    "z_dim": 8,
    "w_dim": 8,
    "r1_every": 4,
    "precision": "fp32",
    "metrics": [],
}
CHECKPOINT_NAME = "checkpoint-{:012d}.safetensors"


def little_config(**changes: Any) -> TrainingConfig:
    """Sixteen steps of four pictures."""
    return resolve("small", size=16, **LITTLE | changes)


@dataclass
class Heard:
    """What a run said."""

    reports: list[Report] = field(default_factory=list)

    def sentences(self) -> list[str]:
        return [each.sentence for each in self.reports if isinstance(each, Said)]

    def made(self) -> list[Made]:
        return [each for each in self.reports if isinstance(each, Made)]

    def ticks(self) -> list[Tick]:
        return [each for each in self.reports if isinstance(each, Tick)]

    def phases(self) -> list[str]:
        return [each.phase for each in self.reports if each.kind == "phase"]


@contextmanager
def begun(
    out: Path, pictures: Path | None = None, *, heard: Heard | None = None, wishes: Wishes | None = None, **more: Any
) -> Iterator[Run]:
    """A run in this process, its folder locked. `more`: parts of the order, or of the surroundings."""
    folder, listener = RunFolder(out), heard or Heard()
    order = {name: more.pop(name) for name in ("config", "start", "fit", "name") if name in more}
    folder.make()

    def report(said: Report) -> None:
        folder.append(said)
        listener.reports.append(said)

    given = {"checkpoint_seconds": 3600.0, "patience_seconds": 0.0} | more
    surroundings = Surroundings(
        device=torch.device("cpu"), world=ALONE, wishes=wishes or Wishes(), report=report, workers=1, **given
    )
    with folder.locked(patience_seconds=0):
        yield begin(RunOrder(folder=out, pictures=pictures, **{"name": "little"} | order), surroundings)


@contextmanager
def single_thread() -> Iterator[None]:
    """As the command of these tests computes: sums in another order would be other sums."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def trained(out: Path, pictures: Path | None = None, **more: Any) -> Outcome:
    """Begin and train until it ends."""
    with begun(out, pictures, **more) as run:
        return run.train()


def ticks_of(out: Path) -> list[Tick]:
    """Every tick that still holds, in order: what a killed trainer said and did not keep was said again."""
    held: list[Tick] = []
    for text in (out / "stats.jsonl").read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            line = json.loads(text)
        except ValueError:  # half a line, of a trainer that was killed
            continue
        if line["kind"] == "tick":
            tick = Tick.model_validate(line)
            while held and held[-1].kimg >= tick.kimg:
                held.pop()
            held.append(tick)
    return held


def newest(out: Path) -> dict[str, Tensor]:
    """The numbers of the newest checkpoint."""
    found = Checkpoints(out / "checkpoints").newest_whole()
    assert found is not None
    return found.tensors


def differing(first: dict[str, Tensor], second: dict[str, Tensor]) -> list[str]:
    """Names of the tensors that are not the same to the bit."""
    return sorted(
        name
        for name in first.keys() | second.keys()
        if name not in first or name not in second or not _same_bits(first[name], second[name])
    )


def _same_bits(first: Tensor, second: Tensor) -> bool:
    return first.dtype == second.dtype and torch.equal(_bits(first), _bits(second))


def _bits(tensor: Tensor) -> Tensor:
    return tensor.contiguous().reshape(-1).view(torch.uint8)


def command(out: Path, pictures: Path | None, config: TrainingConfig | None, *more: str) -> list[str]:
    """The words that train it, in one thread."""
    words = [sys.executable, "-m", "gpu_service", "train", "--threads", "1", "--workers", "1", "--name", "little"]
    if config is not None:
        path = out.with_name(f"{out.name}.json")
        path.write_text(config.model_dump_json())
        words += ["--config", str(path)]
    return [*words, *([str(pictures)] if pictures else []), "--out", str(out), *more]


def start(words: Sequence[str], **more: Any) -> "subprocess.Popen[str]":
    """The command, begun."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        words, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more
    )
