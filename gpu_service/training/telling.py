"""What a run says: lines of JSON for a program, a moving line on a terminal, plain lines elsewhere."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from gpu_service.protocol import Made, Phase, Report, Said, Tick
from gpu_service.protocol.training_figures import FIGURES

WORDS = {"starting": "Starting", "yielding": "Waiting for previews", "measuring": "Measuring", "saving": "Saving"}


class Teller(Protocol):
    """Hears every report, and every step."""

    def report(self, report: Report) -> None:
        """Something to tell."""
        ...

    def moved(self, pictures: int, total: int) -> None:
        """A step is done."""
        ...


class JsonTeller:
    """One report a line. Whoever stops listening ends the run, with a checkpoint."""

    def __init__(self, out: TextIO | None = None) -> None:
        self.out = out or sys.stdout
        self._lock = threading.Lock()

    def report(self, report: Report) -> None:
        """Write it at once."""
        with self._lock:
            self.out.write(report.model_dump_json() + "\n")
            self.out.flush()

    def moved(self, pictures: int, total: int) -> None:
        """Ticks tell enough."""


class LineTeller:
    """For logs: a line for each tick and each sentence."""

    def __init__(self, out: TextIO | None = None) -> None:
        self.out = out or sys.stdout

    def report(self, report: Report) -> None:
        """Write what a person wants to read."""
        if text := as_text(report):
            self.out.write(text + "\n")
            self.out.flush()

    def moved(self, pictures: int, total: int) -> None:
        """Ticks tell enough."""


class TerminalTeller:
    """A bar that moves with every step, the newest figures beside it; sentences stay above."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self.progress, self.task = progress, task

    def report(self, report: Report) -> None:
        """Figures into the bar, everything else above it."""
        if isinstance(report, Phase):
            self.progress.update(self.task, description=WORDS.get(report.phase, report.phase.capitalize()))
        elif isinstance(report, Tick):
            self.progress.update(self.task, figures=figures(report))
        elif text := as_text(report):
            self.progress.console.print(text, highlight=False, markup=False)

    def moved(self, pictures: int, total: int) -> None:
        """The bar."""
        kimg = f"{pictures / 1000:.1f} of {total / 1000:g} kimg"
        self.progress.update(self.task, completed=pictures, total=total, kimg=kimg)


@contextmanager
def teller_for(*, as_json: bool) -> Iterator[Teller]:
    """The one that fits where the words go."""
    console = Console()
    if as_json or not console.is_terminal:
        yield JsonTeller() if as_json else LineTeller()
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        TextColumn("{task.fields[kimg]}"),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[figures]}", style="dim"),
    )
    with Progress(*columns, console=console, expand=True) as progress:
        yield TerminalTeller(progress, progress.add_task("Starting", total=None, kimg="", figures=""))


def as_text(report: Report) -> str:
    """A report as a line for people; nothing for what only a program needs."""
    if isinstance(report, Said):
        return report.sentence
    if isinstance(report, Tick):
        left = f", {duration(report.left_seconds)} left" if report.left_seconds is not None else ""
        return f"{report.kimg:8.1f} kimg  {figures(report)}{left}"
    if isinstance(report, Made):
        told = [f"{_title(name)} {value:.4g}" for name, value in report.metrics.items()]
        return "\n".join([f"Snapshot {report.file}" + (f"  {', '.join(told)}" if told else ""), *report.notes])
    return ""


def figures(tick: Tick) -> str:
    """104 pictures/s, G 0.912, D 1.204, p 0.03"""
    return f"{tick.pictures_per_second:.1f} pictures/s, G {tick.loss_g:.3f}, D {tick.loss_d:.3f}, p {tick.p:.3f}"


def duration(seconds: float) -> str:
    """2 d 3 h, 1 h 2 min, 3 min, 12 s"""
    whole = round(seconds)
    days, hours, minutes = whole // 86400, whole // 3600 % 24, whole // 60 % 60
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min" if minutes else f"{whole} s"


def _title(name: str) -> str:
    """How a figure is called."""
    return FIGURES[name].title if name in FIGURES else name
