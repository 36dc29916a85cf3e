"""Progress on a terminal: one bar on standard error, nothing where nobody looks."""

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn


def progress_bar() -> Progress:
    """A bar with percentage and time left. When standard error is no terminal, only silence."""
    console = Console(stderr=True)
    words = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[more]}"))
    return Progress(*words, TimeRemainingColumn(), console=console, disable=not console.is_terminal)
