"""Where a command may write: said before the work, not after it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gpu_service.errors import RenderError


def check_place(option: str, path: Path, *, name: str) -> None:
    """The folder is there, and `path` is none. `name` is the file of the example. Raises RenderError."""
    if not path.parent.is_dir():
        raise RenderError(f"There is no folder {path.parent}. Make it, or choose another {option}.")
    if path.is_dir():
        raise RenderError(f"{path} is a folder. Name the file in it: {option} {path / name}.")


@contextmanager
def log_to(path: Path | None) -> Iterator[logging.Logger]:
    """Everything that `gpu_service` logs meanwhile, with times, added to that file; its failure as the last line."""
    logger = logging.getLogger("gpu_service")
    if path is None:
        yield logger
        return
    handler, level = logging.FileHandler(path, encoding="utf-8"), logger.level
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield logger
    except BaseException as error:
        logger.error("Ended: %s", str(error) or type(error).__name__)
        raise
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        handler.close()
