"""`portraits`: sample portraits of our own as a training set, with a bar while they are drawn."""

from pathlib import Path

from gpu_service.cli_progress import progress_bar
from gpu_service.portraits.dataset import write_portraits


def portraits_call(*, count: int, size_px: int, seed: int, processes: int, out: Path, sheet: Path | None) -> None:
    """Draw, with progress on a terminal. Raises RenderError with a sentence."""
    with progress_bar() as bar:
        task = bar.add_task(f"{count:,} portraits of {size_px} px", total=count, more="")
        write_portraits(
            out,
            count=count,
            size_px=size_px,
            seed=seed,
            processes=processes,
            sheet=sheet,
            progress=lambda done: bar.update(task, completed=done),
        )
